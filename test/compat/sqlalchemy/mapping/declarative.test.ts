import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import {
  CheckConstraint,
  PrimaryKeyConstraint,
  UniqueConstraint,
} from '../../../../compat/sqlalchemy/schema/constraints.ts'
import { mappingDb } from './mapping-db.ts'

// biome-ignore lint/suspicious/noExplicitAny: attributes that the class does not declare are looked at
type Any = any

describe('a model class', () => {
  it('is a table with its columns in the order of its fields', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      username = db.Column(db.String(80), { unique: true, nullable: false })
      fullName = db.Column('full_name', db.String(120))
    }
    expect(User.table.columns.map((column) => column.name)).toEqual(['id', 'username', 'full_name'])
    const mapper = mapperOf(User)
    expect(mapper.columns.map((property) => property.key)).toEqual(['id', 'username', 'fullName'])
    expect(mapper.primaryKey.map((property) => property.key)).toEqual(['id'])
    expect(User.table.columns.map((column) => column.nullable)).toEqual([false, false, true])
    expect(String(mapper)).toBe('mapped class User->user')
  })

  it('sets what its constructor is given, and null for the rest', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      username = db.Column(db.String(80), { nullable: false })
      email = db.Column(db.String(80))
    }
    const user = new User({ username: 'ada' })
    expect([user.id, user.username, user.email]).toEqual([null, 'ada', null])
    user.email = 'ada@example.org'
    expect(user.email).toBe('ada@example.org')
    expect(Object.keys(user)).toEqual([])
    expect(user).toBeInstanceOf(User)
    expect(user).toBeInstanceOf(db.Model)
  })

  it('refuses names it does not have', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      greet(): string {
        return 'hello'
      }
    }
    expect(() => new User({ usrname: 'ada' })).toThrow(
      new TypeError("'usrname' is an invalid keyword argument for User"),
    )
    for (const name of ['greet', 'constructor', 'toString', '__proto__']) {
      const values = JSON.parse(`{"${name}": 1}`) as Record<string, unknown>
      expect(() => new User(values)).toThrow(`'${name}' is an invalid keyword argument for User`)
    }
  })

  it('may have a constructor, methods, getters, setters, private and plain fields of its own', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      first = db.Column(db.String(80))
      last = db.Column(db.String(80))
      visits = 0
      #secret = 7
      constructor(values: { first?: string; last?: string; name?: string } = {}) {
        super({ first: 'Ada', ...values } as Any)
        this.visits += 1
      }
      get name(): string {
        return `${this.first} ${this.last}`
      }
      set name(name: string) {
        ;[this.first = '', this.last = ''] = name.split(' ')
      }
      secret(): number {
        return this.#secret
      }
    }
    const user = new User({ last: 'Lovelace' })
    expect([user.name, user.visits, user.secret()]).toEqual(['Ada Lovelace', 1, 7])
    expect(new User({ name: 'Grace Hopper' }).last).toBe('Hopper')
    const loaded = mapperOf(User).instantiate({ id: 1, first: 'A', last: 'B' }).obj as User
    expect([loaded.name, loaded.visits]).toEqual(['A B', 0])
    expect(loaded).toBeInstanceOf(User)
  })

  it('does not run its constructor for rows', () => {
    const db = mappingDb()
    let constructions = 0
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      constructor(values?: Record<string, unknown>) {
        super(values)
        constructions += 1
      }
    }
    const mapper = mapperOf(User)
    const before = constructions
    const row = { id: 3 }
    const state = mapper.instantiate(row)
    expect(constructions).toBe(before)
    expect((state.obj as User).id).toBe(3)
    expect(state.dict).toBe(row)
  })

  it('tells when its constructor cannot be called without arguments', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      constructor(values: { name: string }) {
        super()
        values.name.trim()
      }
    }
    expect(() => mapperOf(User)).toThrow(
      /The constructor of 'User' failed while its columns were looked for/,
    )
  })

  it('works with fields that are assigned, as older compilers do', () => {
    const db = mappingDb()
    class User extends db.Model {
      constructor(values?: Record<string, unknown>) {
        super(values)
        ;(this as Any).id = db.Column(db.Integer, { primaryKey: true })
        ;(this as Any).name = db.Column(db.String(20))
        ;(this as Any).posts = db.relationship('Post', { backPopulates: 'user' })
      }
    }
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
      user = db.relationship(() => User, { backPopulates: 'posts' })
    }
    const user = new User({ name: 'ada', posts: [new Post()] }) as Any
    expect([user.name, user.posts.length]).toEqual(['ada', 1])
  })

  it('leaves columns made right after a construction alone', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      name = db.Column(db.String(20))
    }
    new User()
    const table = db.Table('later', db.Column('id', db.Integer, { primaryKey: true }))
    expect(table.columns.map((column) => column.name)).toEqual(['id'])
  })

  it('needs a primary key', () => {
    const db = mappingDb()
    class User extends db.Model {
      static tablename = 'user'
      id = db.Column(db.Integer)
    }
    expect(() => mapperOf(User)).toThrow(
      "Mapper mapped class User->user could not assemble any primary key columns for mapped table 'user'",
    )
    class Post extends db.Model {
      id = db.Column(db.Integer)
    }
    expect(() => mapperOf(Post)).toThrow(
      /Class 'Post' has no primary key and no static table or tablename/,
    )
  })

  it('has no mapper when it is no model', () => {
    class Stranger {}
    expect(() => mapperOf(Stranger)).toThrow("Class 'Stranger' is not mapped")
    expect(() => mapperOf(new Stranger())).toThrow(
      'Expected mapped class or instance, got: Stranger',
    )
  })

  it('prints as Flask-SQLAlchemy prints it', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Seat extends db.Model {
      row = db.Column(db.Integer, { primaryKey: true })
      place = db.Column(db.String(1), { primaryKey: true })
    }
    class Named extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      override toString(): string {
        return `<Named ${this.id}>`
      }
    }
    expect(String(new User())).toMatch(/^<User \(transient \d+\)>$/)
    expect(inspect([new User()])).toMatch(/^\[ <User \(transient \d+\)> \]$/)
    const state = mapperOf(User).instantiate({ id: 4 })
    state.status = 'persistent'
    expect(String(state.obj)).toBe('<User 4>')
    const seat = mapperOf(Seat).instantiate({ row: 1, place: 'B' })
    seat.status = 'persistent'
    expect(String(seat.obj)).toBe('<Seat 1, B>')
    expect(inspect(new Named({ id: 2 }))).toBe('<Named 2>')
  })
})

describe('tableArgs', () => {
  it('takes constraints and options', () => {
    const db = mappingDb()
    class Seat extends db.Model {
      static tableArgs = [
        new UniqueConstraint('row', 'place', { name: 'one_each' }),
        new CheckConstraint('row > 0'),
        { schema: 'hall', comment: 'where people sit' },
      ]
      id = db.Column(db.Integer, { primaryKey: true })
      row = db.Column(db.Integer)
      place = db.Column(db.String(1))
    }
    const { table } = Seat
    expect([table.fullname, table.comment]).toEqual(['hall.seat', 'where people sit'])
    const unique = table.constraints.find((each) => each instanceof UniqueConstraint)
    expect(unique?.columns.map((column) => column.name)).toEqual(['row', 'place'])
    expect(table.constraints.some((each) => each instanceof CheckConstraint)).toBe(true)
  })

  it('may be options alone, or a function', () => {
    const db = mappingDb()
    class First extends db.Model {
      static tableArgs = { sqliteAutoincrement: true }
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Second extends db.Model {
      static tableArgs(modelClass: { name: string }): object {
        return { comment: `the ${modelClass.name}` }
      }
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(First.table.options.sqliteAutoincrement).toBe(true)
    expect(Second.table.comment).toBe('the Second')
  })

  it('can give the primary key', () => {
    const db = mappingDb()
    class Seat extends db.Model {
      static tableArgs = [new PrimaryKeyConstraint('row', 'place')]
      row = db.Column(db.Integer)
      place = db.Column(db.String(1))
    }
    expect(mapperOf(Seat).primaryKey.map(({ key }) => key)).toEqual(['row', 'place'])
    expect(Seat.table.c.row?.nullable).toBe(false)
  })

  it('comes from mixins and abstract bases, not from mapped ones', () => {
    const db = mappingDb()
    class Base extends db.Model {
      static abstract = true
      static tableArgs = { comment: 'shared' }
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Thing extends Base {}
    expect(Thing.table.comment).toBe('shared')
  })
})

describe('mixins and abstract bases', () => {
  it('give each class columns of its own', () => {
    const db = mappingDb()
    class Base extends db.Model {
      static abstract = true
      id = db.Column(db.Integer, { primaryKey: true })
      created = db.Column(db.DateTime, { index: true })
    }
    class First extends Base {
      name = db.Column(db.String(10))
    }
    class Second extends Base {
      override created = db.Column(db.DateTime, { nullable: false })
    }
    expect(First.table.columns.map((column) => column.name)).toEqual(['id', 'created', 'name'])
    expect(First.table.c.created).not.toBe(Second.table.c.created)
    expect([First.table.c.created?.nullable, Second.table.c.created?.nullable]).toEqual([
      true,
      false,
    ])
    expect(() => mapperOf(Base)).toThrow("Class 'Base' is abstract and has no table")
    expect(db.registry.mappers.map((mapper) => mapper.modelClass.name)).toEqual(['First', 'Second'])
  })

  it('may be functions from class to class', () => {
    const db = mappingDb()
    const Timestamped = <B extends new (...args: Any[]) => object>(Base: B) =>
      class extends Base {
        created = db.Column(db.DateTime)
      }
    class User extends Timestamped(db.Model) {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Post extends Timestamped(db.Model) {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(mapperOf(User).columns.map(({ key }) => key)).toEqual(['created', 'id'])
    expect(mapperOf(Post).table.name).toBe('post')
    expect(new User({ created: null }).created).toBe(null)
  })

  it('may have relationships and foreign keys', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Owned extends db.Model {
      static abstract = true
      id = db.Column(db.Integer, { primaryKey: true })
      ownerId = db.Column(db.Integer, db.ForeignKey('user.id'))
      owner = db.relationship(() => User, { uselist: false })
    }
    class Cat extends Owned {}
    class Dog extends Owned {}
    for (const model of [Cat, Dog]) {
      const property = mapperOf(model).relationships.get('owner')
      expect(property?.direction).toBe('MANYTOONE')
      expect(property?.pairs.map(({ local }) => local.table?.name)).toEqual([
        model.name.toLowerCase(),
      ])
    }
  })
})

describe('other tables', () => {
  it('a class may take a table that is there', () => {
    const db = mappingDb()
    const users = db.Table(
      'users',
      db.Column('id', db.Integer, { primaryKey: true }),
      db.Column('name', db.String(20)),
    )
    class User extends db.Model {
      static override table = users
    }
    const user = new User({ name: 'ada' }) as Any
    expect([user.name, mapperOf(User).table === users]).toEqual(['ada', true])
  })

  it('a class without columns takes the reflected table of its name', () => {
    const db = mappingDb()
    const users = db.Table('users', db.Column('id', db.Integer, { primaryKey: true }))
    class User extends db.Model {
      static tablename = 'users'
    }
    expect(User.table).toBe(users)
  })

  it('a bind key puts the table into metadata of its own', () => {
    const db = mappingDb()
    class Meta extends db.Model {
      static bindKey = 'meta'
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Below extends Meta {
      static tablename = 'below'
    }
    expect(Meta.metadata).toBe(db.metadataFor('meta'))
    expect(Meta.table.metadata).toBe(db.metadataFor('meta'))
    expect(mapperOf(Meta).bindKey).toBe('meta')
    expect(mapperOf(Below).bindKey).toBe('meta')
    expect(Object.keys(db.metadata.tables)).toEqual([])
  })
})

describe('small properties', () => {
  it('a synonym is another name', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      name = db.Column(db.String(20))
      login = db.synonym<string | null>('name')
    }
    const user = new User({ login: 'ada' })
    expect(user.name).toBe('ada')
    user.name = 'grace'
    expect(user.login).toBe('grace')
    expect(User.c.login).toBe(User.c.name)
  })

  it('a deferred column is marked', () => {
    const db = mappingDb()
    class Book extends db.Model<Book>() {
      id = db.Column(db.Integer, { primaryKey: true })
      text = db.deferred(db.Column(db.Text), { group: 'long' })
    }
    const property = mapperOf(Book).columnByKey.get('text')
    expect([property?.deferred, property?.group]).toEqual([true, 'long'])
    expect(new Book({ text: 'x' }).text).toBe('x')
  })

  it('an expression is selected and read', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      first = db.Column(db.String(20), { nullable: false })
      last = db.Column(db.String(20), { nullable: false })
      name = db.columnProperty<string>(() => User.c.first.concat(' ').concat(User.c.last))
    }
    const { entity } = mapperOf(User)
    expect(entity.columns.map(({ key }) => key)).toEqual(['id', 'first', 'last', 'name'])
    const loaded = mapperOf(User).instantiate({ id: 1, first: 'A', last: 'B', name: 'A B' })
    expect((loaded.obj as User).name).toBe('A B')
  })
})

describe('User.c', () => {
  it('has the attributes and nothing else', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      fullName = db.Column('full_name', db.String(20))
    }
    expect(Object.keys(User.c)).toEqual(['id', 'fullName'])
    expect([User.c.fullName.key, User.c.fullName.name, String(User.c.fullName)]).toEqual([
      'fullName',
      'fullName',
      'User.fullName',
    ])
    expect(User.c.fullName.column).toBe(User.table.c.full_name)
    expect(() => (User.c as Any).fulName).toThrow("type object 'User' has no attribute 'fulName'")
    expect('fulName' in User.c).toBe(false)
  })
})
