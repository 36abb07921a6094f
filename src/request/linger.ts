import type { IncomingMessage, ServerResponse } from 'node:http'

/** Bytes of a refused body that are read and thrown away, so that the client gets the answer. */
export const LINGER_BYTES: number = 8 * 1024 * 1024
/** Longest time in milliseconds for that. */
export const LINGER_TIME = 10_000
const CHECK_EVERY = 100

const REFUSED: unique symbol = Symbol('refused body')

type Refusable = IncomingMessage & { [REFUSED]?: true }

/** Notes that the rest of this body will not be read: see `lingerAfter`. */
export function refuseBody(raw: IncomingMessage): void {
  ;(raw as Refusable)[REFUSED] = true
}

/** Takes the note back: the body is going to be read after all. */
export function acceptBody(raw: IncomingMessage): void {
  ;(raw as Refusable)[REFUSED] = undefined
}

/**
 * Keeps a connection with a refused body from hanging. A client that is still sending does not look
 * for the answer, and closing at once would make its system throw the answer away; so when the
 * answer is out, the rest is thrown away for a while, and then the connection is closed. A rest that
 * ends in time leaves the connection usable.
 */
export function lingerAfter(raw: IncomingMessage | undefined, res: ServerResponse): void {
  if (raw === undefined || (raw as Refusable)[REFUSED] !== true) return
  ;(raw as Refusable)[REFUSED] = undefined
  if (res.writableFinished) linger(raw)
  else res.once('finish', () => linger(raw))
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
