import { describe, expect, it } from 'vitest'
import { camelToSnakeCase } from '../../../../compat/sqlalchemy/orm/mapping/table-name.ts'
import { askOriginal, hasOriginal } from './flask-sqlalchemy.ts'
import { mappingDb } from './mapping-db.ts'

const NAMES = [
  'User',
  'user',
  'BlogPost',
  'HTTPRequest',
  'FooBar',
  'fooBar',
  'FOO',
  'FOOBar',
  'OAuth2Token',
  'Person2',
  'Foo2Bar',
  'X',
  'XY',
  'XYz',
  'AbC',
  'A1B2',
  '_Hidden',
  '__Very',
  'Snake_Case',
  'TestA',
  'ABTest',
  'IPv4Address',
  'JSONAPIThing',
  'Über',
  'aB',
  'HTML5Page',
  'User_',
  'B2B',
  'I18NText',
]

describe('table names', () => {
  it('are the class name in snake case', () => {
    expect(camelToSnakeCase('BlogPost')).toBe('blog_post')
    expect(camelToSnakeCase('HTTPRequest')).toBe('http_request')
    expect(camelToSnakeCase('_Hidden')).toBe('hidden')
  })

  it.runIf(hasOriginal)('are those that the real Flask-SQLAlchemy makes', () => {
    const { names } = askOriginal({ names: NAMES })
    expect(NAMES.map(camelToSnakeCase)).toEqual(names)
  })

  it('are what tablename says', () => {
    const db = mappingDb()
    class User extends db.Model {
      static tablename = 'accounts'
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(User.table.name).toBe('accounts')
  })

  it('come from a mixin or abstract base that names one', () => {
    const db = mappingDb()
    class Base extends db.Model {
      static abstract = true
      static tablename = 'shared'
    }
    class User extends Base {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(User.table.name).toBe('shared')
  })

  it('are made anew below an abstract base without one', () => {
    const db = mappingDb()
    class Base extends db.Model {
      static abstract = true
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class FirstThing extends Base {}
    class SecondThing extends Base {}
    expect([FirstThing.table.name, SecondThing.table.name]).toEqual(['first_thing', 'second_thing'])
  })

  it('are not to be had twice', () => {
    const db = mappingDb()
    const make = (): { table: unknown } => {
      class User extends db.Model {
        id = db.Column(db.Integer, { primaryKey: true })
      }
      return User
    }
    void make().table
    expect(() => make().table).toThrow(
      "Table 'user' is already defined for this MetaData instance.",
    )
  })
})
