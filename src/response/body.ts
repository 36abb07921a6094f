/**
 * What a response's body may be: it is kept as it was given. A string, bytes or an array of them
 * has a known length (Werkzeug's "sequence"); anything else is streamed. Node's `Readable` and the
 * Web `ReadableStream` are asynchronous iterables.
 */
export type ResponseBody =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>

/** A body that a byte range can be cut out of without reading what lies before it. */
export interface SeekableBody extends AsyncIterable<Uint8Array> {
  /** Narrows the body to `length` bytes from `start`. */
  slice(start: number, length: number): void
}

const EMPTY: Buffer = Buffer.alloc(0)

/** A chunk as bytes; text is encoded as UTF-8. */
export function toBytes(chunk: string | Uint8Array): Buffer {
  if (typeof chunk === 'string') return Buffer.from(chunk)
  if (Buffer.isBuffer(chunk)) return chunk
  if (ArrayBuffer.isView(chunk)) {
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
  }
  throw new TypeError(`A response body yields strings or bytes, not ${describe(chunk)}.`)
}

function describe(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return (value as object).constructor?.name ?? 'object'
}

/** The number of bytes a chunk takes on the wire. */
export function byteLength(chunk: string | Uint8Array): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
}

/** Whether the body is in memory, with a known length. */
export function isSequence(
  body: ResponseBody,
): body is string | Uint8Array | readonly (string | Uint8Array)[] {
  return typeof body === 'string' || body instanceof Uint8Array || Array.isArray(body)
}

/** Whether the body must be awaited chunk by chunk. */
export function isAsync(body: ResponseBody): body is AsyncIterable<string | Uint8Array> {
  return typeof body === 'object' && Symbol.asyncIterator in body
}

/** Whether the body can start in the middle without being read up to there. */
export function isSeekable(body: ResponseBody): body is SeekableBody & ResponseBody {
  return (
    typeof body === 'object' &&
    typeof (body as Partial<SeekableBody>).slice === 'function' &&
    !isSequence(body)
  )
}

/** The bytes of a body that is in memory, joined. */
export function joined(body: string | Uint8Array | readonly (string | Uint8Array)[]): Buffer {
  if (typeof body === 'string' || body instanceof Uint8Array) return toBytes(body)
  if (body.length === 0) return EMPTY
  return body.length === 1 ? toBytes(body[0] as string) : Buffer.concat(body.map(toBytes))
}

/** The length in bytes of a body that is in memory. */
export function sequenceLength(
  body: string | Uint8Array | readonly (string | Uint8Array)[],
): number {
  if (typeof body === 'string' || body instanceof Uint8Array) return byteLength(body)
  let sum = 0
  for (const chunk of body) sum += byteLength(chunk)
  return sum
}

/** Frees what a body holds, whether or not it was read: closes files, ends generators. */
export function closeBody(body: ResponseBody): void {
  if (typeof body !== 'object' || isSequence(body)) return
  const closable = body as Partial<{
    close(): unknown
    destroy(): unknown
    locked: boolean
    cancel(): Promise<unknown>
    return(): unknown
  }>
  if (typeof closable.close === 'function') closable.close()
  else if (typeof closable.destroy === 'function') closable.destroy()
  else if (typeof closable.cancel === 'function') {
    // A locked Web stream is cancelled by the reader that holds it.
    if (closable.locked !== true) closable.cancel().catch(() => {})
  } else if (typeof closable.return === 'function') {
    const ended = closable.return()
    if (ended instanceof Promise) ended.catch(() => {})
  }
}

/** The part of a body that a range asks for, chunk by chunk (Werkzeug's `_RangeWrapper`). */
export function* sliceSync(
  body: Iterable<string | Uint8Array>,
  start: number,
  length: number,
): Generator<Uint8Array> {
  const cut = new RangeCutter(start, length)
  for (const chunk of body) {
    const part = cut.take(toBytes(chunk))
    if (part.byteLength > 0) yield part
    if (cut.done) return
  }
}

/** `sliceSync` for bodies that are awaited. */
export async function* sliceAsync(
  body: AsyncIterable<string | Uint8Array>,
  start: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  const cut = new RangeCutter(start, length)
  for await (const chunk of body) {
    const part = cut.take(toBytes(chunk))
    if (part.byteLength > 0) yield part
    if (cut.done) return
  }
}

/** Keeps what lies inside the range of a sequence of chunks. */
class RangeCutter {
  #skip: number
  #left: number

  constructor(start: number, length: number) {
    this.#skip = start
    this.#left = length
  }

  /** Whether the range is complete. */
  get done(): boolean {
    return this.#left <= 0
  }

  take(chunk: Buffer): Buffer {
    const from = Math.min(this.#skip, chunk.byteLength)
    this.#skip -= from
    const part = chunk.subarray(from, from + this.#left)
    this.#left -= part.byteLength
    return part
  }
}
