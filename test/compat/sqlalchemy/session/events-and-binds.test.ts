import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { UnboundExecutionError } from '../../../../compat/sqlalchemy/errors.ts'
import { listen, remove } from '../../../../compat/sqlalchemy/orm/mapping/event.ts'
import { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { mappingDb } from '../mapping/mapping-db.ts'
import { type BlogDb, blogDb } from './blog-db.ts'

let blog: BlogDb
let session: Session

beforeEach(async () => {
  blog = await blogDb()
  session = blog.session()
})
afterEach(() => blog.close())

describe('session events', () => {
  it('come in order', async () => {
    const log: string[] = []
    for (const name of [
      'transientToPending',
      'beforeFlush',
      'afterBegin',
      'afterFlush',
      'pendingToPersistent',
      'afterFlushPostexec',
      'beforeCommit',
      'afterCommit',
      'persistentToDeleted',
      'deletedToDetached',
      'afterRollback',
      'afterSoftRollback',
    ] as const) {
      listen(session, name, () => void log.push(name))
    }
    const tag = new blog.Tag({ label: 'a' })
    session.add(tag)
    await session.commit()
    expect(log.splice(0)).toEqual([
      'transientToPending',
      'beforeCommit',
      'beforeFlush',
      'afterBegin',
      'afterFlush',
      'pendingToPersistent',
      'afterFlushPostexec',
      'afterCommit',
    ])
    session.delete(tag)
    await session.commit()
    expect(log.splice(0).filter((name) => name.includes('eleted'))).toEqual([
      'persistentToDeleted',
      'deletedToDetached',
    ])
    session.add(new blog.Tag({ label: 'b' }))
    await session.flush()
    log.length = 0
    await session.rollback()
    expect(log).toEqual(['afterRollback', 'afterSoftRollback'])
  })

  it('of beforeFlush can add objects, and may wait', async () => {
    listen(session, 'beforeFlush', async (own: Session) => {
      await new Promise((resolve) => setImmediate(resolve))
      for (const object of own.new) {
        if (object instanceof blog.User) (object as unknown as { age: number }).age = 42
      }
    })
    session.add(new blog.User({ name: 'ada' }))
    await session.commit()
    expect(await blog.rows('users')).toMatchObject([{ age: 42 }])
  })

  it('of all sessions are heard through the class', async () => {
    const heard: Session[] = []
    const listener = (own: Session): void => void heard.push(own)
    listen(Session, 'beforeCommit', listener)
    await session.commit()
    remove(Session, 'beforeCommit', listener)
    await session.commit()
    expect(heard).toEqual([session])
  })
})

describe('mapper events', () => {
  it('surround the statements and may use the session', async () => {
    const log: string[] = []
    for (const name of [
      'beforeInsert',
      'afterInsert',
      'beforeUpdate',
      'afterUpdate',
      'beforeDelete',
      'afterDelete',
    ]) {
      listen(
        blog.Tag,
        name,
        async (_mapper: unknown, connection: unknown, target: { id?: number; label: string }) => {
          log.push(`${name} ${target.label} ${target.id ?? '-'}`)
          expect(connection).toBe(await session.connection())
        },
      )
    }
    listen(
      blog.Tag,
      'beforeInsert',
      (_mapper: unknown, _connection: unknown, target: { label: string }) => {
        target.label = target.label.toUpperCase()
      },
    )
    const tag = new blog.Tag({ label: 'a' })
    session.add(tag)
    await session.flush()
    tag.label = 'b'
    await session.flush()
    session.delete(tag)
    await session.commit()
    expect(log).toEqual([
      'beforeInsert a -',
      'afterInsert A 1',
      'beforeUpdate b 1',
      'afterUpdate b 1',
      'beforeDelete b 1',
      'afterDelete b 1',
    ])
  })
})

describe('several engines in one session', () => {
  it('have a connection and a transaction each', async () => {
    const db = mappingDb()
    class Here extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class There extends db.Model {
      static bindKey = 'other'
      id = db.Column(db.Integer, { primaryKey: true })
    }
    const engines = { here: createEngine('sqlite://'), there: createEngine('sqlite://') }
    await db.metadata.createAll(engines.here)
    await db.metadataFor('other').createAll(engines.there)
    const both = new Session({
      getBind: (mapper) => (mapper?.bindKey === 'other' ? engines.there : engines.here),
    })
    both.addAll([new Here(), new There()])
    await both.commit()
    both.addAll([new Here(), new There()])
    await both.flush()
    await both.rollback()
    expect(await both.query(Here as never).count()).toBe(1)
    expect(await both.query(There as never).count()).toBe(1)
    expect(both.getBind(There)).toBe(engines.there)
    await both.close()
    for (const engine of Object.values(engines)) await engine.dispose()
  })

  it('are needed: without one there is an error', async () => {
    const unbound = new Session()
    unbound.add(new blog.Tag({ label: 'a' }))
    await expect(unbound.flush()).rejects.toThrow(UnboundExecutionError)
    await unbound.close()
  })
})
