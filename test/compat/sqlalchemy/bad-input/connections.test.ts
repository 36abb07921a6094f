import { BustAPI } from 'bustapi'
import { OperationalError, ProgrammingError, SQLAlchemy, TimeoutError } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Brand, db, openShop } from './shop.ts'

describe('connections', () => {
  eachDatabase((database) => {
    const { app, uri } = openShop(database)

    it('all in use: who waits too long gets a TimeoutError, and later ones are served', async () => {
      const inUse = await app
        .appContext()
        .run(() => Promise.all([db.engine.connect(), db.engine.connect()]))
      await expect(app.appContext().run(() => Brand.query.count())).rejects.toThrow(TimeoutError)
      await Promise.all(inUse.map((connection) => connection.close()))
      expect(await app.appContext().run(() => Brand.query.count())).toBe(0)
    })

    it('fifty failed units of work leave none behind', async () => {
      for (let turn = 0; turn < 50; turn++) {
        const failed = app.appContext().run(async () => {
          db.session.addAll([new Brand({ name: 'twice' }), new Brand({ name: 'twice' })])
          await db.session.commit()
        })
        await expect(failed).rejects.toThrow()
      }
      await app.appContext().run(() => expect(db.engine.pool.checkedOut).toBe(0))
      expect(await app.appContext().run(() => Brand.query.count())).toBe(0)
    })

    it('a unit of work that nobody finishes is rolled back with its context', async () => {
      await app.appContext().run(async () => {
        db.session.add(new Brand({ name: 'forgotten' }))
        await db.session.flush()
      })
      await app.appContext().run(async () => {
        expect(await Brand.query.count()).toBe(0)
        expect(db.engine.pool.checkedOut).toBeLessThanOrEqual(1)
      })
    })

    it('a missing table is named', async () => {
      const other = new SQLAlchemy()
      class Ghost extends other.Model<Ghost>() {
        id = other.Column(other.Integer, { primaryKey: true })
      }
      const ghosts = new BustAPI('ghosts')
      ghosts.config.SQLALCHEMY_DATABASE_URI = uri()
      other.initApp(ghosts)
      await ghosts.appContext().run(async () => {
        const asked = Ghost.query.all()
        // SQLite has one kind of error for it, the others another: as in Python.
        await expect(asked).rejects.toThrow(
          database.name === 'sqlite' ? OperationalError : ProgrammingError,
        )
        await expect(Ghost.query.all()).rejects.toThrow(/ghost/)
        await other.engine.dispose()
      })
    })

    if (database.name !== 'sqlite') {
      it('one that the server ended is an OperationalError once, and replaced', async () => {
        await app.appContext().run(async () => {
          await Brand.query.count()
          await database.raw(uri(), END_OTHERS[database.name as keyof typeof END_OTHERS])
          await expect(Brand.query.count()).rejects.toThrow(OperationalError)
          await db.session.rollback()
          expect(await Brand.query.count()).toBe(0)
        })
      })
    }
  })
})

/** Ends every other connection to the same database. */
const END_OTHERS = {
  postgresql:
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  mariadb: `BEGIN NOT ATOMIC
    FOR other IN (SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id())
    DO KILL other.id; END FOR; END`,
}
