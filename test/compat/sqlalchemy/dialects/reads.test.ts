import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine, EngineOptions } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { text } from '../../../../compat/sqlalchemy/expression/text.ts'
import { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { eachDatabase } from '../databases.ts'
import { mappingDb } from '../mapping/mapping-db.ts'

// biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
type Any = any

eachDatabase((database) => {
  const onPostgresql = database.name === 'postgresql'
  const db = mappingDb()
  class User extends db.Model {
    static tablename = 'users'
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(50))
  }
  const C = (User as Any).c
  let uri = ''
  let engine: Engine
  let session: Session

  async function open(options: EngineOptions = {}): Promise<void> {
    engine = createEngine(uri, { poolSize: 1, ...options })
    session = new Session({ bind: engine })
  }

  beforeEach(async () => {
    uri = await database.create()
    await open()
    await db.metadata.createAll(engine)
    session.addAll([new User({ name: 'ada' }), new User({ name: 'bob' })])
    await session.commit()
  })
  afterEach(async () => {
    await session.close()
    await engine.dispose()
    await database.drop(uri)
  })

  /** What PostgreSQL says of the other connections: 'idle', 'idle in transaction', … */
  const states = async (): Promise<unknown[]> => {
    const rows = await database.raw(
      uri,
      'select state from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    return rows.map(({ state }) => state)
  }
  const rename = (): Promise<unknown> =>
    database.raw(uri, "update users set name = 'eve' where id = 1")
  const nameByColumn = (): Promise<unknown> => session.scalar(select(C.name).where(C.id.eq(1)))

  describe('what only reads', () => {
    it.runIf(onPostgresql)('leaves no transaction open', async () => {
      const [ada] = await session.scalars(select(User).orderBy(C.id)).all()
      expect((ada as Any).name).toBe('ada')
      await session.get(User, 2)
      expect(await session.scalar(select(func.count()).selectFrom(User as Any))).toBe(2)
      expect(session.inTransaction()).toBe(true)
      expect(await states()).toEqual(['idle'])
    })

    it('is part of the transaction that a write began', async () => {
      session.add(new User({ name: 'cy' }))
      expect(await session.scalars(select(C.name).orderBy(C.id)).all()).toEqual([
        'ada',
        'bob',
        'cy',
      ])
      if (onPostgresql) expect(await states()).toEqual(['idle in transaction'])
      await session.rollback()
      expect(await session.scalars(select(C.name).orderBy(C.id)).all()).toEqual(['ada', 'bob'])
    })

    it.runIf(onPostgresql)('makes the transaction a failed one when it fails', async () => {
      const missing = db.Table('missing', db.Column('id', db.Integer, { primaryKey: true })) as Any
      try {
        await expect(session.execute(select(missing.c.id))).rejects.toThrow('does not exist')
        await expect(session.execute(select(C.id))).rejects.toThrow(
          'current transaction is aborted, commands ignored until end of transaction block',
        )
        await session.rollback()
        expect(await nameByColumn()).toBe('ada')
      } finally {
        db.metadata.remove(missing)
      }
    })
  })

  describe.runIf(onPostgresql)('a transaction begins with', () => {
    const cases: readonly (readonly [string, () => PromiseLike<unknown>])[] = [
      ['text', () => session.execute(text('select 1'))],
      ['a function', () => session.execute(select((func as Any).pg_advisory_xact_lock(1)))],
      ['a function in a condition', () => session.execute(select(C.id).where(func.random().lt(2)))],
      ['a lock', () => session.execute(select(User).withForUpdate())],
      ['a locking get', () => session.get(User, 1, { withForUpdate: true })],
      ['a statement of Kysely', () => session.kysely.selectFrom('users').selectAll().execute()],
      ['a savepoint', async () => (await session.beginNested()).connection(engine)],
    ]
    it.each(cases)('%s', async (_name, run) => {
      await run()
      expect(await states()).toEqual(['idle in transaction'])
    })
  })

  describe('a snapshot of the whole transaction', () => {
    async function seesTheSame(): Promise<void> {
      expect(await nameByColumn()).toBe('ada')
      await rename()
      expect(await nameByColumn()).toBe('ada')
      await session.rollback()
      expect(await nameByColumn()).toBe('eve')
    }
    const reopen = async (options: EngineOptions): Promise<void> => {
      await session.close()
      await engine.dispose()
      await open(options)
    }

    it.runIf(database.name === 'mariadb')('is what REPEATABLE READ gives', seesTheSame)

    it.runIf(onPostgresql)('is not what READ COMMITTED gives', async () => {
      expect(await nameByColumn()).toBe('ada')
      await rename()
      expect(await nameByColumn()).toBe('eve')
    })

    it.runIf(onPostgresql)('is kept where the engine asks for it', async () => {
      await reopen({ isolationLevel: 'REPEATABLE READ' })
      await seesTheSame()
    })

    it.runIf(onPostgresql)("is kept where it is the connection's default", async () => {
      await reopen({
        connectArgs: { options: '-c default_transaction_isolation=repeatable\\ read' },
      })
      await seesTheSame()
    })

    it.runIf(onPostgresql)('is kept when a statement has asked for it', async () => {
      await session.execute(
        text('set session characteristics as transaction isolation level repeatable read'),
      )
      await session.commit()
      await seesTheSame()
    })
  })
})
