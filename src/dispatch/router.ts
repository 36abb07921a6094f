import type { Config } from '../config.ts'
import type { RequestContext } from '../context/request-context.ts'
import { BadRequest } from '../errors/http-exception.ts'
import { hasMalformedPath } from '../middleware/canonical-path.ts'
import { getEnviron } from '../request/environ.ts'
import type { Request } from '../request/request.ts'
import type { MapAdapter } from '../routing/map-adapter.ts'
import type { Lookup } from '../routing/plan.ts'
import { toServerName } from '../routing/server-name.ts'
import type { UrlMap } from '../routing/url-map.ts'

/** The slice of the app that routing uses. */
export interface RoutedApp {
  readonly config: Config
  readonly urlMap: UrlMap
  readonly subdomainMatching: boolean
}

const SLASH = 0x2f

/** Finds the rule of a request: by the fast lookup when that is certain, else by Werkzeug's rules. */
export class RequestRouter {
  readonly #app: RoutedApp
  #soundHost: string | undefined

  constructor(app: RoutedApp) {
    this.#app = app
  }

  /** Sets the request's rule and variables, or what routing raised, for the dispatcher. */
  route(context: RequestContext): void {
    const { request } = context
    if (request.urlRule !== null || request.routingException !== null) return
    // What begins no escape stays in the decoded path, so most paths need no closer look. Flask would
    // let a rule match it; two layers that decode it differently are how guards are bypassed.
    if (request.path.includes('%') && hasMalformedPath(request.raw)) {
      request.routingException = new BadRequest('The path has an invalid percent-encoding.')
      return
    }
    const found = this.#isOrdinary(request) ? this.#lookup(context) : null
    if (found !== null) {
      request.urlRule = found.rule
      request.viewArgs = found.args
    } else {
      context.matchRequest()
    }
  }

  #lookup(context: RequestContext): Lookup | null {
    const { method, pathInfo } = context.request
    const { urlMap, subdomainMatching } = this.#app
    // The host decides about the rule only when the map or the app looks at it.
    return urlMap.hostMatching || subdomainMatching
      ? urlMap.lookup(method, pathInfo, context.urlAdapter.domainPart)
      : urlMap.lookup(method, pathInfo)
  }

  /** Whether nothing but method and path decides: a sound host, and no upgrade to WebSocket. */
  #isOrdinary(request: Request): boolean {
    const { raw } = request
    const { host, upgrade } = raw.headers
    if (upgrade !== undefined) return false
    if (
      host === undefined ||
      (this.#app.config.TRUSTED_HOSTS ?? null) !== null ||
      raw.url?.charCodeAt(0) !== SLASH ||
      getEnviron(raw) !== undefined
    ) {
      return isSound(request)
    }
    // A Host header that was sound once is sound again, as long as it comes the same.
    if (host === this.#soundHost) return true
    if (!isSound(request)) return false
    this.#soundHost = host
    return true
  }

  /** The URL adapter of a request, or of the configured server name (`create_url_adapter`). */
  adapterFor(request: Request | null): MapAdapter | null {
    const { config, urlMap, subdomainMatching } = this.#app
    const serverName = (config.SERVER_NAME as string | null | undefined) ?? null
    if (request === null) {
      if (serverName === null) return null
      return urlMap.bind({
        serverName,
        scriptName: String(config.APPLICATION_ROOT),
        urlScheme: String(config.PREFERRED_URL_SCHEME),
      })
    }
    return urlMap.bindToEnviron(
      {
        host: request.host,
        scheme: request.scheme,
        method: request.method,
        scriptName: request.rootPath,
        pathInfo: request.pathInfo,
        websocket: isWebsocketUpgrade(request),
        queryString: request.queryString,
      },
      {
        // With host matching, SERVER_NAME would replace the host that is to be matched.
        serverName: urlMap.hostMatching ? null : serverName,
        subdomain: urlMap.hostMatching || subdomainMatching ? null : urlMap.defaultSubdomain,
      },
    )
  }
}

/** Whether the host may be used; the full matcher meets its error again and keeps it. */
function isSound(request: Request): boolean {
  try {
    toServerName(request.host)
    return true
  } catch {
    return false
  }
}

function isWebsocketUpgrade(request: Request): boolean {
  const { connection, upgrade } = request.raw.headers
  return upgrade?.toLowerCase() === 'websocket' && /\bupgrade\b/i.test(connection ?? '')
}
