import fs, { type Stats } from 'node:fs'
import type { ServerResponse } from 'node:http'
import type { FileStream } from '../components.ts'
import { ExpressServerResponse } from '../http/response.ts'
import { keptContent, MAX_SIZE, readContent } from './kept-files.ts'

const { createReadStream } = fs

/** Options of `send` and what is in front of it that say nothing about how a file is read. */
const OPTIONS: ReadonlySet<string> = new Set([
  'acceptRanges',
  'cacheControl',
  'dotfiles',
  'end',
  'etag',
  'extensions',
  'fallthrough',
  'headers',
  'immutable',
  'index',
  'lastModified',
  'maxAge',
  'maxage',
  'redirect',
  'root',
  'setHeaders',
  'start',
])

/** What `send` reads a file with: options of its own, and the first and the last byte. */
interface ReadOptions {
  readonly start: number
  readonly end: number
}

/** The part of `send`'s stream that is taken over. */
interface SendStream extends FileStream {
  readonly res: ServerResponse
  /** Reads the file into the response. Called when the head has been set. */
  stream(path: string, options: ReadOptions): void
  emit(event: string, ...args: unknown[]): boolean
  listenerCount(event: string): number
  /** Answers the error of a file. */
  onStatError(error: NodeJS.ErrnoException): void
}

/** Bytes that a larger file is read in at a time: twice as many as a stream of Node's reads. */
const PIECE = 128 * 1024

/** Whether a file is to be read as usual, so that it makes no difference how that is done. */
function isReadAsUsual(options: ReadOptions): boolean {
  if (fs.createReadStream !== createReadStream) return false
  for (const name in options) if (!OPTIONS.has(name)) return false
  return true
}

const isWhole = ({ size }: Stats, { start, end }: ReadOptions): boolean =>
  size > 0 && size <= MAX_SIZE && start === 0 && end === size - 1

const kStat: unique symbol = Symbol('bustapi.stat')

/** A file that is to be sent faster if that goes. */
interface TakenOver extends SendStream {
  /** How the file looked when it was found. */
  [kStat]: Stats
}

/**
 * Lets a file of `send` be read and written in one go if it is small, and in larger pieces if it is
 * not. Call it when the file has been found, before the head is set. Anything else about the file is
 * `send`'s, and so is its reading as soon as somebody could see a difference.
 *
 * @param isOurs Whether nobody but us can have listeners on the file.
 */
export function sendFast(file: FileStream, stat: Stats, isOurs: boolean): void {
  if (!stat.isFile()) return
  const made = file as TakenOver
  made[kStat] = stat
  // No closures: V8 puts those that are written as a member's value into its old generation.
  made.stream = isOurs ? streamOurs : streamUnseen
}

function streamOurs(this: SendStream, path: string, options: ReadOptions): void {
  stream(this as TakenOver, path, options)
}

function streamUnseen(this: SendStream, path: string, options: ReadOptions): void {
  if (this.listenerCount('stream') === 0) stream(this as TakenOver, path, options)
  else streamAsUsual(this, path, options)
}

/** What the file inherits from `send`. */
function streamAsUsual(file: SendStream, path: string, options: ReadOptions): void {
  ;(Object.getPrototypeOf(file) as SendStream).stream.call(file, path, options)
}

function stream(file: TakenOver, path: string, options: ReadOptions): void {
  const { res, [kStat]: stat } = file
  if (!isReadAsUsual(options) || !takesWhole(res)) {
    streamAsUsual(file, path, options)
    return
  }
  if (!isWhole(stat, options)) {
    const inPieces = options.end - options.start < MAX_SIZE ? {} : { highWaterMark: PIECE }
    streamAsUsual(file, path, { ...options, ...inPieces })
    return
  }
  file.emit('stream')
  const content = keptContent(path, stat)
  if (content !== undefined) {
    finish(file, content)
    return
  }
  readContent(path, stat, (error, read) => {
    // The client has gone, or somebody else has answered.
    if (res.destroyed || res.writableEnded) return
    if (error) file.onStatError(error)
    else if (takesWhole(res)) finish(file, read)
    else streamAsUsual(file, path, options)
  })
}

const takesWhole = (res: ServerResponse): boolean =>
  !res.destroyed && !res.writableEnded && ExpressServerResponse.takesWhole(res)

function finish(file: SendStream, content: Buffer): void {
  ExpressServerResponse.endWhole(file.res, content)
  file.emit('end')
}
