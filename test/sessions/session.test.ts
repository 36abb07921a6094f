import { describe, expect, it } from 'vitest'
import { KeyError, RuntimeError } from '../../src/errors/builtins.ts'
import { lifetimeSeconds } from '../../src/sessions/lifetime.ts'
import { NullSession, SecureCookieSession, SessionMixin } from '../../src/sessions/session.ts'

describe('SecureCookieSession', () => {
  it('is Python’s dict by its methods', () => {
    const session = new SecureCookieSession({ a: 1 })
    expect(session.get('a')).toBe(1)
    expect(session.get('b')).toBeNull()
    expect(session.get('b', 'x')).toBe('x')
    expect(session.getItem('a')).toBe(1)
    expect(() => session.getItem('b')).toThrow(new KeyError('b'))
    expect(session.set('b', 2).has('b')).toBe(true)
    expect(session.size).toBe(2)
    expect([...session]).toEqual(['a', 'b'])
    expect([...session.keys()]).toEqual(['a', 'b'])
    expect([...session.values()]).toEqual([1, 2])
    expect([...session.items()]).toEqual([
      ['a', 1],
      ['b', 2],
    ])
    expect(session.pop('a')).toBe(1)
    expect(session.pop('a', null)).toBeNull()
    expect(session.pop('a', undefined)).toBeUndefined()
    expect(() => session.pop('a')).toThrow(KeyError)
    expect(session.setdefault('c', [])).toEqual([])
    expect(session.setdefault('c', 1)).toEqual([])
    expect(session.setdefault('n')).toBeNull()
    session.update({ d: 4 })
    session.update(new Map([['e', 5]]))
    session.update([['f', 6]])
    session.update(new SecureCookieSession({ g: 7 }))
    expect(session.toJSON()).toEqual({ b: 2, c: [], n: null, d: 4, e: 5, f: 6, g: 7 })
    expect(session.popitem()).toEqual(['g', 7])
    session.delete('b')
    expect(() => session.delete('b')).toThrow(KeyError)
    session.clear()
    expect(session.size).toBe(0)
    expect(() => session.popitem()).toThrow(KeyError)
  })

  it('is an object by index', () => {
    const session = new SecureCookieSession()
    session.user_id = 7
    const name: string = 'cart'
    session[name] = [1]
    expect(session.user_id).toBe(7)
    expect(session.missing).toBeUndefined()
    expect('user_id' in session).toBe(true)
    expect('missing' in session).toBe(false)
    expect('get' in session).toBe(false)
    expect(Object.keys(session)).toEqual(['user_id', 'cart'])
    expect({ ...session }).toEqual({ user_id: 7, cart: [1] })
    expect(JSON.stringify(session)).toBe('{"user_id":7,"cart":[1]}')
    delete session.user_id
    delete session.missing
    expect(session.has('user_id')).toBe(false)
  })

  it('keeps names and methods apart', () => {
    const session = new SecureCookieSession({ items: [1], get: 2, constructor: 3 })
    expect(session.get('items')).toEqual([1])
    expect(session.get('get')).toBe(2)
    expect([...session.items()][0]).toEqual(['items', [1]])
    for (const name of ['items', 'get', 'size', 'constructor', '__proto__', 'hasOwnProperty']) {
      expect(() => Reflect.set(session, name, 1)).toThrow(`session.set('${name}', value)`)
    }
    session.set('__proto__', { admin: true })
    expect(session.get('__proto__')).toEqual({ admin: true })
    expect(session.admin).toBeUndefined()
    expect(session).toBeInstanceOf(SecureCookieSession)
    expect(Object.getPrototypeOf(session.toJSON())).toBe(Object.prototype)
  })

  it('keeps the order in which names were first stored', () => {
    const session = new SecureCookieSession()
    session.b = 1
    session['1'] = 2
    session.a = 3
    session.b = 4
    expect([...session]).toEqual(['b', '1', 'a'])
  })

  const changes: [string, (session: SecureCookieSession) => unknown][] = [
    ['storing', (s) => s.set('b', 1)],
    ['storing the same again', (s) => s.set('a', 1)],
    ['storing by index', (s) => Reflect.set(s, 'b', 1)],
    ['removing', (s) => s.delete('a')],
    ['removing by index', (s) => Reflect.deleteProperty(s, 'a')],
    ['pop', (s) => s.pop('a')],
    ['popitem', (s) => s.popitem()],
    ['clear', (s) => s.clear()],
    ['update', (s) => s.update({})],
    ['setdefault of something new', (s) => s.setdefault('b', 1)],
    ['permanent', (s) => Reflect.set(s, 'permanent', true)],
  ]

  it.each(changes)('%s marks it as modified', (_name, change) => {
    const session = new SecureCookieSession({ a: 1 })
    expect(session.modified).toBe(false)
    change(session)
    expect(session.modified).toBe(true)
  })

  const looks: [string, (session: SecureCookieSession) => unknown][] = [
    ['get', (s) => s.get('a')],
    ['reading by index', (s) => s.a],
    ['in', (s) => 'a' in s],
    ['iterating', (s) => [...s]],
    ['setdefault of something stored', (s) => s.setdefault('a', 2)],
    ['pop of nothing with a fallback', (s) => s.pop('x', null)],
    ['deleting nothing by index', (s) => Reflect.deleteProperty(s, 'x')],
    ['changing something inside', (s) => (s.get('list') as number[]).push(1)],
    ['what fails', (s) => expect(() => s.delete('x')).toThrow(KeyError)],
    ['JSON', (s) => JSON.stringify(s)],
  ]

  it.each(looks)('%s does not', (_name, look) => {
    const session = new SecureCookieSession({ a: 1, list: [] })
    look(session)
    expect(session.modified).toBe(false)
  })

  it('has Flask’s flags, which are not stored', () => {
    const session = new SecureCookieSession()
    expect([session.new, session.modified, session.accessed]).toEqual([false, false, false])
    expect(session.permanent).toBe(false)
    session.modified = true
    session.accessed = true
    session.new = true
    expect(session.size).toBe(0)
    session.permanent = true
    expect(session.toJSON()).toEqual({ _permanent: true })
    session.permanent = false
    expect(session.toJSON()).toEqual({ _permanent: false })
  })
})

describe('SessionMixin', () => {
  it('is modified from the start, and may have fields of its own', () => {
    class StoredSession extends SessionMixin {
      sid: string
      #secret = 'kept'

      constructor(sid: string) {
        super({ a: 1 })
        this.sid = sid
      }

      reveal(): string {
        return `${this.#secret} ${this.sid}`
      }
    }
    const session = new StoredSession('id-1')
    expect(session.modified).toBe(true)
    expect(session.toJSON()).toEqual({ a: 1 })
    session.sid = 'id-2'
    expect(session.reveal()).toBe('kept id-2')
    expect(session.size).toBe(1)
  })
})

describe('NullSession', () => {
  it('can be read', () => {
    const session = new NullSession()
    expect(session.get('a')).toBeNull()
    expect(session.a).toBeUndefined()
    expect(session.size).toBe(0)
    expect('a' in session).toBe(false)
  })

  const changes: [string, (session: NullSession) => unknown][] = [
    ['set', (s) => (s.set as (name: string, value: unknown) => void)('a', 1)],
    ['index', (s) => Reflect.set(s, 'a', 1)],
    ['permanent', (s) => Reflect.set(s, 'permanent', true)],
    ['delete', (s) => s.delete()],
    ['pop', (s) => s.pop()],
    ['popitem', (s) => s.popitem()],
    ['clear', (s) => s.clear()],
    ['update', (s) => s.update()],
    ['setdefault', (s) => s.setdefault()],
  ]

  it.each(changes)('refuses %s with Flask’s message', (_name, change) => {
    expect(() => change(new NullSession())).toThrow(
      new RuntimeError(
        'The session is unavailable because no secret key was set.  Set the secret_key on the' +
          ' application to something unique and secret.',
      ),
    )
  })
})

describe('lifetimeSeconds', () => {
  it('takes seconds or units', () => {
    expect(lifetimeSeconds(3600)).toBe(3600)
    expect(lifetimeSeconds({ days: 31 })).toBe(2_678_400)
    expect(lifetimeSeconds({ weeks: 1, days: 1, hours: 1, minutes: 1, seconds: 1.5 })).toBe(
      694_861.5,
    )
  })

  it.each([Number.NaN, {}, { years: 1 }, '3600', null, { days: 'x' }])('refuses %j', (lifetime) => {
    expect(() => lifetimeSeconds(lifetime as number)).toThrow(TypeError)
  })
})
