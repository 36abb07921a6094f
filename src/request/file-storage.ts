import { createWriteStream, type PathLike } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Headers } from '../http/headers.ts'
import { parseOptionsHeader } from '../http/options-header.ts'
import { type ByteSource, MemorySource } from './spool.ts'

const CHUNK = 65_536
const LINE_FEED = 0x0a
const NO_BYTES: Buffer = Buffer.alloc(0)

/** Keyword arguments of `new FileStorage(stream, options)`. */
export interface FileStorageOptions {
  /** Name of the file as the client sent it; never use it as a path without `secureFilename`. */
  filename?: string | null
  /** Name of the form field. */
  name?: string | null
  contentType?: string | null
  /** Length in bytes that the part's own header states. */
  contentLength?: number | null
  /** Headers of the part. */
  headers?: Headers | null
}

/**
 * An uploaded file (Werkzeug's `FileStorage`). Reading goes on from where the last read ended, and
 * `save` writes what has not been read yet; `buffer` gives everything. The bytes are gone when the
 * request has ended.
 */
export class FileStorage {
  /** Name of the form field. */
  readonly name: string | null
  /** Name of the file as the client sent it; empty when a form was sent without choosing one. */
  readonly filename: string | null
  /** Headers of the part. */
  readonly headers: Headers
  readonly #source: ByteSource
  #position = 0
  #stream: Readable | undefined
  #type: [string, Record<string, string>] | undefined
  #closed = false
  #chunk: Buffer = NO_BYTES
  #chunkStart = 0

  constructor(
    source: ByteSource | Uint8Array | string | null = null,
    options: FileStorageOptions = {},
  ) {
    this.#source =
      source === null || typeof source === 'string' || source instanceof Uint8Array
        ? new MemorySource(Buffer.from(source ?? ''))
        : source
    this.name = options.name ?? null
    this.filename = options.filename ?? null
    this.headers = options.headers ?? new Headers()
    if (options.contentType != null) this.headers.set('Content-Type', options.contentType)
    if (options.contentLength != null) {
      this.headers.set('Content-Length', String(options.contentLength))
    }
  }

  /** `Content-Type` of the part; null without one. */
  get contentType(): string | null {
    return this.headers.get('Content-Type')
  }

  /** What the part's own `Content-Length` says, usually 0 since browsers send none: see `size`. */
  get contentLength(): number {
    const value = this.headers.get('Content-Length')?.trim() ?? ''
    return /^-?\d+$/.test(value) ? Number(value) : 0
  }

  get #parsedType(): [string, Record<string, string>] {
    this.#type ??= parseOptionsHeader(this.contentType ?? '')
    return this.#type
  }

  /** Media type in lower case without parameters; empty without `Content-Type`. */
  get mimetype(): string {
    return this.#parsedType[0].toLowerCase()
  }

  /** The parameters of `Content-Type`. */
  get mimetypeParams(): Record<string, string> {
    return this.#parsedType[1]
  }

  /** Number of bytes that were uploaded. */
  get size(): number {
    return this.#source.size
  }

  /** Reads on: `size` bytes, or everything that is left. Empty at the end. */
  async read(size?: number | null): Promise<Buffer> {
    this.#assertOpen()
    const left = this.#source.size - this.#position
    const length = size == null || size < 0 ? left : Math.min(size, left)
    const start = this.#position
    this.#position += length
    return length === 0 ? NO_BYTES : this.#source.readAt(start, length)
  }

  /** Reads on up to the next line end, which is included; empty at the end. */
  async readline(): Promise<Buffer> {
    this.#assertOpen()
    const parts: Buffer[] = []
    for (;;) {
      const ahead = await this.#ahead()
      const end = ahead.indexOf(LINE_FEED) + 1
      const part = end === 0 ? ahead : ahead.subarray(0, end)
      this.#position += part.byteLength
      parts.push(part)
      if (end > 0 || ahead.byteLength === 0) break
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
  }

  /** Some bytes from the position on, kept between lines so that each is read once. */
  async #ahead(): Promise<Buffer> {
    const offset = this.#position - this.#chunkStart
    if (offset >= 0 && offset < this.#chunk.byteLength) return this.#chunk.subarray(offset)
    this.#chunkStart = this.#position
    this.#chunk = await this.#source.readAt(this.#position, CHUNK)
    return this.#chunk
  }

  /** The lines that are left, with their line ends. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let line = await this.readline(); line.byteLength > 0; line = await this.readline()) {
      yield line
    }
  }

  /** Where the next read begins, in bytes from the start. */
  tell(): number {
    return this.#position
  }

  /**
   * Moves to a position. @param whence 0: from the start, 1: from here, 2: from the end.
   * @returns the new position.
   */
  seek(offset: number, whence: 0 | 1 | 2 = 0): number {
    const base = whence === 0 ? 0 : whence === 1 ? this.#position : this.#source.size
    this.#position = Math.max(0, Math.min(base + offset, this.#source.size))
    return this.#position
  }

  /** All bytes, whatever has been read; the position stays. */
  async buffer(): Promise<Buffer> {
    this.#assertOpen()
    return this.#source.readAt(0, this.#source.size)
  }

  /** All bytes as UTF-8 text. */
  async text(): Promise<string> {
    return (await this.buffer()).toString()
  }

  /** What is left to read, as a stream; the same one every time. */
  get stream(): Readable {
    this.#stream ??= this.#makeStream()
    return this.#stream
  }

  #makeStream(): Readable {
    const file = this
    return new Readable({
      read() {
        file.read(CHUNK).then(
          (chunk) => this.push(chunk.byteLength === 0 ? null : chunk),
          (error: Error) => this.destroy(error),
        )
      },
    })
  }

  /**
   * Writes what is left to read to a path (an existing file is replaced) or into a stream, which is
   * left open.
   * @throws the file system's error.
   */
  async save(destination: PathLike | Writable): Promise<void> {
    this.#assertOpen()
    const chunks = this.#chunks()
    if (isWritable(destination)) {
      await pipeline(chunks, destination, { end: false })
    } else {
      await pipeline(chunks, createWriteStream(destination))
    }
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    for (let part = await this.read(CHUNK); part.byteLength > 0; part = await this.read(CHUNK)) {
      yield part
    }
  }

  /** Forbids further reading. The framework does so when the request has ended. */
  close(): void {
    this.#closed = true
    this.#chunk = NO_BYTES
    this.#stream?.destroy()
  }

  #assertOpen(): void {
    if (this.#closed) {
      throw new TypeError(
        'I/O operation on closed file: the request has ended. Save or read it before.',
      )
    }
  }

  /** For logs: `<FileStorage: 'a.txt' ('text/plain')>`. */
  toString(): string {
    const quote = (text: string | null): string => (text === null ? 'None' : `'${text}'`)
    return `<FileStorage: ${quote(this.filename)} (${quote(this.contentType)})>`
  }
}

function isWritable(value: PathLike | Writable): value is Writable {
  return typeof (value as Partial<Writable>).write === 'function'
}
