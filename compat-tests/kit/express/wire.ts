import { connect, type Socket } from 'node:net'
import type { Ask, AskParts, Reply } from './types.ts'

/** `'POST /x'` → its parts. */
export function parts(ask: Ask): AskParts & { readonly method: string } {
  if (typeof ask !== 'string') return { method: 'GET', ...ask }
  const space = ask.indexOf(' ')
  return space > 0 && /^[A-Z-]+$/.test(ask.slice(0, space))
    ? { method: ask.slice(0, space), path: ask.slice(space + 1) }
    : { method: 'GET', path: ask }
}

/** The bytes of a request. */
export function encode(ask: AskParts & { readonly method: string }): Buffer {
  if (ask.raw !== undefined) return Buffer.from(ask.raw as string)
  const lines = [`${ask.method} ${ask.path} HTTP/1.1`]
  const given = Object.entries(ask.headers ?? {})
  const has = (name: string): boolean => given.some(([one]) => one.toLowerCase() === name)
  if (!has('host')) lines.push('Host: example.test')
  for (const [name, value] of given) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`)
  }
  const { body } = ask
  const whole = typeof body === 'string' || body instanceof Uint8Array
  if (whole && !has('content-length')) lines.push(`Content-Length: ${Buffer.byteLength(body)}`)
  if (body !== undefined && !whole) lines.push('Transfer-Encoding: chunked')
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  if (body === undefined) return head
  if (whole) return Buffer.concat([head, Buffer.from(body as string)])
  const chunks = body.flatMap((part) => {
    const bytes = Buffer.from(part as string)
    return [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]
  })
  return Buffer.concat([head, ...chunks, Buffer.from('0\r\n\r\n')])
}

type Field = readonly [name: string, value: string]

function fields(lines: readonly string[]): Field[] {
  return lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
}

const headerOf = (headers: readonly Field[], name: string): string | undefined =>
  headers.find(([one]) => one.toLowerCase() === name)?.[1]

/** Text where the bytes are text, and their hexadecimal digits where they are not. */
function readable(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  return Buffer.from(text).equals(bytes) ? text : `hex:${bytes.toString('hex')}`
}

/** Reads one reply off what has come so far: the reply and its length, or undefined while more is to come. */
export function readReply(
  data: Buffer,
  method: string,
  ended: boolean,
): { readonly reply: Reply; readonly length: number } | undefined {
  const interim: string[] = []
  let start = 0
  for (;;) {
    const end = data.indexOf('\r\n\r\n', start)
    if (end < 0) return undefined
    const [statusLine = '', ...lines] = data.toString('latin1', start, end).split('\r\n')
    const status = Number(statusLine.split(' ')[1])
    if (status >= 100 && status < 200 && status !== 101) {
      interim.push([statusLine, ...lines].join('\n'))
      start = end + 4
      continue
    }
    const headers = fields(lines)
    const at = end + 4
    const make = (
      framing: string,
      body: Buffer,
      length: number,
      trailers: Field[] = [],
    ): { reply: Reply; length: number } => ({
      length,
      reply: {
        statusLine,
        headers,
        body: readable(body),
        framing,
        trailers,
        interim,
        reusable: framing !== 'close' && headerOf(headers, 'connection') !== 'close',
      },
    })
    if (method === 'HEAD' || status === 204 || status === 304 || status === 101) {
      return make('none', Buffer.alloc(0), at)
    }
    if (/chunked/i.test(headerOf(headers, 'transfer-encoding') ?? '')) {
      const pieces: Buffer[] = []
      let position = at
      for (;;) {
        const line = data.indexOf('\r\n', position)
        if (line < 0) return undefined
        const size = Number.parseInt(data.toString('latin1', position, line), 16)
        if (size === 0) {
          const tail =
            data.indexOf('\r\n', line + 2) === line + 2 ? line : data.indexOf('\r\n\r\n', line)
          if (tail < 0 || data.length < tail + 4) return undefined
          const text = data.toString('latin1', line + 2, Math.max(tail, line + 2))
          const trailers = text === '' ? [] : fields(text.split('\r\n'))
          return make('chunked', Buffer.concat(pieces), tail + 4, trailers)
        }
        if (data.length < line + 2 + size + 2) return undefined
        pieces.push(data.subarray(line + 2, line + 2 + size))
        position = line + 2 + size + 2
      }
    }
    const length = headerOf(headers, 'content-length')
    if (length !== undefined) {
      const until = at + Number(length)
      return data.length < until ? undefined : make('length', data.subarray(at, until), until)
    }
    return ended ? make('close', data.subarray(at), data.length) : undefined
  }
}

const nothing = (failure: string, rest: Buffer): Reply => ({
  statusLine: '',
  headers: [],
  body: readable(rest),
  framing: '',
  trailers: [],
  interim: [],
  reusable: false,
  failure,
})

/** A client that keeps one connection to a port while the server lets it. */
export class WireClient {
  readonly #port: number
  readonly #patience: number
  #socket: Socket | undefined

  constructor(port: number, patience: number) {
    this.#port = port
    this.#patience = patience
  }

  /** Sends a request and reads its reply; never rejects. */
  async ask(ask: Ask): Promise<Reply> {
    const wanted = parts(ask)
    const socket = await this.#connection()
    const reply = await this.#exchange(socket, wanted)
    if (!reply.reusable) this.close()
    return reply
  }

  close(): void {
    this.#socket?.destroy()
    this.#socket = undefined
  }

  #connection(): Promise<Socket> {
    const open = this.#socket
    if (open !== undefined && !open.destroyed && open.readable) return Promise.resolve(open)
    return new Promise((resolve) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', noDelay: true })
      this.#socket = socket
      socket.on('error', () => socket.destroy())
      socket.once('connect', () => resolve(socket))
      socket.once('error', () => resolve(socket))
    })
  }

  #exchange(socket: Socket, ask: AskParts & { readonly method: string }): Promise<Reply> {
    return new Promise((resolve) => {
      let data = Buffer.alloc(0)
      const finish = (reply: Reply): void => {
        clearTimeout(timer)
        socket.off('data', onData).off('end', onEnd).off('close', onEnd)
        resolve(reply)
      }
      const timer = setTimeout(
        () => finish(nothing(ask.leaveAfter === undefined ? 'no reply' : 'left', data)),
        ask.leaveAfter ?? this.#patience,
      )
      const onData = (chunk: Buffer): void => {
        data = Buffer.concat([data, chunk])
        const read = readReply(data, ask.method, false)
        if (read !== undefined) finish(read.reply)
      }
      const onEnd = (): void => {
        finish(readReply(data, ask.method, true)?.reply ?? nothing('closed', data))
      }
      socket.on('data', onData).once('end', onEnd).once('close', onEnd)
      if (socket.destroyed) onEnd()
      else socket.write(encode(ask))
    })
  }
}
