import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import { startPostgresql } from '../../scripts/databases/postgresql.ts'
import { findProgram } from '../../scripts/databases/programs.ts'
import { median } from '../stats.ts'
import { PeerProcess } from './peer-process.ts'
import { OPERATIONS, type OperationName } from './protocol.ts'
import { type Backend, EMPTY_ENTRIES, rows, tables } from './shape.ts'

/** The peers in the order of the table, by the names of their files. */
export const DATABASE_PEERS = {
  driver: 'driver',
  kysely: 'Kysely',
  bustapi: '`bustapi/sqlalchemy`',
  drizzle: 'Drizzle',
  'mikro-orm': 'MikroORM',
  typeorm: 'TypeORM',
} as const

type PeerName = keyof typeof DATABASE_PEERS

/** How much to measure. */
export interface DatabaseEffort {
  readonly rounds: number
  /** Milliseconds of CPU per peer and round, about. */
  readonly slice: number
}

/** One operation on one database: medians over the rounds, microseconds of CPU per operation. */
export interface DatabaseResult {
  readonly backend: Backend
  readonly operation: OperationName
  readonly figures: readonly {
    readonly peer: PeerName
    readonly cpu: number
    /** Over raw Kysely's: the median of the rounds' quotients. */
    readonly overKysely: number
  }[]
}

/** A database with the bench's rows. */
interface Prepared {
  readonly uri: string
  run(sql: string): Promise<unknown>
  close(): Promise<void>
}

function prepareSqlite(): Prepared {
  const folder = mkdtempSync(join(tmpdir(), 'bustapi-bench-'))
  const uri = join(folder, 'bench.db')
  const database = new DatabaseSync(uri)
  return {
    uri,
    run: async (sql) => database.exec(sql),
    async close() {
      database.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function preparePostgresql(): Promise<Prepared> {
  const server = await startPostgresql()
  const uri = `${server.address}/postgres`
  const client = new pg.Client({ connectionString: uri })
  await client.connect()
  return {
    uri,
    run: (sql) => client.query(sql),
    async close() {
      await client.end()
      await server.stop()
    },
  }
}

/** The databases that can be had here, and a line for each that cannot. */
export function databaseBackends(): { backends: Backend[]; skipped: string[] } {
  return findProgram('initdb') === undefined
    ? { backends: ['sqlite'], skipped: ['Skipped: PostgreSQL (it is not installed here).'] }
    : { backends: ['sqlite', 'postgresql'], skipped: [] }
}

/** All peers give the same answer before any is measured. */
async function checked(peers: readonly PeerProcess[], operation: OperationName): Promise<void> {
  let expected: unknown
  for (const peer of peers) {
    const { answer } = await peer.run({ operation, times: 1 })
    if (peer === peers[0]) expected = answer
    else if (!isDeepStrictEqual(answer, expected)) {
      const [got, other] = [answer, expected].map((one) => JSON.stringify(one).slice(0, 300))
      throw new Error(`${peer.name} answers ${operation} with ${got} instead of ${other}`)
    }
  }
}

/** How often the operation fits into a slice, by what a warm peer needs. */
async function timesOf(
  peer: PeerProcess,
  operation: OperationName,
  slice: number,
): Promise<number> {
  const { cpu } = await peer.run({ operation, times: operation === 'insert' ? 3 : 200 })
  return Math.max(1, Math.round((slice * 1000) / cpu))
}

async function measureOperation(
  backend: Backend,
  operation: OperationName,
  all: readonly PeerProcess[],
  database: Prepared,
  { rounds, slice }: DatabaseEffort,
): Promise<DatabaseResult> {
  const peers = all.filter((peer) => peer.can(operation))
  await checked(peers, operation)
  const times = new Map<PeerProcess, number>()
  for (const peer of peers) times.set(peer, await timesOf(peer, operation, slice))
  const seen = new Map<PeerProcess, number[]>(peers.map((peer) => [peer, []]))
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) {
      if (operation === 'insert') await database.run(EMPTY_ENTRIES)
      const { cpu } = await peer.run({ operation, times: times.get(peer) ?? 1 })
      seen.get(peer)?.push(cpu)
    }
  }
  const base = seen.get(peers.find(({ name }) => name === 'kysely') as PeerProcess) ?? []
  return {
    backend,
    operation,
    figures: peers.map((peer) => {
      const cpus = seen.get(peer) ?? []
      return {
        peer: peer.name as PeerName,
        cpu: median(cpus),
        overKysely: median(cpus.map((cpu, at) => cpu / (base[at] ?? Number.NaN))),
      }
    }),
  }
}

/** Measures all peers on one database, interleaved. */
export async function measureDatabase(
  backend: Backend,
  effort: DatabaseEffort,
  report: (result: DatabaseResult) => void,
  wanted: readonly OperationName[] = Object.keys(OPERATIONS) as OperationName[],
): Promise<void> {
  const database = backend === 'sqlite' ? prepareSqlite() : await preparePostgresql()
  const peers: PeerProcess[] = []
  try {
    for (const sql of [...tables(backend), ...rows(backend)]) await database.run(sql)
    for (const name of Object.keys(DATABASE_PEERS)) {
      peers.push(await PeerProcess.start(name, backend, database.uri))
    }
    for (const operation of wanted) {
      report(await measureOperation(backend, operation, peers, database, effort))
    }
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()))
    await database.close()
  }
}
