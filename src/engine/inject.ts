import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type Duplex, duplexPair, type Readable } from 'node:stream'
import { createServer, type RequestHandler, type ServerOptions } from './node-handler.ts'
import { wireMethod } from './unknown-method.ts'

/** A request to an app in this process. */
export interface InjectRequest {
  /** Default GET. */
  method?: string
  /** The request target exactly as it is to stand in the request line; default `/`. */
  target?: string
  /** Header lines in order, as `[name, value, name, value, …]`. None is added but Content-Length. */
  headers?: readonly string[]
  /** The body. Bytes and text get a Content-Length unless `headers` has one. */
  body?: string | Uint8Array | Readable | null
  /** Address that the app sees as the client's (`req.socket.remoteAddress`); default 127.0.0.1. */
  remoteAddr?: string
  /** Makes `req.socket.encrypted` true, which is how middleware recognizes https. */
  encrypted?: boolean
  /** Called with the raw request and response before the app is, to attach things to them. */
  prepare?: (req: IncomingMessage, res: ServerResponse) => void
  /** Aborts the exchange, as a client that goes away. */
  signal?: AbortSignal
  /** Whether to report the header lines that only describe the connection; default no. */
  transportHeaders?: boolean
}

/** The head of a response, and its body as a stream. */
export interface InjectStream {
  readonly status: number
  readonly statusMessage: string
  /** Header lines in order, as `[name, value, name, value, …]`, with their casing. */
  readonly rawHeaders: readonly string[]
  /** The body as it arrives. Destroying it is what a client does that goes away. */
  readonly stream: Readable
}

/** A response with its whole body. */
export interface InjectResponse extends Omit<InjectStream, 'stream'> {
  readonly body: Buffer
}

interface Call {
  readonly prepare: InjectRequest['prepare']
  readonly fail: (error: unknown) => void
  readonly bare: boolean
  readonly method: string
}

const calls = new WeakMap<object, Call>()

/**
 * Hands an exception of the app to whoever injected the request: their promise rejects with it, as
 * Flask's test client raises what a view raises while `app.testing` is set.
 *
 * @returns Whether the request was injected. If not, nothing has happened.
 */
export function failInjected(req: IncomingMessage, error: unknown): boolean {
  const call = calls.get(req.socket)
  call?.fail(error)
  return call !== undefined
}

// Lines that node:http adds for the connection, which an in-process client does not have.
const TRANSPORT_HEADERS = new Set(['connection', 'keep-alive', 'transfer-encoding'])

/**
 * Sends requests to a handler in this process. They go through a real http.Server and its parser,
 * over a pair of streams in memory: nothing listens, and what the handler sees is what it would see
 * over a socket, byte for byte.
 */
export class Injector {
  readonly #server: Server

  /** @param handler What a listening server would be given. */
  constructor(handler: RequestHandler, options: ServerOptions = {}) {
    this.#server = createServer((req, res) => {
      const call = calls.get(req.socket)
      if (call !== undefined) req.method = call.method
      if (call?.bare) res.sendDate = false
      call?.prepare?.(req, res)
      return handler(req, res)
    }, options)
  }

  /**
   * Sends a request and collects the response.
   *
   * @throws What the app handed to {@link failInjected}, or an error when it closed the connection.
   */
  async request(options: InjectRequest = {}): Promise<InjectResponse> {
    const { stream, ...head } = await this.open(options)
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    return { ...head, body: Buffer.concat(chunks) }
  }

  /** As {@link request}, but resolves when the head has arrived, with the body still to be read. */
  open(options: InjectRequest = {}): Promise<InjectStream> {
    return new Promise((resolve, reject) => {
      options.signal?.throwIfAborted()
      const client = this.#connect(options, reject)
      const outgoing = clientRequest(options, client)
      let incoming: IncomingMessage | undefined
      const fail = (error: unknown): void => {
        reject(error)
        incoming?.destroy(error as Error)
        outgoing.destroy()
      }
      outgoing.on('error', fail)
      options.signal?.addEventListener('abort', () => fail(options.signal?.reason), { once: true })
      outgoing.on('response', (response) => {
        incoming = response
        response.once('close', () => client.destroy())
        resolve({
          status: response.statusCode as number,
          statusMessage: response.statusMessage as string,
          rawHeaders: options.transportHeaders
            ? response.rawHeaders
            : withoutTransportHeaders(response.rawHeaders),
          stream: response,
        })
      })
      send(outgoing, options)
    })
  }

  #connect(options: InjectRequest, reject: (error: unknown) => void): Duplex {
    const [client, server] = duplexPair() as [Duplex, Duplex]
    Object.assign(server, {
      remoteAddress: options.remoteAddr ?? '127.0.0.1',
      remoteFamily: options.remoteAddr?.includes(':') ? 'IPv6' : 'IPv4',
      encrypted: options.encrypted === true,
    })
    calls.set(server, {
      prepare: options.prepare,
      fail: (error) => {
        reject(error)
        client.destroy()
      },
      bare: options.transportHeaders !== true,
      method: options.method ?? 'GET',
    })
    // A client that is gone is gone: without this, the server's side would only see the end of input.
    client.once('close', () => server.destroy())
    this.#server.emit('connection', server)
    return client
  }
}

function clientRequest(options: InjectRequest, socket: Duplex): ClientRequest {
  const { method = 'GET', target = '/', headers = [] } = options
  const outgoing = httpRequest({
    method: wireMethod(method),
    path: target,
    setHost: false,
    createConnection: () => socket,
  })
  // Node would add these of its own accord; removed ones stay away.
  for (const name of ['connection', 'content-length', 'transfer-encoding'])
    outgoing.removeHeader(name)
  for (let i = 0; i + 1 < headers.length; i += 2) {
    outgoing.appendHeader(headers[i] as string, headers[i + 1] as string)
  }
  return outgoing
}

function send(outgoing: ClientRequest, { body, headers = [] }: InjectRequest): void {
  const framed = headers.some(
    (name, i) => i % 2 === 0 && /^(?:content-length|transfer-encoding)$/i.test(name),
  )
  if (body === undefined || body === null) {
    outgoing.end()
  } else if (typeof body === 'string' || body instanceof Uint8Array) {
    if (!framed) outgoing.setHeader('Content-Length', Buffer.byteLength(body))
    outgoing.end(body)
  } else {
    if (!framed) outgoing.setHeader('Transfer-Encoding', 'chunked')
    body.on('error', (error) => outgoing.destroy(error))
    body.pipe(outgoing)
  }
}

function withoutTransportHeaders(rawHeaders: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    if (!TRANSPORT_HEADERS.has(name.toLowerCase())) kept.push(name, rawHeaders[i + 1] as string)
  }
  return kept
}
