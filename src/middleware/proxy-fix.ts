import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { EnvironHeaders } from '../http/headers.ts'
import { parseListHeader } from '../http/options-header.ts'
import { decodeUtf8, latin1ToBytes } from '../http/text.ts'
import { type Environ, getEnviron, setEnviron } from '../request/environ.ts'
import { HttpRequest } from '../request/http-request.ts'

/** How many proxies set each header: so many values from the right are to be believed. */
export interface ProxyFixOptions {
  /** Values to trust of `X-Forwarded-For`, which sets `request.remoteAddr`; default 1. */
  readonly xFor?: number
  /** Values to trust of `X-Forwarded-Proto`, which sets `request.scheme`; default 1. */
  readonly xProto?: number
  /** Values to trust of `X-Forwarded-Host`, which sets `request.host`; default 0. */
  readonly xHost?: number
  /** Values to trust of `X-Forwarded-Port`, which sets the port of `request.host`; default 0. */
  readonly xPort?: number
  /** Values to trust of `X-Forwarded-Prefix`, which sets `request.rootPath`; default 0. */
  readonly xPrefix?: number
}

type ProxiedFunction = { app(req: IncomingMessage, res: ServerResponse): unknown }['app']

/** What `ProxyFix` wraps: `app.wsgiApp`, or another wrapper of it. */
export type ProxiedApp =
  | ProxiedFunction
  | { handle(req: IncomingMessage, res: ServerResponse): unknown }
  | { call(req: IncomingMessage, res: ServerResponse): unknown }

/** What the request said before it was changed (Werkzeug's `werkzeug.proxy_fix.orig`). */
export type OriginalEnviron = Readonly<
  Pick<HttpRequest, 'remoteAddr' | 'scheme' | 'server'> & {
    host: string | null
    scriptName: string
  }
>

type FixedRequest = IncomingMessage & { [ORIGINAL]?: OriginalEnviron }

const ORIGINAL: unique symbol = Symbol('bustapi.proxyFixOriginal')

/**
 * Believes the `X-Forwarded-*` headers of the proxies in front of the app (Werkzeug's `ProxyFix`):
 * `app.wsgiApp = new ProxyFix(app.wsgiApp, { xHost: 1 })`. Without it those headers mean nothing.
 *
 * Each proxy appends a value on the right, and a client can send any number of its own on the left:
 * hence the number of proxies must be told, and only the value that the outermost of them has
 * written counts. A header with fewer values than proxies is not believed at all. Do not use it for
 * an app that clients can reach without the proxies.
 */
export class ProxyFix {
  readonly #app: ProxiedFunction
  readonly #xFor: number
  readonly #xProto: number
  readonly #xHost: number
  readonly #xPort: number
  readonly #xPrefix: number

  /** @throws {RangeError} when a number of proxies is not a whole number from 0 on. */
  constructor(app: ProxiedApp, options: ProxyFixOptions = {}) {
    const { xFor = 1, xProto = 1, xHost = 0, xPort = 0, xPrefix = 0 } = options
    this.#app = toFunction(app)
    this.#xFor = checked('xFor', xFor)
    this.#xProto = checked('xProto', xProto)
    this.#xHost = checked('xHost', xHost)
    this.#xPort = checked('xPort', xPort)
    this.#xPrefix = checked('xPrefix', xPrefix)
  }

  /** What a request that a `ProxyFix` has seen said before that; null for any other. */
  static original(req: IncomingMessage): OriginalEnviron | null {
    return (req as FixedRequest)[ORIGINAL] ?? null
  }

  /** Changes what is known of the request, then calls the wrapped app. */
  handle(req: IncomingMessage, res: ServerResponse): unknown {
    const headers = new EnvironHeaders(req)
    const request = new HttpRequest(req)
    const host = getEnviron(req)?.host ?? headers.get('Host')
    const { remoteAddr, scheme, server, rootPath: scriptName } = request
    ;(req as FixedRequest)[ORIGINAL] = { remoteAddr, scheme, server, host, scriptName }
    const values: Environ = {}

    const client = trustedValue(headers, 'X-Forwarded-For', this.#xFor)
    if (client !== null && isAddress(client)) values.remoteAddr = client
    const proto = trustedValue(headers, 'X-Forwarded-Proto', this.#xProto)
    if (proto !== null) values.scheme = proto

    let [serverName, serverPort] = server ?? ['', null]
    const forwardedHost = trustedValue(headers, 'X-Forwarded-Host', this.#xHost)
    if (forwardedHost !== null) {
      const [name, port] = splitPort(forwardedHost)
      values.host = forwardedHost
      serverName = name
      if (port !== null) serverPort = portNumber(port)
    }
    const forwardedPort = trustedValue(headers, 'X-Forwarded-Port', this.#xPort)
    if (forwardedPort !== null) {
      const current = values.host ?? host
      if (current) values.host = `${splitPort(current)[0]}:${forwardedPort}`
      serverPort = portNumber(forwardedPort)
    }
    if (forwardedHost !== null || forwardedPort !== null) values.server = [serverName, serverPort]

    const prefix = trustedValue(headers, 'X-Forwarded-Prefix', this.#xPrefix)
    if (prefix !== null) values.scriptName = prefix
    setEnviron(req, values)
    return this.#app(req, res)
  }
}

function toFunction(app: ProxiedApp): ProxiedFunction {
  if (typeof app === 'function') return app as ProxiedFunction
  if ('handle' in app) return (req, res) => app.handle(req, res)
  return (req, res) => app.call(req, res)
}

// NaN or -1 would quietly trust nobody, a fraction an arbitrary value of the client's.
function checked(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 0) return count
  throw new RangeError(`ProxyFix: ${name} must be a number of proxies, not ${String(count)}.`)
}

/** The value that the outermost of the trusted proxies has written. */
function trustedValue(headers: EnvironHeaders, name: string, trusted: number): string | null {
  if (trusted === 0) return null
  const header = headers.get(name)
  if (!header) return null
  const value = parseListHeader(header).at(-trusted)
  return value ? fromWire(value) : null
}

/**
 * Whether a value is an IP address, alone or with brackets and port as some proxies write it. What is
 * not (`unknown`, or anything a client made up) tells nobody apart: the peer's own address stands,
 * where Werkzeug would pass the text on.
 */
function isAddress(value: string): boolean {
  if (isIP(value) !== 0) return true
  const bracket = /^\[([^\]]*)\](?::\d+)?$/.exec(value)
  if (bracket !== null) return isIP(bracket[1] as string) === 6
  const [address, port] = splitPort(value)
  return port !== null && /^\d+$/.test(port) && isIP(address) === 4
}

/** Node gives the bytes of a header as Latin-1. */
function fromWire(text: string): string {
  const bytes = latin1ToBytes(text)
  return bytes === null ? text : decodeUtf8(bytes)
}

/** An IPv6 address without a port ends with its bracket. */
function splitPort(host: string): [name: string, port: string | null] {
  const colon = host.lastIndexOf(':')
  return colon === -1 || host.endsWith(']')
    ? [host, null]
    : [host.slice(0, colon), host.slice(colon + 1)]
}

function portNumber(text: string): number | null {
  return /^\s*\+?\d+\s*$/.test(text) ? Number(text) : null
}
