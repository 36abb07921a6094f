import type { IncomingMessage } from 'node:http'
import { ClientDisconnected, RequestEntityTooLarge } from '../errors/http-exception.ts'
import { acceptBody, refuseBody } from './linger.ts'
import { type ByteSource, MemorySource, SpoolFile } from './spool.ts'

/** Largest body in bytes that is kept in memory; a larger one goes to a temporary file. */
export const SPOOL_SIZE: number = 500 * 1024

const NOTHING_WRITTEN: Promise<void> = Promise.resolve()

/** Whether a request announces a body, by its framing headers (RFC 9112 §6). */
export function hasBody(raw: IncomingMessage): boolean {
  // The raw list, because Node builds the record of headers only when it is asked for.
  const { rawHeaders } = raw
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (name.length === 14) {
      if (name.toLowerCase() === 'content-length' && rawHeaders[i + 1] !== '0') return true
    } else if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') {
      return true
    }
  }
  return false
}

/**
 * Takes a request's body in, up to a limit: at first in memory, then in a temporary file. What goes
 * wrong is kept and raised when the body is asked for, as in Flask, so that a view which does not
 * look at the body is served.
 */
export class BodyReader {
  readonly #raw: IncomingMessage
  #chunks: Buffer[] = []
  #held = 0
  #size = 0
  #spool: SpoolFile | null = null
  #source: ByteSource | null = null
  #error: Error | null = null
  #closed = false
  #closing: Promise<void> | null = null

  constructor(raw: IncomingMessage) {
    this.#raw = raw
  }

  /** What is to be raised to whoever asks for the body; null when it is all there. */
  get error(): Error | null {
    return this.#error
  }

  /** Whether reading stopped at the limit, and would go on with a larger one. */
  get isRefused(): boolean {
    return this.#error instanceof RequestEntityTooLarge
  }

  /** The body. @throws {Error} what went wrong while it was read. */
  get source(): ByteSource {
    if (this.#error !== null) throw this.#error
    if (this.#source === null) {
      throw new TypeError('The body has not been read yet: await request.readBody() first.')
    }
    return this.#source
  }

  /** @throws {RequestEntityTooLarge} when the body is larger than a limit that was set since. */
  check(limit: number | null): void {
    if (limit !== null && this.#size > limit) throw new RequestEntityTooLarge()
  }

  /**
   * Reads on to the end or the limit. Resolves always; what went wrong is in `error`.
   * @param limit largest body in bytes; null is unlimited.
   * @param length the body's stated length, or null.
   */
  read(limit: number | null, length: number | null): Promise<void> | undefined {
    if (this.#source !== null || (this.#error !== null && !this.isRefused)) return
    if (limit !== null && (length ?? this.#size) > limit) return this.#refuse()
    this.#error = null
    acceptBody(this.#raw)
    if (this.#raw.destroyed && !this.#raw.readableEnded) return this.#fail(new ClientDisconnected())
    if (this.#raw.readableEnded) return this.#finish()
    return new Promise((resolve) => this.#collect(limit, resolve))
  }

  #refuse(): undefined {
    refuseBody(this.#raw)
    this.#error = new RequestEntityTooLarge()
  }

  #fail(error: Error): undefined {
    this.#error ??= error
    this.#chunks = []
    void this.#dispose()
  }

  #finish(): undefined {
    if (this.#spool === null) {
      const [only] = this.#chunks
      const bytes = this.#chunks.length === 1 ? (only as Buffer) : Buffer.concat(this.#chunks)
      this.#source = new MemorySource(bytes)
    } else {
      this.#source = this.#spool
    }
    this.#chunks = []
  }

  #collect(limit: number | null, done: () => void): void {
    const raw = this.#raw
    const pulls = raw.listenerCount('readable') > 0
    let waiting = false
    let writing: Promise<void> = NOTHING_WRITTEN

    // What is left to hear after the end does nothing: taking four listeners off costs more.
    const stop = (): void => {
      waiting = true
      raw.removeListener('data', onData)
      raw.removeListener('readable', onReadable)
      raw.removeListener('end', onEnd)
      raw.removeListener('close', onLoss)
    }
    const fail = (error: Error): void => {
      stop()
      this.#fail(error)
      raw.resume()
      done()
    }
    const onData = (given: Buffer | string): void => {
      const chunk =
        typeof given === 'string' ? Buffer.from(given, raw.readableEncoding ?? 'utf8') : given
      this.#chunks.push(chunk)
      this.#size += chunk.byteLength
      this.#held += chunk.byteLength
      if (limit !== null && this.#size > limit) {
        stop()
        raw.pause()
        this.#refuse()
        done()
      } else if (this.#held > SPOOL_SIZE || (this.#spool !== null && this.#held > 0)) {
        waiting = true
        raw.pause()
        writing = this.#flush()
        writing.then(go, fail)
      }
    }
    const onReadable = (): void => {
      while (!waiting) {
        const chunk = raw.read()
        if (chunk === null) return
        onData(chunk)
      }
    }
    const go = (): void => {
      if (this.#error !== null) return
      waiting = false
      if (pulls) onReadable()
      // A middleware may have paused the stream; listening alone does not start it then.
      else raw.resume()
    }
    const onEnd = (): void => {
      waiting = true
      // The end can be told while the last piece is still on its way to the file.
      if (writing !== NOTHING_WRITTEN) {
        writing.then(() => this.#end(done), fail)
      } else {
        this.#end(done)
      }
    }
    // Listened to for good: a connection that breaks later must not become an unhandled error.
    const onLoss = (): void => {
      if (!raw.readableEnded && this.#source === null) fail(new ClientDisconnected())
    }

    raw.on('end', onEnd)
    raw.on('close', onLoss)
    raw.on('error', onLoss)
    if (pulls) raw.on('readable', onReadable)
    else raw.on('data', onData)
    go()
  }

  #end(done: () => void): void {
    if (this.#error === null) this.#finish()
    done()
  }

  async #flush(): Promise<void> {
    const chunks = this.#chunks
    this.#chunks = []
    this.#held = 0
    this.#spool ??= await SpoolFile.create()
    if (this.#closed || this.#error !== null) await this.#dispose()
    else await this.#spool.append(chunks)
  }

  /** Removes the temporary file. Further reads of the body fail. Does nothing the second time. */
  close(): Promise<void> | null {
    if (this.#closed) return this.#closing
    this.#closed = true
    this.#chunks = []
    // Whoever answers: a paused connection would never get to its next request.
    if (this.isRefused) this.#raw.resume()
    if (this.#spool !== null) this.#closing = this.#dispose()
    return this.#closing
  }

  async #dispose(): Promise<void> {
    const spool = this.#spool
    this.#spool = null
    await spool?.close().catch(ignore)
  }
}

function ignore(): void {}
