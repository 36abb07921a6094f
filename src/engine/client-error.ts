import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** The response that node:http is writing to a socket, by the name it has used since its start. */
interface HttpSocket {
  readonly _httpMessage?: ServerResponse & {
    readonly req?: IncomingMessage
    /** Whether the connection closes behind it: its head, which has been made, says so. */
    readonly _last?: boolean
  }
}

/** The response in flight on a connection, if any. */
export function responseInFlight(socket: Duplex): HttpSocket['_httpMessage'] {
  return (socket as HttpSocket)._httpMessage
}

/**
 * Whether a request came behind one whose response ends the connection (RFC 9112 §9.6: it must not be
 * processed). Node's parser hands it over all the same, when the decision to close was the server's.
 */
export function isBehindLast(req: IncomingMessage, res: ServerResponse): boolean {
  const { socket } = req
  if (!socket.writable) return true
  const inFlight = responseInFlight(socket)
  return inFlight !== res && inFlight?._last === true
}

const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/**
 * The `clientError` listener: what the parser rejects, or what comes too slowly, gets one bare
 * response, provided that no other can be on its way. Each request gets exactly one response.
 *
 * - Nothing in flight: 400, 408, 413 or 431.
 * - The response in flight belongs to the very request whose body is broken, and has not begun: the
 *   same, in its place.
 * - Another response is in flight: the connection is just closed, since a status line now would be
 *   read as part of that response, or as the answer to it.
 * - Data behind a request with `Connection: close`: ignored, as RFC 9112 §9.6 has it; the response
 *   goes out undisturbed.
 */
export function onClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  const inFlight = responseInFlight(socket)
  if (error.code === 'HPE_CLOSED_CONNECTION' && inFlight !== undefined) return
  const answerable =
    socket.writable &&
    isProtocolError(error.code) &&
    (!inFlight || (!inFlight.headersSent && inFlight.req?.complete === false))
  if (!answerable) {
    socket.destroy()
    return
  }
  const line = STATUS_LINES[error.code as string] ?? '400 Bad Request'
  const date = new Date(Date.now()).toUTCString()
  socket.end(
    `HTTP/1.1 ${line}\r\nDate: ${date}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
    () => socket.destroy(),
  )
}

function isProtocolError(code: string | undefined): boolean {
  return code !== undefined && (code.startsWith('HPE_') || code === 'ERR_HTTP_REQUEST_TIMEOUT')
}
