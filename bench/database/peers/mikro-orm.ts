import { Collection, EntitySchema, MikroORM, type Options } from '@mikro-orm/core'
import { PostgreSqlDriver } from '@mikro-orm/postgresql'
import { NodeSqliteDialect, SqliteDriver } from '@mikro-orm/sql'
import type { Backend, Operations } from '../shape.ts'
import { BATCH, LIST, PAGE, shelves } from '../shape.ts'

class Author {
  id!: number
  name!: string
  email!: string
  books = new Collection<Book>(this)
}

class Book {
  id!: number
  title!: string
  price!: number
  author!: Author
}

class Entry {
  id!: number
  label!: string
  amount!: number
}

const id = { type: 'integer', primary: true, autoincrement: true } as const

const AuthorSchema = new EntitySchema<Author>({
  class: Author,
  tableName: 'author',
  properties: {
    id,
    name: { type: 'string' },
    email: { type: 'string' },
    books: { kind: '1:m', entity: () => Book, mappedBy: 'author', orderBy: { id: 'asc' } },
  },
})

const BookSchema = new EntitySchema<Book>({
  class: Book,
  tableName: 'book',
  properties: {
    id,
    title: { type: 'string' },
    price: { type: 'integer' },
    author: { kind: 'm:1', entity: () => Author, fieldName: 'author_id' },
  },
})

const EntrySchema = new EntitySchema<Entry>({
  class: Entry,
  tableName: 'entry',
  properties: { id, label: { type: 'string' }, amount: { type: 'integer' } },
})

const settings = (backend: Backend, uri: string): Partial<Options> =>
  backend === 'sqlite'
    ? { driver: SqliteDriver, dbName: uri, driverOptions: new NodeSqliteDialect(uri) }
    : { driver: PostgreSqlDriver, clientUrl: uri, pool: { max: 5 } }

/** MikroORM; each operation has an entity manager of its own, as each request would. */
export async function open(backend: Backend, uri: string): Promise<Operations> {
  const orm = await MikroORM.init({
    ...settings(backend, uri),
    entities: [AuthorSchema, BookSchema, EntrySchema],
    debug: false,
  } as Options)
  const withBooks = (strategy: 'joined' | 'select-in') => async () => {
    const found = await orm.em
      .fork()
      .find(Author, {}, { limit: LIST, orderBy: { id: 'asc' }, populate: ['books'], strategy })
    return shelves(found)
  }
  return {
    byKey: async (key) => (await orm.em.fork().findOneOrFail(Author, key)).name,
    async list() {
      const found = await orm.em.fork().find(Author, {}, { limit: LIST, orderBy: { id: 'asc' } })
      return found.map(({ name }) => name)
    },
    joined: withBooks('joined'),
    selectIn: withBooks('select-in'),
    async insert() {
      const em = orm.em.fork()
      const made = Array.from({ length: BATCH }, (_one, at) =>
        em.create(Entry, { label: `entry ${at}`, amount: at } as Entry),
      )
      em.persist(made)
      await em.flush()
      return made.filter((entry) => entry.id > 0).length
    },
    async update(key) {
      const em = orm.em.fork()
      const found = await em.findOneOrFail(Book, key)
      found.price += 1
      await em.flush()
    },
    async page(number) {
      const em = orm.em.fork()
      const [rows, total] = await em.findAndCount(
        Book,
        {},
        { limit: PAGE, offset: (number - 1) * PAGE, orderBy: { id: 'asc' } },
      )
      return { titles: rows.map(({ title }) => title), total }
    },
    close: () => orm.close(true),
  }
}
