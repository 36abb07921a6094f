import type { FileHandle } from 'node:fs/promises'
import type { SeekableBody } from './body.ts'

const CHUNK = 65_536

/**
 * An open file as a response's body: read piece by piece while it is sent, closed with the response.
 * Its size is the one it had when it was opened, even if it grows meanwhile.
 */
export class FileBody implements SeekableBody {
  readonly #handle: FileHandle
  #position = 0
  #end: number
  #closed = false

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle
    this.#end = size
  }

  slice(start: number, length: number): void {
    this.#position += start
    this.#end = Math.min(this.#end, this.#position + length)
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    const length = Math.min(CHUNK, this.#end - this.#position)
    if (length <= 0 || this.#closed) return { done: true, value: undefined }
    const buffer = Buffer.allocUnsafe(length)
    const { bytesRead } = await this.#handle.read(buffer, 0, length, this.#position)
    this.#position += bytesRead
    if (bytesRead === 0) return { done: true, value: undefined }
    return { done: false, value: buffer.subarray(0, bytesRead) }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** Closes the file; a read that is under way ends first. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#handle.close().catch(() => {})
  }
}
