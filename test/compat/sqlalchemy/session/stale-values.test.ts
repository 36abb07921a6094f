import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { type BlogDb, blogDb, type UserRow } from './blog-db.ts'

eachDatabase((database) => {
  describe('values that a commit has made stale', () => {
    let blog: BlogDb
    beforeEach(async () => {
      blog = await blogDb(database)
    })
    afterEach(() => blog.close())

    async function committed(): Promise<{
      session: ReturnType<BlogDb['session']>
      user: UserRow
    }> {
      const session = blog.session()
      const user = new blog.User({ name: 'ada', age: 36 })
      session.add(user)
      await session.commit()
      blog.sql()
      return { session, user }
    }
    const ages = async (): Promise<unknown[]> =>
      (await blog.rows('users')).map(({ age }) => Number(age))

    it('are written when they are set again, since the row may have changed', async () => {
      const { session, user } = await committed()
      const other = blog.session()
      ;((await other.get(blog.User as never, user.id)) as UserRow).age = 50
      await other.commit()
      user.age = 36
      await session.commit()
      expect(await ages()).toEqual([36])
    })

    it('are readable after a rollback of what was set over them', async () => {
      const { session, user } = await committed()
      user.age = 40
      await session.rollback()
      expect(user.age).toBe(36)
      expect(await ages()).toEqual([36])
    })

    it('are readable after a rollback of what was flushed over them', async () => {
      const { session, user } = await committed()
      user.age = 40
      await session.flush()
      user.age = 41
      await session.rollback()
      expect(user.age).toBe(36)
    })

    it('need no UPDATE once the row was read again and has the value', async () => {
      const { session, user } = await committed()
      await session.refresh(user)
      blog.sql()
      user.age = 36
      await session.commit()
      expect(blog.sql()).toEqual([])
    })

    it('that were set keep what was set when the row is read again', async () => {
      const { session, user } = await committed()
      user.age = 36
      await session.noAutoflush(async () => {
        await session.query(blog.User as never).all()
      })
      expect(user.age).toBe(36)
      await session.commit()
      expect(await ages()).toEqual([36])
    })

    it('are not stale where sessions do not expire', async () => {
      const session = blog.session({ expireOnCommit: false })
      const user = new blog.User({ name: 'ada', age: 36 })
      session.add(user)
      await session.commit()
      blog.sql()
      user.age = 36
      await session.commit()
      expect(blog.sql()).toEqual([])
    })
  })
})
