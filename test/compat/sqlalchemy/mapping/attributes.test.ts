import { describe, expect, it } from 'vitest'
import {
  flagModified,
  historyOf,
  inspectInstance,
} from '../../../../compat/sqlalchemy/orm/mapping/inspect.ts'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import { type SessionLike, stateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import { mappingDb } from './mapping-db.ts'

function setting() {
  const db = mappingDb()
  class User extends db.Model<User>() {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
    age = db.Column(db.Integer)
    born = db.Column(db.DateTime)
    settings = db.Column(db.JSON)
    posts = db.relationship(() => Post, { backPopulates: 'user' })
  }
  class Post extends db.Model<Post>() {
    id = db.Column(db.Integer, { primaryKey: true })
    userId = db.Column(db.Integer, db.ForeignKey('user.id'))
    user = db.relationship(() => User, { backPopulates: 'posts', uselist: false })
  }
  let dirty = 0
  const session = { noteDirty: () => (dirty += 1), noteRelated() {}, identityLookup() {} }
  const row = (dict: Record<string, unknown>): User => {
    const state = mapperOf(User).instantiate(dict)
    state.key = mapperOf(User).identityKeyOf(dict)
    state.status = 'persistent'
    state.session = session as unknown as SessionLike
    return state.obj as User
  }
  return { User, Post, row, dirty: () => dirty }
}

describe('a column of a row', () => {
  it('remembers what the database has, once', () => {
    const { row, dirty } = setting()
    const user = row({ id: 1, name: 'ada', age: 36 })
    user.name = 'grace'
    user.name = 'joan'
    expect(stateOf(user).originals).toEqual({ name: 'ada' })
    expect([stateOf(user).modified, dirty()]).toEqual([true, 2])
  })

  it('is not changed by the same value', () => {
    const { row, dirty } = setting()
    const user = row({ id: 1, name: 'ada', born: new Date(5), settings: { a: [1] } })
    user.name = 'ada'
    user.born = new Date(5)
    user.settings = { a: [1] }
    expect([stateOf(user).originals, dirty()]).toEqual([null, 0])
    user.settings = { a: [2] }
    expect(stateOf(user).originals).toEqual({ settings: { a: [1] } })
  })

  it('is as it was when its value is restored', () => {
    const { row } = setting()
    const user = row({ id: 1, name: 'ada', age: 36 })
    user.name = 'grace'
    user.age = 3
    user.name = 'ada'
    expect(stateOf(user).originals).toEqual({ age: 36 })
    user.age = 36
    expect([stateOf(user).originals, stateOf(user).modified]).toEqual([null, false])
  })

  it('is null for undefined', () => {
    const { row } = setting()
    const user = row({ id: 1, name: 'ada' })
    user.name = undefined as never
    expect([user.name, stateOf(user).dict.name]).toEqual([null, null])
  })

  it('counts as changed by an expression', () => {
    const { User, row } = setting()
    const user = row({ id: 1, age: 1 })
    user.age = User.c.age.add(1) as never
    expect(stateOf(user).originals).toEqual({ age: 1 })
  })

  it('that is not loaded says how to load it', () => {
    const { row } = setting()
    const user = row({ id: 1 })
    expect(() => user.name).toThrow(
      "'User.name' is not loaded: it was expired or deferred. Load it with 'await db.session.refresh(instance)'",
    )
    stateOf(user).session = null
    expect(() => user.name).toThrow(
      /Instance <User at 0x\w+> is not bound to a Session; attribute refresh operation cannot proceed/,
    )
    user.name = 'new'
    expect([user.name, stateOf(user).originals]).toEqual(['new', { name: undefined }])
  })

  it('is forgotten when it expires, changes and all', () => {
    const { row } = setting()
    const user = row({ id: 1, name: 'ada', age: 3 })
    user.name = 'grace'
    stateOf(user).forget(['name'])
    expect([stateOf(user).originals, stateOf(user).dict]).toEqual([null, { id: 1, age: 3 }])
  })
})

describe('inspect()', () => {
  it('tells where an instance is in its life', () => {
    const { User, row } = setting()
    const fresh = inspectInstance(new User())
    expect([fresh.transient, fresh.hasIdentity, fresh.identity]).toEqual([true, false, null])
    const user = row({ id: 1, name: 'ada' })
    const known = inspectInstance(user)
    expect([known.persistent, known.identity, known.mapper]).toEqual([true, [1], mapperOf(User)])
    expect([...known.unloaded].sort()).toEqual(['age', 'born', 'posts', 'settings'])
  })

  it('has the history of each attribute', () => {
    const { User, Post, row } = setting()
    const user = row({ id: 1, name: 'ada', age: 3 })
    user.name = 'grace'
    const { attrs } = inspectInstance(user)
    expect(attrs.name?.history).toMatchObject({ added: ['grace'], unchanged: [], deleted: ['ada'] })
    expect(attrs.age?.history).toMatchObject({ added: [], unchanged: [3], deleted: [] })
    expect([attrs.name?.history.hasChanges(), attrs.age?.history.hasChanges()]).toEqual([
      true,
      false,
    ])
    const post = new Post()
    user.posts.append(post)
    expect(historyOf(stateOf(user), 'posts').added).toEqual([post])
    expect(historyOf(stateOf(new User({ name: 'x' })), 'name').added).toEqual(['x'])
  })

  it('is told of changes in place by flagModified', () => {
    const { row, dirty } = setting()
    const user = row({ id: 1, settings: { a: 1 } })
    ;(user.settings as { a: number }).a = 2
    expect(stateOf(user).modified).toBe(false)
    flagModified(user, 'settings')
    expect([stateOf(user).modified, dirty()]).toEqual([true, 1])
    expect(() => flagModified(user, 'name')).toThrow(
      "Can't flag attribute 'name' modified; it's not present in the object state",
    )
  })
})
