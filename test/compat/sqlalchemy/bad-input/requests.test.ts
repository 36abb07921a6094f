import { type BustAPI, request } from 'bustapi'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Brand, db, Item, openShop } from './shop.ts'

const HOSTILE = [
  "'; DROP TABLE item; --",
  '" OR 1=1 --',
  '` OR 1=1 #',
  "\\' OR 1=1 -- ",
  'name"; DROP TABLE item; --',
  'id desc, (select 1)',
  "$.a') OR 1=1 --",
  'a"."b',
  "x' UNION SELECT name FROM brand --",
  '%_',
  '0x27',
  'ʼ OR 1=1 --',
]

describe('what a request may say', () => {
  eachDatabase((database) => {
    const { app } = openShop(database)
    const views = routes(app)

    const seeded = async () =>
      app.appContext().run(async () => {
        db.session.add(new Item({ name: 'pen', price: 2, details: { a: 'red' } }))
        db.session.add(new Item({ name: 'ink', price: 9, details: { a: 'blue' } }))
        await db.session.commit()
      })

    it.each(HOSTILE)('as a value, %s is compared as it is', async (text) => {
      await seeded()
      const client = views.testClient()
      const found = await client.get(`/by-name?name=${encodeURIComponent(text)}`)
      expect([found.statusCode, found.json]).toEqual([200, []])
      const like = await client.get(`/search?q=${encodeURIComponent(text)}`)
      expect([like.statusCode, like.json]).toEqual([200, []])
      const added = await client.post(`/brands?name=${encodeURIComponent(text.slice(0, 20))}`)
      expect(added.json).toEqual({ name: text.slice(0, 20) })
    })

    it.each(HOSTILE)(
      'as the name of a column to order or filter by, %s is refused',
      async (text) => {
        await seeded()
        const client = views.testClient()
        for (const path of ['order', 'group', 'column', 'attribute']) {
          const reply = await client.get(`/${path}?name=${encodeURIComponent(text)}`)
          expect([path, reply.statusCode]).toEqual([path, 400])
        }
        expect((await client.get('/order?name=price')).json).toEqual(['pen', 'ink'])
      },
    )

    it.each(HOSTILE)('as a key of JSON, %s finds nothing and changes nothing', async (text) => {
      await seeded()
      const client = views.testClient()
      const reply = await client.get(`/json?key=${encodeURIComponent(text)}`)
      expect([reply.statusCode, reply.json]).toEqual([200, []])
      expect((await client.get('/json?key=a')).json).toEqual(['pen'])
    })

    it('an error of the database is a 500 that shows nothing of it', async () => {
      const client = views.testClient()
      const reply = await client.post('/brands?name=')
      await client.post('/brands?name=twice')
      const again = await client.post('/brands?name=twice')
      expect([reply.statusCode, again.statusCode]).toEqual([200, 500])
      expect(again.text).not.toMatch(/insert|unique|brand|sql/i)
      expect((await client.post('/brands?name=other')).statusCode).toBe(200)
    })

    it('a number out of range is an answer, not a crash', async () => {
      const client = views.testClient()
      for (const id of ['2147483648', '9007199254740993', '99999999999999999999999']) {
        expect([404, 500]).toContain((await client.get(`/items/${id}`)).statusCode)
      }
      await seeded()
      expect((await client.get('/by-name?name=pen')).json).toEqual(['pen'])
    })
  })
})

/** Views as people write them, with names and values from the query. */
function routes(shop: BustAPI): BustAPI {
  const names = (items: readonly Item[]): string[] => items.map(({ name }) => name)
  const query = (name: string): string => request.args.get(name) ?? ''
  /** A mistake in a name is the client's fault; anything else is ours. */
  const named = async (work: () => Promise<unknown>): Promise<unknown> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof db.exc.DBAPIError) throw error
      if (error instanceof db.exc.SQLAlchemyError) return ['no such name', 400]
      throw error
    }
  }
  shop.get('/by-name', async () => names(await Item.query.filterBy({ name: query('name') }).all()))
  shop.get('/search', async () =>
    names(await Item.query.filter(Item.c.name.contains(query('q'), { autoescape: true })).all()),
  )
  shop.get('/order', () => named(async () => names(await Item.query.orderBy(query('name')).all())))
  shop.get('/group', () =>
    named(() =>
      db.session
        .execute(db.select(db.func.count().label('count')).selectFrom(Item).groupBy(query('name')))
        .all(),
    ),
  )
  shop.get('/column', () => named(() => Item.query.filterBy({ [query('name')]: 1 } as never).all()))
  shop.get('/attribute', () =>
    named(async () => {
      db.session.add(new Item({ [query('name')]: 1 } as never))
      return 'made'
    }).catch((error: unknown) => {
      if (error instanceof TypeError) return ['no such name', 400]
      throw error
    }),
  )
  shop.get('/json', async () =>
    names(await Item.query.filter(Item.c.details.at(query('key')).asString().eq('red')).all()),
  )
  shop.get('/items/<int:id>', async ({ id }) => (await db.getOr404(Item, id)).name)
  shop.post('/brands', async () => {
    const brand = new Brand({ name: query('name') })
    db.session.add(brand)
    await db.session.commit()
    return { name: brand.name }
  })
  return shop
}
