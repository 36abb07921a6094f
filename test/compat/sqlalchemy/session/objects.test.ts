import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { NoResultFound } from '../../../../compat/sqlalchemy/errors.ts'
import { stateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import {
  makeTransient,
  objectSession,
  type Session,
} from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { type BlogDb, blogDb } from './blog-db.ts'

let blog: BlogDb
let session: Session

beforeEach(async () => {
  blog = await blogDb()
  session = blog.session()
})
afterEach(() => blog.close())

const status = (object: object): string => stateOf(object).status

describe('the life of an object', () => {
  it('is transient, pending, persistent, deleted, detached', async () => {
    const user = new blog.User({ name: 'ada' })
    expect(status(user)).toBe('transient')
    session.add(user)
    expect(status(user)).toBe('pending')
    expect(session.new).toEqual(new Set([user]))
    await session.flush()
    expect(status(user)).toBe('persistent')
    expect(user.id).toBe(1)
    session.delete(user)
    expect(session.deleted).toEqual(new Set([user]))
    await session.flush()
    expect(status(user)).toBe('deleted')
    expect(session.contains(user)).toBe(false)
    await session.commit()
    expect(status(user)).toBe('detached')
    expect(() => session.add(user)).toThrow(
      /^Instance '<User at 0x[0-9a-f]+>' has been deleted\. {2}Use the makeTransient\(\) function/,
    )
    makeTransient(user)
    session.add(user)
    await session.commit()
    expect(await blog.rows('users')).toMatchObject([{ id: 1, name: 'ada' }])
  })

  it('keeps its values and its key when the INSERT is rolled back, as in SQLAlchemy', async () => {
    const user = new blog.User({ name: 'ada' })
    session.add(user)
    await session.flush()
    await session.rollback()
    expect(status(user)).toBe('transient')
    expect([user.id, user.name]).toEqual([1, 'ada'])
    session.add(user)
    await session.commit()
    expect(await blog.rows('users')).toMatchObject([{ id: 1, name: 'ada' }])
  })

  it('is persistent again when its DELETE is rolled back', async () => {
    const user = new blog.User({ name: 'ada' })
    session.add(user)
    await session.commit()
    session.delete(user)
    await session.flush()
    await session.rollback()
    expect(status(user)).toBe('persistent')
    expect(user.name).toBe('ada')
    expect(await session.get(blog.User, 1)).toBe(user)
  })

  it('is not deleted when it is added again before the flush', async () => {
    const user = new blog.User({ name: 'ada' })
    session.add(user)
    await session.flush()
    session.delete(user)
    session.add(user)
    expect(session.deleted.size).toBe(0)
    await session.commit()
    expect((await blog.rows('users')).length).toBe(1)
  })

  it('belongs to one session', async () => {
    const other = blog.session()
    const user = new blog.User({ name: 'ada' })
    other.add(user)
    expect(objectSession(user)).toBe(other)
    expect(() => session.add(user)).toThrow(
      /^Object '<User at 0x[0-9a-f]+>' is already attached to session '\d+' \(this is '\d+'\)$/,
    )
    other.expunge(user)
    expect(objectSession(user)).toBe(null)
    session.add(user)
    expect(session.contains(user)).toBe(true)
  })

  it('refuses a second object of one identity', async () => {
    const user = new blog.User({ name: 'ada' })
    session.add(user)
    await session.commit()
    session.expunge(user)
    expect(status(user)).toBe('detached')
    const again = await session.get(blog.User, 1)
    expect(again).not.toBe(user)
    expect(() => session.add(user)).toThrow(
      /^Can't attach instance <User at .*another instance with key/,
    )
  })
})

describe('what a session refuses', () => {
  it('to delete, refresh, expire or expunge an object it does not hold', async () => {
    const user = new blog.User({ name: 'ada' })
    expect(() => session.delete(user)).toThrow(
      /^Instance '<User at 0x[0-9a-f]+>' is not persisted$/,
    )
    expect(() => session.expire(user)).toThrow(/is not persistent within this Session$/)
    expect(() => session.expunge(user)).toThrow(
      /^Instance <User at .*> is not present in this Session$/,
    )
    await expect(session.refresh(user)).rejects.toThrow(/is not persistent within this Session$/)
    session.add(user)
    expect(() => session.delete(user)).toThrow(/is not persisted$/)
  })

  it('anything that is no mapped object', () => {
    for (const value of [null, undefined, 3, 'text', {}]) {
      expect(() => session.add(value as object)).toThrow(/is not mapped/)
    }
  })
})

describe('get', () => {
  beforeEach(async () => {
    session.addAll([new blog.User({ name: 'ada' }), new blog.User({ name: 'bob' })])
    await session.commit()
  })

  it('gives the one object of a row, without a statement where it is known', async () => {
    const user = await session.get(blog.User, 1)
    blog.sql()
    expect(await session.get(blog.User, 1)).toBe(user)
    expect(await session.get(blog.User, [1])).toBe(user)
    expect(await session.get(blog.User, { id: 1 })).toBe(user)
    expect(blog.sql()).toEqual([])
  })

  it('gives null for none; getOne refuses', async () => {
    expect(await session.get(blog.User, 99)).toBe(null)
    expect(await session.get(blog.User, null)).toBe(null)
    await expect(session.getOne(blog.User, 99)).rejects.toThrow(NoResultFound)
  })

  it('refuses a key of another shape', () => {
    expect(() => session.get(blog.User, [1, 2])).toThrow(
      /^Incorrect number of values in identifier to formulate primary key for session\.get\(\)/,
    )
    expect(() => session.get(blog.User, { name: 1 })).toThrow(
      /^Incorrect names of values in identifier/,
    )
  })

  it('reads the row again after a commit', async () => {
    const user = (await session.get(blog.User, 1)) as { name: string }
    await session.commit()
    await blog.raw("update users set name = 'eve' where id = 1")
    expect(user.name).toBe('ada')
    expect(await session.get(blog.User, 1)).toBe(user)
    expect(user.name).toBe('eve')
  })

  it('gives null for a row that went since the commit', async () => {
    await session.get(blog.User, 1)
    await session.commit()
    await blog.raw('delete from users where id = 1')
    expect(await session.get(blog.User, 1)).toBe(null)
  })
})

describe('refresh and expire', () => {
  it('read the row again and drop changes', async () => {
    const user = new blog.User({ name: 'ada', age: 1 })
    session.add(user)
    await session.commit()
    user.age = 5
    await blog.raw("update users set name = 'eve' where id = 1")
    await session.refresh(user)
    expect([user.name, user.age]).toEqual(['eve', 1])
    expect(session.dirty.size).toBe(0)
  })

  it('make an attribute unreadable until it is loaded', async () => {
    const user = new blog.User({ name: 'ada', age: 1 })
    session.add(user)
    await session.commit()
    session.expire(user)
    expect(() => user.age).toThrow(/refresh/)
    expect(user.id).toBe(1)
    await session.refresh(user)
    expect(user.age).toBe(1)
    session.expire(user, ['age'])
    expect(user.name).toBe('ada')
    expect(() => user.age).toThrow(/refresh/)
    await session.refresh(user, ['age'])
    expect(user.age).toBe(1)
  })

  it('lose no change that is made after expire', async () => {
    const user = new blog.User({ name: 'ada', age: 1 })
    session.add(user)
    await session.commit()
    session.expireAll()
    user.age = 7
    await session.commit()
    expect(await blog.rows('users')).toMatchObject([{ name: 'ada', age: 7 }])
  })

  it('refuse a row that is gone', async () => {
    const user = new blog.User({ name: 'ada' })
    session.add(user)
    await session.commit()
    await blog.raw('delete from users')
    await expect(session.refresh(user)).rejects.toThrow(
      /^Could not refresh instance '<User at 0x[0-9a-f]+>'$/,
    )
  })
})

describe('merge', () => {
  it('copies values onto the object of the session', async () => {
    const user = new blog.User({ name: 'ada', age: 1 })
    session.add(user)
    await session.commit()
    const merged = await session.merge(new blog.User({ id: 1, name: 'eve' }))
    expect(merged).toBe(user)
    expect([user.name, user.age]).toEqual(['eve', 1])
    blog.sql()
    await session.commit()
    expect(blog.sql()).toEqual(['update "users" set "name" = ? where "id" = ?'])
  })

  it('makes a pending object where there is no row', async () => {
    const given = new blog.User({ id: 5, name: 'z' })
    const merged = await session.merge(given)
    expect(merged).not.toBe(given)
    expect(session.new).toEqual(new Set([merged]))
  })

  it('goes along relationships and replaces lists', async () => {
    const user = new blog.User({ name: 'ada', posts: [new blog.Post({ title: 'old' })] })
    session.add(user)
    await session.commit()
    const copy = new blog.User({ id: 1, name: 'ada', posts: [new blog.Post({ title: 'new' })] })
    const merged = await session.merge(copy)
    expect([...merged.posts].map((post) => post.title)).toEqual(['new'])
    await session.commit()
    expect((await blog.rows('post')).map((row) => [row.title, row.userId])).toEqual([
      ['old', null],
      ['new', 1],
    ])
  })

  it('with load: false takes the state as it is, without a statement', async () => {
    const user = new blog.User({ name: 'ada', age: 3 })
    session.add(user)
    await session.commit()
    session.expunge(user)
    const other = blog.session()
    blog.sql()
    const merged = await other.merge(user, { load: false })
    expect([merged.name, merged.age]).toEqual(['ada', 3])
    expect(blog.sql()).toEqual([])
    expect(other.dirty.size).toBe(0)
    await expect(other.merge(new blog.User({ id: 9 }), { load: false })).rejects.toThrow(
      /^merge\(\) with load=False option does not support objects transient/,
    )
  })

  it('refuses a version that is not the present one', async () => {
    const page = new blog.Page({ text: 'a' })
    session.add(page)
    await session.commit()
    page.text = 'b'
    await session.commit()
    await expect(session.merge(new blog.Page({ id: 1, text: 'c', version: 1 }))).rejects.toThrow(
      /^Version id '1' on merged state <Page at .*> does not match existing version '2'\./,
    )
  })
})

describe('calls that overlap', () => {
  it('wait for each other', async () => {
    const users = Array.from({ length: 20 }, (_, i) => new blog.User({ name: `u${i}` }))
    await Promise.all(
      users.map(async (user) => {
        session.add(user)
        await session.flush()
        await session.scalar(session.query(blog.User).statement)
      }),
    )
    await session.commit()
    expect((await blog.rows('users')).length).toBe(20)
  })
})
