import { KeyError } from '../errors/builtins.ts'
import { HTTPException, MethodNotAllowed, NotFound } from '../errors/http-exception.ts'
import { urlQuote } from '../http/urls.ts'
import { encodeQuery, isMultiValues, type UrlValues } from './build.ts'
import { PATH_SAFE } from './converters.ts'
import { BuildError, RequestRedirect, WebsocketMismatch } from './errors.ts'
import type { MatchOutcome } from './matcher.ts'
import type { Rule } from './rule.ts'
import type { RedirectAdapter, RuleValues } from './types.ts'
import { urlJoin } from './url-join.ts'

/** The part of a `UrlMap` that an adapter works on. */
export interface AdapterMap {
  readonly hostMatching: boolean
  readonly redirectDefaults: boolean
  /** All rules. */
  readonly rules: readonly Rule[]
  /** The rules of one endpoint, in building order. */
  rulesOf(endpoint: string): readonly Rule[]
  /** Runs the matcher. */
  find(domain: string, path: string, method: string, websocket: boolean): MatchOutcome
}

/** Where a map is bound to. */
export interface Binding {
  /** Host with its port. */
  serverName: string
  /** Path under which the application is mounted; `/` when null. */
  scriptName?: string | null | undefined
  /** The map's default subdomain when null. Not allowed under host matching. */
  subdomain?: string | null | undefined
  /** `http` unless told. `ws` and `wss` match WebSocket rules only. */
  urlScheme?: string | undefined
  /** Percent-decoded path that `match` takes when given none; `/` when null. */
  pathInfo?: string | null | undefined
  /** Method that `match` takes when given none; `GET` unless told. */
  defaultMethod?: string | undefined
  /** Query that redirects keep, as text or values. */
  queryArgs?: UrlValues | string | null | undefined
}

/** What to match; members left out are taken from the binding. */
export interface MatchOptions {
  /** Percent-decoded path. */
  pathInfo?: string | null | undefined
  method?: string | null | undefined
  /** For Werkzeug's signature; the result has both rule and endpoint anyway. */
  returnRule?: boolean | undefined
  /** Query that redirects keep. */
  queryArgs?: UrlValues | string | null | undefined
  /** Whether the request is for a WebSocket. */
  websocket?: boolean | null | undefined
}

/** A rule that matched and the values of its variables, a fresh object each time. */
export interface MatchResult {
  readonly rule: Rule
  readonly endpoint: string
  readonly args: RuleValues
}

/** Options of {@link MapAdapter.build}. */
export interface BuildOptions {
  /** Only rules for this method; else those for the binding's method are preferred. */
  method?: string | null | undefined
  /** Always with scheme and host. */
  forceExternal?: boolean | undefined
  /** Whether values that are no variables become the query; true unless told. */
  appendUnknown?: boolean | undefined
  /** Scheme of external URLs; the binding's when null, none when empty. */
  urlScheme?: string | null | undefined
}

type Query = UrlValues | string | null

/** Matches and builds URLs for one host, script root and request (Werkzeug's `MapAdapter`). */
export class MapAdapter implements RedirectAdapter {
  readonly map: AdapterMap
  readonly serverName: string
  readonly scriptName: string
  readonly subdomain: string | null
  readonly urlScheme: string
  readonly pathInfo: string
  readonly defaultMethod: string
  readonly queryArgs: UrlValues | string | null
  /** Whether the scheme is `ws` or `wss`. */
  readonly websocket: boolean

  /** Made by `UrlMap.bind`, which normalises the binding. */
  constructor(map: AdapterMap, binding: Binding) {
    this.map = map
    this.serverName = binding.serverName
    const script = binding.scriptName ?? '/'
    this.scriptName = script.endsWith('/') ? script : `${script}/`
    this.subdomain = binding.subdomain ?? null
    this.urlScheme = binding.urlScheme ?? 'http'
    this.pathInfo = binding.pathInfo ?? '/'
    this.defaultMethod = binding.defaultMethod ?? 'GET'
    this.queryArgs = binding.queryArgs ?? null
    this.websocket = this.urlScheme === 'ws' || this.urlScheme === 'wss'
  }

  /** Host or subdomain that rules are matched against: what `UrlMap.lookup` takes as its third argument. */
  get domainPart(): string {
    return this.map.hostMatching ? this.serverName : (this.subdomain ?? this.serverName)
  }

  /**
   * Finds the rule for a path and method.
   * @throws {NotFound} when no rule matches
   * @throws {MethodNotAllowed} when only rules for other methods match
   * @throws {RequestRedirect} when the path has a canonical form, or the rule redirects
   * @throws {WebsocketMismatch} when only rules of the other protocol match
   */
  match(options: MatchOptions = {}): MatchResult {
    const path = options.pathInfo ?? this.pathInfo
    const query = options.queryArgs ?? this.queryArgs
    const method = (options.method || this.defaultMethod).toUpperCase()
    const websocket = options.websocket ?? this.websocket
    const rooted = path === '' ? '' : `/${path.replace(/^\/+/, '')}`
    const found = this.map.find(this.domainPart, rooted, method, websocket)
    switch (found.kind) {
      case 'path':
        throw new RequestRedirect(this.makeRedirectUrl(urlQuote(found.path, PATH_SAFE), query))
      case 'none':
        if (found.allowed.size > 0) {
          throw new MethodNotAllowed({ validMethods: [...found.allowed].sort() })
        }
        throw found.websocketMismatch ? new WebsocketMismatch() : new NotFound()
      case 'alias':
        if (this.map.redirectDefaults) {
          throw new RequestRedirect(this.#aliasUrl(found.rule, found.args, method, query))
        }
    }
    const { rule, args } = found
    if (this.map.redirectDefaults) {
      const canonical = this.getDefaultRedirect(rule, method, args, query)
      if (canonical !== null) throw new RequestRedirect(canonical)
    }
    if (rule.redirectTo !== null) throw new RequestRedirect(this.#redirectTarget(rule, args))
    return { rule, endpoint: rule.endpoint, args }
  }

  /** Whether a path and method match, redirects included. */
  test(pathInfo: string | null = null, method: string | null = null): boolean {
    try {
      this.match({ pathInfo, method })
    } catch (error) {
      if (error instanceof RequestRedirect) return true
      if (error instanceof HTTPException) return false
      throw error
    }
    return true
  }

  /** The methods that rules for a path allow, in alphabetical order; none when nothing matches. */
  allowedMethods(pathInfo: string | null = null): readonly string[] {
    try {
      // No rule has this method, so what matches says so.
      this.match({ pathInfo, method: '--' })
    } catch (error) {
      if (error instanceof MethodNotAllowed) return error.validMethods ?? []
      if (!(error instanceof HTTPException)) throw error
    }
    return []
  }

  /** The host for a subdomain, or for the host that a rule was built with. */
  getHost(domainPart: string | null = null): string {
    if (this.map.hostMatching) return domainPart ?? this.serverName
    const subdomain = domainPart ?? this.subdomain
    return subdomain ? `${subdomain}.${this.serverName}` : this.serverName
  }

  /** The URL of a rule of the same endpoint whose defaults are these values, or null. */
  getDefaultRedirect(
    rule: Rule,
    method: string,
    values: RuleValues,
    queryArgs: Query,
  ): string | null {
    for (const other of this.map.rulesOf(rule.endpoint)) {
      // The rules after this one have a lower priority.
      if (other === rule) break
      if (!other.providesDefaultsFor(rule) || !other.suitableFor(values, method)) continue
      const built = other.build({ ...values, ...other.defaults })
      if (built !== null) return this.makeRedirectUrl(built[1], queryArgs, built[0])
    }
    return null
  }

  /**
   * An absolute URL under the script root.
   * @param pathInfo percent-encoded
   */
  makeRedirectUrl(
    pathInfo: string,
    queryArgs: Query = null,
    domainPart: string | null = null,
  ): string {
    const query = queryArgs ?? this.queryArgs
    const script = this.scriptName.replace(/^\/+|\/+$/g, '')
    const path = `${script}/${pathInfo.replace(/^\/+/, '')}`
    const rooted = script === '' ? path : `/${path}`
    const url = `${this.urlScheme || 'http'}://${this.getHost(domainPart)}${rooted}`
    const text = query === null ? '' : encodeQuery(query)
    return text === '' ? url : `${url}?${text}`
  }

  #aliasUrl(rule: Rule, values: RuleValues, method: string, query: Query): string {
    const url = this.build(rule.endpoint, values, {
      method,
      appendUnknown: false,
      forceExternal: true,
    })
    const text = query === null ? '' : encodeQuery(query)
    return text === '' ? url : `${url}?${text}`
  }

  #redirectTarget(rule: Rule, args: RuleValues): string {
    const { redirectTo } = rule
    const target =
      typeof redirectTo === 'function'
        ? redirectTo(this, args)
        : (redirectTo ?? '').replace(/<([^>]+)>/g, (_, name: string) => {
            const converter = rule.converters.get(name)
            if (converter === undefined || !Object.hasOwn(args, name)) throw new KeyError(name)
            return converter.toUrl(args[name])
          })
    const host = this.subdomain ? `${this.subdomain}.${this.serverName}` : this.serverName
    return urlJoin(`${this.urlScheme || 'http'}://${host}${this.scriptName}`, target)
  }

  /**
   * Builds the URL of an endpoint: a path while it is on this host, else absolute.
   * @param values variables of the rule; others become the query, null and undefined are left out
   * @throws {BuildError} when no rule of the endpoint fits
   * @throws {ValueError} when a converter cannot express a value
   */
  build(endpoint: string, values: UrlValues | null = null, options: BuildOptions = {}): string {
    const { method = null, forceExternal = false, appendUnknown = true } = options
    const given = plainValues(values)
    const built = this.#partialBuild(endpoint, given, method, appendUnknown)
    if (built === null) throw new BuildError(endpoint, given, method, this)
    const { domain, path, websocket } = built
    const host = this.getHost(domain)
    let scheme = options.urlScheme ?? this.urlScheme
    const secure = scheme === 'https' || scheme === 'wss'
    if (websocket) scheme = secure ? 'wss' : 'ws'
    else if (scheme !== '') scheme = secure ? 'https' : 'http'
    const sameHost = this.map.hostMatching ? host === this.serverName : domain === this.subdomain
    const relative = path.replace(/^\/+/, '')
    if (!forceExternal && !websocket && sameHost) {
      return `${this.scriptName.replace(/\/+$/, '')}/${relative}`
    }
    const prefix = scheme === '' ? '' : `${scheme}:`
    return `${prefix}//${host}${this.scriptName.slice(0, -1)}/${relative}`
  }

  #partialBuild(
    endpoint: string,
    values: Readonly<RuleValues>,
    method: string | null,
    appendUnknown: boolean,
  ): { domain: string; path: string; websocket: boolean } | null {
    if (method === null) {
      const preferred = this.#partialBuild(endpoint, values, this.defaultMethod, appendUnknown)
      if (preferred !== null) return preferred
    }
    let first: { domain: string; path: string; websocket: boolean } | null = null
    for (const rule of this.map.rulesOf(endpoint)) {
      if (!rule.suitableFor(values, method)) continue
      const built = rule.build(values, appendUnknown)
      if (built === null) continue
      const result = { domain: built[0], path: built[1], websocket: rule.websocket }
      if (!this.map.hostMatching || built[0] === this.serverName) return result
      first ??= result
    }
    return first
  }
}

function plainValues(values: UrlValues | null): RuleValues {
  const plain: RuleValues = {}
  if (values === null) return plain
  if (isMultiValues(values)) {
    for (const [key, list] of values.lists()) {
      if (list.length > 0) plain[key] = list.length === 1 ? list[0] : list
    }
    return plain
  }
  for (const key of Object.keys(values)) {
    const value = values[key]
    if (value !== null && value !== undefined) plain[key] = value
  }
  return plain
}
