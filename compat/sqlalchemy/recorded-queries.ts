import { currentApp, g, hasAppContext } from '../../src/index.ts'
import type { Engine, StatementEvent } from './dialects/engine.ts'

/** A statement that was run while an app context was active (Flask-SQLAlchemy's query info). */
export interface QueryInfo {
  /** The SQL with placeholders. */
  readonly statement: string
  /** The values sent with it. */
  readonly parameters: readonly unknown[]
  /** When it started, in seconds of a monotonic clock. */
  readonly startTime: number
  /** When its answer was there, in seconds of the same clock. */
  readonly endTime: number
  /** Seconds it took. */
  readonly duration: number
  /** Where in the app it was run, `file:line (function)`, or `<unknown>`. */
  readonly location: string
}

/** Key on `g`. */
const KEY = '_sqlalchemy_queries'

/**
 * The statements of this app context, in the order in which they ended; empty unless
 * `SQLALCHEMY_RECORD_QUERIES` is set.
 */
export function getRecordedQueries(): readonly QueryInfo[] {
  return g.get(KEY, []) as QueryInfo[]
}

/** `    at view (file:///srv/app/views.ts:10:3)` or `    at file:///srv/app/views.ts:10:3`. */
const FRAME = /^\s*at (?:async )?(?:(.+?) \()?(?:file:\/\/)?(.+):(\d+):\d+\)?$/

/** Enough to reach the app through the layers below its statement. */
const FRAMES = 60

/** The calls that led here, awaiting ones included. */
function callStack(): string {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = FRAMES
  const { stack } = new Error()
  Error.stackTraceLimit = limit
  return stack ?? ''
}

/** The innermost call below the app's root that is no dependency of it. */
function locationIn(stack: string, root: string): string {
  for (const line of stack.split('\n')) {
    const [, name, file, lineNumber] = FRAME.exec(line) ?? []
    if (!file?.startsWith(root) || file.includes('/node_modules/')) continue
    return `${file}:${lineNumber} (${name ?? '<anonymous>'})`
  }
  return '<unknown>'
}

function record({ sql, parameters, startTime, endTime }: StatementEvent): void {
  if (!hasAppContext()) return
  const start = startTime / 1000
  const end = endTime / 1000
  const list = g.setdefault(KEY, []) as QueryInfo[]
  list.push({
    statement: sql,
    parameters,
    startTime: start,
    endTime: end,
    duration: end - start,
    location: locationIn(callStack(), currentApp.rootPath),
  })
}

/** Records what an engine runs. */
export function recordQueries(engine: Engine): void {
  engine.on('statement', record)
}
