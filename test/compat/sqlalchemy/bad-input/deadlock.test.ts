import { OperationalError } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Brand, db, openShop } from './shop.ts'

/** A promise that is resolved from outside. */
const signal = () => {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => {
    resolve = done
  })
  return { promise, resolve: () => resolve() }
}

describe('two units of work that wait for each other', () => {
  eachDatabase((database) => {
    const { app } = openShop(database)

    if (database.name === 'sqlite') {
      it('cannot happen: the second writer waits for the first', async () => {
        const first = signal()
        const order: string[] = []
        const write = (name: string, pause: Promise<void> | null) =>
          app.appContext().run(async () => {
            db.session.add(new Brand({ name }))
            await db.session.flush()
            order.push(`${name} writes`)
            await pause
            await db.session.commit()
            order.push(`${name} is done`)
          })
        const one = write('one', first.promise)
        const two = write('two', null)
        await new Promise((resolve) => setTimeout(resolve, 100))
        first.resolve()
        await Promise.all([one, two])
        expect(order).toEqual(['one writes', 'one is done', 'two writes', 'two is done'])
      })
      return
    }

    it('end with an OperationalError for one, which may try again', async () => {
      const ids = await app.appContext().run(async () => {
        const brands = [new Brand({ name: 'a' }), new Brand({ name: 'b' })]
        db.session.addAll(brands)
        await db.session.commit()
        return brands.map(({ id }) => id)
      })
      const both = [signal(), signal()] as const
      const rename = (own: 0 | 1) =>
        app.appContext().run(async () => {
          const update = (id: number | undefined) =>
            db.session.execute(
              db
                .update(Brand)
                .where(Brand.c.id.eq(id ?? 0))
                .values({ name: `${own}-${id}` }),
            )
          await update(ids[own])
          both[own].resolve()
          await both[1 - own]?.promise
          try {
            await update(ids[1 - own])
            await db.session.commit()
            return null
          } catch (error) {
            await db.session.rollback()
            // The session goes on after it.
            expect(await Brand.query.count()).toBe(2)
            return error
          }
        })
      const ends = await Promise.all([rename(0), rename(1)])
      const errors = ends.filter((error) => error !== null)
      expect(errors).toHaveLength(1)
      expect(errors[0]).toBeInstanceOf(OperationalError)
      const names = await app
        .appContext()
        .run(async () => (await Brand.query.all()).map(({ name }) => name))
      expect(new Set(names.map((name) => name[0])).size).toBe(1)
    })
  })
})
