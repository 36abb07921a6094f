import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  createEngine,
  type Engine,
  type EngineOptions,
} from '../../../../compat/sqlalchemy/dialects/index.ts'
import { OperationalError } from '../../../../compat/sqlalchemy/errors.ts'
import { eachDatabase } from '../databases.ts'

const raw = (text: string): CompiledQuery => CompiledQuery.raw(text)

eachDatabase((database) => {
  if (database.name === 'sqlite') {
    it.skip('SQLite has no connection that could be lost', () => {})
    return
  }
  const pid = database.name === 'postgresql' ? 'pg_backend_pid()' : 'connection_id()'
  const kill = (id: unknown): string =>
    database.name === 'postgresql' ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`
  /** Ends a connection, and waits until the server has none of that number. */
  const end = async (id: unknown): Promise<void> => {
    await database.raw(uri, kill(id))
    const [table, column] =
      database.name === 'postgresql'
        ? ['pg_stat_activity', 'pid']
        : ['information_schema.processlist', 'id']
    const there = (): Promise<unknown[]> =>
      database.raw(uri, `SELECT 1 FROM ${table} WHERE ${column} = ${id}`)
    while ((await there()).length > 0) await new Promise(setImmediate)
  }
  let uri = ''
  let engine: Engine
  const open = (options: EngineOptions): Engine => {
    engine = createEngine(uri, options)
    return engine
  }
  const idOf = async (): Promise<unknown> =>
    (await engine.kysely.executeQuery<{ id: unknown }>(raw(`SELECT ${pid} AS id`))).rows[0]?.id

  beforeEach(async () => {
    uri = await database.create()
  })

  afterEach(async () => {
    await engine.dispose()
    await database.drop(uri)
  })

  it('is an OperationalError that says the connection is invalid; the next use has a new one', async () => {
    open({ poolSize: 1, maxOverflow: 0, poolTimeout: 2 })
    const connection = await engine.connect()
    await connection.begin()
    const { rows } = await connection.execute(raw(`SELECT ${pid} AS id`))
    await end(rows[0]?.id)
    const error = await connection.execute(raw('SELECT 1')).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(OperationalError)
    expect(error).toMatchObject({ connectionInvalidated: true })
    await connection.close()
    expect(engine.pool.checkedOut).toBe(0)
    expect(await idOf()).not.toBe(rows[0]?.id)
  })

  it('of an idle connection is noticed before the next statement where the driver is told', async () => {
    open({ poolSize: 1, maxOverflow: 0 })
    const first = await idOf()
    await end(first)
    // Told or not, with poolPrePing off SQLAlchemy allows one error, and never a second one.
    await engine.kysely.executeQuery(raw('SELECT 1')).catch(() => {})
    expect(await idOf()).not.toBe(first)
  })

  it('of an idle connection costs nobody an error with poolPrePing', async () => {
    open({ poolSize: 2, poolPrePing: true })
    const first = await idOf()
    await end(first)
    expect(await idOf()).not.toBe(first)
  })

  it('replaces connections older than poolRecycle', async () => {
    open({ poolSize: 1, poolRecycle: 0 })
    const first = await idOf()
    expect(await idOf()).not.toBe(first)
  })

  it('throws a connection away with invalidate()', async () => {
    open({ poolSize: 1, maxOverflow: 0 })
    const first = await idOf()
    const connection = await engine.connect()
    connection.invalidate()
    await connection.close()
    expect(await idOf()).not.toBe(first)
  })

  it('of a server that is not there is an OperationalError, again and again', async () => {
    const dead = new URL(uri.replace(/^\w+:/, 'http:'))
    dead.port = '1'
    engine = createEngine(dead.href.replace('http:', uri.split('//')[0] as string), {
      poolSize: 1,
      maxOverflow: 0,
      poolTimeout: 1,
    })
    for (let index = 0; index < 3; index++) {
      await expect(engine.connect()).rejects.toThrow(OperationalError)
      await expect(engine.connect()).rejects.toThrow(/ECONNREFUSED/)
    }
    expect(engine.pool.checkedOut).toBe(0)
  })
})
