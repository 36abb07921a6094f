import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  CircularDependencyError,
  FlushError,
  InvalidRequestError,
  StaleDataError,
} from '../../../../compat/sqlalchemy/errors.ts'
import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { listen } from '../../../../compat/sqlalchemy/orm/mapping/event.ts'
import type { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { eachDatabase } from '../databases.ts'
import { type BlogDb, blogDb } from './blog-db.ts'

/** SQL without the marks of one database. */
const plain = (sql: readonly string[]): string[] =>
  sql.map((text) => text.replaceAll(/["`]/g, '').replaceAll(/\$\d+/g, '?'))

eachDatabase((database) => {
  let blog: BlogDb
  let session: Session

  beforeEach(async () => {
    blog = await blogDb(database)
    session = blog.session()
    blog.sql()
  })
  afterEach(() => blog.close())

  const returning =
    database.name === 'sqlite' || database.name === 'postgresql' ? ' returning id' : ' returning id'

  describe('inserts', () => {
    it('write 1,000 new rows in a few statements, each object with its own key', async () => {
      const users = Array.from({ length: 1000 }, (_, i) => new blog.User({ name: `u${i}`, age: i }))
      session.addAll(users)
      await session.flush()
      expect(blog.sql().length).toBeLessThanOrEqual(20)
      const rows = await session.connection().then(async (connection) => {
        const { CompiledQuery } = await import('kysely')
        return (await connection.execute(CompiledQuery.raw('select id, name, age from users'))).rows
      })
      const byId = new Map(rows.map((row) => [Number(row.id), row]))
      for (const user of users)
        expect(byId.get(user.id)).toMatchObject({ name: user.name, age: user.age })
      await session.commit()
    })

    it('write parents before children, in one statement for each table', async () => {
      const users = ['ada', 'bob'].map(
        (name) => new blog.User({ name, posts: [new blog.Post({ title: `by ${name}` })] }),
      )
      session.addAll(users)
      await session.commit()
      expect(plain(blog.sql())).toEqual([
        `insert into users (name, age) values (?, ?), (?, ?)${returning}`,
        `insert into post (title, userId) values (?, ?), (?, ?)${returning}`,
      ])
      expect(users[1]?.posts[0]?.userId).toBe(users[1]?.id)
    })

    it('take keys that are given, and mix them with generated ones', async () => {
      session.addAll([
        new blog.Tag({ id: 50, label: 'fifty' }),
        new blog.Tag({ id: 70, label: 'seventy' }),
      ])
      await session.flush()
      const next = new blog.Tag({ label: 'next' })
      session.add(next)
      await session.commit()
      expect((await blog.rows('tag')).map((row) => row.label).toSorted()).toEqual(
        ['fifty', 'seventy', 'next'].toSorted(),
      )
    })

    it('can have SQL for a value, which is read back', async () => {
      const user = new blog.User({ name: func.lower('ADA') as never })
      session.add(user)
      await session.flush()
      expect(user.name).toBe('ada')
      user.age = 1
      await session.flush()
      user.age = (blog.User as never as { c: { age: { add(n: number): number } } }).c.age.add(4)
      await session.commit()
      expect(user.age).toBe(5)
    })
  })

  describe('updates', () => {
    it('name the changed columns only, and nothing where nothing changed', async () => {
      const user = new blog.User({ name: 'ada', age: 1 })
      session.add(user)
      await session.flush()
      blog.sql()
      user.age = 2
      user.name = 'ada'
      await session.flush()
      expect(plain(blog.sql())).toEqual(['update users set age = ? where id = ?'])
      user.age = 3
      user.age = 2
      await session.commit()
      expect(blog.sql()).toEqual([])
    })

    it('give many rows the same value in one statement', async () => {
      const tags = ['a', 'b', 'c'].map((label) => new blog.Tag({ label }))
      session.addAll(tags)
      await session.commit()
      blog.sql()
      for (const tag of tags) tag.label = 'same'
      await session.commit()
      expect(plain(blog.sql())).toEqual(['update tag set label = ? where id in (?, ?, ?)'])
    })

    it('refuse a row that is gone', async () => {
      const tag = new blog.Tag({ label: 'a' })
      session.add(tag)
      await session.commit()
      await blog.raw('delete from tag')
      tag.label = 'b'
      await expect(session.flush()).rejects.toThrow(
        "UPDATE statement on table 'tag' expected to update 1 row(s); 0 were matched.",
      )
    })

    it('move a row to another key, and its children with it', async () => {
      const user = new blog.User({ name: 'ada' })
      session.add(user)
      await session.commit()
      user.id = 7
      await session.flush()
      expect(await session.get(blog.User, 7)).toBe(user)
      expect(await session.get(blog.User, 1)).toBe(null)
      await session.rollback()
      expect(user.id).toBe(1)
      expect(await session.get(blog.User, 1)).toBe(user)
    })
  })

  describe('versions', () => {
    it('count up, and tell when somebody else changed the row', async () => {
      const page = new blog.Page({ text: 'a' })
      session.add(page)
      await session.commit()
      expect(page.version).toBe(1)
      page.text = 'b'
      await session.commit()
      expect(page.version).toBe(2)
      await blog.raw('update page set version = 9')
      page.text = 'c'
      await expect(session.flush()).rejects.toThrow(StaleDataError)
      await session.rollback()
      expect([page.text, page.version]).toEqual(['b', 2])
      session.delete(page)
      await expect(session.flush()).rejects.toThrow(
        /^DELETE statement on table 'page' expected to delete 1 row\(s\); 0 were matched\./,
      )
      await session.rollback()
    })
  })

  describe('deletes', () => {
    it('go in one statement for each table, children first', async () => {
      const user = new blog.User({ name: 'ada', profile: new blog.Profile({ bio: 'b' }) })
      user.posts.append(new blog.Post({ title: 'x', tags: [new blog.Tag({ label: 't' })] }))
      session.add(user)
      await session.commit()
      session.delete(user)
      await session.commit()
      expect(await blog.rows('users')).toEqual([])
      expect(await blog.rows('profile')).toEqual([])
      expect((await blog.rows('post')).map((row) => row.userId)).toEqual([null])
      expect((await blog.rows('post_tag')).length).toBe(1)
    })

    it('take association rows along', async () => {
      const tags = ['a', 'b'].map((label) => new blog.Tag({ label }))
      session.addAll(tags.map((tag) => new blog.Post({ title: tag.label, tags })))
      await session.commit()
      expect((await blog.rows('post_tag')).length).toBe(4)
      session.delete(tags[0] as object)
      await session.commit()
      expect((await blog.rows('post_tag')).map((row) => row.tag_id)).toEqual([
        tags[1]?.id,
        tags[1]?.id,
      ])
    })

    it('make room for a new object of the same identity: an UPDATE', async () => {
      const old = new blog.User({ id: 1, name: 'old', age: 3 })
      session.add(old)
      await session.commit()
      session.delete(old)
      const fresh = new blog.User({ id: 1, name: 'new' })
      session.add(fresh)
      blog.sql()
      await session.flush()
      expect(plain(blog.sql()).filter((sql) => !sql.startsWith('select'))).toEqual([
        'update users set name = ? where id = ?',
      ])
      expect(await session.get(blog.User, 1)).toBe(fresh)
      await session.rollback()
      expect(await session.get(blog.User, 1)).toBe(old)
      expect(old.name).toBe('old')
    })
  })

  describe('trees', () => {
    it('are written from the root down and deleted from the leaves up', async () => {
      const root = new blog.Node({ name: 'root' })
      const leaf = new blog.Node({
        name: 'leaf',
        parent: new blog.Node({ name: 'twig', parent: root }),
      })
      session.add(leaf)
      await session.commit()
      expect((await blog.rows('node')).map((row) => row.name)).toEqual(['root', 'twig', 'leaf'])
      session.expungeAll()
      session.delete((await session.get(blog.Node, root.id)) as object)
      await session.commit()
      expect(await blog.rows('node')).toEqual([])
    })

    it('refuse rows that need each other', async () => {
      const a = new blog.Node({ name: 'a' })
      const b = new blog.Node({ name: 'b', parent: a })
      a.parent = b
      session.addAll([a, b])
      await expect(session.flush()).rejects.toThrow(CircularDependencyError)
      await session.rollback()
      expect(session.new.size).toBe(0)
    })

    it('delete what is taken out of them', async () => {
      const root = new blog.Node({
        name: 'root',
        children: [new blog.Node({ name: 'a' }), new blog.Node({ name: 'b' })],
      })
      session.add(root)
      await session.commit()
      root.children.remove(root.children[0] as never)
      await session.commit()
      expect((await blog.rows('node')).map((row) => row.name)).toEqual(['root', 'b'])
      root.children.append(new blog.Node({ name: 'c' }))
      expect(session.new.size).toBe(1)
      root.children.pop()
      expect(session.new.size).toBe(0)
    })
  })

  it('a listener of beforeFlush cannot flush', async () => {
    listen(session, 'beforeFlush', () => session.flush())
    session.add(new blog.Tag({ label: 'a' }))
    await expect(session.flush()).rejects.toThrow(
      new InvalidRequestError('Session is already flushing'),
    )
  })

  it('warns of an object that its relationship did not bring into the session', async () => {
    const warnings: string[] = []
    const note = (warning: Error): void => void warnings.push(warning.message)
    process.on('warning', note)
    const user = new blog.User({ name: 'ada' })
    session.add(user)
    const post = new blog.Post({ title: 'x', author: user })
    expect(session.contains(post)).toBe(false)
    await session.commit()
    await new Promise((resolve) => setImmediate(resolve))
    process.off('warning', note)
    expect(warnings).toEqual([
      "Object of type <Post> not in session, add operation along 'User.posts' will not proceed",
    ])
    expect(await blog.rows('post')).toEqual([])
  })

  it('refuses to blank out a primary key', async () => {
    expect(FlushError.prototype).toBeInstanceOf(Error)
    const post = new blog.Post({ title: 'x' })
    session.add(post)
    await session.commit()
    post.title = null as never
    await expect(session.flush()).rejects.toThrow(/NOT NULL|not-null|cannot be null/i)
    await session.rollback()
    expect(post.title).toBe('x')
  })
})
