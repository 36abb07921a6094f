import { ValidationError } from './converters.ts'
import type { Rule } from './rule.ts'
import { compareWeights, type RulePart } from './rule-part.ts'
import type { RuleValues } from './types.ts'

/** A node of the matcher: the rules that end here, and where each next part leads. */
export class State {
  readonly dynamic: { readonly part: RulePart; readonly state: State }[] = []
  readonly rules: Rule[] = []
  readonly statics: Map<string, State> = new Map()
}

/** What came of matching; the adapter turns all but the first into exceptions. */
export type MatchOutcome =
  | { readonly kind: 'match'; readonly rule: Rule; readonly args: RuleValues }
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'alias'; readonly rule: Rule; readonly args: RuleValues }
  | {
      readonly kind: 'none'
      /** Methods of the rules that match but for the method. */
      readonly allowed: ReadonlySet<string>
      readonly websocketMismatch: boolean
    }

interface Found {
  readonly rule: Rule
  readonly values: readonly string[]
}

/** A rule would match if the path ended with a slash. */
const SLASH_REQUIRED: unique symbol = Symbol('slash required')

const NO_VALUES: readonly string[] = []

/** Finds the rule of a path, in the order of Werkzeug's `StateMachineMatcher`. */
export class StateMachineMatcher {
  /** Whether a path with doubled slashes may redirect to one without. */
  mergeSlashes: boolean
  /** Where matching starts, with the host's part. */
  readonly root: State = new State()

  constructor(mergeSlashes: boolean) {
    this.mergeSlashes = mergeSlashes
  }

  /** Adds a bound rule. */
  add(rule: Rule): void {
    let state = this.root
    for (const part of rule.parts) state = step(state, part)
    state.rules.push(rule)
  }

  /** Puts the variable parts into the order in which they are tried. */
  update(state: State = this.root): void {
    state.dynamic.sort((a, b) => compareWeights(a.part.weight, b.part.weight))
    for (const next of state.statics.values()) this.update(next)
    for (const { state: next } of state.dynamic) this.update(next)
  }

  /**
   * @param domain host or subdomain
   * @param path percent-decoded, empty or starting with one slash
   * @param method in upper case
   */
  match(domain: string, path: string, method: string, websocket: boolean): MatchOutcome {
    const walk = new Walk(domain, path, method, websocket)
    const found = walk.from(this.root)
    if (found === SLASH_REQUIRED) return { kind: 'path', path: `${path}/` }
    if (found !== null) return walk.outcome(found)
    if (this.mergeSlashes && path.includes('//')) {
      const merged = path.replace(/\/{2,}/g, '/')
      const again = walk.again(domain, merged).from(this.root)
      if (again === SLASH_REQUIRED) return { kind: 'path', path: `${merged}/` }
      if (again !== null && again.rule.mergeSlashes !== false) return { kind: 'path', path: merged }
    }
    return walk.none()
  }
}

function step(state: State, part: RulePart): State {
  if (part.static) {
    let next = state.statics.get(part.content)
    if (next === undefined) {
      next = new State()
      state.statics.set(part.content, next)
    }
    return next
  }
  for (const transition of state.dynamic) {
    if (transition.part.equals(part)) return transition.state
  }
  const next = new State()
  state.dynamic.push({ part, state: next })
  return next
}

/** One search through the states for one request. */
class Walk {
  readonly #method: string
  readonly #websocket: boolean
  #text = ''
  #parts: readonly string[] = []
  #allowed: Set<string> | null = null
  #websocketMismatch = false

  constructor(domain: string, path: string, method: string, websocket: boolean) {
    this.#method = method
    this.#websocket = websocket
    this.again(domain, path)
  }

  /** Another path for the same request; allowed methods are collected over both. */
  again(domain: string, path: string): this {
    this.#text = `${domain}/${path}`
    this.#parts = [domain, ...path.split('/')]
    return this
  }

  from(root: State): Found | typeof SLASH_REQUIRED | null {
    return this.#walk(root, 0, 0, NO_VALUES)
  }

  /**
   * @param index of the part to match next
   * @param offset of that part in the text
   */
  #walk(
    state: State,
    index: number,
    offset: number,
    values: readonly string[],
  ): Found | typeof SLASH_REQUIRED | null {
    const parts = this.#parts
    const part = parts[index]
    if (part === undefined) return this.#end(state, values)
    const next = state.statics.get(part)
    if (next !== undefined) {
      const found = this.#walk(next, index + 1, offset + part.length + 1, values)
      if (found !== null) return found
    }
    for (const transition of state.dynamic) {
      const { part: pattern } = transition
      const match = pattern.match(pattern.final ? this.#text.slice(offset) : part)
      if (match === null) continue
      let rest = index + 1
      if (pattern.final) rest = match.slash ? parts.length - 1 : parts.length
      const more = values.length === 0 ? match.values : [...values, ...match.values]
      const found = this.#walk(transition.state, rest, offset + part.length + 1, more)
      if (found !== null) return found
    }
    // A last slash on a rule that has none: only where slashes are not strict.
    if (part === '' && index === parts.length - 1) {
      for (const rule of state.rules) {
        if (!rule.strictSlashes && this.#admits(rule)) return { rule, values }
      }
    }
    return null
  }

  #end(state: State, values: readonly string[]): Found | typeof SLASH_REQUIRED | null {
    for (const rule of state.rules) if (this.#admits(rule)) return { rule, values }
    const slashed = state.statics.get('')
    if (slashed === undefined) return null
    for (const rule of slashed.rules) {
      if (rule.websocket !== this.#websocket) continue
      if (rule.methods !== null && !rule.methods.has(this.#method)) continue
      return rule.strictSlashes ? SLASH_REQUIRED : { rule, values }
    }
    return null
  }

  #admits(rule: Rule): boolean {
    if (rule.methods !== null && !rule.methods.has(this.#method)) {
      this.#allowed ??= new Set()
      for (const method of rule.methods) this.#allowed.add(method)
      return false
    }
    if (rule.websocket !== this.#websocket) {
      this.#websocketMismatch = true
      return false
    }
    return true
  }

  /** Converts the texts of the variables. */
  outcome({ rule, values }: Found): MatchOutcome {
    const args: RuleValues = {}
    let i = 0
    try {
      for (const [name, converter] of rule.converters) {
        const text = values[i++]
        if (text === undefined) break
        args[name] = converter.toPython(text)
      }
    } catch (error) {
      if (error instanceof ValidationError) return this.none()
      throw error
    }
    if (rule.defaults !== null) Object.assign(args, rule.defaults)
    return { kind: rule.alias ? 'alias' : 'match', rule, args }
  }

  none(): MatchOutcome {
    return {
      kind: 'none',
      allowed: this.#allowed ?? new Set(),
      websocketMismatch: this.#websocketMismatch,
    }
  }
}
