/**
 * Matches parts with several variables, such as `<a>-<b>-<c>.txt`, in time linear in the text. A
 * backtracking regex takes time cubic in it there, and a client chooses the text.
 */

type CodeTest = (code: number) => boolean

/** A stretch of characters of one kind, as long (or, when lazy, as short) as can be. */
interface Run {
  readonly kind: 'run'
  readonly test: CodeTest
  readonly min: number
  readonly max: number
  readonly lazy: boolean
}

/** One of several texts, the first that leads to a match. */
interface Choice {
  readonly kind: 'choice'
  readonly texts: readonly (readonly number[])[]
}

type Element = Run | Choice

/** A literal text, or the regex source of a variable. */
export type LinearPiece = { readonly text: string } | { readonly regex: string }

/** The texts of the variables and whether the optional last slash was there; null: no match. */
export type LinearMatcher = (text: string) => { values: string[]; slash: boolean } | null

const SLASH = 0x2f
const NEWLINE = 0x0a
const MINUS = 0x2d
const DIGIT = /\p{Nd}/u
const RUNS = /^\[\^\/\](?:\+|\{(\d+)(,?)(\d*)\})$/
const ALTERNATIVES = /^\(\?:((?:[^\\^$.*+?()[\]{}]|\\[^a-zA-Z0-9])*)\)$/

const notSlash: CodeTest = (code) => code !== SLASH
const notNewline: CodeTest = (code) => code !== NEWLINE
const isMinus: CodeTest = (code) => code === MINUS
const isHex: CodeTest = (code) =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66)
const isDigit: CodeTest = (code) =>
  code < 0x80 ? code >= 0x30 && code <= 0x39 : DIGIT.test(String.fromCodePoint(code))

const HEX = '[A-Fa-f0-9]'
const SIGN: Run = run(isMinus, 0, 1)
const DIGITS: Run = run(isDigit, 1, Infinity)
const FLOAT: readonly Element[] = [DIGITS, literal('.'), DIGITS]
const UUID: readonly Element[] = [8, 4, 4, 4, 12].flatMap((size, i) =>
  i === 0 ? [run(isHex, size, size)] : [literal('-'), run(isHex, size, size)],
)

const KNOWN: ReadonlyMap<string, readonly Element[]> = new Map<string, readonly Element[]>([
  ['\\p{Nd}+', [DIGITS]],
  ['-?\\p{Nd}+', [SIGN, DIGITS]],
  ['\\p{Nd}+\\.\\p{Nd}+', FLOAT],
  ['-?\\p{Nd}+\\.\\p{Nd}+', [SIGN, ...FLOAT]],
  [`${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}`, UUID],
  ['[^/][^\\n]*?', [run(notSlash, 1, 1), run(notNewline, 0, Infinity, true)]],
])

function run(test: CodeTest, min: number, max: number, lazy = false): Run {
  return { kind: 'run', test, min, max, lazy }
}

function literal(text: string): Choice {
  return { kind: 'choice', texts: [codesOf(text)] }
}

function codesOf(text: string): number[] {
  return Array.from(text, (char) => char.codePointAt(0) ?? 0)
}

function elementsOf(regex: string): readonly Element[] | null {
  const known = KNOWN.get(regex)
  if (known !== undefined) return known
  const runs = RUNS.exec(regex)
  if (runs !== null) {
    const [, least = '1', comma = ',', most = ''] = runs
    const min = Number(least)
    return [run(notSlash, min, comma === '' ? min : most === '' ? Infinity : Number(most))]
  }
  const alternatives = ALTERNATIVES.exec(regex)?.[1]
  if (alternatives === undefined) return null
  // A lone | separates; an escaped one is text.
  const texts = alternatives
    .split(/(?<=(?:^|[^\\])(?:\\\\)*)\|/)
    .map((text) => codesOf(text.replace(/\\(.)/gs, '$1')))
  return [{ kind: 'choice', texts }]
}

/**
 * A matcher for the pieces of a part, or null when a variable's regex is not one of the built-in
 * converters'.
 * @param suffixed whether one slash may follow, unless one is there already
 */
export function linearMatcher(
  pieces: readonly LinearPiece[],
  suffixed: boolean,
): LinearMatcher | null {
  const elements: Element[] = []
  const captures: (readonly [from: number, to: number])[] = []
  for (const piece of pieces) {
    if ('text' in piece) {
      elements.push(literal(piece.text))
      continue
    }
    const own = elementsOf(piece.regex)
    if (own === null) return null
    captures.push([elements.length, elements.length + own.length])
    elements.push(...own)
  }
  return (text) => match(text, elements, captures, suffixed)
}

function match(
  text: string,
  elements: readonly Element[],
  captures: readonly (readonly [from: number, to: number])[],
  suffixed: boolean,
): { values: string[]; slash: boolean } | null {
  const codes = codesOf(text)
  const reach = reachable(codes, elements, suffixed)
  if (reach[0]?.[0] !== 1) return null
  const bounds = [0]
  let at = 0
  for (const [i, element] of elements.entries()) {
    at = advance(codes, at, element, reach[i + 1] as Uint8Array)
    bounds.push(at)
  }
  const values = captures.map(([from, to]) =>
    codes
      .slice(bounds[from], bounds[to])
      .map((code) => String.fromCodePoint(code))
      .join(''),
  )
  return { values, slash: at < codes.length }
}

/** For each element and position, whether the elements from there on can match the rest. */
function reachable(
  codes: readonly number[],
  elements: readonly Element[],
  suffixed: boolean,
): readonly Uint8Array[] {
  const { length } = codes
  const end = new Uint8Array(length + 1)
  if (!suffixed || codes[length - 1] !== SLASH) end[length] = 1
  if (suffixed && codes[length - 1] === SLASH && codes[length - 2] !== SLASH) end[length - 1] = 1
  const reach: Uint8Array[] = [end]
  for (let i = elements.length - 1; i >= 0; i--) {
    const element = elements[i] as Element
    const after = reach[0] as Uint8Array
    reach.unshift(
      element.kind === 'run' ? reachRun(codes, element, after) : reachChoice(codes, element, after),
    )
  }
  return reach
}

function reachRun(codes: readonly number[], element: Run, after: Uint8Array): Uint8Array {
  const { length } = codes
  const here = new Uint8Array(length + 1)
  // The nearest position from here on at which the rest can match.
  const nearest = new Float64Array(length + 2).fill(Infinity)
  let size = 0
  for (let at = length; at >= 0; at--) {
    nearest[at] = after[at] === 1 ? at : (nearest[at + 1] as number)
    size = at < length && element.test(codes[at] as number) ? size + 1 : 0
    const first = at + element.min
    if (first > length) continue
    if ((nearest[first] as number) <= at + Math.min(size, element.max)) here[at] = 1
  }
  return here
}

function reachChoice(codes: readonly number[], element: Choice, after: Uint8Array): Uint8Array {
  const here = new Uint8Array(codes.length + 1)
  for (let at = codes.length; at >= 0; at--) {
    if (element.texts.some((text) => fits(codes, at, text, after))) here[at] = 1
  }
  return here
}

function fits(
  codes: readonly number[],
  at: number,
  text: readonly number[],
  after: Uint8Array,
): boolean {
  return after[at + text.length] === 1 && text.every((code, i) => codes[at + i] === code)
}

/** Where an element ends that begins at a position from which the rest is known to match. */
function advance(
  codes: readonly number[],
  at: number,
  element: Element,
  after: Uint8Array,
): number {
  if (element.kind === 'choice') {
    return at + (element.texts.find((text) => fits(codes, at, text, after))?.length ?? 0)
  }
  let most = at
  while (most < codes.length && most - at < element.max && element.test(codes[most] as number)) {
    most++
  }
  if (!element.lazy) {
    while (after[most] !== 1) most--
    return most
  }
  let least = at + element.min
  while (after[least] !== 1) least++
  return least
}
