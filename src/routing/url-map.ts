import { KeyError, RuntimeError } from '../errors/builtins.ts'
import { FastLookup } from './compile.ts'
import { DEFAULT_CONVERTERS } from './converters.ts'
import { type AdapterMap, type Binding, MapAdapter } from './map-adapter.ts'
import { type MatchOutcome, StateMachineMatcher } from './matcher.ts'
import type { Lookup } from './plan.ts'
import type { Rule } from './rule.ts'
import { toServerName } from './server-name.ts'
import type { ConverterClass, RuleMap, SortKey } from './types.ts'

/** Options of a {@link UrlMap} (the keyword arguments of Werkzeug's `Map`). */
export interface UrlMapOptions {
  /** Subdomain of rules that name none. */
  defaultSubdomain?: string | undefined
  /** Whether `/a` redirects to a rule `/a/`; true unless told. */
  strictSlashes?: boolean | undefined
  /** Whether `/a//b` redirects to a rule `/a/b`; true unless told. */
  mergeSlashes?: boolean | undefined
  /** Whether URLs redirect to the form that a rule's defaults abbreviate; true unless told. */
  redirectDefaults?: boolean | undefined
  /** Converter classes besides the built-in ones, by the name that rules use. */
  converters?: Readonly<Record<string, ConverterClass>> | null | undefined
  /** Whether query values of built URLs are sorted. */
  sortParameters?: boolean | undefined
  /** What they are sorted by. */
  sortKey?: SortKey | null | undefined
  /** Whether rules are bound to hosts rather than to subdomains. */
  hostMatching?: boolean | undefined
}

/** The facts of a request that routing needs (what Werkzeug reads from the WSGI environment). */
export interface RoutingEnviron {
  /** Host with a port other than the scheme's own, validated. */
  readonly host: string
  readonly scheme: string
  readonly method: string
  /** Path under which the application is mounted. */
  readonly scriptName: string
  /** Percent-decoded path below it. */
  readonly pathInfo: string
  /** Query string without `?`, undecoded. */
  readonly queryString: string
  /** Whether the request asks for an upgrade to WebSocket. */
  readonly websocket?: boolean | undefined
}

/** Subdomain of a request for a host outside the server name; Flask shows the same text. */
const INVALID_SUBDOMAIN = '<invalid>'

/** All URL rules of an application (Werkzeug's `Map`; Flask's `app.url_map`). */
export class UrlMap implements RuleMap, AdapterMap {
  defaultSubdomain: string
  strictSlashes: boolean
  redirectDefaults: boolean
  hostMatching: boolean
  sortParameters: boolean
  sortKey: SortKey | null
  /** Converter classes by name: assign one to add it, before the rules that use it. */
  readonly converters: Record<string, ConverterClass>
  readonly #matcher: StateMachineMatcher
  readonly #byEndpoint: Map<string, Rule[]> = new Map()
  readonly #fast: Map<string, FastLookup> = new Map()
  #lastDomain: string | null = null
  #lastFast: FastLookup | null = null
  #stale = true

  constructor(rules: Iterable<Rule> | null = null, options: UrlMapOptions = {}) {
    this.#matcher = new StateMachineMatcher(options.mergeSlashes ?? true)
    this.defaultSubdomain = options.defaultSubdomain ?? ''
    this.strictSlashes = options.strictSlashes ?? true
    this.redirectDefaults = options.redirectDefaults ?? true
    this.hostMatching = options.hostMatching ?? false
    this.sortParameters = options.sortParameters ?? false
    this.sortKey = options.sortKey ?? null
    this.converters = { ...DEFAULT_CONVERTERS, ...options.converters }
    for (const rule of rules ?? []) this.add(rule)
  }

  /** Whether `/a//b` redirects to a rule `/a/b`. */
  get mergeSlashes(): boolean {
    return this.#matcher.mergeSlashes
  }

  set mergeSlashes(value: boolean) {
    this.#matcher.mergeSlashes = value
  }

  /** All rules, grouped by endpoint in the order in which endpoints came. */
  get rules(): readonly Rule[] {
    this.update()
    return [...this.#byEndpoint.values()].flat()
  }

  /**
   * Adds a rule.
   * @throws {BUST_ERR_ROUTE_SYNTAX} and its siblings when its text is no rule
   * @throws {RuntimeError} when it belongs to a map already
   */
  add(rule: Rule): void {
    rule.bind(this)
    if (!rule.buildOnly) this.#matcher.add(rule)
    const rules = this.#byEndpoint.get(rule.endpoint)
    if (rules === undefined) this.#byEndpoint.set(rule.endpoint, [rule])
    else rules.push(rule)
    this.#stale = true
  }

  /**
   * Whether some rule of the endpoint has all these variables.
   * @throws {KeyError} when there is no such endpoint
   */
  isEndpointExpecting(endpoint: string, ...names: string[]): boolean {
    const rules = this.#known(endpoint)
    return rules.some((rule) => names.every((name) => rule.arguments.has(name)))
  }

  /**
   * Iterates over the rules, or those of one endpoint.
   * @throws {KeyError} when there is no such endpoint
   */
  iterRules(endpoint: string | null = null): IterableIterator<Rule> {
    return (endpoint === null ? this.rules : this.#known(endpoint)).values()
  }

  /** The rules of an endpoint in the order in which they are tried for building; none is fine. */
  rulesOf(endpoint: string): readonly Rule[] {
    this.update()
    return this.#byEndpoint.get(endpoint) ?? []
  }

  #known(endpoint: string): readonly Rule[] {
    const rules = this.rulesOf(endpoint)
    if (rules.length === 0) throw new KeyError(endpoint)
    return rules
  }

  /** Puts rules into their order after some were added. Matching and building do it by themselves. */
  update(): void {
    if (!this.#stale) return
    this.#matcher.update()
    for (const rules of this.#byEndpoint.values()) rules.sort(compareForBuilding)
    this.#fast.clear()
    this.#lastDomain = null
    this.#lastFast = null
    this.#stale = false
  }

  /** Runs the matcher for an adapter; its answer becomes an exception there. */
  find(domain: string, path: string, method: string, websocket: boolean): MatchOutcome {
    this.update()
    return this.#matcher.match(domain, path, method, websocket)
  }

  /**
   * The hot way to a match of an HTTP request: no adapter, no exceptions.
   * @param method in upper case
   * @param path percent-decoded path below the script root
   * @param domain the adapter's `domainPart`: host under host matching, else the subdomain
   * @returns what `MapAdapter.match` would return; null where it would redirect or throw, and
   *   whenever only the full match can tell
   */
  lookup(method: string, path: string, domain: string = this.defaultSubdomain): Lookup | null {
    if (this.#stale) this.update()
    const fast = domain === this.#lastDomain ? this.#lastFast : this.#fastFor(domain)
    try {
      const found = fast?.find(method, path) ?? null
      return found ?? this.#search(method, path, domain)
    } catch {
      // A converter threw: the full match will let the caller see it.
      return null
    }
  }

  // The rules that a router of segments cannot express: any variable that may span slashes.
  #search(method: string, path: string, domain: string): Lookup | null {
    if (path.charCodeAt(0) !== 0x2f || path.charCodeAt(1) === 0x2f) return null
    const found = this.#matcher.match(domain, path, method, false)
    if (found.kind !== 'match' && found.kind !== 'alias') return null
    const { rule, args } = found
    if (rule.redirectTo !== null) return null
    if (this.redirectDefaults) {
      if (found.kind === 'alias') return null
      for (const other of this.rulesOf(rule.endpoint)) {
        if (other === rule) break
        if (other.providesDefaultsFor(rule) && other.suitableFor(args, method)) return null
      }
    }
    return { rule, args }
  }

  // Only for hosts that rules name: others come from clients and would fill the memory.
  #fastFor(domain: string): FastLookup | null {
    let fast = this.#fast.get(domain)
    if (fast === undefined && this.#matcher.root.statics.has(domain)) {
      fast = new FastLookup(this.#matcher.root, domain, this)
      this.#fast.set(domain, fast)
    }
    this.#lastDomain = domain
    this.#lastFast = fast ?? null
    return this.#lastFast
  }

  /**
   * An adapter for a host (Werkzeug's `Map.bind`).
   * @throws {BadHost} when the server name is malformed
   * @throws {RuntimeError} when a subdomain is given under host matching
   */
  bind(binding: Binding): MapAdapter {
    let subdomain = binding.subdomain ?? null
    if (this.hostMatching) {
      if (subdomain !== null) {
        throw new RuntimeError('host matching enabled and a subdomain was provided')
      }
    } else subdomain ??= this.defaultSubdomain
    const serverName = toServerName(binding.serverName)
    return new MapAdapter(this, { ...binding, serverName, subdomain })
  }

  /**
   * An adapter for a request (Werkzeug's `Map.bind_to_environ`).
   * @param options `serverName`: the host that subdomains belong to, that of the request when null;
   *   `subdomain`: used instead of the one that the host has below the server name
   * @throws {BadHost} when the host is malformed
   */
  bindToEnviron(
    environ: RoutingEnviron,
    options: { serverName?: string | null | undefined; subdomain?: string | null | undefined } = {},
  ): MapAdapter {
    const host = environ.host.toLowerCase()
    let scheme = environ.scheme
    if (environ.websocket === true) scheme = scheme === 'https' ? 'wss' : 'ws'
    const serverName =
      options.serverName == null ? host : withoutDefaultPort(options.serverName, scheme)
    let subdomain = options.subdomain ?? null
    if (!this.hostMatching) subdomain ??= subdomainOf(host, serverName)
    return this.bind({
      serverName,
      scriptName: environ.scriptName,
      subdomain,
      urlScheme: scheme,
      pathInfo: environ.pathInfo,
      defaultMethod: environ.method,
      queryArgs: environ.queryString,
    })
  }
}

function compareForBuilding(a: Rule, b: Rule): number {
  const [aliasA, argsA, defaultsA] = a.buildCompareKey()
  const [aliasB, argsB, defaultsB] = b.buildCompareKey()
  return aliasA - aliasB || argsA - argsB || defaultsA - defaultsB
}

function withoutDefaultPort(serverName: string, scheme: string): string {
  const lower = serverName.toLowerCase()
  const port = scheme === 'https' || scheme === 'wss' ? ':443' : ':80'
  const known = port === ':443' || scheme === 'http' || scheme === 'ws'
  return known && lower.endsWith(port) ? lower.slice(0, -port.length) : lower
}

/** The labels of a host in front of the server name; a text that no rule names when it has others. */
function subdomainOf(host: string, serverName: string): string {
  if (host === serverName) return ''
  if (!host.endsWith(`.${serverName}`)) return INVALID_SUBDOMAIN
  return host
    .slice(0, -serverName.length - 1)
    .split('.')
    .filter((label) => label !== '')
    .join('.')
}
