import { join } from 'node:path'
import pg from 'pg'
import { accountOf } from './account.ts'
import { findProgram } from './programs.ts'
import { type DatabaseServer, freePort, prepare, serverFolder, startServer } from './server.ts'

/** Starts a PostgreSQL of its own; what it keeps need not survive a power cut, hence no fsync. */
export async function startPostgresql(): Promise<DatabaseServer> {
  const account = accountOf('postgres')
  const folder = serverFolder('postgresql', account)
  const data = join(folder, 'data')
  await prepare(
    findProgram('initdb') ?? 'initdb',
    [...['-D', data, '-U', 'bustapi', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']],
    account,
  )
  const port = await freePort()
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: '100',
    deadlock_timeout: '200ms',
    max_prepared_transactions: '0',
  }
  const address = `postgresql://bustapi@127.0.0.1:${port}`
  return startServer({
    program: findProgram('postgres') ?? 'postgres',
    args: [
      ...['-D', data, '-p', String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    account,
    folder,
    address,
    signal: 'SIGINT',
    isReady: async () => {
      const client = new pg.Client({ connectionString: `${address}/postgres` })
      await client.connect()
      await client.end()
    },
  })
}
