import type { ServerOptions as NodeServerOptions, ServerResponse } from 'node:http'
import { createServer as createNodeServer, type IncomingMessage, type Server } from 'node:http'
import type { MaybePromise } from '../types.ts'
import { admissionStatus, MAX_HEADER_LINES } from './admission.ts'
import { isBehindLast, onClientError } from './client-error.ts'
import { isClosing, trackConnections } from './close.ts'
import { BustIncomingMessage, BustServerResponse } from './messages.ts'
import { refuse } from './refuse.ts'
import { restoreMethod, takeUnknownMethod } from './unknown-method.ts'

/** Anything that answers a node:http request. */
export type RequestHandler = (req: IncomingMessage, res: ServerResponse) => MaybePromise<unknown>

/** Options of {@link createServer}: node:http's, with other defaults. Times are milliseconds. */
export interface ServerOptions
  extends NodeServerOptions<typeof IncomingMessage, typeof ServerResponse> {
  /** Gets what a handler threw or rejected with; the client gets a bare 500. */
  onError?: (error: unknown, req: IncomingMessage) => void
}

/**
 * The defaults, each with its reason. Node's own stand where none is given; the header size limit
 * (16 KiB, `maxHeaderSize`) is one of those and answers 431.
 */
export const SERVER_DEFAULTS = {
  /** A slow client may take five minutes for a whole request (Node's value; Fastify has no limit). */
  requestTimeout: 300_000,
  /** With the check below, slow headers are cut off in less than a minute. */
  headersTimeout: 45_000,
  connectionsCheckingInterval: 10_000,
  /** More than the 60 s after which common load balancers drop an idle connection themselves. */
  keepAliveTimeout: 72_000,
} as const

/**
 * Makes the http.Server that runs a handler, with our request and response classes, and with
 * requests refused that node:http would let through although they are malformed. Not listening yet.
 *
 * @param handler Called once for each admitted request. What it throws is reported to `onError`.
 * @throws RangeError or TypeError (Node's) for an option that is not a valid number.
 */
export function createServer(handler: RequestHandler, options: ServerOptions = {}): Server {
  const { onError = printError, ...nodeOptions } = options
  const server = createNodeServer({
    IncomingMessage: BustIncomingMessage,
    ServerResponse: BustServerResponse,
    // Unknown to older versions of Node, which ignore it.
    optimizeEmptyRequests: true,
    ...SERVER_DEFAULTS,
    ...nodeOptions,
  })
  // One more than is allowed, so that too many can be told from just enough.
  server.maxHeadersCount = MAX_HEADER_LINES + 1
  server.on('clientError', (error, socket) => {
    if (!takeUnknownMethod(server, error, socket)) onClientError(error, socket)
  })
  trackConnections(server)

  const fail = (error: unknown, req: IncomingMessage, res: ServerResponse): void => {
    onError(error, req)
    refuse(req, res, 500)
  }
  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    if (isBehindLast(req, res)) return
    restoreMethod(req, res)
    const status = admissionStatus(req)
    if (status !== 0) {
      refuse(req, res, status)
      return
    }
    if (isClosing(server)) res.shouldKeepAlive = false
    try {
      const result = handler(req, res)
      if (result instanceof Promise) result.catch((error: unknown) => fail(error, req, res))
    } catch (error) {
      fail(error, req, res)
    }
  })
  return server
}

function printError(error: unknown, req: IncomingMessage): void {
  console.error(`Exception on ${req.url} [${req.method}]`, error)
}
