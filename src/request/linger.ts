import type { IncomingMessage, ServerResponse } from 'node:http'
import { BEFORE_ANSWER } from '../symbols.ts'

/** Bytes of a refused body that are read and thrown away, so that the client gets the answer. */
export const LINGER_BYTES: number = 8 * 1024 * 1024
/** Longest time in milliseconds for that. */
export const LINGER_TIME = 10_000
const CHECK_EVERY = 100

type Refusable = IncomingMessage & { [BEFORE_ANSWER]?: (res: ServerResponse) => void }

/**
 * Notes that the rest of this body will not be read, and keeps the connection from hanging. A client
 * that is still sending does not look for the answer, and closing at once would make its system
 * throw the answer away; so when the answer is out, the rest is thrown away for a while, and then
 * the connection is closed. A rest that ends in time leaves the connection usable.
 */
export function refuseBody(raw: IncomingMessage): void {
  ;(raw as Refusable)[BEFORE_ANSWER] = (res) => {
    acceptBody(raw)
    res.once('finish', () => linger(raw))
  }
}

/** Takes the note back: the body is going to be read after all. */
export function acceptBody(raw: IncomingMessage): void {
  const refusable = raw as Refusable
  if (refusable[BEFORE_ANSWER] !== undefined) refusable[BEFORE_ANSWER] = undefined
}

function linger(raw: IncomingMessage): void {
  const { socket } = raw
  if (raw.complete || socket === null || socket.destroyed) return
  const start = socket.bytesRead
  const deadline = performance.now() + LINGER_TIME
  raw.on('error', () => {})
  raw.resume()
  const timer = setInterval(() => {
    if (raw.complete || socket.destroyed) {
      clearInterval(timer)
    } else if (socket.bytesRead - start > LINGER_BYTES || performance.now() > deadline) {
      clearInterval(timer)
      socket.destroy()
    }
  }, CHECK_EVERY)
  timer.unref()
}
