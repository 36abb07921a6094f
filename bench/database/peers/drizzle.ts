import { asc, count, eq, relations } from 'drizzle-orm'
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres'
import * as p from 'drizzle-orm/pg-core'
import * as s from 'drizzle-orm/sqlite-core'
import { drizzle as drizzleSqlite } from 'drizzle-orm/sqlite-proxy'
import pg from 'pg'
import { BetterSqlite } from '../better-sqlite.ts'
import type { Backend, Operations } from '../shape.ts'
import { BATCH, LIST, PAGE, shelves } from '../shape.ts'

const sqliteTables = () => ({
  author: s.sqliteTable('author', {
    id: s.integer('id').primaryKey(),
    name: s.text('name').notNull(),
    email: s.text('email').notNull(),
  }),
  book: s.sqliteTable('book', {
    id: s.integer('id').primaryKey(),
    title: s.text('title').notNull(),
    price: s.integer('price').notNull(),
    authorId: s.integer('author_id').notNull(),
  }),
  entry: s.sqliteTable('entry', {
    id: s.integer('id').primaryKey(),
    label: s.text('label').notNull(),
    amount: s.integer('amount').notNull(),
  }),
})

const pgTables = () => ({
  author: p.pgTable('author', {
    id: p.serial('id').primaryKey(),
    name: p.text('name').notNull(),
    email: p.text('email').notNull(),
  }),
  book: p.pgTable('book', {
    id: p.serial('id').primaryKey(),
    title: p.text('title').notNull(),
    price: p.integer('price').notNull(),
    authorId: p.integer('author_id').notNull(),
  }),
  entry: p.pgTable('entry', {
    id: p.serial('id').primaryKey(),
    label: p.text('label').notNull(),
    amount: p.integer('amount').notNull(),
  }),
})

type Tables = ReturnType<typeof pgTables>

function setUp(backend: Backend, uri: string) {
  // One program for both: drizzle's builders differ in their types only.
  const tables = (backend === 'sqlite' ? sqliteTables() : pgTables()) as Tables
  const schema = {
    ...tables,
    authorRelations: relations(tables.author, ({ many }) => ({ books: many(tables.book) })),
    bookRelations: relations(tables.book, ({ one }) => ({
      author: one(tables.author, {
        fields: [tables.book.authorId],
        references: [tables.author.id],
      }),
    })),
  }
  if (backend === 'sqlite') {
    // Its own SQLite drivers are native; the proxy takes any.
    const client = new BetterSqlite(uri)
    const db = drizzleSqlite(
      async (sql, values, method) => {
        const statement = client.prepare(sql)
        if (method === 'run') return { rows: [statement.run(values)] }
        statement.raw()
        return {
          rows: (method === 'get' ? statement.get(values) : statement.all(values)) as unknown[],
        }
      },
      { schema: schema as never },
    )
    return { db: db as unknown as ReturnType<typeof onPg>, tables, end: async () => client.close() }
  }
  const pool = new pg.Pool({ connectionString: uri, max: 5 })
  const onPg = () => drizzlePg(pool, { schema })
  return { db: onPg(), tables, end: () => pool.end() }
}

/** Drizzle; its own relational query is a join of JSON, there is no way by a second statement. */
export async function open(backend: Backend, uri: string): Promise<Operations> {
  const { db, tables, end } = setUp(backend, uri)
  const { author, book, entry } = tables
  const transaction = <T>(work: (trx: typeof db) => Promise<T>): Promise<T> =>
    db.transaction((trx) => work(trx as unknown as typeof db))
  return {
    async byKey(id) {
      const [found] = await db.select().from(author).where(eq(author.id, id))
      return found?.name ?? ''
    },
    async list() {
      const found = await db.select().from(author).orderBy(asc(author.id)).limit(LIST)
      return found.map(({ name }) => name)
    },
    async joined() {
      const found = await db.query.author.findMany({
        limit: LIST,
        orderBy: asc(author.id),
        with: { books: { orderBy: asc(book.id) } },
      })
      return shelves(found)
    },
    async insert() {
      const values = Array.from({ length: BATCH }, (_one, at) => ({
        label: `entry ${at}`,
        amount: at,
      }))
      return transaction(
        async (trx) => (await trx.insert(entry).values(values).returning({ id: entry.id })).length,
      )
    },
    update: (id) =>
      transaction(async (trx) => {
        const [found] = await trx.select().from(book).where(eq(book.id, id))
        const price = (found?.price ?? 0) + 1
        await trx.update(book).set({ price }).where(eq(book.id, id))
      }),
    async page(number) {
      const rows = await db
        .select()
        .from(book)
        .orderBy(asc(book.id))
        .limit(PAGE)
        .offset((number - 1) * PAGE)
      const [total] = await db.select({ n: count() }).from(book)
      return { titles: rows.map(({ title }) => title), total: total?.n ?? 0 }
    },
    close: end,
  }
}
