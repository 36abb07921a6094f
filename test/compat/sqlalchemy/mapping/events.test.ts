import { describe, expect, it, vi } from 'vitest'
import { event } from '../../../../compat/sqlalchemy/orm/mapping/event.ts'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import { mappingDb } from './mapping-db.ts'

// biome-ignore lint/suspicious/noExplicitAny: attributes that the class does not declare are looked at
type Any = any

function setting() {
  const db = mappingDb()
  class User extends db.Model<User>() {
    static mapperArgs: object = { polymorphicOn: 'kind', polymorphicIdentity: 'user' }
    id = db.Column(db.Integer, { primaryKey: true })
    kind = db.Column(db.String(9))
    name = db.Column(db.String(20))
    posts = db.relationship(() => Post, { backPopulates: 'user' })
  }
  class Admin extends db.Model<Admin, typeof User>(User) {
    static mapperArgs = { polymorphicIdentity: 'admin' }
  }
  class Post extends db.Model<Post>() {
    id = db.Column(db.Integer, { primaryKey: true })
    userId = db.Column(db.Integer, db.ForeignKey('user.id'))
    user = db.relationship(() => User, { backPopulates: 'posts', uselist: false })
  }
  return { db, User, Admin, Post }
}

describe('mapper events', () => {
  it('reach listeners in their order', () => {
    const { User } = setting()
    const calls: string[] = []
    event.listen(User, 'beforeInsert', () => calls.push('second'))
    event.listen(User, 'beforeInsert', () => calls.push('first'), { insert: true })
    event.listen(User, 'beforeInsert', () => calls.push('once'), { once: true })
    const { events } = mapperOf(User)
    expect([events.has('beforeInsert'), events.has('afterInsert')]).toEqual([true, false])
    events.emit('beforeInsert')
    events.emit('beforeInsert')
    expect(calls).toEqual(['first', 'second', 'once', 'first', 'second'])
  })

  it('wait for asynchronous listeners', async () => {
    const { User } = setting()
    const calls: number[] = []
    event.listen(User, 'afterInsert', async () => {
      await Promise.resolve()
      calls.push(1)
    })
    event.listen(User, 'afterInsert', () => calls.push(2))
    await mapperOf(User).events.emitAsync('afterInsert')
    expect(calls).toEqual([1, 2])
  })

  it('reach subclasses with propagate only', () => {
    const { db, User, Admin } = setting()
    const own = vi.fn()
    const passedOn = vi.fn()
    const everywhere = vi.fn()
    event.listen(User, 'load', own)
    event.listen(User, 'load', passedOn, { propagate: true })
    event.listen(db.Model, 'load', everywhere, { propagate: true })
    mapperOf(Admin).events.emit('load', 'target')
    expect([own, passedOn, everywhere].map((fn) => fn.mock.calls.length)).toEqual([0, 1, 1])
    expect(passedOn).toHaveBeenCalledWith('target')
  })

  it('are listened to with a decorator, and no more after remove', () => {
    const { User } = setting()
    const fn = event.listensFor(
      User,
      'init',
    )((target: unknown, values: unknown) => {
      seen.push([target, values])
    })
    const seen: unknown[] = []
    const user = new User({ name: 'ada' })
    expect(seen).toEqual([[user, { name: 'ada' }]])
    expect(event.contains(User, 'init', fn)).toBe(true)
    event.remove(User, 'init', fn)
    new User()
    expect([seen.length, event.contains(User, 'init', fn)]).toEqual([1, false])
  })

  it('have names', () => {
    const { User } = setting()
    expect(() => event.listen(User, 'beforeInsrt', () => {})).toThrow(
      "No such event 'beforeInsrt' for target 'User'",
    )
    expect(() => event.listen({}, 'load', () => {})).toThrow(/No such event 'load' for target/)
  })
})

describe('attribute events', () => {
  it('see and replace what is set', () => {
    const { User } = setting()
    const seen: unknown[] = []
    event.listen(User.c.name, 'set', (target, value: string, old, initiator) => {
      seen.push([target, value, old, initiator.key])
      return value.trim()
    })
    const user = new User({ name: ' ada ' })
    user.name = 'grace '
    expect(user.name).toBe('grace')
    expect(seen).toEqual([
      [user, ' ada ', null, 'name'],
      [user, 'grace ', 'ada', 'name'],
    ])
  })

  it('see what comes into a list and leaves it, from both sides', () => {
    const { User, Post } = setting()
    const seen: unknown[] = []
    event.listen(User.c.posts, 'append', (_user, post, initiator) => {
      seen.push(['append', post, initiator.fromBackref])
    })
    event.listen(User.c.posts, 'remove', (_user, post) => {
      seen.push(['remove', post])
    })
    event.listen(Post.c.user, 'set', (_post, user) => {
      seen.push(['set', user])
    })
    const [user, first, second] = [new User(), new Post(), new Post()]
    user.posts.append(first)
    second.user = user
    second.user = null
    expect(seen).toEqual([
      ['append', first, false],
      ['set', user],
      ['set', user],
      ['append', second, true],
      ['set', null],
      ['remove', second],
    ])
  })

  it('can refuse a value', () => {
    const { User } = setting()
    event.listen(User.c.name, 'set', (_target, value) => {
      if (value === 'root') throw new RangeError('not that name')
    })
    const user = new User({ name: 'ada' })
    expect(() => {
      user.name = 'root'
    }).toThrow('not that name')
    expect(user.name).toBe('ada')
    expect(() => new User({ name: 'root' })).toThrow('not that name')
  })
})

describe('validates as a function', () => {
  it('sees values of the constructor, of assignments and of the other side', () => {
    const { db, User, Post } = setting()
    const seen: unknown[] = []
    db.validates(User, ['name', 'posts'], function (this: object, key: string, value: Any) {
      seen.push([this, key, value])
      return typeof value === 'string' ? value.toLowerCase() : value
    })
    const user = new User({ name: 'ADA' })
    const post = new Post({ user })
    expect([user.name, seen]).toEqual([
      'ada',
      [
        [user, 'name', 'ADA'],
        [user, 'posts', post],
      ],
    ])
  })

  it('reaches subclasses that are mapped already', () => {
    const { db, User, Admin } = setting()
    new Admin()
    db.validates(User, 'name', (_key: string, value: string) => value.trim())
    expect(new Admin({ name: ' ada ' } as Any).name).toBe('ada')
  })

  it('leaves the other side out, and sees removals, when told', () => {
    const { db, User, Post } = setting()
    const seen: unknown[] = []
    db.validates(
      User,
      'posts',
      (_key: string, post: object, isRemove: boolean) => {
        seen.push([post, isRemove])
        return post
      },
      { includeRemoves: true, includeBackrefs: false },
    )
    const user = new User()
    const post = new Post({ user })
    user.posts.remove(post)
    user.posts.append(post)
    expect(seen).toEqual([
      [post, true],
      [post, false],
    ])
  })
})
