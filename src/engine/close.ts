import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { responseInFlight } from './client-error.ts'

interface Connections {
  readonly open: Set<Duplex>
  closing: boolean
}

const tracked = new WeakMap<Server, Connections>()

/** Starts to remember a server's connections, so that {@link closeServer} can see them off. */
export function trackConnections(server: Server): void {
  const connections: Connections = { open: new Set(), closing: false }
  tracked.set(server, connections)
  server.on('listening', () => {
    connections.closing = false
  })
  server.on('connection', (socket: Duplex) => {
    connections.open.add(socket)
    socket.once('close', () => connections.open.delete(socket))
  })
}

/** Whether {@link closeServer} has been called. */
export function isClosing(server: Server): boolean {
  return tracked.get(server)?.closing === true
}

/** How often connections are looked at that became idle while the server was closing. */
const SWEEP_INTERVAL = 50

/**
 * How long a connection may take to send its first byte once the server is closing. Browsers open
 * spare ones that never send any, and node:http does not count those as idle.
 */
const FIRST_BYTE_GRACE = 1000

/**
 * Closes a server without cutting off anybody: no new connection is taken, idle ones are closed,
 * requests in flight are answered, with `Connection: close` wherever their head is still to be sent.
 *
 * @param timeout Milliseconds after which the connections that are left are destroyed.
 * @returns A promise that resolves when the last connection is gone. Closing a server that does not
 *   listen is no error.
 */
export function closeServer(server: Server, timeout = 10_000): Promise<void> {
  const connections = tracked.get(server)
  if (connections !== undefined) {
    connections.closing = true
    for (const socket of connections.open) {
      const response = responseInFlight(socket)
      if (response && !response.headersSent) response.shouldKeepAlive = false
    }
  }
  return new Promise((resolve) => {
    const started = performance.now()
    const sweep = setInterval(() => {
      server.closeIdleConnections()
      if (performance.now() - started > FIRST_BYTE_GRACE) closeUnused(connections)
    }, SWEEP_INTERVAL)
    const deadline = setTimeout(() => server.closeAllConnections(), timeout)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(deadline)
      resolve()
    })
  })
}

function closeUnused(connections: Connections | undefined): void {
  for (const socket of connections?.open ?? []) {
    if ((socket as Duplex & { readonly bytesRead?: number }).bytesRead === 0) socket.destroy()
  }
}
