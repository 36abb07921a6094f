import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  IntegrityError,
  InvalidRequestError,
  PendingRollbackError,
  ResourceClosedError,
} from '../../../../compat/sqlalchemy/errors.ts'
import { text } from '../../../../compat/sqlalchemy/expression/text.ts'
import { stateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import type { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { eachDatabase } from '../databases.ts'
import { type BlogDb, blogDb } from './blog-db.ts'

eachDatabase((database) => {
  let blog: BlogDb
  let session: Session

  beforeEach(async () => {
    blog = await blogDb(database)
    session = blog.session()
  })
  afterEach(() => blog.close())

  const names = async (): Promise<unknown[]> => (await blog.rows('users')).map((row) => row.name)
  const user = (name: string): InstanceType<BlogDb['User']> => new blog.User({ name })

  describe('a transaction', () => {
    it('begins by itself and holds no connection before it is used', async () => {
      expect(session.inTransaction()).toBe(false)
      session.begin()
      expect(session.inTransaction()).toBe(true)
      expect(blog.engine.pool.checkedOut).toBe(0)
      await session.execute(text('select 1'))
      expect(blog.engine.pool.checkedOut).toBe(1)
      await session.commit()
      expect(blog.engine.pool.checkedOut).toBe(0)
      expect(session.inTransaction()).toBe(false)
    })

    it('cannot begin twice', async () => {
      session.begin()
      expect(() => session.begin()).toThrow(
        new InvalidRequestError('A transaction is already begun on this Session.'),
      )
      await session.rollback()
      await session.execute(text('select 1'))
      expect(() => session.begin()).toThrow('A transaction is already begun on this Session.')
    })

    it('is committed by its block, or rolled back when the block throws', async () => {
      await session.begin(() => session.add(user('ada')))
      const failing = session.begin(async () => {
        session.add(user('bob'))
        await session.flush()
        throw new RangeError('no')
      })
      await expect(failing).rejects.toThrow(RangeError)
      expect(await names()).toEqual(['ada'])
    })

    it('that its block has ended cannot be used within the block', async () => {
      const block = session.begin(async () => {
        session.add(user('ada'))
        await session.commit()
        await session.execute(text('select 1'))
      })
      await expect(block).rejects.toThrow(
        /^Can't operate on closed transaction inside context manager\. {2}Please complete the context manager/,
      )
      expect(await names()).toEqual(['ada'])
    })

    it('is rolled back by await using unless it was committed', async () => {
      {
        await using _transaction = session.begin()
        session.add(user('ada'))
        await session.flush()
      }
      {
        await using transaction = session.begin()
        session.add(user('bob'))
        await transaction.commit()
      }
      expect(await names()).toEqual(['bob'])
    })

    it('gives objects the values they had, of columns and relationships', async () => {
      const ada = user('ada')
      const post = new blog.Post({ title: 'x', author: ada, tags: [new blog.Tag({ label: 'a' })] })
      session.add(post)
      await session.commit()
      const bob = user('bob')
      ada.name = 'eve'
      await session.flush()
      ada.name = 'eva'
      post.author = bob
      post.tags.clear()
      await session.flush()
      await session.rollback()
      expect(ada.name).toBe('ada')
      expect(post.author).toBe(ada)
      expect(post.tags.map((tag) => tag.label)).toEqual(['a'])
      expect([...ada.posts]).toEqual([post])
      expect(stateOf(bob).status).toBe('transient')
      await session.commit()
      expect(await names()).toEqual(['ada'])
    })
  })

  describe('a failed flush', () => {
    it('rolls back, and the session waits for rollback()', async () => {
      session.addAll([user('ada'), user('ada')])
      const failure = await session.flush().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(IntegrityError)
      expect((failure as IntegrityError).statement).toMatch(/^insert into/i)
      expect(session.isActive).toBe(false)
      expect(blog.engine.pool.checkedOut).toBe(0)
      for (const attempt of [
        () => session.execute(text('select 1')),
        () => session.commit(),
        () => session.get(blog.User, 1),
        () => session.beginNested(),
      ]) {
        const error = await Promise.resolve(attempt()).then(
          () => null,
          (reason: unknown) => reason,
        )
        expect(error).toBeInstanceOf(PendingRollbackError)
        expect((error as Error).message).toMatch(
          /^This Session's transaction has been rolled back due to a previous exception during flush\. To begin a new transaction with this Session, first issue Session\.rollback\(\)\. Original exception was: /,
        )
      }
      await session.rollback()
      session.add(user('bob'))
      await session.commit()
      expect(await names()).toEqual(['bob'])
    })

    it('by a query says that it was the query', async () => {
      session.addAll([user('ada'), user('ada')])
      await expect(session.query(blog.User).all()).rejects.toThrow(
        /raised as a result of Query-invoked autoflush; consider using a session\.noAutoflush block/,
      )
      await session.rollback()
    })

    it('does not happen without autoflush', async () => {
      session.add(user('ada'))
      expect(await session.noAutoflush(() => session.query(blog.User).all())).toEqual([])
      expect((await session.query(blog.User).all()).length).toBe(1)
    })

    it('in a savepoint leaves the transaction around it', async () => {
      session.add(user('ada'))
      await session.flush()
      const savepoint = await session.beginNested()
      session.add(user('ada'))
      await expect(session.flush()).rejects.toThrow(IntegrityError)
      await expect(savepoint.commit()).rejects.toThrow(PendingRollbackError)
      await savepoint.rollback()
      session.add(user('bob'))
      await session.commit()
      expect(await names()).toEqual(['ada', 'bob'])
    })
  })

  describe('a savepoint', () => {
    it('flushes first, and is made when it is first needed', async () => {
      const ada = user('ada')
      session.add(ada)
      const savepoint = await session.beginNested()
      expect(stateOf(ada).status).toBe('persistent')
      expect(session.inNestedTransaction()).toBe(true)
      expect(session.getNestedTransaction()).toBe(savepoint)
      await savepoint.rollback()
      expect(session.inNestedTransaction()).toBe(false)
      await session.commit()
      expect(await names()).toEqual(['ada'])
    })

    it('takes back its own changes only', async () => {
      const ada = user('ada')
      session.add(ada)
      await session.commit()
      ada.age = 1
      const savepoint = await session.beginNested()
      ada.age = 2
      session.add(user('bob'))
      await session.flush()
      ada.age = 3
      await savepoint.rollback()
      expect(ada.age).toBe(1)
      await session.commit()
      expect(await blog.rows('users')).toMatchObject([{ name: 'ada', age: 1 }])
    })

    it('that was released is rolled back with the transaction around it', async () => {
      const ada = user('ada')
      await session.beginNested(async () => {
        session.add(ada)
        await session.flush()
      })
      await session.rollback()
      expect(stateOf(ada).status).toBe('transient')
      expect(await names()).toEqual([])
    })

    it('rolls back when its block throws', async () => {
      session.add(user('ada'))
      const block = session.beginNested(async () => {
        session.add(user('bob'))
        throw new RangeError('no')
      })
      await expect(block).rejects.toThrow(RangeError)
      await session.commit()
      expect(await names()).toEqual(['ada'])
    })

    it('is ended by commit() and rollback() of the session', async () => {
      const first = await session.beginNested()
      const second = await session.beginNested()
      session.add(user('ada'))
      await session.commit()
      expect([first.closed, second.closed]).toEqual([true, true])
      const third = await session.beginNested()
      session.add(user('bob'))
      await session.rollback()
      expect(third.closed).toBe(true)
      expect(await names()).toEqual(['ada'])
    })

    it('ends once', async () => {
      const savepoint = await session.beginNested()
      await savepoint.commit()
      await expect(savepoint.commit()).rejects.toThrow(
        new ResourceClosedError('This transaction is closed'),
      )
      await expect(savepoint.rollback()).rejects.toThrow(ResourceClosedError)
    })
  })

  it('close() lets go of objects and connections', async () => {
    const ada = user('ada')
    const bob = user('bob')
    session.add(ada)
    await session.flush()
    session.add(bob)
    await session.close()
    expect([stateOf(ada).status, stateOf(bob).status]).toEqual(['detached', 'transient'])
    expect(blog.engine.pool.checkedOut).toBe(0)
    expect(await names()).toEqual([])
    session.add(user('eve'))
    await session.commit()
    expect(await names()).toEqual(['eve'])
  })

  it('session.kysely runs inside the transaction, its own transaction is a savepoint', async () => {
    session.add(user('ada'))
    await session.flush()
    await session.kysely.insertInto('users').values({ name: 'bob' }).execute()
    const failing = session.kysely.transaction().execute(async (inner) => {
      await inner.insertInto('users').values({ name: 'eve' }).execute()
      throw new RangeError('no')
    })
    await expect(failing).rejects.toThrow(RangeError)
    const found = await session.kysely.selectFrom('users').select('name').orderBy('name').execute()
    expect(found.map((row) => row.name)).toEqual(['ada', 'bob'])
    await session.rollback()
    expect(await names()).toEqual([])
  })
})
