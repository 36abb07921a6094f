import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  InvalidRequestError,
  MultipleResultsFound,
  NoResultFound,
} from '../../../../compat/sqlalchemy/errors.ts'
import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { joinedload, selectinload } from '../../../../compat/sqlalchemy/orm/loading/options.ts'
import { registerQueryHelpers } from '../../../../compat/sqlalchemy/orm/loading/query-helpers.ts'
import { stateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import { Pagination } from '../../../../compat/sqlalchemy/pagination.ts'
import { type Blog, Comment, Manager, openBlog, Post, User } from './blog.ts'

// biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
type Any = any
const U = User.c as Any
const P = Post.c as Any

let blog: Blog
let session: Any
const users = (): Any => (User as Any).query

beforeEach(async () => {
  blog = await openBlog()
  session = blog.session
})
afterEach(() => blog.close())

const names = (found: Any[]): string[] => found.map(({ name }) => name)

describe('a query', () => {
  it('is built step by step, each step a new query', async () => {
    const all = users()
    const young = all.filter(U.age.lt(30)).filterBy({ active: true })
    expect(names(await young.all())).toEqual(['cyd'])
    expect(names(await all.orderBy(U.name.desc()).offset(1).limit(2).all())).toEqual(['cyd', 'bob'])
  })

  it('gives entities for one entity, else rows', async () => {
    expect(await users().first()).toBeInstanceOf(User)
    const [row] = await session.query(U.name, P.title).join(U.posts).orderBy(P.id).all()
    expect([row.name, row.title, ...row]).toEqual(['ada', 'one', 'ada', 'one'])
    expect(names(await users().withEntities(U.name).orderBy(U.id).all())).toEqual([
      'ada',
      'bob',
      'cyd',
      'dan',
    ])
  })

  it('gives an entity once, however many rows joins make of it', async () => {
    expect(await users().join(U.posts).all()).toHaveLength(2)
    expect(await users().options(joinedload(U.posts)).all()).toHaveLength(4)
  })

  it('fetches one row for first()', async () => {
    await users().orderBy(U.id).first()
    expect(blog.sql()[0]).toMatch(/limit \?$/)
    expect(await users().filterBy({ name: 'nobody' }).first()).toBeNull()
  })

  it('has one(), oneOrNone() and scalar()', async () => {
    expect((await users().filterBy({ name: 'ada' }).one()).id).toBe(1)
    await expect(users().filterBy({ name: 'nobody' }).one()).rejects.toThrow(NoResultFound)
    await expect(users().oneOrNone()).rejects.toThrow(MultipleResultsFound)
    expect(await users().filterBy({ name: 'nobody' }).oneOrNone()).toBeNull()
    expect(await session.query(func.max(U.age)).scalar()).toBe(36)
    expect(await session.query(U.id).filter(U.id.eq(99)).scalar()).toBeNull()
  })

  it('counts its rows as SELECT count(*) FROM (…)', async () => {
    expect(await users().filter(U.age.gt(10)).count()).toBe(3)
    expect(blog.sql()[0]).toMatch(
      /^select count\(\*\) as "count_1" from \(select .*\) as "anon_1"$/,
    )
    expect(await users().limit(2).count()).toBe(2)
    expect(await session.query(U.age).distinct().count()).toBe(3)
    expect(await users().join(U.posts).count()).toBe(4)
  })

  it('is a condition of another query through exists()', async () => {
    const exists = users().filterBy({ name: 'ada' }).exists()
    expect(await session.query(exists).scalar()).toBe(true)
    expect(
      await session
        .query(
          session
            .query(Manager)
            .filter((Manager as Any).c.budget.gt(999))
            .exists(),
        )
        .scalar(),
    ).toBe(false)
  })

  it('takes slices as Python does, one of the other too', async () => {
    const posts = session.query(Post).orderBy(P.id)
    const ids = async (query: Any): Promise<number[]> =>
      (await query.all()).map(({ id }: Any) => id)
    expect(await ids(posts.slice(1, 3))).toEqual([2, 3])
    expect(await ids(posts.slice(0, 2))).toEqual([1, 2])
    expect(await ids(posts.slice(2).limit(9))).toEqual([3, 4, 5])
    expect(await ids(posts.slice(1, 5).slice(1, 3))).toEqual([3, 4])
    expect(await ids(posts.slice(3, 1))).toEqual([])
  })

  it('can be put together with others and ordered then', async () => {
    const both = users()
      .filter(U.id.eq(1))
      .union(users().filter(U.id.gt(2)))
    expect(names(await both.filter(U.id.lt(4)).orderBy(U.name.desc()).all())).toEqual([
      'cyd',
      'ada',
    ])
    expect(await both.count()).toBe(3)
    expect(names(await users().except(users().filter(U.age.isNotNull())).all())).toEqual(['dan'])
  })

  it('refuses conditions after a limit', async () => {
    expect(() => users().limit(3).filter(U.id.eq(1))).toThrow(
      new InvalidRequestError(
        'Query.filter() being called on a Query which already has LIMIT or OFFSET applied.  Call filter() before limit() or offset() are applied.',
      ),
    )
    expect(() => users().offset(3).orderBy(U.id)).toThrow(InvalidRequestError)
  })

  it('is iterated with for await', async () => {
    const found: string[] = []
    for await (const user of users().orderBy(U.id)) found.push(user.name)
    expect(found).toEqual(['ada', 'bob', 'cyd', 'dan'])
  })
})

describe('get', () => {
  it('needs a statement only for what the session has not', async () => {
    const ada = await users().get(1)
    expect(await users().get(1)).toBe(ada)
    expect(await users().get({ id: 1 })).toBe(ada)
    expect(blog.sql()).toHaveLength(1)
    expect(await users().get(null)).toBeNull()
  })

  it('takes loader options', async () => {
    expect((await users().options(selectinload(U.posts)).get(1)).posts).toHaveLength(3)
  })

  it('refuses a query with conditions, and keys of the wrong shape', async () => {
    expect(() => users().filter(U.id.eq(1)).get(1)).toThrow(
      'Query.get() being called on a Query with existing criterion.',
    )
    expect(() => session.query(User, Post).get(1)).toThrow(
      'get() can only be used against a single mapped class.',
    )
    await expect(users().get([1, 2])).rejects.toThrow(
      "Incorrect number of values in identifier to formulate primary key for session.get(); primary key columns are 'user.id'",
    )
    await expect(users().get({ nm: 1 })).rejects.toThrow("primary key attribute names are 'id'")
  })
})

describe('the helpers of the extension', () => {
  it('are called for getOr404, firstOr404, oneOr404 and paginate', async () => {
    registerQueryHelpers({
      notFound(description) {
        throw new Error(`404 ${description ?? ''}`)
      },
      async paginate(source, { page }) {
        const items = await source.items(2, 2)
        return new Pagination({ page: page ?? 1, perPage: 2, items, total: await source.count() })
      },
    })
    expect((await users().getOr404(1)).name).toBe('ada')
    await expect(users().getOr404(99, 'no user')).rejects.toThrow('404 no user')
    await expect(users().filterBy({ name: 'x' }).firstOr404()).rejects.toThrow('404')
    await expect(users().oneOr404()).rejects.toThrow('404')
    expect((await users().filterBy({ name: 'ada' }).oneOr404()).id).toBe(1)
    const page = await users().orderBy(U.id).paginate({ page: 2 })
    expect([names(page.items), page.total, page.page]).toEqual([['cyd', 'dan'], 4, 2])
  })
})

describe('stream', () => {
  it('gives entities in groups as the cursor gives them', async () => {
    const sizes: number[] = []
    for await (const part of users().orderBy(U.id).yieldPer(3).stream().partitions())
      sizes.push(part.length)
    expect(sizes).toEqual([3, 1])
  })

  it('runs selectinload once for each group', async () => {
    const found: number[] = []
    const query = users().options(selectinload(U.posts)).orderBy(U.id).yieldPer(2)
    for await (const user of query.stream()) found.push(user.posts.length)
    expect(found).toEqual([3, 1, 0, 0])
    expect(blog.sql()).toHaveLength(3)
  })

  it('can be left early, and the session used on', async () => {
    for await (const user of users().orderBy(U.id).yieldPer(1).stream()) {
      expect(user.name).toBe('ada')
      break
    }
    expect(await users().yieldPer(1).stream().first()).toBeInstanceOf(User)
    expect(await users().count()).toBe(4)
  })

  it('gives rows of several things', async () => {
    const rows = await session.query(U.name, U.age).orderBy(U.id).stream().all()
    expect(rows[0]).toEqual(['ada', 36])
  })

  it('refuses joined collections', async () => {
    const query = users().options(joinedload(U.posts))
    await expect(query.stream().all()).rejects.toThrow(
      "Can't use yield_per with eager loaders that require uniquing",
    )
  })
})

describe('bulk update and delete', () => {
  it('give the number of rows, and objects learn of it', async () => {
    const [bob, ada] = [await session.get(User, 2), await session.get(User, 1)]
    blog.sql()
    expect(
      await users()
        .filterBy({ age: 20 })
        .update({ age: U.age.add(1), name: 'young' }),
    ).toBe(2)
    expect(blog.sql()).toEqual([
      'update "user" set "age" = "user"."age" + ?, "name" = ? where "user"."age" = ?',
    ])
    expect([bob.age, bob.name, ada.age]).toEqual([21, 'young', 36])
    expect(stateOf(bob).modified).toBe(false)
  })

  it('ask for keys first where only the database can tell', async () => {
    const bob = await session.get(User, 2)
    blog.sql()
    expect(await users().filter(U.name.like('b%')).update({ age: 7 })).toBe(1)
    expect(blog.sql()[0]).toMatch(/^select "user"\."id" from "user" where "user"\."name" like \?$/)
    expect(bob.age).toBe(7)
  })

  it('refuse evaluate where only the database can tell', async () => {
    await session.get(User, 2)
    const query = users().filter(func.lower(U.name).eq('bob'))
    await expect(query.update({ age: 7 }, { synchronizeSession: 'evaluate' })).rejects.toThrow(
      'Could not evaluate current criteria in Python',
    )
    await expect(query.update({ age: 7 }, { synchronizeSession: 'zz' })).rejects.toThrow(
      "Valid strategies for session synchronization are 'evaluate', 'fetch', False",
    )
  })

  it('leave objects alone with false', async () => {
    const bob = await session.get(User, 2)
    await users().filterBy({ id: 2 }).update({ age: 7 }, { synchronizeSession: false })
    expect(bob.age).toBe(20)
  })

  it('mark objects to be read again where the new value is the database’s', async () => {
    const bob = await session.get(User, 2)
    await users()
      .filterBy({ id: 2 })
      .update({ name: func.upper(U.name) })
    expect(stateOf(bob).expired).toBe(true)
    await session.get(User, 2)
    expect(bob.name).toBe('BOB')
  })

  it('compare NULL as SQL does', async () => {
    const dan = await session.get(User, 4)
    expect(await users().filter(U.age.ne(20)).update({ name: 'old' })).toBe(1)
    expect(dan.name).toBe('dan')
    expect(
      await users()
        .filter(U.age.notIn([1, 2]))
        .update({ name: 'x' }),
    ).toBe(3)
    expect(dan.name).toBe('dan')
    expect(await users().filter(U.age.isNull()).update({ name: 'ageless' })).toBe(1)
    expect(dan.name).toBe('ageless')
  })

  it('take deleted objects out of the session', async () => {
    const lost = await session.get(Comment, 7)
    expect(await session.query(Comment).filterBy({ postId: null }).delete()).toBe(1)
    expect(session.contains(lost)).toBe(false)
    expect(await session.get(Comment, 7)).toBeNull()
  })

  it('meet only rows of the class', async () => {
    expect(await session.query(Manager).update({ budget: 5 })).toBe(1)
  })

  it('refuse a limit, an order, a join', async () => {
    const text = (method: string) =>
      `Can't call Query.update() or Query.delete() when ${method} has been called`
    expect(() => users().limit(1).delete()).toThrow(text('limit()'))
    expect(() => users().orderBy(U.id).delete()).toThrow(text('order_by()'))
    expect(() => users().join(U.posts).update({ age: 1 })).toThrow(
      text('join(), outerjoin(), select_from(), or from_self()'),
    )
  })
})

describe('loader options', () => {
  it('say which attribute does not fit', async () => {
    const run = (statement: Any): Promise<unknown> => session.execute(statement).all()
    await expect(run(select(Post).options(joinedload(U.posts)))).rejects.toThrow(
      'Mapped attribute "User.posts" does not apply to any of the root entities in this query, e.g. mapped class Post->post.',
    )
    await expect(run(select(U.id).options(joinedload(U.posts)))).rejects.toThrow(
      'Query has only expression-based entities',
    )
    expect(() => joinedload(U.posts).joinedload(U.posts)).toThrow(
      'Attribute "User.posts" does not link from element "mapped class Post->post".',
    )
    expect(() => joinedload(U.name)).toThrow(
      `Can't apply "joined loader" strategy to property "User.name", which is a "column property"`,
    )
  })
})
