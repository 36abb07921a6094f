import type { State } from './matcher.ts'

/** A segment of a shape: literal text, or the number of a variable. */
export type Segment = string | number

// find-my-way reads these in a pattern or path and has no escape for them.
const INEXPRESSIBLE = /[*?#%]/

/** Whether a literal segment can be part of a find-my-way pattern. */
export function isExpressible(text: string): boolean {
  return !INEXPRESSIBLE.test(text)
}

/**
 * The shapes of all paths that rules of a host could answer, by a redirect to a last slash or
 * without one too: the host, then the segments between slashes.
 */
export function collectShapes(root: State, domain: string): readonly (readonly Segment[])[] {
  const shapes = new Map<string, readonly Segment[]>()
  const start = root.statics.get(domain)
  if (start !== undefined) collect(start, [domain], 0, shapes)
  for (const { part, state } of root.dynamic) {
    if (!part.final && part.accepts(domain)) collect(state, [domain], 0, shapes)
  }
  return [...shapes.values()]
}

function collect(
  state: State,
  segments: readonly Segment[],
  variables: number,
  shapes: Map<string, readonly Segment[]>,
): void {
  if (state.rules.length > 0) {
    add(shapes, segments)
    if (state.rules.some((rule) => !rule.strictSlashes)) add(shapes, [...segments, ''])
  }
  for (const [text, next] of state.statics) {
    if (!isExpressible(text)) continue
    if (text === '' && next.rules.length > 0) add(shapes, segments)
    collect(next, [...segments, text], variables, shapes)
  }
  for (const { part, state: next } of state.dynamic) {
    if (!part.final) collect(next, [...segments, variables], variables + 1, shapes)
  }
}

// Two segments are host and the nothing before the first slash: not a path yet.
function add(shapes: Map<string, readonly Segment[]>, segments: readonly Segment[]): void {
  if (segments.length > 2) shapes.set(JSON.stringify(segments), segments)
}
