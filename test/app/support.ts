import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

const servers: Server[] = []

/** Lets a server listen on a free port of the loopback address, and returns its URL. */
export async function serve(server: Server): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Ends all servers of a test; call it in `afterEach`. */
export async function closeAll(): Promise<void> {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** Status, headers and text of a reply; redirects are not followed. */
export async function fetchText(
  url: string,
  options: RequestInit = {},
): Promise<{ status: number; headers: Headers; text: string }> {
  const reply = await fetch(url, { redirect: 'manual', ...options })
  return { status: reply.status, headers: reply.headers, text: await reply.text() }
}
