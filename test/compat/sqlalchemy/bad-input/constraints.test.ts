import { DataError, IntegrityError, PendingRollbackError, StatementError } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Brand, db, Item, openShop } from './shop.ts'

/** What a promise is rejected with. */
const failure = async (work: Promise<unknown>): Promise<Error> => {
  try {
    await work
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('a value that breaks a constraint', () => {
  eachDatabase((database) => {
    const { app } = openShop(database)

    const BROKEN = {
      'a unique one': async () => {
        db.session.addAll([new Brand({ name: 'twice' }), new Brand({ name: 'twice' })])
      },
      'a foreign key': async () => {
        db.session.add(new Item({ name: 'lonely', brandId: 4711 }))
      },
      'NOT NULL': async () => {
        db.session.add(new Brand({}))
      },
      'a check': async () => {
        db.session.add(new Item({ name: 'gift', price: -1 }))
      },
    }

    it.each(Object.entries(BROKEN))(
      '%s, is an IntegrityError that shows the statement',
      (_what, add) =>
        app.appContext().run(async () => {
          await add()
          const error = await failure(db.session.commit())
          expect(error).toBeInstanceOf(IntegrityError)
          const { statement, orig } = error as IntegrityError
          expect(statement).toMatch(/^insert into/i)
          expect(error.message).toContain((orig as Error).message)
          expect(error.message).toContain('[SQL: ')
          expect(error.message).toContain('[parameters: ')
          await db.session.rollback()
          db.session.add(new Brand({ name: 'afterwards' }))
          await db.session.commit()
          expect(await Brand.query.count()).toBe(1)
        }),
    )

    it('leaves the session unusable until it is rolled back, and says so', () =>
      app.appContext().run(async () => {
        await BROKEN['a unique one']()
        await failure(db.session.flush())
        const error = await failure(db.session.scalars(db.select(Brand)).all())
        expect(error).toBeInstanceOf(PendingRollbackError)
        expect(error.message).toContain('rollback()')
        await db.session.rollback()
        expect(await db.session.scalars(db.select(Brand)).all()).toEqual([])
      }))

    it('inside a savepoint undoes the savepoint only', () =>
      app.appContext().run(async () => {
        db.session.add(new Brand({ name: 'kept' }))
        await db.session.flush()
        const savepoint = await db.session.beginNested()
        db.session.add(new Brand({ name: 'kept' }))
        expect(await failure(db.session.flush())).toBeInstanceOf(IntegrityError)
        await savepoint.rollback()
        await db.session.commit()
        expect((await Brand.query.all()).map(({ name }) => name)).toEqual(['kept'])
      }))

    const UNFIT: readonly (readonly [string, () => Item])[] = [
      ['text for a number', () => new Item({ name: 'x', price: 'dear' as never })],
      ['an object for a number', () => new Item({ name: 'x', price: {} as never })],
      ['NaN', () => new Item({ name: 'x', price: Number.NaN })],
      ['a fraction', () => new Item({ name: 'x', price: 1.5 })],
      ['a date that is none', () => new Item({ name: 'x', addedOn: new Date(Number.NaN) })],
      ['text for a date', () => new Item({ name: 'x', addedOn: 'yesterday' as never })],
      ['a number for a text', () => new Item({ name: 7 as never })],
      ['what JSON cannot hold', () => new Item({ name: 'x', details: { big: 1n } as never })],
    ]

    it.each(UNFIT)('%s never reaches the database', (_what, make) =>
      app.appContext().run(async () => {
        db.session.add(make())
        const error = await failure(db.session.commit())
        expect(error).toBeInstanceOf(StatementError)
        await db.session.rollback()
        expect(await Item.query.count()).toBe(0)
      }),
    )

    it('a text that is too long is a DataError where the database minds', () =>
      app.appContext().run(async () => {
        db.session.add(new Brand({ name: 'x'.repeat(21) }))
        if (database.name === 'sqlite') {
          await db.session.commit()
          expect((await Brand.query.one()).name).toHaveLength(21)
        } else {
          expect(await failure(db.session.commit())).toBeInstanceOf(DataError)
          await db.session.rollback()
        }
      }))
  })
})
