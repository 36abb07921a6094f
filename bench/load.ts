import { connect, type Socket } from 'node:net'
import type { Target } from './scenarios.ts'

/** What a slice of load showed. */
export interface Load {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds from the first byte sent to the last byte received, sorted. */
  readonly latencies: Float64Array
}

const encode = (target: Target): Buffer => {
  const head = [`${target.method} ${target.path} HTTP/1.1`, 'Host: 127.0.0.1', 'Accept: */*']
  if (target.body !== undefined) {
    head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(target.body)}`)
  }
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${target.body ?? ''}`)
}

const OK = Buffer.from('HTTP/1.1 200 ')

/** How a response is framed. */
interface Frame {
  /** Bytes with the head; 0 while that is not complete. */
  readonly length: number
  /** The server closes the connection after it. */
  readonly last: boolean
}

/** Reads the head of the response that a buffer starts with. */
function frameOf(buffer: Buffer): Frame {
  if (buffer.length >= OK.length && buffer.compare(OK, 0, OK.length, 0, OK.length) !== 0) {
    throw new Error(`the server answered: ${buffer.toString('latin1', 0, 200)}`)
  }
  const end = buffer.indexOf('\r\n\r\n')
  if (end < 0) return { length: 0, last: false }
  const head = buffer.toString('latin1', 0, end)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (length === undefined) throw new Error('the load client wants responses with a Content-Length')
  return { length: end + 4 + Number(length), last: /^connection: *close/im.test(head) }
}

/**
 * Sends one request after the other over each of several kept-alive connections (a server that closes them gets new
 * ones) until the time is up. It speaks HTTP over bare sockets: any client with more comforts costs more CPU per
 * request than the servers do.
 */
export function drive(
  port: number,
  targets: readonly Target[],
  connections: number,
  milliseconds: number,
): Promise<Load> {
  const requests = targets.map(encode)
  const took: number[] = []
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const deadline = start + milliseconds
    let turn = 0
    let open = connections

    const finish = (socket: Socket): void => {
      socket.destroy()
      open -= 1
      if (open > 0) return
      const latencies = Float64Array.from(took).sort()
      resolve({ requests: took.length, seconds: (performance.now() - start) / 1000, latencies })
    }

    const run = (): void => {
      const socket = connect(port, '127.0.0.1').setNoDelay(true)
      // The time a connection takes belongs to its first request.
      let sent = performance.now()
      let rest: Buffer | undefined
      // Most responses repeat the frame of the one before and come in one piece: no need to read their heads.
      let frame: Frame = { length: 0, last: false }

      const send = (): void => {
        turn = turn + 1 === requests.length ? 0 : turn + 1
        socket.write(requests[turn] as Buffer)
      }
      socket.on('connect', send)
      socket.on('data', (chunk: Buffer) => {
        const buffer = rest === undefined ? chunk : Buffer.concat([rest, chunk])
        if (
          buffer.length !== frame.length ||
          buffer.compare(OK, 0, OK.length, 0, OK.length) !== 0
        ) {
          try {
            frame = frameOf(buffer)
          } catch (error) {
            socket.destroy()
            return reject(error)
          }
          if (frame.length === 0 || buffer.length < frame.length) {
            rest = buffer
            return
          }
        }
        rest = undefined
        const now = performance.now()
        took.push(now - sent)
        sent = now
        if (now >= deadline) finish(socket)
        else if (!frame.last) send()
      })
      socket.on('error', reject)
      socket.on('end', () => {
        socket.destroy()
        run()
      })
    }
    for (let count = 0; count < connections; count++) run()
  })
}

/** One request; returns the body. */
export async function ask(port: number, target: Target): Promise<string> {
  const { method, path, body } = target
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers,
    body: body ?? null,
  })
  const text = await reply.text()
  if (reply.status !== 200)
    throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 200)}`)
  return text
}
