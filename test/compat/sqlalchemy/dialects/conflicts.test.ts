import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  type Connection,
  createEngine,
  type Engine,
} from '../../../../compat/sqlalchemy/dialects/index.ts'
import { OperationalError } from '../../../../compat/sqlalchemy/errors.ts'
import { eachDatabase } from '../databases.ts'

const raw = (text: string): CompiledQuery => CompiledQuery.raw(text)

eachDatabase((database) => {
  if (database.name === 'sqlite') {
    it.skip('SQLite has one writer: no two transactions can block each other', () => {})
    return
  }
  let uri = ''
  let engine: Engine
  let one: Connection
  let other: Connection

  beforeEach(async () => {
    uri = await database.create()
    engine = createEngine(uri, { isolationLevel: 'SERIALIZABLE' })
    await engine.kysely.executeQuery(raw('CREATE TABLE t (id INTEGER PRIMARY KEY, x INTEGER)'))
    await engine.kysely.executeQuery(raw('INSERT INTO t VALUES (1, 0), (2, 0)'))
    one = await engine.connect()
    other = await engine.connect()
    await one.begin()
    await other.begin()
  })

  afterEach(async () => {
    await one.close()
    await other.close()
    await engine.dispose()
    await database.drop(uri)
  })

  it('a deadlock is an OperationalError for one, and the other goes on', async () => {
    await one.execute(raw('UPDATE t SET x = 1 WHERE id = 1'))
    await other.execute(raw('UPDATE t SET x = 2 WHERE id = 2'))
    const both = await Promise.allSettled([
      one.execute(raw('UPDATE t SET x = 1 WHERE id = 2')),
      other.execute(raw('UPDATE t SET x = 2 WHERE id = 1')),
    ])
    const failed = both.filter((result) => result.status === 'rejected')
    expect(failed).toHaveLength(1)
    expect(failed[0]?.reason).toBeInstanceOf(OperationalError)
    expect(failed[0]?.reason).toMatchObject({ connectionInvalidated: false })
    expect(failed[0]?.reason.message).toMatch(
      database.name === 'postgresql'
        ? /^\(psycopg2\.errors\.DeadlockDetected\) deadlock detected/
        : /^\(pymysql\.err\.OperationalError\) \(1213, "Deadlock found/,
    )
    await one.rollback()
    await other.rollback()
    await one.begin()
    await one.execute(raw('UPDATE t SET x = 7'))
    await one.commit()
  })

  it('a transaction that cannot be serialized is an OperationalError', async () => {
    if (database.name !== 'postgresql') {
      // MariaDB's serializable transactions lock what they read, so that they wait or deadlock.
      await one.execute(raw('SELECT * FROM t WHERE id = 1'))
      await other.execute(raw('SELECT * FROM t WHERE id = 1'))
      const both = await Promise.allSettled([
        one.execute(raw('UPDATE t SET x = 1 WHERE id = 1')),
        other.execute(raw('UPDATE t SET x = 2 WHERE id = 1')),
      ])
      const [failed] = both.filter((result) => result.status === 'rejected')
      expect(failed?.reason).toBeInstanceOf(OperationalError)
      return
    }
    await one.execute(raw('SELECT * FROM t'))
    await other.execute(raw('UPDATE t SET x = 5 WHERE id = 1'))
    await other.commit()
    await expect(one.execute(raw('UPDATE t SET x = 6 WHERE id = 1'))).rejects.toThrow(
      /^\(psycopg2\.errors\.SerializationFailure\) could not serialize access due to concurrent update/,
    )
    // What is left of the transaction is nothing but waiting for rollback().
    await expect(one.execute(raw('SELECT 1'))).rejects.toThrow('InFailedSqlTransaction')
    await one.rollback()
    await one.begin()
    expect((await one.execute(raw('SELECT x FROM t WHERE id = 1'))).rows).toEqual([{ x: 5 }])
  })
})
