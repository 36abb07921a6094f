import type { IncomingMessage } from 'node:http'
import { getEnviron } from '../request/environ.ts'
import { lenientPath } from './canonical-path.ts'
import { type RequestTarget, splitTarget } from './request-target.ts'

// A canonical path with none of these can be read in one way only (letter case aside).
const AMBIGUOUS = /[\\;]|\/[./]/

function mergeSlashes(path: string): string {
  return path.replace(/[\\/]+/g, '/')
}

/** Without parameters (`;v=1`), `.` segments and empty segments, and with `..` segments resolved. */
function resolveSegments(path: string): string {
  const segments: string[] = []
  for (const segment of path.split(/[\\/]+/)) {
    const semicolon = segment.indexOf(';')
    const name = semicolon === -1 ? segment : segment.slice(0, semicolon)
    if (name === '..') segments.pop()
    else if (name !== '' && name !== '.') segments.push(name)
  }
  return `/${segments.join('/')}`
}

/**
 * Everything that the path of a request could mean to some router or file server further in.
 * Matching a mount against all of it lets a guard run too often, but never too rarely.
 */
export class GuardPaths {
  /** The `req.url` that this was made for. */
  readonly url: string
  /** The target as the client spelled it. */
  readonly target: RequestTarget
  /** The readings: the canonical path first, then those with slashes merged and dots resolved. */
  readonly readings: readonly string[]
  /** The readings in lower case, since a router may ignore it. */
  readonly folded: readonly string[]
  /** The path as the client spelled it, in lower case. */
  readonly foldedRaw: string

  constructor(req: IncomingMessage) {
    this.url = req.url ?? '/'
    this.target = splitTarget(this.url)
    this.readings = readingsOf(lenientPath(req))
    this.folded = this.readings.map((path) => path.toLowerCase())
    this.foldedRaw = this.target.path.toLowerCase()
  }
}

function readingsOf(canonical: string): string[] {
  if (!AMBIGUOUS.test(canonical)) return [canonical]
  return [...new Set([canonical, mergeSlashes(canonical), resolveSegments(canonical)])]
}

const kGuardPaths = Symbol('bustapi.guardPaths')

/**
 * The readings of a request's path. They are kept on the request for as long as `req.url` stays the
 * same; not while a wrapper has put another path in its place, which may change without a trace.
 */
export function guardPaths(req: IncomingMessage & { [kGuardPaths]?: GuardPaths }): GuardPaths {
  const known = req[kGuardPaths]
  if (known !== undefined && known.url === req.url && getEnviron(req) === undefined) return known
  const paths = new GuardPaths(req)
  req[kGuardPaths] = paths
  return paths
}
