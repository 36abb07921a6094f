import type { ServerResponse } from 'node:http'
import { isThenable } from '../dispatch/and-then.ts'
import type { MaybePromise } from '../types.ts'
import { byteLength, isAsync, type ResponseBody, toBytes } from './body.ts'

/** Where a streamed body comes from: the next chunk, and a way to give up on the rest. */
interface Source {
  next(): MaybePromise<IteratorResult<string | Uint8Array, unknown>>
  /** Gives up at once, where closing the body could not interrupt a pending `next`. */
  cancel?(): void
}

/** What became of a streamed answer. */
export type PumpResult = 'sent' | 'gone'

/**
 * Sends a streamed body chunk by chunk, as fast as the client reads and no faster.
 *
 * `begin` writes the head; it is called when the first chunk is there, so that a body that fails
 * before it has produced anything can still be answered with an error page (as WSGI servers do).
 * An empty first chunk sends the head at once. The caller closes the body.
 * @param length the declared `Content-Length`, or null: a longer body is cut off there, since the
 * rest would be read as the next answer on the connection; a shorter one ends the connection.
 * @returns a promise of `'sent'`, or of `'gone'` when the client went away first.
 * @throws what the body throws. Bytes may have been sent by then.
 */
export function pump(
  body: ResponseBody,
  res: ServerResponse,
  begin: () => void,
  length: number | null,
): Promise<PumpResult> {
  return new Promise((resolve, reject) => {
    let source: Source | null = null
    let settled = false
    let begun = false
    let left = length

    const settle = (): boolean => {
      if (settled) return false
      settled = true
      res.removeListener('close', onGone)
      res.removeListener('error', onGone)
      res.removeListener('drain', run)
      return true
    }
    const onGone = (): void => {
      if (!settle()) return
      source?.cancel?.()
      resolve('gone')
    }
    const fail = (error: unknown): void => {
      if (!settle()) return
      source?.cancel?.()
      reject(error)
    }

    const end = (): void => {
      if (!begun) begin()
      if (!settle()) return
      if (left !== null && left > 0) endShort(res, '')
      else res.end()
      resolve('sent')
    }

    /** Sends one chunk; false when the next must wait. */
    const accept = (result: IteratorResult<string | Uint8Array, unknown>): boolean => {
      if (settled) return false
      if (result.done) {
        end()
        return false
      }
      let chunk = result.value
      if (!begun) {
        toBytes(chunk)
        begun = true
        begin()
      }
      const size = byteLength(typeof chunk === 'string' ? chunk : toBytes(chunk))
      if (size === 0) {
        res.flushHeaders()
        return true
      }
      if (left !== null) {
        if (size > left) chunk = toBytes(chunk).subarray(0, left)
        left -= Math.min(size, left)
        if (left === 0) {
          res.write(chunk)
          end()
          return false
        }
      }
      if (res.write(chunk)) return true
      res.once('drain', run)
      return false
    }

    const run = (): void => {
      try {
        while (!settled) {
          const result = (source as Source).next()
          if (isThenable(result)) {
            result.then(resume, fail)
            return
          }
          if (!accept(result)) return
        }
      } catch (error) {
        fail(error)
      }
    }
    const resume = (result: IteratorResult<string | Uint8Array, unknown>): void => {
      try {
        if (accept(result)) run()
      } catch (error) {
        fail(error)
      }
    }

    if (res.destroyed || res.writableEnded) {
      settled = true
      resolve('gone')
      return
    }
    res.once('close', onGone)
    res.once('error', onGone)
    try {
      source = iterate(body)
    } catch (error) {
      fail(error)
      return
    }
    run()
  })
}

/**
 * Ends an answer that has fewer bytes than its `Content-Length` says. The client waits for the rest:
 * only closing the connection tells it that none will come.
 */
export function endShort(res: ServerResponse, rest: string | Uint8Array): void {
  const { socket } = res
  res.end(rest, () => socket?.destroy())
}

function iterate(body: ResponseBody): Source {
  if (body instanceof ReadableStream) return readWeb(body)
  if (isAsync(body)) return body[Symbol.asyncIterator]()
  return (body as Iterable<string | Uint8Array>)[Symbol.iterator]()
}

// The stream's own iterator would wait for a pending read before it cancels.
function readWeb(stream: ReadableStream<string | Uint8Array>): Source {
  const reader = stream.getReader()
  return {
    next: () => reader.read() as Promise<IteratorResult<string | Uint8Array, unknown>>,
    cancel: () => void reader.cancel().catch(() => {}),
  }
}
