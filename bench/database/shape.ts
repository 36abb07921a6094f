/** The bench's tables and rows, the same for every peer. */

export interface AuthorRow {
  id: number
  name: string
  email: string
}

export interface BookRow {
  id: number
  title: string
  price: number
  authorId: number
}

/** Authors in the tables before anything is measured. */
export const AUTHORS = 200
/** Books of each author. */
export const BOOKS_EACH = 5
/** Rows of one list. */
export const LIST = 100
/** Rows of one page. */
export const PAGE = 20
/** Rows of one insert. */
export const BATCH = 1000

/** An author by number, from 1. */
export const author = (id: number): AuthorRow => ({
  id,
  name: `Author ${id}`,
  email: `author${id}@example.org`,
})

/** The books by number, from 1. */
export const book = (id: number): BookRow => ({
  id,
  title: `Book ${id}`,
  price: (id % 40) + 1,
  authorId: Math.ceil(id / BOOKS_EACH),
})

const SERIAL = { sqlite: 'INTEGER PRIMARY KEY', postgresql: 'SERIAL PRIMARY KEY' }

/** A kind of database that the peers are compared on. */
export type Backend = keyof typeof SERIAL

/** The statements that make the tables. */
export const tables = (backend: Backend): string[] => [
  `CREATE TABLE author (id ${SERIAL[backend]}, name VARCHAR(80) NOT NULL, email VARCHAR(120) NOT NULL)`,
  `CREATE TABLE book (id ${SERIAL[backend]}, title VARCHAR(120) NOT NULL, price INTEGER NOT NULL, author_id INTEGER NOT NULL REFERENCES author (id))`,
  'CREATE INDEX ix_book_author_id ON book (author_id)',
  `CREATE TABLE entry (id ${SERIAL[backend]}, label VARCHAR(80) NOT NULL, amount INTEGER NOT NULL)`,
]

const quoted = (text: string): string => `'${text}'`

/** The statements that fill them. */
export function rows(backend: Backend): string[] {
  const authors = Array.from({ length: AUTHORS }, (_one, at) => author(at + 1))
  const books = Array.from({ length: AUTHORS * BOOKS_EACH }, (_one, at) => book(at + 1))
  const inserts = [
    `INSERT INTO author (id, name, email) VALUES ${authors
      .map((one) => `(${one.id}, ${quoted(one.name)}, ${quoted(one.email)})`)
      .join(', ')}`,
    `INSERT INTO book (id, title, price, author_id) VALUES ${books
      .map((one) => `(${one.id}, ${quoted(one.title)}, ${one.price}, ${one.authorId})`)
      .join(', ')}`,
  ]
  return backend === 'sqlite'
    ? inserts
    : [
        ...inserts,
        `SELECT setval('author_id_seq', ${AUTHORS}), setval('book_id_seq', ${AUTHORS * BOOKS_EACH})`,
      ]
}

/** An author with the titles of its books, in the order of their numbers. */
export interface Shelf {
  readonly name: string
  readonly titles: readonly string[]
}

/** What each peer does; an answer is compared with the other peers' once, before anything is measured. */
export interface Operations {
  /** One author by primary key: its name. */
  byKey(id: number): Promise<string>
  /** {@link LIST} authors in the order of their numbers: their names. */
  list(): Promise<string[]>
  /** {@link LIST} authors with their books, by one statement with a join. Absent where the peer has no such way. */
  joined?(): Promise<Shelf[]>
  /** The same by a second statement for all books. */
  selectIn?(): Promise<Shelf[]>
  /** {@link BATCH} new entries in one transaction, with their numbers known afterwards: how many. */
  insert(): Promise<number>
  /** Reads a book, adds 1 to its price and commits: nothing else of it is written. */
  update(id: number): Promise<void>
  /** {@link PAGE} books of a page, and how many there are on all. */
  page(page: number): Promise<{ titles: string[]; total: number }>
  close(): Promise<void>
}

/** What a peer's module exports. */
export interface DatabasePeer {
  open(backend: Backend, uri: string): Promise<Operations>
}

/** Empties what {@link Operations.insert} fills. */
export const EMPTY_ENTRIES = 'DELETE FROM entry'

/** Authors of any peer as what is compared. */
export const shelves = (
  authors: Iterable<{ name: string; books: Iterable<{ title: string }> }>,
): Shelf[] =>
  Array.from(authors, ({ name, books }) => ({
    name,
    titles: Array.from(books, ({ title }) => title),
  }))
