import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SQLITE, Workshop } from './support.ts'

/** A table with all that a careless copy would lose. */
const SCHEMA = [
  `CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(20) NOT NULL ON CONFLICT ABORT COLLATE NOCASE,
    score INT DEFAULT (1 + 2) CHECK (score < 100), -- a comment, with a comma
    twice INT GENERATED ALWAYS AS (score * 2) STORED,
    boss INTEGER REFERENCES author (id) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (name) ON CONFLICT REPLACE)`,
  `CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT,
    author_id INTEGER NOT NULL REFERENCES author ON DELETE CASCADE)`,
  'CREATE INDEX ix_score ON author (score DESC) WHERE score > 0',
  'CREATE INDEX ix_lower ON author (lower(name))',
  'CREATE TABLE noted (what TEXT)',
  `CREATE TRIGGER tr_author AFTER INSERT ON author BEGIN
    INSERT INTO noted VALUES ('author ' || new.name); END`,
  `CREATE TRIGGER tr_book AFTER INSERT ON book BEGIN
    UPDATE author SET score = score + 1 WHERE id = new.author_id; END`,
  'CREATE VIEW shelf AS SELECT book.title, author.name FROM book JOIN author ON author.id = author_id',
  "INSERT INTO author (id, name, score) VALUES (1, 'ada', 5), (9, 'bob', 7)",
  'DELETE FROM author WHERE id = 9',
  "INSERT INTO book VALUES (1, 'notes', 1), (2, 'letters', 1)",
]

describe('migrations on SQLite', () => {
  let workshop: Workshop
  beforeEach(async () => {
    workshop = await Workshop.open(SQLITE)
    await workshop.run(...SCHEMA)
  })
  afterEach(() => workshop.close())

  async function upgrade(body: string): Promise<void> {
    const text = `export const revision = 'r1'
export const downRevision = null
export async function upgrade(op) { const { sa } = op; ${body} }
export async function downgrade() {}`
    await writeFile(join(workshop.folder, 'migrations', 'versions', 'r1.js'), text)
    await workshop.migrate.upgrade()
  }

  const sqlOf = async (name: string): Promise<unknown> => {
    const [row] = await workshop.rows(`SELECT sql FROM sqlite_master WHERE name = '${name}'`)
    return row?.sql
  }

  describe('a table that is copied on SQLite', () => {
    it('keeps its rows and those that refer to it, indexes, triggers, views and numbering', async () => {
      const dependents = ['ix_score', 'ix_lower', 'tr_author', 'tr_book', 'shelf']
      const before = await Promise.all(dependents.map(sqlOf))
      await upgrade("await op.alterColumn('author', 'score', { nullable: false })")
      expect(await Promise.all(dependents.map(sqlOf))).toEqual(before)
      expect(await workshop.rows('SELECT * FROM author')).toEqual([
        { id: 1, name: 'ada', score: 7, twice: 14, boss: null },
      ])
      expect(await workshop.rows('SELECT title, name FROM shelf ORDER BY title')).toEqual([
        { title: 'letters', name: 'ada' },
        { title: 'notes', name: 'ada' },
      ])
      await workshop.run("INSERT INTO author (name) VALUES ('cy')")
      expect(await workshop.rows("SELECT id FROM author WHERE name = 'cy'")).toEqual([{ id: 10 }])
      expect(await workshop.rows('SELECT what FROM noted')).toContainEqual({ what: 'author cy' })
    })

    it('keeps what it does not know about in its columns', async () => {
      await upgrade("await op.alterColumn('author', 'score', { nullable: false })")
      const text = String(await sqlOf('author'))
      expect(text).toContain('NOT NULL ON CONFLICT ABORT COLLATE NOCASE')
      expect(text).toContain('UNIQUE (name) ON CONFLICT REPLACE')
      expect(text).toContain('DEFAULT (1 + 2) CHECK (score < 100) NOT NULL')
      expect(text).toContain('DEFERRABLE INITIALLY DEFERRED')
      expect(text).toContain('GENERATED ALWAYS AS (score * 2) STORED')
    })

    it('is copied once for several changes', async () => {
      const statements: string[] = []
      workshop.engine.on('statement', ({ sql }) => statements.push(sql))
      await upgrade(`await op.batchAlterTable('author', async (batch) => {
        await batch.addColumn(new sa.Column('born', sa.Date))
        await batch.alterColumn('name', { type: new sa.String(90) })
        await batch.createCheckConstraint('ck', 'score > -1')
        await batch.dropColumn('boss')
      })`)
      expect(statements.filter((sql) => sql.startsWith('DROP TABLE'))).toEqual([
        'DROP TABLE "author"',
      ])
      expect(await workshop.rows('SELECT name, born FROM author')).toEqual([
        { name: 'ada', born: null },
      ])
    })

    it('is not copied where ALTER TABLE will do', async () => {
      const statements: string[] = []
      workshop.engine.on('statement', ({ sql }) => statements.push(sql))
      await upgrade("await op.addColumn('author', new sa.Column('born', sa.Date))")
      expect(statements.some((sql) => sql.startsWith('DROP TABLE'))).toBe(false)
    })

    it('has a column renamed everywhere', async () => {
      await upgrade("await op.alterColumn('author', 'name', { newColumnName: 'full_name' })")
      expect(await sqlOf('ix_lower')).toContain('full_name')
      expect(await workshop.rows('SELECT full_name FROM author')).toEqual([{ full_name: 'ada' }])
    })

    it('is untouched when the change fails', async () => {
      const before = await workshop.schema()
      await workshop.run("INSERT INTO author (id, name, score) VALUES (2, 'eve', NULL)")
      await expect(
        upgrade("await op.alterColumn('author', 'score', { nullable: false })"),
      ).rejects.toThrow('NOT NULL constraint failed')
      expect(await workshop.schema()).toEqual(before)
      expect(await workshop.rows('SELECT count(*) AS n FROM author')).toEqual([{ n: 2 }])
    })

    it('cannot leave rows that refer to nothing', async () => {
      await expect(upgrade("await op.execute('DELETE FROM author')")).rejects.toThrow(
        /FOREIGN KEY constraint failed: after revision r1 rows refer to nothing: book/,
      )
      expect(await workshop.rows('SELECT count(*) AS n FROM author')).toEqual([{ n: 1 }])
    })

    it('does not take those that refer to it along where the application enforces foreign keys', async () => {
      await workshop.close()
      workshop = await Workshop.open(SQLITE, { connectArgs: { pragmas: { foreign_keys: 'ON' } } })
      await workshop.run(...SCHEMA)
      await upgrade("await op.alterColumn('author', 'name', { type: new sa.String(99) })")
      expect(await workshop.rows('SELECT count(*) AS n FROM book')).toEqual([{ n: 2 }])
      expect(await workshop.rows('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }])
      await expect(
        workshop.run("INSERT INTO book (id, title, author_id) VALUES (9, 'x', 99)"),
      ).rejects.toThrow('FOREIGN KEY constraint failed')
    })
  })
})
