import { BustAPI } from 'bustapi'
import type { Column, SQLAlchemy, Table } from 'bustapi/sqlalchemy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { fill, inItsWords, type Rows } from './fill.ts'

/** A question, our way to ask it, and the SQL that a person would write. */
export interface Question {
  readonly question: string
  /** Rows as arrays, or single values. */
  ask(): Promise<readonly unknown[]>
  readonly sql: string
}

/** A column of a plain table, whose columns are not typed. */
export function columnOf(table: Table, name: string): Column {
  const found = table.c[name]
  if (found === undefined) throw new Error(`${table.name} has no column ${name}`)
  return found
}

/** Both sides as text: drivers give numbers, strings and dates in different types. */
function plain(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (value instanceof Date) return value.toISOString().slice(0, 10)
  if (typeof value === 'boolean') return value ? '1' : '0'
  const text = String(value)
  if (/^\d{4}-\d\d-\d\d[ T]/.test(text)) return text.slice(0, 10)
  return text !== '' && Number.isFinite(Number(text))
    ? String(Number(Number(text).toFixed(6)))
    : text
}

const line = (cells: readonly unknown[]): string => cells.map(plain).join(' | ')

const ours = (row: unknown): string => line(Array.isArray(row) ? row : [row])

/** Asks all questions on all databases. The SQL's order is the answer's: every question has one. */
export function askQuestions(db: SQLAlchemy, rows: Rows, questions: readonly Question[]): void {
  eachDatabase((database) => {
    let uri = ''
    const app = new BustAPI('questions')

    beforeAll(async () => {
      uri = await database.create()
      app.config.SQLALCHEMY_DATABASE_URI = uri
      db.initApp(app)
      await app.appContext().run(() => db.createAll())
      await fill(database, uri, rows)
    })
    afterAll(async () => {
      await app.appContext().run(() => db.engine.dispose())
      await database.drop(uri)
    })

    it.each(questions.map((one) => [one.question, one] as const))('%s', async (_title, one) => {
      const expected = await database.raw(uri, inItsWords(database, one.sql))
      const answer = await app.appContext().run(() => one.ask())
      expect(answer.length).toBeGreaterThan(0)
      expect(answer.map(ours)).toEqual(expected.map((row) => line(Object.values(row))))
    })
  })
}
