import { RuntimeError, ValueError } from '../errors/builtins.ts'
import {
  BUST_ERR_ROUTE_CONVERTER,
  BUST_ERR_ROUTE_METHODS,
  BUST_ERR_ROUTE_SLASH,
  BUST_ERR_ROUTE_VARIABLE,
} from '../errors/codes.ts'
import { type BuiltUrl, RuleBuilder } from './build.ts'
import { emptyPart, parseRule, type TraceStep } from './parse-rule.ts'
import { pyEqual } from './python-text.ts'
import type { RulePart } from './rule-part.ts'
import type { Converter, RedirectAdapter, RuleMap, RuleValues } from './types.ts'

/** Gives the target of a rule's redirect, relative to the script's root, from the URL's variables. */
export type RedirectFunction = (adapter: RedirectAdapter, values: RuleValues) => string

/** Options of a rule (the keyword arguments of Werkzeug's `Rule`). */
export interface RuleOptions {
  /** Name by which the URL is built and its view is found. */
  endpoint?: string | null | undefined
  /** Methods that match, in any case; all when null. GET brings HEAD along. */
  methods?: Iterable<string> | null | undefined
  /** Values for variables that the rule's text does not have, or fixed ones for those it has. */
  defaults?: Readonly<RuleValues> | null | undefined
  /** Subdomain, itself a rule; the map's default one when null. */
  subdomain?: string | null | undefined
  /** Host with its port, itself a rule; only under host matching. */
  host?: string | null | undefined
  /** Whether `/a` redirects to a rule `/a/` (the map's setting when null) rather than match it. */
  strictSlashes?: boolean | null | undefined
  /** Whether `/a//b` redirects to `/a/b`; the map's setting when null. */
  mergeSlashes?: boolean | null | undefined
  /** Never matches, only builds. */
  buildOnly?: boolean | undefined
  /** Redirects there: text that may name variables, relative to the script's root, or a function. */
  redirectTo?: string | RedirectFunction | null | undefined
  /** Redirects to the rule of the same endpoint and variables that is no alias. */
  alias?: boolean | undefined
  /** Matches WebSocket requests only. */
  websocket?: boolean | undefined
}

const WEBSOCKET_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** One URL pattern (Werkzeug's `Rule`): `/users/<int:user_id>`. */
export class Rule {
  /** The rule's text. */
  readonly rule: string
  /** Whether the text ends without a slash. */
  readonly isLeaf: boolean
  /** Whether the text ends with a slash. */
  readonly isBranch: boolean
  endpoint: string
  methods: Set<string> | null
  defaults: Readonly<RuleValues> | null
  subdomain: string | null
  host: string | null
  strictSlashes: boolean | null
  mergeSlashes: boolean | null
  readonly buildOnly: boolean
  readonly redirectTo: string | RedirectFunction | null
  readonly alias: boolean
  readonly websocket: boolean
  /** Names of all variables and defaults. */
  readonly arguments: Set<string>
  /** Whether OPTIONS is answered without the view (Flask's attribute of the same name). */
  provideAutomaticOptions?: boolean | undefined
  #map: RuleMap | null = null
  #parts: readonly RulePart[] = []
  #trace: readonly TraceStep[] = []
  #converters: Map<string, Converter> = new Map()
  #builder: RuleBuilder | null = null

  /**
   * @throws {BUST_ERR_ROUTE_SLASH} when the text does not start with a slash
   * @throws {BUST_ERR_ROUTE_METHODS} when `methods` is one string
   * @throws {ValueError} for a WebSocket rule with other methods than GET, HEAD and OPTIONS
   */
  constructor(string: string, options: RuleOptions = {}) {
    if (!string.startsWith('/')) throw new BUST_ERR_ROUTE_SLASH(string, string)
    this.rule = string
    this.isBranch = string.endsWith('/')
    this.isLeaf = !this.isBranch
    this.endpoint = options.endpoint ?? ''
    this.methods = ruleMethods(string, options.methods ?? null)
    this.defaults = options.defaults ?? null
    this.subdomain = options.subdomain ?? null
    this.host = options.host ?? null
    this.strictSlashes = options.strictSlashes ?? null
    this.mergeSlashes = options.mergeSlashes ?? null
    this.buildOnly = options.buildOnly ?? false
    this.redirectTo = options.redirectTo ?? null
    this.alias = options.alias ?? false
    this.websocket = options.websocket ?? false
    this.arguments = new Set(Object.keys(this.defaults ?? {}))
    if (this.websocket && this.methods !== null) {
      for (const method of this.methods) {
        if (WEBSOCKET_METHODS.has(method)) continue
        throw new ValueError("WebSocket rules can only use 'GET', 'HEAD', and 'OPTIONS' methods.")
      }
    }
  }

  /** The map it was added to, or null. */
  get map(): RuleMap | null {
    return this.#map
  }

  /** Its converters by variable, in the order of the text, those of the host first. */
  get converters(): ReadonlyMap<string, Converter> {
    return this.#converters
  }

  /** What the matcher matches: the host's part, then one part for each path segment. */
  get parts(): readonly RulePart[] {
    return this.#parts
  }

  /** An unbound copy with the same options, to add to another map. */
  empty(): Rule {
    const copy = new Rule(this.rule, {
      ...this,
      defaults: this.defaults === null ? null : { ...this.defaults },
    })
    copy.provideAutomaticOptions = this.provideAutomaticOptions
    return copy
  }

  /**
   * Takes the map's settings and compiles the text.
   * @throws {RuntimeError} when it belongs to a map already
   * @throws {BUST_ERR_ROUTE_SYNTAX} and its siblings when the text is no rule
   */
  bind(map: RuleMap, rebind = false): void {
    if (this.#map !== null && !rebind) {
      throw new RuntimeError(
        `The URL rule '${this.rule}' already belongs to a map. Add rule.empty() instead.`,
      )
    }
    this.strictSlashes ??= map.strictSlashes
    this.mergeSlashes ??= map.mergeSlashes
    this.subdomain ??= map.defaultSubdomain
    this.#compile(map)
    this.#map = map
  }

  /** Makes the converter of one variable; a subclass may choose another. */
  getConverter(
    map: RuleMap,
    _variable: string,
    converter: string,
    args: readonly unknown[],
    options: Readonly<Record<string, unknown>> | null,
  ): Converter {
    const known = map.converters
    const ConverterClass = Object.hasOwn(known, converter) ? known[converter] : undefined
    if (ConverterClass === undefined) {
      throw new BUST_ERR_ROUTE_CONVERTER(this.rule, converter, Object.keys(known).join(', '))
    }
    const Maker = ConverterClass as new (map: RuleMap, ...args: unknown[]) => Converter
    return options === null ? new Maker(map, ...args) : new Maker(map, ...args, options)
  }

  #compile(map: RuleMap): void {
    const converters = new Map<string, Converter>()
    const factory = (
      variable: string,
      name: string,
      args: readonly unknown[],
      options: Readonly<Record<string, unknown>> | null,
    ): Converter => {
      if (converters.has(variable)) {
        throw new BUST_ERR_ROUTE_VARIABLE(this.rule, variable, 'is used twice')
      }
      if (variable === '__proto__') {
        throw new BUST_ERR_ROUTE_VARIABLE(this.rule, variable, 'is reserved by JavaScript')
      }
      const converter = this.getConverter(map, variable, name, args, options)
      converters.set(variable, converter)
      this.arguments.add(variable)
      return converter
    }
    const domainText = (map.hostMatching ? this.host : this.subdomain) ?? ''
    const domain =
      domainText === '' ? { parts: [emptyPart()], trace: [] } : parseRule(domainText, factory)
    const text = this.mergeSlashes ? this.rule.replace(/\/{2,}/g, '/') : this.rule
    const path = parseRule(text, factory)
    this.#parts = [...domain.parts, ...path.parts]
    this.#trace = [...domain.trace, { dynamic: false, data: '|' }, ...path.trace]
    this.#converters = converters
    this.#builder = new RuleBuilder({
      map,
      domain: domain.trace,
      path: path.trace,
      converters,
      defaults: this.defaults,
    })
  }

  /** Host or subdomain and path for the values, or null when they cannot be expressed. */
  build(values: Readonly<RuleValues>, appendUnknown = true): BuiltUrl | null {
    return this.#builder?.build(values, appendUnknown) ?? null
  }

  /** Whether it is the shorter form of a rule of the same endpoint and variables. */
  providesDefaultsFor(rule: Rule): boolean {
    return (
      !this.buildOnly &&
      this.defaults !== null &&
      Object.keys(this.defaults).length > 0 &&
      this.endpoint === rule.endpoint &&
      !this.equals(rule) &&
      this.arguments.size === rule.arguments.size &&
      [...this.arguments].every((name) => rule.arguments.has(name))
    )
  }

  /** Whether the values are enough to build it, and do not contradict its defaults. */
  suitableFor(values: Readonly<RuleValues>, method: string | null = null): boolean {
    if (method !== null && this.methods !== null && !this.methods.has(method)) return false
    const { defaults } = this
    for (const name of this.arguments) {
      if (defaults !== null && Object.hasOwn(defaults, name)) {
        if (Object.hasOwn(values, name) && !pyEqual(defaults[name], values[name])) return false
      } else if (!Object.hasOwn(values, name)) return false
    }
    return true
  }

  /** What rules of one endpoint are ordered by for building: aliases last, more variables first. */
  buildCompareKey(): readonly [alias: number, args: number, defaults: number] {
    const defaults = this.defaults === null ? 0 : Object.keys(this.defaults).length
    return [this.alias ? 1 : 0, -this.arguments.size, -defaults]
  }

  /** Whether both have the same text, converters aside (Werkzeug's `==` of rules). */
  equals(other: Rule): boolean {
    return (
      this.#trace.length === other.#trace.length &&
      this.#trace.every(
        (step, i) =>
          step.dynamic === other.#trace[i]?.dynamic && step.data === other.#trace[i]?.data,
      )
    )
  }

  /** The rule's text. */
  toString(): string {
    return this.rule
  }
}

function ruleMethods(rule: string, given: Iterable<string> | null): Set<string> | null {
  if (given === null) return null
  if (typeof given === 'string') throw new BUST_ERR_ROUTE_METHODS(rule)
  const methods = new Set<string>()
  for (const method of given) methods.add(method.toUpperCase())
  if (methods.has('GET')) methods.add('HEAD')
  return methods
}
