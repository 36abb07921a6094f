import { DataSource, EntitySchema } from 'typeorm'
import { BetterSqlite } from '../better-sqlite.ts'
import type { Backend, Operations } from '../shape.ts'
import { BATCH, LIST, PAGE, shelves } from '../shape.ts'

interface Author {
  id: number
  name: string
  email: string
  books: Book[]
}

interface Book {
  id: number
  title: string
  price: number
  author: Author
}

interface Entry {
  id: number
  label: string
  amount: number
}

const id = { type: Number, primary: true, generated: 'increment' } as const

const AuthorEntity = new EntitySchema<Author>({
  name: 'author',
  columns: { id, name: { type: String }, email: { type: String } },
  relations: { books: { type: 'one-to-many', target: 'book', inverseSide: 'author' } },
})

const BookEntity = new EntitySchema<Book>({
  name: 'book',
  columns: { id, title: { type: String }, price: { type: Number } },
  relations: {
    author: {
      type: 'many-to-one',
      target: 'author',
      inverseSide: 'books',
      joinColumn: { name: 'author_id' },
    },
  },
})

const EntryEntity = new EntitySchema<Entry>({
  name: 'entry',
  columns: { id, label: { type: String }, amount: { type: Number } },
})

/** TypeORM. */
export async function open(backend: Backend, uri: string): Promise<Operations> {
  const entities = [AuthorEntity, BookEntity, EntryEntity]
  const source = new DataSource(
    backend === 'sqlite'
      ? { type: 'better-sqlite3', driver: BetterSqlite, database: uri, entities }
      : { type: 'postgres', url: uri, entities, poolSize: 5 },
  )
  await source.initialize()
  const authors = source.getRepository(AuthorEntity)
  const books = source.getRepository(BookEntity)
  // An order of the books as well would make its limit count books, or fail; both databases give them in the
  // order of their numbers.
  const withBooks = (relationLoadStrategy: 'join' | 'query') => async () =>
    shelves(
      await authors.find({
        take: LIST,
        order: { id: 'ASC' },
        relations: { books: true },
        relationLoadStrategy,
      }),
    )
  return {
    byKey: async (key) => (await authors.findOneByOrFail({ id: key })).name,
    list: async () =>
      (await authors.find({ take: LIST, order: { id: 'ASC' } })).map(({ name }) => name),
    joined: withBooks('join'),
    selectIn: withBooks('query'),
    async insert() {
      const entries = source.getRepository(EntryEntity)
      const made = Array.from({ length: BATCH }, (_one, at) =>
        entries.create({ label: `entry ${at}`, amount: at }),
      )
      return (await entries.save(made)).length
    },
    async update(key) {
      const found = await books.findOneByOrFail({ id: key })
      found.price += 1
      await books.save(found)
    },
    async page(number) {
      const [rows, total] = await books.findAndCount({
        take: PAGE,
        skip: (number - 1) * PAGE,
        order: { id: 'ASC' },
      })
      return { titles: rows.map(({ title }) => title), total }
    },
    close: () => source.destroy(),
  }
}
