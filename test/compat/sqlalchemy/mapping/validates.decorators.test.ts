import { describe, expect, it } from 'vitest'
import { mappingDb } from './mapping-db.ts'

const db = mappingDb()

class User extends db.Model<User>() {
  id = db.Column(db.Integer, { primaryKey: true })
  email = db.Column(db.String(80))
  name = db.Column(db.String(80))

  @db.validates('email')
  checkEmail(_key: string, value: string): string {
    if (!value.includes('@')) throw new RangeError('failed simple email validation')
    return value
  }

  @db.validates('name', 'email')
  lower(_key: string, value: string | null): string | null {
    return value?.toLowerCase() ?? null
  }
}

class Admin extends User {
  static abstract = true
}

describe('@validates', () => {
  it('runs the method before a value is set', () => {
    expect(() => new User({ email: 'nobody' })).toThrow('failed simple email validation')
    const user = new User({ email: 'Ada@Example.org', name: 'ADA' })
    expect([user.email, user.name]).toEqual(['ada@example.org', 'ada'])
    expect(() => {
      user.email = 'nobody'
    }).toThrow('failed simple email validation')
    expect(user.email).toBe('ada@example.org')
  })

  it('is replaced by a method of the same name in a subclass', () => {
    class Guest extends db.Model<Guest, typeof User>(User) {
      override checkEmail(_key: string, value: string): string {
        return value
      }
    }
    expect(new Guest({ email: 'NOBODY' }).email).toBe('nobody')
    void Admin
  })
})
