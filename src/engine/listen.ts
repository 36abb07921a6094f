import type { Server } from 'node:http'
import { BUST_ERR_ADDRESS_IN_USE, BUST_ERR_LISTEN } from '../errors/codes.ts'
import { closeServer } from './close.ts'
import { createServer, type RequestHandler, type ServerOptions } from './node-handler.ts'

/** Where to listen, and until when. */
export interface AddressOptions {
  /** Address or name to bind to; default `127.0.0.1`, so that nothing is public by accident. */
  host?: string
  /** Port, or 0 for one that is free; default 5000, as Flask's. */
  port?: number
  /** Path of a Unix socket, instead of host and port. */
  path?: string
  /** Length of the queue of connections that wait to be accepted. */
  backlog?: number
  /** Closes the server gracefully when it aborts. */
  signal?: AbortSignal
  /** Milliseconds that requests in flight get when `signal` aborts; default 10,000. */
  closeTimeout?: number
}

/** Options of {@link listen}. Those of the server apply when it is made here. */
export interface ListenOptions extends AddressOptions, ServerOptions {}

/**
 * Serves a handler, or lets a server that exists already listen.
 *
 * @returns The listening server: a real http.Server, so that WebSocket libraries and the like can
 *   attach to it. Close it with `closeServer` to let requests in flight end.
 * @throws BUST_ERR_ADDRESS_IN_USE when the port is taken, BUST_ERR_LISTEN when the address cannot
 *   be bound for another reason.
 */
export async function listen(
  target: RequestHandler | Server,
  options: ListenOptions = {},
): Promise<Server> {
  const { host = '127.0.0.1', port = 5000, path, backlog, signal, closeTimeout, ...rest } = options
  signal?.throwIfAborted()
  const server = typeof target === 'function' ? createServer(target, rest) : target
  const address = path === undefined ? { host, port } : { path }
  await new Promise<void>((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening)
      reject(listenError(error, path ?? `${host}:${port}`, String(path ?? port)))
    }
    const onListening = (): void => {
      server.off('error', onError)
      resolve()
    }
    server.once('error', onError)
    server.once('listening', onListening)
    server.listen(backlog === undefined ? address : { ...address, backlog })
  })
  signal?.addEventListener('abort', () => void closeServer(server, closeTimeout), { once: true })
  return server
}

function listenError(error: NodeJS.ErrnoException, address: string, port: string): Error {
  const coded =
    error.code === 'EADDRINUSE'
      ? new BUST_ERR_ADDRESS_IN_USE(address, port)
      : new BUST_ERR_LISTEN(address, error.message)
  coded.cause = error
  return coded
}
