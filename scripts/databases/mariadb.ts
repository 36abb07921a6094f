import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { accountOf } from './account.ts'
import { findProgram } from './programs.ts'
import { type DatabaseServer, freePort, prepare, serverFolder, startServer } from './server.ts'

/** Starts a MariaDB of its own; what it keeps need not survive a power cut, hence no waiting for the disk. */
export async function startMariadb(): Promise<DatabaseServer> {
  const account = accountOf('mysql')
  const folder = serverFolder('mariadb', account)
  const data = join(folder, 'data')
  await prepare(
    findProgram('mariadb-install-db') ?? 'mariadb-install-db',
    [
      ...['--no-defaults', `--datadir=${data}`, '--skip-test-db'],
      '--auth-root-authentication-method=normal',
    ],
    account,
  )
  const port = await freePort()
  return startServer({
    program: findProgram('mariadbd') ?? 'mariadbd',
    args: [
      ...['--no-defaults', `--datadir=${data}`, `--port=${port}`, '--bind-address=127.0.0.1'],
      ...[`--socket=${join(folder, 'socket')}`, `--pid-file=${join(folder, 'pid')}`],
      // A server that starts deletes what others have in a folder that they share.
      `--tmpdir=${folder}`,
      ...['--character-set-server=utf8mb4', '--collation-server=utf8mb4_bin'],
      ...['--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync', '--sync-frm=0'],
      ...['--innodb-doublewrite=0', '--skip-name-resolve'],
    ],
    account,
    folder,
    address: `mysql://root@127.0.0.1:${port}`,
    signal: 'SIGTERM',
    isReady: async () => {
      await (await createConnection({ host: '127.0.0.1', port, user: 'root' })).end()
    },
  })
}
