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
  for (const [name, value] of Object.entries(target.headers ?? {})) head.push(`${name}: ${value}`)
  if (target.body !== undefined) {
    const { body, type = 'application/json' } = target
    head.push(`Content-Type: ${type}`, `Content-Length: ${Buffer.byteLength(body)}`)
  }
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${target.body ?? ''}`)
}

const startOf = (target: Target | undefined): Buffer =>
  Buffer.from(`HTTP/1.1 ${target?.status ?? 200} `)

const startsWith = (buffer: Buffer, start: Buffer): boolean =>
  buffer.length >= start.length && buffer.compare(start, 0, start.length, 0, start.length) === 0

/** How a response is framed. */
interface Frame {
  /** Bytes with the head; 0 while that is not complete. */
  readonly length: number
  /** The server closes the connection after it. */
  readonly last: boolean
}

/** Reads the head of the response that a buffer starts with. */
function frameOf(buffer: Buffer, start: Buffer): Frame {
  if (buffer.length >= start.length && !startsWith(buffer, start)) {
    throw new Error(`the server answered: ${buffer.toString('latin1', 0, 200)}`)
  }
  const end = buffer.indexOf('\r\n\r\n')
  if (end < 0) return { length: 0, last: false }
  const head = buffer.toString('latin1', 0, end)
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  const last = /^connection: *close/im.test(head)
  if (length !== undefined) return { length: end + 4 + Number(length), last }
  if (/^transfer-encoding: *chunked/im.test(head))
    return { length: endOfChunks(buffer, end + 4), last }
  throw new Error('the load client wants responses with a length or in chunks')
}

/** Where a chunked body without trailers ends; 0 while it is not complete. */
function endOfChunks(buffer: Buffer, start: number): number {
  for (let at = start; ; ) {
    const line = buffer.indexOf('\r\n', at)
    if (line < 0) return 0
    const size = Number.parseInt(buffer.toString('latin1', at, line), 16)
    at = line + 2 + size + 2
    if (at > buffer.length) return 0
    if (size === 0) return at
  }
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
  const start = startOf(targets[0])
  const took: number[] = []
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const deadline = began + milliseconds
    let turn = 0
    let open = connections

    const finish = (socket: Socket): void => {
      socket.destroy()
      open -= 1
      if (open > 0) return
      const latencies = Float64Array.from(took).sort()
      resolve({ requests: took.length, seconds: (performance.now() - began) / 1000, latencies })
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
        if (buffer.length !== frame.length || !startsWith(buffer, start)) {
          try {
            frame = frameOf(buffer, start)
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
  const type = body === undefined ? {} : { 'content-type': target.type ?? 'application/json' }
  const headers = { ...type, ...target.headers }
  const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers,
    body: body ?? null,
  })
  const text = await reply.text()
  if (reply.status !== (target.status ?? 200))
    throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 200)}`)
  return text
}
