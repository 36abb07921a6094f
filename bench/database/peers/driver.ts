import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import type { Backend, BookRow, Operations, Shelf } from '../shape.ts'
import { BATCH, LIST, PAGE } from '../shape.ts'

const AUTHORS = 'SELECT id, name, email FROM author ORDER BY id LIMIT'
const BOOKS = 'SELECT id, title, price, author_id FROM book'

type Author = { id: number; name: string }
type Joined = { id: number; name: string; title: string | null }

function grouped(rows: readonly Joined[]): Shelf[] {
  const found = new Map<number, { name: string; titles: string[] }>()
  for (const { id, name, title } of rows) {
    const shelf = found.get(id) ?? { name, titles: [] }
    found.set(id, shelf)
    if (title !== null) shelf.titles.push(title)
  }
  return [...found.values()]
}

function assigned(
  authors: readonly Author[],
  books: readonly { title: string; author_id: number }[],
): Shelf[] {
  const found = new Map(authors.map(({ id, name }) => [id, { name, titles: [] as string[] }]))
  for (const { title, author_id } of books) found.get(author_id)?.titles.push(title)
  return [...found.values()]
}

const JOINED = `SELECT a.id AS id, a.name AS name, b.title AS title FROM (${AUTHORS} ${LIST}) a LEFT JOIN book b ON b.author_id = a.id ORDER BY a.id, b.id`

function onSqlite(path: string): Operations {
  const database = new DatabaseSync(path)
  const one = database.prepare('SELECT id, name, email FROM author WHERE id = ?')
  const list = database.prepare(`${AUTHORS} ?`)
  const joined = database.prepare(JOINED)
  const marks = Array(LIST).fill('?').join(', ')
  const books = database.prepare(`${BOOKS} WHERE author_id IN (${marks}) ORDER BY id`)
  const insert = database.prepare('INSERT INTO entry (label, amount) VALUES (?, ?) RETURNING id')
  const read = database.prepare(`${BOOKS} WHERE id = ?`)
  const update = database.prepare('UPDATE book SET price = ? WHERE id = ?')
  const page = database.prepare(`${BOOKS} ORDER BY id LIMIT ? OFFSET ?`)
  const count = database.prepare('SELECT count(*) AS n FROM book')
  return {
    byKey: async (id) => (one.get(id) as Author).name,
    list: async () => (list.all(LIST) as Author[]).map(({ name }) => name),
    joined: async () => grouped(joined.all() as Joined[]),
    async selectIn() {
      const authors = list.all(LIST) as Author[]
      const found = books.all(...authors.map(({ id }) => id))
      return assigned(authors, found as { title: string; author_id: number }[])
    },
    async insert() {
      database.exec('BEGIN')
      const ids: unknown[] = []
      for (let at = 0; at < BATCH; at++) ids.push(insert.get(`entry ${at}`, at))
      database.exec('COMMIT')
      return ids.length
    },
    async update(id) {
      database.exec('BEGIN')
      const { price } = read.get(id) as unknown as BookRow
      update.run(price + 1, id)
      database.exec('COMMIT')
    },
    async page(number) {
      const found = page.all(PAGE, (number - 1) * PAGE) as { title: string }[]
      return { titles: found.map(({ title }) => title), total: (count.get() as { n: number }).n }
    },
    close: async () => database.close(),
  }
}

async function onPostgresql(uri: string): Promise<Operations> {
  const pool = new pg.Pool({ connectionString: uri, max: 5 })
  const all = async (text: string, values: unknown[] = []) => (await pool.query(text, values)).rows
  return {
    byKey: async (id) =>
      (await all('SELECT id, name, email FROM author WHERE id = $1', [id]))[0].name,
    list: async () => ((await all(`${AUTHORS} $1`, [LIST])) as Author[]).map(({ name }) => name),
    joined: async () => grouped((await all(JOINED)) as Joined[]),
    async selectIn() {
      const authors = (await all(`${AUTHORS} $1`, [LIST])) as Author[]
      const ids = authors.map(({ id }) => id)
      return assigned(authors, await all(`${BOOKS} WHERE author_id = ANY($1) ORDER BY id`, [ids]))
    },
    async insert() {
      const values = Array.from({ length: BATCH }, (_one, at) => [`entry ${at}`, at]).flat()
      const marks = Array.from({ length: BATCH }, (_one, at) => `($${at * 2 + 1}, $${at * 2 + 2})`)
      const client = await pool.connect()
      await client.query('BEGIN')
      const { rows } = await client.query(
        `INSERT INTO entry (label, amount) VALUES ${marks.join(', ')} RETURNING id`,
        values,
      )
      await client.query('COMMIT')
      client.release()
      return rows.length
    },
    async update(id) {
      const client = await pool.connect()
      await client.query('BEGIN')
      const { price } = (await client.query(`${BOOKS} WHERE id = $1`, [id])).rows[0]
      await client.query('UPDATE book SET price = $1 WHERE id = $2', [price + 1, id])
      await client.query('COMMIT')
      client.release()
    },
    async page(number) {
      const found = await all(`${BOOKS} ORDER BY id LIMIT $1 OFFSET $2`, [
        PAGE,
        (number - 1) * PAGE,
      ])
      const [{ n }] = await all('SELECT count(*) AS n FROM book')
      return { titles: found.map(({ title }) => title), total: Number(n) }
    },
    close: () => pool.end(),
  }
}

/** The drivers alone. */
export const open = async (backend: Backend, uri: string): Promise<Operations> =>
  backend === 'sqlite' ? onSqlite(uri) : onPostgresql(uri)
