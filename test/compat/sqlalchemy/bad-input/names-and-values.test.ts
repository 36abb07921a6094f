import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { db, Item, openShop } from './shop.ts'

const { exc } = db
const EVIL = 'a"b`c\'d; DROP TABLE item; --'
/** As `request.getJson()` makes it: `__proto__` is a key like others. */
const parsed = (text: string) => JSON.parse(text)

describe('what comes with a request', () => {
  eachDatabase((database) => {
    const { app } = openShop(database)

    const inShop = (work: () => Promise<void>) => async () => {
      await app.appContext().run(async () => {
        db.session.add(new Item({ name: 'pen', price: 2 }))
        await db.session.flush()
        await work()
        await db.session.rollback()
        expect(await Item.query.count()).toBe(0)
      })
    }

    const NAMES: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['a label', () => db.session.execute(db.select(Item.c.name.label(EVIL))).all()],
      ['an alias', () => db.session.execute(db.select(db.aliased(Item, { name: EVIL }))).all()],
      ['a CTE', () => db.session.execute(db.select(db.select(Item.c.id).cte(EVIL))).all()],
      [
        'a subquery',
        () => db.session.execute(db.select(db.select(Item.c.id).subquery(EVIL))).all(),
      ],
      [
        'a bound parameter',
        () =>
          db.session
            .execute(db.select(Item).where(Item.c.name.eq(db.bindparam<string>(EVIL))), {
              [EVIL]: 'pen',
            })
            .all(),
      ],
    ]
    it.each(NAMES)('is one quoted name where it names %s', (_what, work) =>
      inShop(async () => {
        expect(await work()).toHaveLength(1)
      })(),
    )

    it(
      'is one quoted name where it names a savepoint',
      inShop(async () => {
        const connection = await db.session.connection()
        await connection.savepoint(EVIL)
        await db.session.execute(db.update(Item).values({ name: 'ink' }))
        await connection.rollbackTo(EVIL)
        await connection.release(EVIL)
        expect(await db.session.scalar(db.select(Item.c.name))).toBe('pen')
      }),
    )

    const UNKNOWN: readonly (readonly [string, () => unknown])[] = [
      ['a collation', () => Item.query.orderBy(Item.c.name.collate(EVIL)).all()],
      ['a function', () => db.select(db.func[EVIL]?.() as never)],
      ['a type', () => db.cast('1', EVIL as never)],
      ['a field of a date', () => db.extract(EVIL, Item.c.addedOn)],
      ['an operator', () => Item.c.name.op(EVIL)],
      ['a statement', () => db.session.execute(EVIL as never)],
      ['a condition', () => Item.query.filter(EVIL as never)],
      ['an order', () => Item.query.orderBy(EVIL).all()],
      ['a column', () => db.select(EVIL as never)],
      ['a count', () => Item.query.limit(EVIL as never)],
    ]
    it.each(UNKNOWN)('is refused with an SQLAlchemyError as %s', (_what, work) =>
      inShop(async () => {
        await expect((async () => await work())()).rejects.toThrow(exc.SQLAlchemyError)
      })(),
    )

    it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])(
      'the key %s names nothing',
      (key) =>
        inShop(async () => {
          const values = parsed(`{"${key}": {"price": 1}}`)
          expect(() => new Item(values)).toThrow(TypeError)
          expect(() => Item.query.filterBy(values)).toThrow(exc.InvalidRequestError)
          expect(() => db.select(Item).filterBy(values)).toThrow(exc.InvalidRequestError)
          expect(() => (Item.c as unknown as Record<string, unknown>)[key]).toThrow(TypeError)
          await expect(Item.query.update(values)).rejects.toThrow(exc.CompileError)
          await expect(
            (async () => db.session.execute(db.insert(Item).values(values)))(),
          ).rejects.toThrow(exc.CompileError)
          await expect(
            (async () => db.session.execute(db.insert(Item), [values]))(),
          ).rejects.toThrow(exc.CompileError)
          await expect((async () => db.session.get(Item, values))()).rejects.toThrow(
            exc.InvalidRequestError,
          )
          await expect((async () => Item.query.orderBy(key).all())()).rejects.toThrow(
            exc.CompileError,
          )
          expect(Object.hasOwn(Object.prototype, 'price')).toBe(false)
        })(),
    )

    it(
      'the key __proto__ of a document is stored and read as a key',
      inShop(async () => {
        const item = new Item({ name: 'j', details: parsed('{"__proto__": {"x": 1}, "b": 2}') })
        db.session.add(item)
        await db.session.flush()
        await db.session.refresh(item)
        expect(JSON.stringify(item.details)).toBe('{"__proto__":{"x":1},"b":2}')
        expect(item.details).not.toHaveProperty('x')
        const found = Item.query.filter(Item.c.details.at('__proto__', 'x').asInteger().eq(1))
        expect(await found.count()).toBe(1)
      }),
    )

    it.each([
      'a"b',
      'a\\',
      '\\"',
      "a'b",
      '$',
      '',
      'é',
      'ключ',
      '😀',
      '\u0001',
      '*',
      '**',
      'a.b[0]',
      '0',
    ])('the key %j of a document is found under that name alone', (key) =>
      inShop(async () => {
        const at = (name: string) =>
          Item.query.filter(Item.c.details.at(name).asString().eq('v')).count()
        db.session.add(new Item({ name: 'j', details: { [key]: 'v', other: 'w' } }))
        await db.session.flush()
        expect([await at(key), await at(`${key}x`)]).toEqual([1, 0])
      })(),
    )

    const MISFITS: readonly unknown[] = [
      { $ne: null },
      { toString: 1 },
      ['a', 'b'],
      () => 'pen',
      Symbol('pen'),
      { toOperationNode: 1 },
    ]
    it.each(MISFITS.map((value) => [value]))('the value %o is never taken for SQL', (value) =>
      inShop(async () => {
        const all = async (work: () => { all(): Promise<unknown> }) => work().all()
        const refused = [
          all(() => Item.query.filterBy({ name: value as never })),
          all(() => Item.query.filter(Item.c.name.like(value as never))),
          all(() => Item.query.filter(value as never)),
          all(() => Item.query.orderBy(value as never)),
          all(() => Item.query.groupBy(value as never)),
          all(() => Item.query.filter(Item.c.price.in({ 0: value, length: 1 } as never))),
        ]
        for (const each of refused) await expect(each).rejects.toThrow(exc.SQLAlchemyError)
      })(),
    )

    it(
      'more values than a statement can have are an error, or work',
      inShop(async () => {
        const ids = Array.from({ length: 65_536 + 3 }, (_each, index) => -index)
        const asked = Item.query.filter(Item.c.id.in(ids)).all()
        if (database.name === 'mariadb') expect(await asked).toEqual([])
        else await expect(asked).rejects.toThrow(exc.OperationalError)
      }),
    )
  })
})
