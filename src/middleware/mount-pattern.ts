import type { GuardPaths } from './guard-paths.ts'

/** Where a middleware is mounted: a path prefix, or a pattern that the path is tested with. */
export type MountPath = string | RegExp

/** A compiled {@link MountPath}. */
export interface MountPattern {
  /**
   * The `req.url` that a middleware mounted here is to see, or null when the request is not under
   * the mount by any reading of its path.
   */
  match(paths: GuardPaths): string | null
}

/** Variables of Express's rules (`:id`, `*rest`) and of Flask's (`<int:id>`). */
const VARIABLE = /[:*][A-Za-z_]\w*|<[^<>/]+>|\*/
const UNMATCHABLE = /[?#(){}]/

/** Whether a mount may end before this character: a segment's end, Connect's `.`, a parameter. */
function isBorder(character: string | undefined): boolean {
  return character === undefined || character === '/' || character === '.' || character === ';'
}

function encodeRest(path: string): string {
  return encodeURI(path.replace(/\p{Surrogate}/gu, '\ufffd')).replace(/[?#]/g, encodeURIComponent)
}

/** The target with its path replaced by what follows the mount. */
function relativeTarget(paths: GuardPaths, rest: string): string {
  const { origin, suffix } = paths.target
  const slash = rest.charCodeAt(0) === 47 ? '' : '/'
  return `${origin}${slash}${rest}${suffix}`
}

/** Finds the end of a mount in a lower-case path, or -1. */
type EndFinder = (path: string) => number

function matchPrefix(paths: GuardPaths, findEnd: EndFinder): string | null {
  const raw = paths.target.path
  const end = findEnd(paths.foldedRaw)
  // The client's own spelling is kept wherever the mount is spelled plainly in it.
  if (end !== -1) return relativeTarget(paths, raw.slice(end))
  for (let i = 0; i < paths.folded.length; i++) {
    const folded = paths.folded[i] as string
    const readingEnd = findEnd(folded)
    if (readingEnd === -1) continue
    const reading = paths.readings[i] as string
    // Some capitals have longer lower-case forms; then only the folded text has reliable offsets.
    const rest = (reading.length === folded.length ? reading : folded).slice(readingEnd)
    return relativeTarget(paths, encodeRest(rest))
  }
  return null
}

class LiteralMount implements MountPattern {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix.toLowerCase()
  }

  match(paths: GuardPaths): string | null {
    return matchPrefix(paths, this.#findEnd)
  }

  readonly #findEnd: EndFinder = (path) =>
    path.startsWith(this.#prefix) && isBorder(path[this.#prefix.length]) ? this.#prefix.length : -1
}

/**
 * A mount with variables. Each stands for one or more characters of any kind, slashes included: an
 * encoded slash may sit inside what a router takes for one segment. Chunks are searched for from
 * the left, which keeps the work linear.
 */
class VariableMount implements MountPattern {
  readonly #chunks: readonly string[]

  constructor(chunks: readonly string[]) {
    this.#chunks = chunks.map((chunk) => chunk.toLowerCase())
  }

  match(paths: GuardPaths): string | null {
    return matchPrefix(paths, this.#findEnd)
  }

  readonly #findEnd: EndFinder = (path) => {
    const first = this.#chunks[0] as string
    if (!path.startsWith(first)) return -1
    let end = first.length
    const last = this.#chunks.length - 1
    for (let i = 1; i <= last; i++) {
      const chunk = this.#chunks[i] as string
      if (end >= path.length) return -1
      if (i === last && chunk === '') {
        const slash = path.indexOf('/', end + 1)
        return slash === -1 ? path.length : slash
      }
      let at = path.indexOf(chunk, end + 1)
      while (i === last && at !== -1 && !isBorder(path[at + chunk.length])) {
        at = path.indexOf(chunk, at + 1)
      }
      if (at === -1) return -1
      end = at + chunk.length
    }
    return end
  }
}

class RegExpMount implements MountPattern {
  readonly #pattern: RegExp

  constructor(pattern: RegExp) {
    // Without `g` and `y` a test leaves no state behind for the next request.
    this.#pattern = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  }

  match(paths: GuardPaths): string | null {
    const raw = paths.target.path || '/'
    const found = this.#pattern.exec(raw)
    if (found !== null) {
      const end = found[0].length
      if (found.index !== 0 || end === 0 || !isBorder(raw[end])) return paths.url
      return relativeTarget(paths, raw.slice(end))
    }
    for (const readings of [paths.readings, paths.folded]) {
      for (const path of readings) if (this.#testBothEnds(path)) return paths.url
    }
    return null
  }

  // With strict slashes off, a router takes `/a` and `/a/` for the same.
  #testBothEnds(path: string): boolean {
    if (this.#pattern.test(path)) return true
    return path.endsWith('/')
      ? path.length > 1 && this.#pattern.test(path.slice(0, -1))
      : this.#pattern.test(`${path}/`)
  }
}

/** A mount may be written percent-encoded, as Express's users do, or plainly. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/**
 * Compiles one mount path. A string is a prefix of whole segments, compared without regard to
 * letter case, with or without its leading and trailing slash; it may have variables (`:id`,
 * `*rest`, `<int:id>`). A RegExp is tested against the path.
 *
 * @returns null for the root, which every request is under.
 * @throws TypeError for a string that no path can match (with `?`, `#` or a group): a guard mounted
 *   there would silently never run.
 */
export function compileMount(path: MountPath): MountPattern | null {
  if (path instanceof RegExp) return new RegExpMount(path)
  const prefix = `/${path}`.replace(/\/+/g, '/').replace(/\/$/, '')
  if (prefix === '') return null
  if (UNMATCHABLE.test(prefix)) {
    throw new TypeError(
      `app.use() cannot mount at '${path}': '?', '#' and groups are not supported in a mount ` +
        'path. Use a RegExp, or an array of paths.',
    )
  }
  const chunks = prefix.split(new RegExp(VARIABLE.source, 'g')).map(decoded)
  return chunks.length === 1 ? new LiteralMount(chunks[0] as string) : new VariableMount(chunks)
}
