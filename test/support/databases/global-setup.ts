import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startMariadb } from '../../../scripts/databases/mariadb.ts'
import { startPostgresql } from '../../../scripts/databases/postgresql.ts'
import type { DatabaseServer } from '../../../scripts/databases/server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's processes ask for a database server: `GET /postgresql` answers its address. */
    databaseServers: string
  }
}

const STARTERS: Readonly<Record<string, () => Promise<DatabaseServer>>> = {
  postgresql: startPostgresql,
  mariadb: startMariadb,
}

/** Starts each server when the first test asks for it; one per run, however many processes test. */
function serveAddresses(started: Map<string, Promise<DatabaseServer>>): Server {
  return createServer(async (request, response) => {
    const name = (request.url ?? '').slice(1)
    const start = STARTERS[name]
    // A connection kept alive may be closed at the very moment that the next question is asked on it.
    response.setHeader('connection', 'close')
    try {
      if (start === undefined) throw new Error(`No database is called ${name}`)
      if (!started.has(name)) started.set(name, start())
      response.end((await started.get(name))?.address)
    } catch (error) {
      response.statusCode = 500
      response.end((error as Error).message)
    }
  })
}

/** Vitest's global set-up. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, Promise<DatabaseServer>>()
  const server = serveAddresses(started).listen(0, '127.0.0.1')
  await once(server, 'listening')
  project.provide('databaseServers', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    server.closeAllConnections()
    const results = await Promise.allSettled(started.values())
    await Promise.all(results.map((one) => (one.status === 'fulfilled' ? one.value.stop() : null)))
  }
}
