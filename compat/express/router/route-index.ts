import type { RouterDialect } from './dialect.ts'
import type { Layer } from './types.ts'

/** A segment of the paths that layers are registered under. */
interface Node {
  children: Map<string, Node> | null
  /** Positions of the layers at this segment and at those above it, in order. */
  positions: number[]
}

/** Ends a list of positions: above all of them, so that the lists can be walked without a look at their length. */
export const END: number = 2 ** 30 - 1

const SLASH = 47

/**
 * Finds the layers that may match a path by the literal segments that their patterns start with.
 * Whether they do match is for the layers to say; the index only leaves out those that cannot, and
 * takes no notice of case for that. Its size depends on the layers alone.
 */
export class RouteIndex {
  /** How many layers the stack had. */
  readonly length: number
  readonly #layers: readonly Layer[]
  readonly #marks: readonly unknown[]
  readonly #dialect: RouterDialect
  readonly #anywhere: number[] = []
  readonly #all: number[]
  readonly #root: Node = { children: null, positions: [] }

  constructor(stack: readonly Layer[], dialect: RouterDialect) {
    this.length = stack.length
    this.#layers = stack.slice()
    this.#marks = stack.map((layer) => dialect.patternOf(layer))
    this.#dialect = dialect
    this.#all = stack.map((_layer, position) => position)
    stack.forEach((layer, position) => {
      this.#add(layer, position)
    })
    inherit(this.#root, [])
    this.#anywhere.push(END)
    this.#all.push(END)
  }

  /**
   * Whether a stack of the same length still has the layers that this index is about, with the same
   * patterns, from one position to before another.
   */
  agrees(stack: readonly Layer[], from: number, to: number): boolean {
    const layers = this.#layers
    for (let i = from; i < to; i++) {
      const layer = stack[i] as Layer
      if (layer !== layers[i] || this.#dialect.patternOf(layer) !== this.#marks[i]) return false
    }
    return true
  }

  /** Positions (up to {@link END}) of the layers that any path may match, in order: those without a literal start. */
  anywhere(path: string): readonly number[] {
    // Not a path (`OPTIONS *`), so that segments mean nothing.
    return path.charCodeAt(0) === SLASH ? this.#anywhere : this.#all
  }

  /** Positions (up to {@link END}) of those whose literal segments a path has, in order; none of {@link anywhere}. */
  below(path: string): readonly number[] {
    let node = this.#root
    if (path.charCodeAt(0) !== SLASH) return node.positions
    for (let start = 1; node.children !== null; ) {
      const slash = path.indexOf('/', start)
      const segment = slash === -1 ? path.slice(start) : path.slice(start, slash)
      const child = node.children.get(segment.toLowerCase())
      if (child === undefined) break
      node = child
      if (slash === -1) break
      start = slash + 1
    }
    return node.positions
  }

  #add(layer: Layer, position: number): void {
    const prefixes = this.#dialect.literalPrefixes(layer)
    if (prefixes === null || prefixes.some((segments) => segments.length === 0)) {
      this.#anywhere.push(position)
      return
    }
    for (const segments of prefixes) {
      let node = this.#root
      for (const segment of segments) {
        const key = segment.toLowerCase()
        node.children ??= new Map()
        let child = node.children.get(key)
        if (child === undefined) {
          child = { children: null, positions: [] }
          node.children.set(key, child)
        }
        node = child
      }
      if (node.positions.at(-1) !== position) node.positions.push(position)
    }
  }
}

/** Gives each node the positions of those above it, and its list an end. */
function inherit(node: Node, above: readonly number[]): void {
  if (above.length > 0) {
    node.positions = [...new Set([...above, ...node.positions])].sort((a, b) => a - b)
  }
  for (const child of node.children?.values() ?? []) inherit(child, node.positions)
  node.positions.push(END)
}
