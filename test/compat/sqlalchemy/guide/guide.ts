import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BustAPI, HTTPException, RuntimeError } from 'bustapi'
import { SQLAlchemy, type SQLAlchemyOptions } from 'bustapi/sqlalchemy'
import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { eachDatabase } from '../databases.ts'

const PYTHON = '/usr/bin/python3'

function check(): string | null {
  if (!existsSync(PYTHON)) return `${PYTHON} is not installed`
  const found = spawnSync(PYTHON, ['-c', 'import flask_sqlalchemy'], { timeout: 20_000 })
  return found.status === 0 ? null : `${PYTHON} has no flask_sqlalchemy`
}

/** Why Flask-SQLAlchemy cannot be asked, or null. */
export const oracleMissing: string | null = check()
if (oracleMissing) console.log(`guide: skipped, ${oracleMissing}`)

let uri = 'sqlite://'

/** The configuration of a program that says nothing else: SQLite in memory, or the database at hand. */
export const DEFAULT: Readonly<Record<string, unknown>> = {
  get SQLALCHEMY_DATABASE_URI() {
    return uri
  },
}

const made: { app: BustAPI; db: SQLAlchemy }[] = []

/** Gives back the connections of what programs made. */
async function dispose(): Promise<void> {
  for (const { app, db } of made.splice(0)) {
    await app.appContext().run(async () => {
      for (const engine of db.engines.values()) await engine.dispose()
    })
  }
}

/** An app whose instance folder is its own. */
export function makeApp(config: Readonly<Record<string, unknown>> = DEFAULT): BustAPI {
  const instancePath = mkdtempSync(join(tmpdir(), 'bustapi-guide-'))
  onTestFinished(() => rmSync(instancePath, { recursive: true, force: true }))
  const app = new BustAPI('guide', { instancePath })
  Object.assign(app.config, config)
  return app
}

/** An app and its db. */
export function make(
  config: Readonly<Record<string, unknown>> = DEFAULT,
  options: SQLAlchemyOptions = {},
): { app: BustAPI; db: SQLAlchemy } {
  const app = makeApp(config)
  const both = { app, db: new SQLAlchemy(app, options) }
  made.push(both)
  return both
}

/** How a call fails, as oracle.py tells it. */
export async function fails(run: () => unknown): Promise<unknown> {
  try {
    await run()
  } catch (error) {
    if (error instanceof HTTPException) {
      return [error.constructor.name, error.code, error.description]
    }
    return error instanceof RuntimeError ? 'RuntimeError' : (error as Error).constructor.name
  }
  return null
}

function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null
  if (typeof value === 'bigint') return Number(value)
  if (typeof value !== 'object') return value
  if (value instanceof Map) return plain(Object.fromEntries(value))
  if (Symbol.iterator in value) return Array.from(value as Iterable<unknown>, plain)
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  }
  return String(value)
}

/** Adds to what a program says. */
export type Say = (...values: readonly unknown[]) => void

/** One program in both languages. */
export interface Program {
  readonly title: string
  readonly python: string
  readonly ours: (say: Say) => unknown
}

/** The same program in Python and here. */
export function program(title: string, python: string, ours: Program['ours']): Program {
  return { title, python, ours }
}

/** The package of Python that speaks to a database, by the scheme of our URIs. */
const DRIVERS: Readonly<Record<string, readonly [python: string, scheme: string]>> = {
  postgresql: ['psycopg2', 'postgresql+psycopg2'],
  mysql: ['pymysql', 'mysql+pymysql'],
  mariadb: ['pymysql', 'mysql+pymysql'],
}

/** Whether Flask-SQLAlchemy can be asked about a database: it needs Python's driver for it. */
export function asksDatabase(scheme: string): boolean {
  const driver = DRIVERS[scheme]
  if (oracleMissing !== null) return false
  if (driver === undefined) return true
  const [python] = driver
  const there = spawnSync(PYTHON, ['-c', `import ${python}`], { timeout: 20_000 }).status === 0
  if (!there) console.log(`guide: skipped on ${scheme}, ${PYTHON} has no ${python}`)
  return there
}

/** What programs say with Flask-SQLAlchemy on a database. */
export function transcripts(programs: readonly Program[], at = 'sqlite://'): unknown[][] {
  const asked = at.replace(/^\w+/, (scheme) => DRIVERS[scheme]?.[1] ?? scheme)
  const { stdout, stderr, status } = spawnSync(PYTHON, [join(import.meta.dirname, 'oracle.py')], {
    input: JSON.stringify({ programs: programs.map(({ python }) => python), uri: asked }),
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    timeout: 60_000,
  })
  if (status !== 0) throw new Error(`oracle.py failed: ${stderr}`)
  return JSON.parse(stdout) as unknown[][]
}

/** What a program says here; something, at least. */
export async function said(run: Program['ours']): Promise<unknown[]> {
  const values: unknown[] = []
  await run((...more) => values.push(...more.map(plain)))
  expect(values.length).toBeGreaterThan(0)
  return values
}

/** {@link sameAsFlask}, and on PostgreSQL and MariaDB as well. */
export function sameOnAll(title: string, programs: readonly Program[]): void {
  sameAsFlask(title, programs)
  describe(title, () => {
    eachDatabase(({ name, create, drop }) => {
      if (name === 'sqlite') {
        it('(SQLite: above)', () => expect(programs.length).toBeGreaterThan(0))
        return
      }
      const skipped = !asksDatabase(name)
      let expected: unknown[][] = []
      let database = ''
      beforeAll(async () => {
        if (skipped) return
        database = await create()
        expected = transcripts(programs, database)
        await drop(database)
      }, 120_000)
      beforeEach(async () => {
        database = await create()
        uri = database
      })
      afterEach(async () => {
        uri = 'sqlite://'
        await dispose()
        await drop(database)
      })
      programs.forEach(({ title: sentence, ours }, index) => {
        it.skipIf(skipped)(sentence, async () => expect(await said(ours)).toEqual(expected[index]))
      })
    })
  })
}

/** Expects of each program that it says here what it says with Flask-SQLAlchemy. */
export function sameAsFlask(title: string, programs: readonly Program[]): void {
  describe.skipIf(oracleMissing)(title, () => {
    const expected = oracleMissing ? [] : transcripts(programs)
    programs.forEach(({ title: sentence, ours }, index) => {
      it(sentence, async () => expect(await said(ours)).toEqual(expected[index]))
    })
  })
}
