import { connect } from 'node:net'
import type { Reply } from './reply.ts'
import { readReply } from './reply.ts'

/** A request as it goes over the wire. */
export interface RawRequest {
  readonly method: string
  /** The request target, sent as it is. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Uint8Array | null
}

/** Header text as bytes: latin-1, as WSGI has it, unless it holds what latin-1 cannot. */
function headerBytes(text: string): Buffer {
  for (const char of text) {
    if ((char.codePointAt(0) ?? 0) > 0xff) return Buffer.from(text)
  }
  return Buffer.from(text, 'latin1')
}

/** The bytes of a request: the listed headers, Host and Content-Length where none is listed. */
export function requestBytes({ method, target, headers, body }: RawRequest): Buffer {
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  const lines = [`${method} ${target} HTTP/1.1`]
  if (!names.has('host')) lines.push('Host: localhost')
  for (const [name, value] of headers) lines.push(`${name}: ${value}`)
  if (body && !names.has('content-length') && !names.has('transfer-encoding')) {
    lines.push(`Content-Length: ${body.length}`)
  }
  const head = Buffer.concat(lines.map((line) => headerBytes(`${line}\r\n`)))
  return Buffer.concat([head, Buffer.from('\r\n'), body ?? Buffer.alloc(0)])
}

/**
 * Sends one request over a connection of its own and reads the answer.
 * @param timeout milliseconds to wait for the whole answer
 * @throws {Error} when there is no complete answer
 */
export function exchange(port: number, request: RawRequest, timeout = 10_000): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    const received: Buffer[] = []
    let settled = false
    const settle = (work: () => void): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      socket.destroy()
      work()
    }
    const look = (ended: boolean): void => {
      try {
        const reply = readReply(Buffer.concat(received), request.method, ended)
        if (reply) settle(() => resolve(reply))
      } catch (error) {
        settle(() => reject(error as Error))
      }
    }
    const timer = setTimeout(
      () => settle(() => reject(new Error(`There was no answer within ${timeout} ms`))),
      timeout,
    )
    socket.on('connect', () => socket.write(requestBytes(request)))
    socket.on('data', (bytes: Buffer) => {
      received.push(bytes)
      look(false)
    })
    socket.on('end', () => look(true))
    // A server may refuse a body while it is still being sent: what it said before counts.
    socket.on('error', (error) => {
      look(true)
      settle(() => reject(error))
    })
  })
}
