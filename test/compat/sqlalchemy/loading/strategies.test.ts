import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DetachedInstanceError, InvalidRequestError } from '../../../../compat/sqlalchemy/errors.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import {
  defer,
  immediateload,
  joinedload,
  loadOnly,
  noload,
  raiseload,
  selectinload,
  undefer,
} from '../../../../compat/sqlalchemy/orm/loading/options.ts'
import { event } from '../../../../compat/sqlalchemy/orm/mapping/event.ts'
import { stateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import {
  type Blog,
  Book,
  Employee,
  Engineer,
  Manager,
  Node,
  openBlog,
  Post,
  Shelf,
  Tag,
  User,
} from './blog.ts'

// biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
type Any = any
const U = User.c as Any
const P = Post.c as Any

let blog: Blog
let session: Any

beforeEach(async () => {
  blog = await openBlog()
  session = blog.session
})
afterEach(() => blog.close())

/** What hand-written SQL says of each user's posts. */
async function titlesBySql(): Promise<[string, string[]][]> {
  const rows = await blog.raw(
    'select u.name, group_concat(p.title) as titles from user u left join (select * from post order by id) p on p.author_id = u.id group by u.id order by u.id',
  )
  return rows.map(({ name, titles }) => [name as string, titles ? String(titles).split(',') : []])
}

const titles = (users: Any[]): [string, string[]][] =>
  users.map((user) => [user.name, user.posts.map((post: Any) => post.title)])

describe('N parents with their children', () => {
  const byId = () => select(User).orderBy(U.id)

  it('cost two statements with selectinload', async () => {
    const users = await session.scalars(byId().options(selectinload(U.posts))).all()
    expect(blog.sql()).toHaveLength(2)
    expect(titles(users)).toEqual(await titlesBySql())
  })

  it('cost one statement with joinedload', async () => {
    const users = await session
      .scalars(byId().options(joinedload(U.posts)))
      .unique()
      .all()
    expect(blog.sql()).toHaveLength(1)
    expect(titles(users)).toEqual(await titlesBySql())
  })

  it('cost a statement each with immediateload', async () => {
    const users = await session.scalars(byId().options(immediateload(U.posts))).all()
    expect(blog.sql()).toHaveLength(1 + users.length)
    expect(titles(users)).toEqual(await titlesBySql())
  })

  it('cost a statement when one is awaited, and no second time', async () => {
    const users = await session.scalars(byId()).all()
    expect(blog.sql()).toHaveLength(1)
    expect((await users[0].posts).map((post: Any) => post.title)).toEqual(
      (await titlesBySql())[0]?.[1],
    )
    await users[0].posts
    expect(blog.sql()).toHaveLength(1)
  })

  it('are asked for in statements of 500 keys', async () => {
    for (let at = 100; at < 1100; at += 100) {
      const values = Array.from({ length: 100 }, (_, index) => `(${at + index}, 'u${at + index}')`)
      await blog.raw(`insert into user (id, name) values ${values.join()}`)
    }
    await blog.raw(
      "insert into post (id, title, author_id) select id + 10000, 'p' || id, id from user where id >= 100",
    )
    blog.sql()
    const users = await session.scalars(byId().options(selectinload(U.posts))).all()
    const [, ...more] = blog.statements.splice(0)
    expect(users).toHaveLength(1004)
    expect(more.map(({ parameters }) => parameters.length)).toEqual([500, 500, 4])
    expect(titles(users)).toEqual(await titlesBySql())
  })

  it('fill up the last statement with a key that is already there', async () => {
    const values = Array.from({ length: 9 }, (_, index) => `(${100 + index}, 'u${index}')`)
    await blog.raw(`insert into user (id, name) values ${values.join()}`)
    blog.sql()
    const users = await session.scalars(byId().options(selectinload(U.posts))).all()
    expect(users).toHaveLength(13)
    expect(blog.statements.splice(0)[1]?.parameters).toHaveLength(20)
    expect(titles(users)).toEqual(await titlesBySql())
  })

  it('need no statement where there are no parents', async () => {
    expect(
      await session.scalars(byId().where(U.id.eq(99)).options(selectinload(U.posts))).all(),
    ).toEqual([])
    expect(blog.sql()).toHaveLength(1)
  })
})

describe('joinedload', () => {
  it('puts a limit into a subquery, so that it counts entities', async () => {
    const statement = select(User).options(joinedload(U.posts)).orderBy(U.id).limit(1)
    const [user, ...others] = await session.scalars(statement).unique().all()
    expect(others).toEqual([])
    expect(user.posts).toHaveLength(3)
    expect(blog.sql()[0]).toMatch(
      /from \(select .* limit \?\) as "anon_1" left join "post" as "post_1"/,
    )
  })

  it('leaves a limit alone where only one row is joined', async () => {
    const posts = await session
      .scalars(select(Post).options(joinedload(P.author)).orderBy(P.id).limit(2))
      .all()
    expect(posts.map((post: Any) => post.author.name)).toEqual(['ada', 'ada'])
    expect(blog.sql()[0]).not.toContain('anon_1')
  })

  it('joins with INNER JOIN where the related row is known to exist', async () => {
    await session.scalars(select(Post).options(joinedload(P.author, { innerjoin: true }))).all()
    expect(blog.sql()[0]).toContain('inner join "user" as "user_1"')
  })

  it('keeps rows of an outer join under which an inner join was asked for', async () => {
    const option = joinedload(U.posts).joinedload(P.author, { innerjoin: true })
    expect(await session.scalars(select(User).options(option)).unique().all()).toHaveLength(4)
  })

  it('keeps the places of other things in the row', async () => {
    const statement = select(User.c.name, User, U.id.add(1).label('next'))
      .options(joinedload(U.profile))
      .orderBy(U.id)
    const [row] = await session.execute(statement).all()
    expect([row.length, row.name, row.User.profile.site, row.next]).toEqual([
      3,
      'ada',
      'ada.example',
      2,
    ])
  })

  it('orders by a label of the selection outside of the subquery too', async () => {
    const statement = select(User, U.age.add(1).label('next'))
      .options(joinedload(U.posts))
      .orderBy('next')
      .limit(3)
    const rows = await session.execute(statement).unique().all()
    expect(rows.map((row: Any) => row.next)).toEqual([null, 21, 21])
  })

  it('ends at joinDepth where a class refers to itself', async () => {
    const root = await session
      .scalars(select(Node).where(Node.c.id.eq(1)))
      .unique()
      .one()
    const [left] = root.children
    const [leaf] = left.children
    expect(leaf.name).toBe('leaf')
    expect(() => leaf.children.length).toThrow(InvalidRequestError)
    expect((await leaf.children).map((node: Any) => node.name)).toEqual(['deep'])
  })
})

describe('to-one relationships', () => {
  it('come from the identity map without a statement', async () => {
    const ada = await session.get(User, 1)
    const post = await session.get(Post, 1)
    blog.sql()
    expect(post.author).toBe(ada)
    expect(blog.sql()).toEqual([])
  })

  it('cost selectinload no statement when the session has all targets', async () => {
    await session.scalars(select(User)).all()
    blog.sql()
    const posts = await session
      .scalars(select(Post).options(selectinload(P.author)).orderBy(P.id))
      .all()
    expect(blog.sql()).toHaveLength(1)
    expect(posts.map((post: Any) => post.author?.name ?? null)).toEqual([
      'ada',
      'ada',
      'bob',
      null,
      'ada',
    ])
  })

  it('are null without a statement where the key, or a part of it, is NULL', async () => {
    const books = await session.scalars(select(Book).where(Book.c.id.gt(3))).all()
    blog.sql()
    expect(await Promise.all(books.map((book: Any) => book.shelf))).toEqual([null, null])
    expect(blog.sql()).toEqual([])
  })

  it('are found by composite keys', async () => {
    const books = await session
      .scalars(select(Book).options(selectinload(Book.c.shelf)).orderBy(Book.c.id))
      .all()
    expect(books.map((book: Any) => book.shelf?.label ?? null)).toEqual([
      'a1',
      'a1',
      'b1',
      null,
      null,
    ])
    expect((await session.get(Shelf, { number: 2, room: 'a' })).label).toBe('a2')
  })
})

describe('relationships that are not to be loaded', () => {
  it('raise with raiseload', async () => {
    const [user] = await session.scalars(select(User).options(raiseload(U.posts))).all()
    await expect(user.posts.load()).rejects.toThrow(
      "'User.posts' is not available due to lazy='raise'",
    )
    expect(await user.profile).not.toBeNull()
  })

  it("raise with raiseload('*') wherever no other option speaks, in all entities of the query", async () => {
    const statement = select(User).options(joinedload(U.posts), raiseload('*')).orderBy(U.id)
    const [user] = await session.scalars(statement).unique().all()
    expect(user.posts).toHaveLength(3)
    await expect((async () => user.profile)()).rejects.toThrow(
      "'User.profile' is not available due to lazy='raise'",
    )
    await expect(user.posts[0].tags.load()).rejects.toThrow(
      "'Post.tags' is not available due to lazy='raise'",
    )
  })

  it('raise with sqlOnly only where a statement would be needed', async () => {
    const ada = await session.get(User, 1)
    const posts = await session
      .scalars(
        select(Post)
          .options(raiseload(P.author, { sqlOnly: true }))
          .orderBy(P.id),
      )
      .all()
    expect(posts[0].author).toBe(ada)
    await expect((async () => posts[2].author)()).rejects.toThrow("lazy='raise_on_sql'")
  })

  it('are empty with noload', async () => {
    const [post] = await session
      .scalars(select(Post).options(noload(P.tags), noload(P.author)))
      .all()
    expect([post.tags.length, post.author]).toEqual([0, null])
    expect(blog.sql()).toHaveLength(1)
  })

  it('say that there is no session any more', async () => {
    const user = await session.get(User, 1)
    session.expunge(user)
    await expect(user.posts.load()).rejects.toThrow(DetachedInstanceError)
  })
})

describe('columns', () => {
  it('are left out by defer and the mapper, and selected by undefer', async () => {
    await session.scalars(select(User).options(defer(U.age), undefer(U.bio))).all()
    const [sql] = blog.sql()
    expect(sql).not.toContain('"age"')
    expect(sql).toContain('"bio"')
  })

  it('are no others than those of loadOnly and the primary key', async () => {
    const [user] = await session.scalars(select(User).options(loadOnly(U.name)).orderBy(U.id)).all()
    expect(blog.sql()[0]).toMatch(/^select "user"\."id", "user"\."name" from/)
    expect(() => user.age).toThrow("'User.age' is not loaded")
    await session.refresh(user, ['age'])
    expect(user.age).toBe(36)
  })

  it('are filled in by the next query that has them', async () => {
    const [user] = await session.scalars(select(User).options(loadOnly(U.name)).orderBy(U.id)).all()
    await session.scalars(select(User)).all()
    expect([user.age, user.active]).toEqual([36, true])
  })

  it('that a later load needs are fetched for it', async () => {
    const [post] = await session
      .scalars(select(Post).options(loadOnly(P.title)).orderBy(P.id))
      .all()
    expect((await post.author).name).toBe('ada')
  })

  it('have the types of their columns', async () => {
    const user = await session.get(User, 1)
    expect([user.active, user.joined.toISOString()]).toEqual([true, '1815-12-10T12:00:00.000Z'])
    expect((await session.get(Post, 3)).meta).toEqual([1, 2])
  })
})

describe('an object the session already has', () => {
  it('is the same object in every query, and keeps its changes', async () => {
    const ada = await session.get(User, 1)
    ada.name = 'Ada'
    await session.noAutoflush(async () => {
      const [again] = await session.scalars(select(User).orderBy(U.id)).all()
      expect(again).toBe(ada)
      expect(again.name).toBe('Ada')
    })
  })

  it('is not read again until it expires', async () => {
    const ada = await session.get(User, 1)
    await blog.raw("update user set name = 'ADA' where id = 1")
    await session.scalars(select(User)).all()
    expect(ada.name).toBe('ada')
    stateOf(ada).expired = true
    expect(ada.name).toBe('ada')
    await session.scalars(select(User)).all()
    expect(ada.name).toBe('ADA')
    expect(stateOf(ada).expired).toBe(false)
  })

  it('takes the values of a query that says populateExisting, changes or not', async () => {
    const ada = await session.get(User, 1)
    ada.name = 'Ada'
    const options = { populateExisting: true, autoflush: false }
    await session.scalars(select(User), undefined, options).all()
    expect(ada.name).toBe('ada')
    expect(stateOf(ada).modified).toBe(false)
  })

  it('keeps a change that was made after it expired', async () => {
    const ada = await session.get(User, 1)
    stateOf(ada).expired = true
    ada.age = 1
    await blog.raw("update user set name = 'ADA', age = 50 where id = 1")
    await session.scalars(select(User), undefined, { autoflush: false }).all()
    expect([ada.name, ada.age]).toEqual(['ADA', 1])
    expect(stateOf(ada).originals).toEqual({ age: 50 })
  })

  it('forgets a collection with the values it was loaded with', async () => {
    const ada = await session.get(User, 1)
    expect(await ada.posts).toHaveLength(3)
    await blog.raw("insert into post (id, title, author_id) values (9, 'nine', 1)")
    stateOf(ada).expired = true
    await session.scalars(select(User)).all()
    expect(await ada.posts).toHaveLength(4)
  })

  it('keeps what was appended to a collection before it was loaded', async () => {
    const ada = await session.get(User, 1)
    const post = await session.get(Post, 3)
    await session.noAutoflush(async () => {
      ada.posts.append(post)
      await session.scalars(select(User).options(selectinload(U.posts))).all()
      expect(ada.posts.map((each: Any) => each.id)).toEqual([1, 2, 5, 3])
    })
  })
})

describe('single-table inheritance', () => {
  it('gives each row the class it says, with all its columns', async () => {
    const all = await session.scalars(select(Employee).orderBy(Employee.c.id)).all()
    expect(all.map((each: object) => each.constructor)).toEqual([
      Employee,
      Manager,
      Engineer,
      Engineer,
    ])
    expect([all[1].budget, all[2].language]).toEqual([100, 'c'])
    expect('language' in stateOf(all[1]).dict).toBe(false)
  })

  it('selects the rows of the class that is asked for', async () => {
    expect(await session.scalars(select(Engineer)).all()).toHaveLength(2)
    expect(await session.get(Manager, 3)).toBeNull()
  })
})

describe('many-to-many', () => {
  it('is loaded by two statements from either side', async () => {
    const tags = await session
      .scalars(select(Tag).options(selectinload(Tag.c.posts)).orderBy(Tag.c.id))
      .all()
    expect(blog.sql()).toHaveLength(2)
    const rows = await blog.raw('select tag_id, post_id from post_tag order by tag_id, post_id')
    const found = tags.flatMap((tag: Any) =>
      tag.posts.map((post: Any) => ({ tag_id: tag.id, post_id: post.id })),
    )
    expect(found).toEqual(rows)
  })
})

describe('events', () => {
  it("fire 'load' for new objects and 'refresh' for those read again", async () => {
    const seen: unknown[] = []
    event.listen(Tag, 'load', (tag: Any) => seen.push(['load', tag.id]))
    event.listen(Tag, 'refresh', (tag: Any) => seen.push(['refresh', tag.id]))
    const tag = await session.get(Tag, 1)
    await session.get(Tag, 1)
    stateOf(tag).expired = true
    await session.get(Tag, 1)
    expect(seen).toEqual([
      ['load', 1],
      ['refresh', 1],
    ])
  })
})

describe('a statement that is executed again', () => {
  it('is compiled once', async () => {
    const statement = select(User).options(selectinload(U.posts)).orderBy(U.id)
    expect(titles(await session.scalars(statement).all())).toEqual(await titlesBySql())
    session.expungeAll()
    await blog.raw("update post set title = 'ONE' where id = 1")
    expect(titles(await session.scalars(statement).all())).toEqual(await titlesBySql())
  })
})
