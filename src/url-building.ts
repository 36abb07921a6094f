import { currentScope } from './context/store.ts'
import { refusePromise } from './dispatch/and-then.ts'
import { RuntimeError, ValueError } from './errors/builtins.ts'
import { urlQuote } from './http/urls.ts'
import { BuildError } from './routing/errors.ts'
import type { MapAdapter } from './routing/map-adapter.ts'
import type { ScopeName, UrlDefaultsHook } from './types.ts'

/** Options of `urlFor`: the rule's variables, query values, and Flask's underscored ones. */
export interface UrlForValues {
  /** Appended after `#`. */
  _anchor?: string | null
  /** Chooses among the endpoint's rules. */
  _method?: string | null
  /** Scheme of the URL; needs `_external`. */
  _scheme?: string | null
  /** Whether the URL has scheme and host. Default false in a request, true outside one. */
  _external?: boolean | null
  [variable: string]: unknown
}

/** May mend a URL that cannot be built; null passes the error on. */
export type UrlBuildErrorHandler = (
  error: BuildError,
  endpoint: string,
  values: Record<string, unknown>,
) => string | null | undefined

/** The slice of the app that building URLs uses. */
export interface UrlBuildingApp {
  createUrlAdapter(request: null): MapAdapter | null
  injectUrlDefaults(endpoint: string, values: Record<string, unknown>): void
  handleUrlBuildError(error: BuildError, endpoint: string, values: Record<string, unknown>): string
}

/** Where a URL is built: the endpoint's full name, the adapter, and whether it is to be external. */
interface Place {
  readonly endpoint: string
  readonly adapter: MapAdapter
  readonly external: boolean
}

function placeFor(app: UrlBuildingApp, endpoint: string, values: UrlForValues): Place {
  const scope = currentScope()
  const context = scope?.requestContext ?? null
  if (context !== null) {
    const blueprint = context.request.blueprint
    return {
      endpoint: endpoint.startsWith('.')
        ? blueprint === null
          ? endpoint.slice(1)
          : blueprint + endpoint
        : endpoint,
      adapter: context.urlAdapter,
      // In a request a URL has no scheme and host by default, unless a scheme is given.
      external: values._external ?? (values._scheme ?? null) !== null,
    }
  }
  const adapter = scope === undefined ? app.createUrlAdapter(null) : scope.appContext.urlAdapter
  if (adapter === null) {
    throw new RuntimeError(
      "Unable to build URLs outside an active request without 'SERVER_NAME' configured. Also " +
        "configure 'APPLICATION_ROOT' and 'PREFERRED_URL_SCHEME' as needed.",
    )
  }
  return { endpoint, adapter, external: values._external ?? true }
}

/** What `app.urlFor` does; see there. */
export function buildUrl(app: UrlBuildingApp, name: string, values: UrlForValues): string {
  const { endpoint, adapter, external } = placeFor(app, name, values)
  const { _anchor, _method, _scheme, _external: _given, ...variables } = values
  if ((_scheme ?? null) !== null && !external) {
    throw new ValueError("When specifying '_scheme', '_external' must be true.")
  }
  app.injectUrlDefaults(endpoint, variables)
  let url: string
  try {
    url = adapter.build(endpoint, variables, {
      method: _method ?? null,
      urlScheme: _scheme ?? null,
      forceExternal: external,
    })
  } catch (error) {
    if (!(error instanceof BuildError)) throw error
    Object.assign(variables, { _anchor, _method, _scheme, _external: external })
    return app.handleUrlBuildError(error, endpoint, variables)
  }
  if ((_anchor ?? null) === null) return url
  return `${url}#${urlQuote(String(_anchor), "%!#$&'()*+,/:;=?@")}`
}

/** What `app.injectUrlDefaults` does; see there. */
export function injectUrlDefaults(
  registry: ReadonlyMap<ScopeName, UrlDefaultsHook[]>,
  endpoint: string,
  values: Record<string, unknown>,
): void {
  if (registry.size === 0) return
  for (const f of registry.get(null) ?? []) callDefaults(f, endpoint, values)
  let end = endpoint.indexOf('.')
  for (; end > 0; end = endpoint.indexOf('.', end + 1)) {
    for (const f of registry.get(endpoint.slice(0, end)) ?? []) callDefaults(f, endpoint, values)
  }
}

function callDefaults(f: UrlDefaultsHook, endpoint: string, values: Record<string, unknown>): void {
  refusePromise(f(endpoint, values), 'urlDefaults function')
}

/** What `app.handleUrlBuildError` does; see there. */
export function handleUrlBuildError(
  handlers: readonly UrlBuildErrorHandler[],
  error: BuildError,
  endpoint: string,
  values: Record<string, unknown>,
): string {
  let last = error
  for (const handler of handlers) {
    try {
      const url = handler(last, endpoint, values) ?? null
      if (url !== null) return url
    } catch (thrown) {
      if (!(thrown instanceof BuildError)) throw thrown
      last = thrown
    }
  }
  throw last
}
