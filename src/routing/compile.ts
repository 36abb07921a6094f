import findMyWay from 'find-my-way'
import type { State } from './matcher.ts'
import { type Candidate, type Lookup, type LookupMap, type Params, planCandidates } from './plan.ts'
import { collectShapes, type Segment } from './shapes.ts'

/** What find-my-way keeps for one shape of path. */
class Leaf {
  readonly #segments: readonly Segment[]
  readonly #staticLength: number
  readonly #paramCount: number
  readonly #plans: Map<string, readonly Candidate[]> = new Map()
  readonly #root: State
  readonly #map: LookupMap

  constructor(segments: readonly Segment[], root: State, map: LookupMap) {
    this.#segments = segments
    this.#root = root
    this.#map = map
    // The first segment is the domain; each of the others has a slash before it.
    let length = segments.length - 2
    let params = 0
    for (const [i, segment] of segments.entries()) {
      if (typeof segment === 'number') params++
      else if (i > 0) length += segment.length
    }
    this.#staticLength = length
    this.#paramCount = params
  }

  find(method: string, path: string, params: Params): Lookup | null {
    // find-my-way cuts at "?" and "#" and decodes "%": a path that is decoded already must come out
    // as long as it went in. Werkzeug tells an empty segment from a variable.
    let length = this.#staticLength
    for (let i = 0; i < this.#paramCount; i++) {
      const size = params[i]?.length ?? 0
      if (size === 0) return null
      length += size
    }
    if (length !== path.length) return null
    const plan = this.#plans.get(method) ?? this.#plan(method)
    for (const candidate of plan) {
      if (candidate.accepts(params)) return candidate.finish(params, method, this.#map)
    }
    return null
  }

  // At the method's first request: most shapes only ever see one or two methods.
  #plan(method: string): readonly Candidate[] {
    const plan = planCandidates(this.#root, this.#segments, method, this.#map)
    if (METHODS.has(method)) this.#plans.set(method, plan)
    return plan
  }
}

// Plans are kept for these alone: other methods come from clients and would fill the memory.
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
])

// Generated code saves some 80 ns a request and costs 90 µs a shape at the first one: a thousand
// routes would hold that up for a tenth of a second.
const MOST_COMPILED = 128

const NO_QUERY: Readonly<Record<string, string>> = Object.freeze({})

/**
 * The lookup for one host or subdomain: find-my-way tells the shape of a path, literal segments and
 * single-segment variables, and a plan made from the matcher's states tells which rule the matcher
 * would choose for that shape.
 */
export class FastLookup {
  readonly #router: findMyWay.Instance<findMyWay.HTTPVersion.V1>

  constructor(root: State, domain: string, map: LookupMap) {
    this.#router = findMyWay({
      caseSensitive: true,
      ignoreTrailingSlash: false,
      ignoreDuplicateSlashes: false,
      maxParamLength: Number.MAX_SAFE_INTEGER,
      querystringParser: () => NO_QUERY,
    })
    const shapes = collectShapes(root, domain)
    for (const segments of shapes) {
      const leaf = new Leaf(segments, root, map)
      // One tree for all methods: which methods a shape has is the plan's business, as in Werkzeug.
      this.#router.on('GET', toPattern(segments), unused, leaf)
    }
    if (shapes.length <= MOST_COMPILED) this.#router.compile()
  }

  /** The match of a path, or null when there is none or only the matcher can tell. */
  find(method: string, path: string): Lookup | null {
    if (path.charCodeAt(0) !== 0x2f || path.charCodeAt(1) === 0x2f) return null
    const found = this.#router.find('GET', path)
    if (found === null) return null
    return (found.store as Leaf).find(method, path, found.params as Params)
  }
}

function unused(): void {}

/** find-my-way's spelling of a shape; variables are numbered, since only their order matters. */
function toPattern(segments: readonly Segment[]): string {
  return segments
    .slice(1)
    .map((segment) => (typeof segment === 'number' ? `:${segment}` : segment.replaceAll(':', '::')))
    .join('/')
}
