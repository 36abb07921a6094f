import { BUST_ERR_ROUTE_REGEX } from '../errors/codes.ts'
import { type LinearMatcher, type LinearPiece, linearMatcher } from './linear-match.ts'
import { type TextTest, textTest } from './segment-test.ts'

/** How specific a part is; parts are tried in ascending order, member by member. */
export interface Weighting {
  /** Minus the number of literal pieces. */
  readonly staticCount: number
  /** Index and minus length of each literal piece. */
  readonly statics: readonly (readonly [index: number, length: number])[]
  /** Minus the number of variables. */
  readonly argumentCount: number
  /** The converters' weights. */
  readonly argumentWeights: readonly number[]
}

/** What a part's description consists of. */
export interface PartOptions {
  readonly content: string
  readonly final: boolean
  readonly static: boolean
  readonly suffixed: boolean
  readonly weight: Weighting
  /** What the part consists of, in order. */
  readonly pieces: readonly LinearPiece[]
}

/** The variables' texts of a matched part, and whether an optional last slash was there. */
export interface PartMatch {
  readonly values: readonly string[]
  readonly slash: boolean
}

/**
 * The piece of a rule between two slashes, or all the rest from a variable on that may hold slashes
 * (Werkzeug's `RulePart`).
 */
export class RulePart {
  /** The text itself when static, else the regex's source without anchors. */
  readonly content: string
  /** Whether it takes all that is left of the path. */
  readonly final: boolean
  readonly static: boolean
  /** Whether its rule ends with a slash after a final part. */
  readonly suffixed: boolean
  readonly weight: Weighting
  /** Tests a whole text when the part is nothing but one variable with a well-known regex. */
  readonly test: TextTest | null
  readonly #linear: LinearMatcher | null
  readonly #regex: RegExp | null
  readonly #groups: readonly number[]

  /** @throws {BUST_ERR_ROUTE_REGEX} when a converter's regex is not JavaScript's */
  constructor(rule: string, options: PartOptions) {
    this.content = options.content
    this.final = options.final
    this.static = options.static
    this.suffixed = options.suffixed
    this.weight = options.weight
    const regexes = options.pieces.flatMap((piece) => ('regex' in piece ? [piece.regex] : []))
    const [only] = regexes
    this.test = only !== undefined && this.content === `(${only})` ? textTest(only) : null
    this.#linear = regexes.length > 1 ? linearMatcher(options.pieces, this.suffixed) : null
    const isHandWritten = this.static || this.test !== null || this.#linear !== null
    this.#regex = isHandWritten ? null : compile(rule, this.content)
    const groups: number[] = []
    let next = 1
    for (const regex of regexes) {
      groups.push(next)
      next += this.#regex === null ? 1 : 1 + countGroups(regex, this.#regex.flags)
    }
    this.#groups = groups
  }

  /** Werkzeug's equality of parts: the same content and weight. */
  equals(other: RulePart): boolean {
    return (
      this.content === other.content &&
      this.final === other.final &&
      this.static === other.static &&
      this.suffixed === other.suffixed &&
      compareWeights(this.weight, other.weight) === 0
    )
  }

  /** Whether a text matches. */
  accepts(text: string): boolean {
    if (this.test !== null) return this.test(text)
    if (this.#linear !== null) return this.#linear(text) !== null
    return this.#regex?.test(text) ?? false
  }

  /** The variables' texts, or null when the text does not match. */
  match(text: string): PartMatch | null {
    if (this.test !== null) return this.test(text) ? { values: [text], slash: false } : null
    if (this.#linear !== null) return this.#linear(text)
    const found = this.#regex?.exec(text) ?? null
    if (found === null) return null
    return {
      values: this.#groups.map((group) => found[group] ?? ''),
      slash: this.suffixed && found.at(-1) === '/',
    }
  }
}

/** Orders parts as Python orders the tuples that Werkzeug makes of them. */
export function compareWeights(a: Weighting, b: Weighting): number {
  return (
    a.staticCount - b.staticCount ||
    compareLists(a.statics, b.statics, (x, y) => x[0] - y[0] || x[1] - y[1]) ||
    a.argumentCount - b.argumentCount ||
    compareLists(a.argumentWeights, b.argumentWeights, (x, y) => x - y)
  )
}

function compareLists<T>(
  a: readonly T[],
  b: readonly T[],
  compare: (x: T, y: T) => number,
): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const order = compare(a[i] as T, b[i] as T)
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** A text as a regex that matches just it, with or without the `u` flag. */
export function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
}

function compile(rule: string, source: string): RegExp {
  try {
    // With "u" lengths count characters and \p{…} works, as in Python.
    return new RegExp(`^${source}$`, 'u')
  } catch (error) {
    // The flag also forbids needless escapes such as \- that Python allows.
    if (!source.includes('\\p{')) {
      try {
        return new RegExp(`^${source}$`)
      } catch {}
    }
    throw new BUST_ERR_ROUTE_REGEX(rule, source, error instanceof Error ? error.message : '')
  }
}

function countGroups(source: string, flags: string): number {
  return (new RegExp(`${source}|`, flags).exec('')?.length ?? 1) - 1
}
