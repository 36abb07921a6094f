import type { QueryCompiler } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { literal, or } from '../../../../compat/sqlalchemy/expression/literals.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { ShapeCache } from '../../../../compat/sqlalchemy/expression/shape.ts'
import {
  joinedload,
  loadOnly,
  selectinload,
} from '../../../../compat/sqlalchemy/orm/loading/options.ts'
import { makeAlias } from '../../../../compat/sqlalchemy/orm/mapping/entity-info.ts'
import { type Blog, openBlog, Post, User } from './blog.ts'

// biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
type Any = any
const U = User.c as Any
const P = Post.c as Any

let blog: Blog
let session: Any
let compiled = 0

beforeEach(async () => {
  compiled = 0
  blog = await openBlog()
  session = blog.session
  const dialect = blog.engine.dialect as { createQueryCompiler(): QueryCompiler }
  const make = dialect.createQueryCompiler.bind(dialect)
  dialect.createQueryCompiler = () => {
    const compiler = make()
    const compile = compiler.compileQuery.bind(compiler)
    return {
      compileQuery: (...args) => {
        compiled += 1
        return compile(...args)
      },
    }
  }
})
afterEach(() => blog.close())

/** How many statements were compiled meanwhile. */
async function compiles(work: () => Promise<unknown>): Promise<number> {
  const before = compiled
  await work()
  return compiled - before
}
const ids = (statement: Any): Promise<number[]> => session.scalars(statement).all()

describe('statements that differ in values only', () => {
  const byName = (name: string) => select(U.id).where(U.name.eq(name)).orderBy(U.id).limit(1)

  it('are compiled once, and each has its own values', async () => {
    const names: string[] = await session.scalars(select(U.name).orderBy(U.id)).all()
    const expected = await blog.raw('select id from user order by id')
    await ids(byName(names[0] as string))
    expect(await compiles(() => ids(byName(names[1] as string)))).toBe(0)
    expect(await ids(byName(names[1] as string))).toEqual([expected[1]?.id])
    expect(await ids(byName('nobody'))).toEqual([])
  })

  it('may have a limit, an offset and conditions of several kinds', async () => {
    const page = (from: number, to: number, limit: number, offset: number) =>
      select(U.id)
        .where(or(U.id.between(from, to), U.id.eq(1)), U.name.like('%'), U.name.ne(null))
        .orderBy(U.id.desc())
        .limit(limit)
        .offset(offset)
    const all = (await blog.raw('select id from user order by id desc')).map(({ id }) => id)
    expect(await ids(page(1, 1000, 2, 0))).toEqual(all.slice(0, 2))
    expect(
      await compiles(async () => expect(await ids(page(1, 1000, 1, 1))).toEqual(all.slice(1, 2))),
    ).toBe(0)
    expect(await ids(page(1, 1, 5, 0))).toEqual([1])
  })

  it('may load relationships', async () => {
    const titles = async (id: number, option: Any): Promise<string[]> => {
      session.expungeAll()
      const [user] = await session
        .scalars(select(User).where(U.id.eq(id)).options(option).limit(1))
        .unique()
        .all()
      return user.posts.map((post: Any) => post.title)
    }
    const expected = async (id: number): Promise<unknown[]> =>
      (await blog.raw(`select title from post where author_id = ${id} order by id`)).map(
        ({ title }) => title,
      )
    for (const load of [joinedload, selectinload]) {
      await titles(1, load(U.posts))
      expect(
        await compiles(async () =>
          expect(new Set(await titles(2, load(U.posts)))).toEqual(new Set(await expected(2))),
        ),
      ).toBe(0)
    }
  })

  it('may count a subquery', async () => {
    const count = (name: string) =>
      session.scalar(
        select(func.count()).selectFrom(select(User).where(U.name.ne(name)).subquery()),
      )
    const [row] = await blog.raw('select count(*) as n from user')
    const total = row?.n as number
    expect(await count('nobody')).toBe(total)
    expect(await compiles(() => count('nobody else'))).toBe(0)
    expect(await count(await session.scalar(select(U.name).where(U.id.eq(1))))).toBe(total - 1)
  })
})

describe('statements of another shape', () => {
  const first = (statement: Any) => ids(statement.orderBy(U.id))

  it('are told apart by operators, columns, order, counts and types', async () => {
    const all = await first(select(U.id))
    expect(await ids(select(U.id).orderBy(U.id.desc()))).toEqual([...all].reverse())
    expect(await first(select(U.id).where(U.id.gt(1)))).toEqual(all.slice(1))
    expect(await first(select(U.id).where(U.id.le(1)))).toEqual(all.slice(0, 1))
    expect(await first(select(U.id).where(U.id.in([1])))).toEqual([1])
    expect(await first(select(U.id).where(U.id.in([1, 2])))).toEqual([1, 2])
    expect(await first(select(U.id).where(U.id.eq(2 ** 40)))).toEqual([])
    expect(await first(select(U.id).where(U.id.gt(0.5)))).toEqual(all)
    expect(await first(select(P.id).join(Post).where(U.id.eq(-1)))).toEqual([])
  })

  it('are told apart by loader options', async () => {
    const load = async (...options: Any[]): Promise<Any> => {
      session.expungeAll()
      const [user] = await session
        .scalars(
          select(User)
            .where(U.id.eq(1))
            .options(...options),
        )
        .unique()
        .all()
      return user
    }
    const plain = await load()
    expect(() => [...plain.posts]).toThrow()
    expect([...(await load(selectinload(U.posts))).posts].length).toBeGreaterThan(0)
    expect([...(await load(joinedload(U.posts))).posts].length).toBeGreaterThan(0)
    const narrow = await load(loadOnly(U.id))
    expect(() => narrow.name).toThrow()
    expect((await load(loadOnly(U.name))).name).toBe(plain.name)
    const nested = await load(selectinload(U.posts).joinedload(P.author))
    expect([...nested.posts][0].author).toBe(nested)
  })

  it('are told apart by whether one value or two stand in two places', async () => {
    const between = (low: Any, high: Any) => select(U.id).where(U.id.ge(low), U.id.le(high))
    const two = literal(2)
    expect(await first(between(two, two))).toEqual([2])
    expect(await first(between(literal(1), literal(2)))).toEqual([1, 2])
    expect(await first(between(two, two))).toEqual([2])
    expect(await first(between(literal(2), literal(1)))).toEqual([])
  })

  it('are compiled each time where an alias is theirs alone', async () => {
    const other = () => {
      const alias = makeAlias(User as Any) as Any
      return ids(select(alias.c.id).where(alias.c.id.eq(1)))
    }
    expect(await other()).toEqual([1])
    expect(await compiles(other)).toBe(1)
  })
})

it('a cache of plans begins anew when it is full', () => {
  const cache = new ShapeCache<number>()
  for (let index = 0; index < 256; index++) cache.set(['key', index], index)
  expect(cache.get(['key', 0])).toBe(0)
  expect(cache.get(['key', 255])).toBe(255)
  expect(cache.get(['key'])).toBeNull()
  expect(cache.get(['key', 1, 2])).toBeNull()
  cache.set(['key', 256], 256)
  expect([cache.get(['key', 0]), cache.get(['key', 256])]).toEqual([null, 256])
})
