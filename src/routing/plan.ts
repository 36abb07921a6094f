import type { State } from './matcher.ts'
import type { Rule } from './rule.ts'
import type { RulePart } from './rule-part.ts'
import { isExpressible, type Segment } from './shapes.ts'
import type { Converter, RuleValues } from './types.ts'

/** A rule that matched, and the values of its variables in a fresh object. */
export interface Lookup {
  readonly rule: Rule
  readonly args: RuleValues
}

/** The part of a `UrlMap` that the fast lookup asks. */
export interface LookupMap {
  readonly redirectDefaults: boolean
  rulesOf(endpoint: string): readonly Rule[]
}

/** Texts of a path's variable segments by number; none is empty. */
export type Params = Readonly<Record<number, string | undefined>>

/** Where the texts of a rule's variables come from: a segment of the path, or a literal one. */
interface Source {
  /** Number of the variable segment; -1 for literal text. */
  readonly index: number
  readonly part: RulePart
  /** The variables' texts when the segment is literal. */
  readonly values: readonly string[]
}

/** What a segment must be for a candidate to hold. */
type Check =
  | { readonly index: number; readonly part: RulePart; readonly texts: null }
  | { readonly index: number; readonly part: null; readonly texts: ReadonlySet<string> }

/** How far a walk through the states has come. */
interface Trail {
  readonly checks: readonly Check[]
  readonly sources: readonly Source[]
  /** Whether a variable part has taken a literal segment on the way. */
  readonly diverged: boolean
}

/** One thing the matcher would do for a shape of path, if the segments pass the checks. */
export class Candidate {
  readonly #checks: readonly Check[]
  readonly #rule: Rule | null
  readonly #sources: readonly Source[]
  readonly #names: readonly string[]
  readonly #converters: readonly Converter[]
  readonly #plain: boolean
  /** Rules whose defaults the values may turn out to be. */
  readonly #shorter: readonly Rule[]
  readonly #mayRedirect: boolean

  /** @param rule null where the matcher redirects, or only it can tell */
  constructor(trail: Trail, rule: Rule | null, shorter: readonly Rule[]) {
    this.#checks = trail.checks
    this.#sources = trail.sources
    this.#rule = rule
    this.#shorter = shorter
    this.#mayRedirect = shorter.length > 0 || rule?.alias === true
    this.#names = [...(rule?.converters.keys() ?? [])]
    this.#converters = [...(rule?.converters.values() ?? [])]
    this.#plain = trail.sources.every(({ index, part }) => index >= 0 && part.test !== null)
  }

  #redirects(rule: Rule, args: RuleValues, method: string): boolean {
    return rule.alias || this.#shorter.some((other) => other.suitableFor(args, method))
  }

  /** Whether it holds whatever the segments are. */
  get isCertain(): boolean {
    return this.#checks.length === 0
  }

  /** Whether the matcher would come to it. */
  accepts(params: Params): boolean {
    const checks = this.#checks
    for (let i = 0; i < checks.length; i++) {
      const check = checks[i] as Check
      const text = params[check.index] ?? ''
      if (check.part === null ? !check.texts.has(text) : !check.part.accepts(text)) return false
    }
    return true
  }

  /**
   * The match, or null for a redirect.
   * @throws what converters throw
   */
  finish(params: Params, method: string, map: LookupMap): Lookup | null {
    const rule = this.#rule
    if (rule === null) return null
    const args: RuleValues = {}
    const names = this.#names
    if (this.#plain) {
      for (let i = 0; i < names.length; i++) {
        const text = params[(this.#sources[i] as Source).index] as string
        args[names[i] as string] = (this.#converters[i] as Converter).toPython(text)
      }
    } else {
      const texts = this.#sources.flatMap(({ index, part, values }) =>
        index < 0 ? values : (part.match(params[index] ?? '')?.values ?? []),
      )
      for (let i = 0; i < names.length; i++) {
        args[names[i] as string] = (this.#converters[i] as Converter).toPython(texts[i] ?? '')
      }
    }
    if (rule.defaults !== null) Object.assign(args, rule.defaults)
    if (this.#mayRedirect && map.redirectDefaults && this.#redirects(rule, args, method))
      return null
    return { rule, args }
  }
}

// Beyond this, rules overlap so much that the matcher is as quick.
const MOST_CANDIDATES = 64

const START: Trail = { checks: [], sources: [], diverged: false }

/**
 * Walks the matcher's states as the matcher would for any path of a shape, and writes down in order
 * what it would do, with the conditions on the variable segments.
 *
 * Rules of more specific shapes are left out: for their paths find-my-way, which prefers literal
 * segments from left to right, would have come to those shapes.
 */
export function planCandidates(
  root: State,
  segments: readonly Segment[],
  method: string,
  map: LookupMap,
): readonly Candidate[] {
  return new Planner(segments, method, map).run(root)
}

class Planner {
  readonly #segments: readonly Segment[]
  readonly #method: string
  readonly #map: LookupMap
  readonly #found: Candidate[] = []

  constructor(segments: readonly Segment[], method: string, map: LookupMap) {
    this.#segments = segments
    this.#method = method
    this.#map = map
  }

  run(root: State): readonly Candidate[] {
    this.#walk(root, 0, START)
    return this.#found
  }

  /** True when nothing after this can matter. */
  #walk(state: State, position: number, trail: Trail): boolean {
    const segment = this.#segments[position]
    if (segment === undefined) return this.#end(state, trail)
    if (typeof segment === 'number') return this.#variable(state, segment, position, trail)
    return this.#literal(state, segment, position, trail)
  }

  #literal(state: State, text: string, position: number, trail: Trail): boolean {
    const next = state.statics.get(text)
    if (next !== undefined && this.#walk(next, position + 1, trail)) return true
    for (const { part, state: target } of state.dynamic) {
      if (part.final) {
        if (this.#add(trail, null)) return true
        continue
      }
      const match = part.match(text)
      if (match === null) continue
      const source: Source = { index: -1, part, values: match.values }
      const sources = [...trail.sources, source]
      if (this.#walk(target, position + 1, { ...trail, sources, diverged: true })) return true
    }
    if (text !== '' || position !== this.#segments.length - 1) return false
    const rule = state.rules.find((other) => !other.strictSlashes && this.#admits(other))
    return rule !== undefined && this.#add(trail, rule)
  }

  #variable(state: State, index: number, position: number, trail: Trail): boolean {
    const texts = new Set<string>()
    for (const [text, next] of state.statics) {
      if (text !== '' && (trail.diverged || isOpaque(text, next))) texts.add(text)
    }
    if (texts.size > 0) {
      const checks: Check[] = [...trail.checks, { index, part: null, texts }]
      if (this.#add({ ...trail, checks }, null)) return true
    }
    for (const { part, state: next } of state.dynamic) {
      if (part.final) {
        if (this.#add(trail, null)) return true
        continue
      }
      const checks: Check[] = [...trail.checks, { index, part, texts: null }]
      const sources = [...trail.sources, { index, part, values: [] }]
      if (this.#walk(next, position + 1, { ...trail, checks, sources })) return true
    }
    return false
  }

  #end(state: State, trail: Trail): boolean {
    for (const rule of state.rules) {
      if (this.#admits(rule)) return this.#add(trail, rule)
    }
    const slashed = state.statics.get('')?.rules.find((rule) => this.#admits(rule))
    if (slashed === undefined) return false
    return this.#add(trail, slashed.strictSlashes ? null : slashed)
  }

  #admits(rule: Rule): boolean {
    return !rule.websocket && (rule.methods === null || rule.methods.has(this.#method))
  }

  #add(trail: Trail, rule: Rule | null): boolean {
    const redirects = rule === null || rule.redirectTo !== null
    const crowded = this.#found.length >= MOST_CANDIDATES
    const candidate = crowded
      ? new Candidate(START, null, [])
      : new Candidate(trail, redirects ? null : rule, redirects ? [] : this.#shorter(rule))
    this.#found.push(candidate)
    return candidate.isCertain
  }

  #shorter(rule: Rule): readonly Rule[] {
    const rules = this.#map.rulesOf(rule.endpoint)
    return rules.slice(0, rules.indexOf(rule)).filter((other) => other.providesDefaultsFor(rule))
  }
}

/** Whether a literal segment leads to rules that find-my-way cannot tell apart. */
function isOpaque(text: string, state: State): boolean {
  if (!isExpressible(text)) return true
  if (state.dynamic.some(({ part, state: next }) => part.final || isOpaque('', next))) return true
  for (const [next, target] of state.statics) if (isOpaque(next, target)) return true
  return false
}
