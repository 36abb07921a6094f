import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Bytes of a body: in memory, or in a temporary file. */
export interface ByteSource {
  /** Number of bytes. */
  readonly size: number
  /** Up to `length` bytes from `start`; fewer only at the end. */
  readAt(start: number, length: number): Promise<Buffer>
  /** The same at once; blocks when the bytes are in a file. */
  readAtSync(start: number, length: number): Buffer
}

/** Bytes in memory. */
export class MemorySource implements ByteSource {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get size(): number {
    return this.#bytes.byteLength
  }

  readAt(start: number, length: number): Promise<Buffer> {
    return Promise.resolve(this.readAtSync(start, length))
  }

  readAtSync(start: number, length: number): Buffer {
    return this.#bytes.subarray(start, start + length)
  }
}

/**
 * A temporary file that only this process can see: where the system allows it, its name is removed
 * as soon as it is open, so that nothing is left behind even by a crash.
 */
export class SpoolFile implements ByteSource {
  #handle: FileHandle
  #path: string | null
  #size = 0

  private constructor(handle: FileHandle, path: string | null) {
    this.#handle = handle
    this.#path = path
  }

  /** Creates an empty file in the system's folder for temporary files. */
  static async create(): Promise<SpoolFile> {
    const path = join(tmpdir(), `bustapi-${randomUUID()}`)
    const handle = await open(path, 'wx+', 0o600)
    try {
      await unlink(path)
      return new SpoolFile(handle, null)
    } catch {
      // Windows keeps the name of an open file: it is removed on closing.
      return new SpoolFile(handle, path)
    }
  }

  get size(): number {
    return this.#size
  }

  /** Adds bytes at the end. Calls must not overlap. */
  async append(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      let done = 0
      while (done < chunk.byteLength) {
        const length = chunk.byteLength - done
        const { bytesWritten } = await this.#handle.write(chunk, done, length, this.#size)
        done += bytesWritten
        this.#size += bytesWritten
      }
    }
  }

  async readAt(start: number, length: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#size - start)))
    let done = 0
    while (done < buffer.byteLength) {
      const left = buffer.byteLength - done
      const { bytesRead } = await this.#handle.read(buffer, done, left, start + done)
      if (bytesRead === 0) break
      done += bytesRead
    }
    return buffer.subarray(0, done)
  }

  readAtSync(start: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#size - start)))
    let done = 0
    while (done < buffer.byteLength) {
      // A closed handle's descriptor is -1, so a late reader gets an error and no other file's bytes.
      const count = readSync(this.#handle.fd, buffer, done, buffer.byteLength - done, start + done)
      if (count === 0) break
      done += count
    }
    return buffer.subarray(0, done)
  }

  /** Removes the file; reads that are under way finish first. Further reads fail. */
  async close(): Promise<void> {
    await this.#handle.close()
    if (this.#path !== null) {
      const path = this.#path
      this.#path = null
      await unlink(path)
    }
  }
}

/** A part of another source. */
export class WindowSource implements ByteSource {
  readonly size: number
  readonly #source: ByteSource
  readonly #start: number

  constructor(source: ByteSource, start: number, size: number) {
    this.#source = source
    this.#start = start
    this.size = size
  }

  readAt(start: number, length: number): Promise<Buffer> {
    return this.#source.readAt(this.#start + start, Math.min(length, this.size - start))
  }

  readAtSync(start: number, length: number): Buffer {
    return this.#source.readAtSync(this.#start + start, Math.min(length, this.size - start))
  }
}

/** A file that somebody else owns, opened for each read. */
export class FileSource implements ByteSource {
  readonly size: number
  readonly #path: string

  constructor(path: string, size: number) {
    this.#path = path
    this.size = size
  }

  async readAt(start: number, length: number): Promise<Buffer> {
    const handle = await open(this.#path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - start)))
      const { bytesRead } = await handle.read(buffer, 0, buffer.byteLength, start)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  }

  readAtSync(start: number, length: number): Buffer {
    const fd = openSync(this.#path, 'r')
    try {
      const buffer = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.size - start)))
      return buffer.subarray(0, readSync(fd, buffer, 0, buffer.byteLength, start))
    } finally {
      closeSync(fd)
    }
  }
}
