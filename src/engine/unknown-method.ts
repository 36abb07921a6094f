import { type IncomingMessage, METHODS, type Server, type ServerResponse } from 'node:http'
import { type Duplex, duplexPair } from 'node:stream'
import { responseInFlight } from './client-error.ts'

/** What the parser is given instead; any method will do that it knows and treats like most others. */
const STAND_IN = 'MERGE'

const known: ReadonlySet<string> = new Set(METHODS)
// A token (RFC 9110 §5.6.2) in capitals: methods are case-sensitive, but Flask takes `post` for POST,
// and a guard that looks for one of the two would be passed with the other.
const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~\dA-Z]{1,64}) /

/** A parser's error as node:http passes it on. */
interface ParserError extends Error {
  readonly code?: string
  /** How much of the packet was understood. */
  readonly bytesParsed?: number
  readonly rawPacket?: Buffer
}

type ClientSocket = Duplex & {
  readonly remoteAddress?: string
  readonly remotePort?: number
  readonly remoteFamily?: string
  readonly localAddress?: string
  readonly localPort?: number
  readonly encrypted?: boolean
  destroySoon?(): void
}

/** The methods of requests that came with the stand-in, by the connection they were put on. */
const methods = new WeakMap<Duplex, string>()
/** Where the bytes of a client go whose request was put on another connection. */
const detours = new WeakMap<Duplex, Duplex>()

/** The method to put on the wire for one that a client in this process asks for. */
export function wireMethod(method: string): string {
  return known.has(method) ? method : STAND_IN
}

/**
 * Gives a request its own method back, and closes the connection behind it. Call it before anything
 * looks at the request.
 */
export function restoreMethod(req: IncomingMessage, res: ServerResponse): void {
  if (req.method !== STAND_IN) return
  const method = methods.get(req.socket)
  if (method === undefined) return
  req.method = method
  res.shouldKeepAlive = false
}

/**
 * Lets the app answer a request whose method node:http's parser does not know: to Flask any token is
 * a method, which a rule may allow, and which is a 405 or a 404 otherwise. The request goes through the same
 * parser and the same checks again, over a connection in memory, under a method that it knows.
 *
 * @param error What the parser failed with, or a timeout of a connection that takes this detour.
 * @returns Whether the error is taken care of; false leaves the connection to the usual answer.
 */
export function takeUnknownMethod(server: Server, error: ParserError, socket: Duplex): boolean {
  const { code, rawPacket, bytesParsed = 0 } = error
  const detour = detours.get(socket)
  if (detour !== undefined) {
    // The parser that has failed hands on what else arrives in the same way, and the end.
    if (!detour.writable) return true
    if (rawPacket !== undefined) forward(rawPacket, socket, detour)
    else if (code === 'HPE_INVALID_EOF_STATE') detour.end()
    return true
  }
  if (code !== 'HPE_INVALID_METHOD' || rawPacket === undefined || !socket.writable) return false
  if (responseInFlight(socket)) return false
  const method = REQUEST_LINE.exec(rawPacket.toString('latin1', 0, 80))?.[1]
  if (method === undefined || known.has(method) || bytesParsed > method.length) return false

  const [outer, inner] = duplexPair() as [Duplex, Duplex]
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort, encrypted } =
    socket as ClientSocket
  const place = { remoteAddress, remotePort, remoteFamily, localAddress, localPort, encrypted }
  methods.set(inner, method)
  detours.set(socket, outer)
  server.emit('connection', Object.assign(inner, place))
  outer.pipe(socket, { end: false })
  outer.once('end', () => endSoon(socket))
  socket.once('close', () => {
    outer.destroy()
    inner.destroy()
  })
  // A response that was broken off must not look like a whole one.
  inner.once('close', () => {
    if (!inner.writableFinished) socket.destroy()
  })
  outer.write(STAND_IN)
  forward(rawPacket.subarray(method.length), socket, outer)
  return true
}

/** As node:http ends a connection behind its last response. */
function endSoon(socket: ClientSocket): void {
  if (socket.destroySoon !== undefined) socket.destroySoon()
  else socket.end()
}

function forward(bytes: Buffer, socket: Duplex, detour: Duplex): void {
  if (detour.write(bytes)) return
  socket.pause()
  detour.once('drain', () => socket.resume())
}
