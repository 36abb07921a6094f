import { describe, expect, it } from 'vitest'
import { Session } from '../../../../../compat/sqlalchemy/orm/session/session.ts'
import { blogDb } from '../blog-db.ts'
import { type ModelClass, makeModels } from './models.ts'
import { SCHEMAS, type SchemaSpec } from './schemas.ts'

describe('what random programs have found', () => {
  it('classes that share a table write their own columns', async () => {
    const zoo = SCHEMAS.find(({ name }) => name === 'zoo') as SchemaSpec
    const { classes, engine } = await makeModels(zoo)
    const session = new Session({ bind: engine })
    const [Dog, Cat] = [classes.get('Dog') as ModelClass, classes.get('Cat') as ModelClass]
    session.add(new Dog({ tricks: 3 }))
    await session.commit()
    const cat = new Cat({ lives: 7 })
    session.add(cat)
    await session.commit()
    await session.refresh(cat)
    expect(cat.lives).toBe(7)
    await session.close()
    await engine.dispose()
  })

  it("a bulk DELETE with 'evaluate' leaves alone what it does not meet, expired or not", async () => {
    const blog = await blogDb()
    const session = blog.session()
    const [ada, bob] = [new blog.User({ name: 'ada' }), new blog.User({ name: 'bob' })]
    session.addAll([ada, bob])
    await session.commit()
    await session
      .query(blog.User as never)
      .filterBy({ name: 'ada' } as never)
      .delete({ synchronizeSession: 'evaluate' })
    expect(session.contains(bob)).toBe(true)
    await blog.close()
  })

  it('a rollback does not take back in what was expunged after its deletion', async () => {
    const blog = await blogDb()
    const session = blog.session()
    const ada = new blog.User({ name: 'ada' })
    session.add(ada)
    await session.commit()
    session.delete(ada)
    await session.flush()
    session.expungeAll()
    await session.rollback()
    expect(session.contains(ada)).toBe(false)
    await blog.close()
  })
})
