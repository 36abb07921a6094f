import { type Generated, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import { BetterSqlite } from '../better-sqlite.ts'
import type { Backend, Operations, Shelf } from '../shape.ts'
import { BATCH, LIST, PAGE } from '../shape.ts'

interface Tables {
  author: { id: Generated<number>; name: string; email: string }
  book: { id: Generated<number>; title: string; price: number; author_id: number }
  entry: { id: Generated<number>; label: string; amount: number }
}

/** Kysely on one of the bench's databases. */
export function openKysely(backend: Backend, uri: string): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect:
      backend === 'sqlite'
        ? new SqliteDialect({ database: new BetterSqlite(uri) as never })
        : new PostgresDialect({ pool: new pg.Pool({ connectionString: uri, max: 5 }) }),
  })
}

/** Kysely alone. */
export async function open(backend: Backend, uri: string): Promise<Operations> {
  const db = openKysely(backend, uri)
  const authors = () => db.selectFrom('author').selectAll().orderBy('id').limit(LIST)
  return {
    async byKey(id) {
      const query = db.selectFrom('author').selectAll().where('id', '=', id)
      return (await query.executeTakeFirstOrThrow()).name
    },
    list: async () => (await authors().execute()).map(({ name }) => name),
    async joined() {
      const rows = await db
        .selectFrom(authors().as('a'))
        .leftJoin('book as b', 'b.author_id', 'a.id')
        .select(['a.id', 'a.name', 'a.email', 'b.id as book_id', 'b.title', 'b.price'])
        .orderBy('a.id')
        .orderBy('b.id')
        .execute()
      const found = new Map<number, Shelf & { titles: string[] }>()
      for (const { id, name, title } of rows) {
        const shelf = found.get(id) ?? { name, titles: [] }
        found.set(id, shelf)
        if (title !== null) shelf.titles.push(title)
      }
      return [...found.values()]
    },
    async selectIn() {
      const list = await authors().execute()
      const ids = list.map(({ id }) => id)
      const books = await db
        .selectFrom('book')
        .selectAll()
        .where('author_id', 'in', ids)
        .orderBy('id')
        .execute()
      const found = new Map(list.map(({ id, name }) => [id, { name, titles: [] as string[] }]))
      for (const { title, author_id } of books) found.get(author_id)?.titles.push(title)
      return [...found.values()]
    },
    insert: () =>
      db.transaction().execute(async (trx) => {
        const values = Array.from({ length: BATCH }, (_one, at) => ({
          label: `entry ${at}`,
          amount: at,
        }))
        return (await trx.insertInto('entry').values(values).returning('id').execute()).length
      }),
    update: (id) =>
      db.transaction().execute(async (trx) => {
        const query = trx.selectFrom('book').selectAll().where('id', '=', id)
        const { price } = await query.executeTakeFirstOrThrow()
        await trx
          .updateTable('book')
          .set({ price: price + 1 })
          .where('id', '=', id)
          .execute()
      }),
    async page(number) {
      const rows = await db
        .selectFrom('book')
        .selectAll()
        .orderBy('id')
        .limit(PAGE)
        .offset((number - 1) * PAGE)
        .execute()
      const count = db.selectFrom('book').select(({ fn }) => fn.countAll().as('n'))
      const { n } = await count.executeTakeFirstOrThrow()
      return { titles: rows.map(({ title }) => title), total: Number(n) }
    },
    close: () => db.destroy(),
  }
}
