import { OperationalError, PendingRollbackError } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Brand, db, openShop } from './shop.ts'

/** Ends every other connection to the same database. */
const END_OTHERS: Readonly<Record<string, string>> = {
  postgresql:
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  mariadb: `BEGIN NOT ATOMIC
    FOR other IN (SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id())
    DO KILL other.id; END FOR; END`,
}

describe('a connection that the server ends in the middle of a transaction', () => {
  eachDatabase((database) => {
    const end = END_OTHERS[database.name]
    if (end === undefined) {
      it('is none on SQLite, which is in the same process', () =>
        expect(database.name).toBe('sqlite'))
      return
    }
    const { app, uri } = openShop(database)

    /** Writes, loses the connection, works on, and sees what is left of it. */
    const losing = (work: () => Promise<unknown>, before = true) =>
      app.appContext().run(async () => {
        db.session.add(new Brand({ name: 'lost' }))
        await db.session.flush()
        if (before) await database.raw(uri(), end)
        await expect(work()).rejects.toThrow(OperationalError)
        await db.session.rollback()
        expect(await Brand.query.count()).toBe(0)
        db.session.add(new Brand({ name: 'after' }))
        await db.session.commit()
        expect((await Brand.query.all()).map(({ name }) => name)).toEqual(['after'])
        await db.session.rollback()
        expect(db.engine.pool.checkedOut).toBe(0)
      })

    it('fails the commit, and nothing of it is there', () => losing(() => db.session.commit()))

    it('fails a query', () => losing(() => Brand.query.all()))

    it('fails a flush, after which the session asks for its rollback', () =>
      losing(async () => {
        db.session.add(new Brand({ name: 'never' }))
        try {
          await db.session.flush()
        } finally {
          await expect(Brand.query.all()).rejects.toThrow(PendingRollbackError)
        }
      }))

    it('fails a savepoint', () =>
      losing(() =>
        db.session.beginNested(async () => {
          db.session.add(new Brand({ name: 'nested' }))
        }),
      ))

    it('fails a stream', () =>
      losing(async () => {
        for await (const brand of Brand.query.stream()) expect(brand.name).toBe('never read')
      }))

    it('fails a statement that is under way', () =>
      losing(async () => {
        const sleep = database.name === 'mariadb' ? db.func.sleep?.(20) : db.func.pg_sleep?.(20)
        const asked = db.session.execute(db.select(sleep as never)).all()
        const [answer] = await Promise.allSettled([asked, database.raw(uri(), end)])
        if (answer.status === 'rejected') throw answer.reason
      }, false))

    it('fails a stream that is under way', () =>
      losing(async () => {
        db.session.addAll(
          Array.from({ length: 2000 }, (_each, index) => new Brand({ name: `${index}` })),
        )
        await db.session.flush()
        // More rows than the client takes ahead of its reader.
        const [one, other, third] = [db.aliased(Brand), db.aliased(Brand), db.aliased(Brand)]
        const rows = db.session.stream(
          db.select(one.c.name, other.c.name, third.c.id).where(third.c.id.gt(0)),
        )
        let read = 0
        for await (const _row of rows) {
          read += 1
          if (read === 10) await database.raw(uri(), end)
          // PostgreSQL's cursor and MariaDB's rows end long before all 8,000,000,000.
          if (read > 5_000_000) break
        }
      }, false))

    it('does not touch units of work that come after it', async () => {
      await Promise.all(
        Array.from({ length: 2 }, () =>
          losing(() => Brand.query.all()).catch((error: unknown) => error),
        ),
      )
      await app.appContext().run(async () => {
        await Brand.query.count()
        await db.session.rollback()
        expect(db.engine.pool.checkedOut).toBe(0)
      })
    })
  })
})
