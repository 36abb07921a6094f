import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bustapi, enterFolder, FRONT_DOOR } from '../../../cli/support.ts'

const COMPAT = join(import.meta.dirname, '../../../../compat/sqlalchemy')

const app = (columns: string): string => `
import { BustAPI } from '${FRONT_DOOR}'
import { createEngine } from '${COMPAT}/dialects/index.ts'
import { registerDbCommands } from '${COMPAT}/migrations/index.ts'
import { sa } from '${COMPAT}/migrations/sa.ts'
import { MetaData } from '${COMPAT}/schema/metadata.ts'
import { Table } from '${COMPAT}/schema/table.ts'

const metadata = new MetaData()
new Table('person', metadata, new sa.Column('id', sa.Integer, { primaryKey: true })${columns})
export const app = new BustAPI('people', { staticFolder: null })
registerDbCommands(app, { metadata, engine: createEngine('sqlite:///people.db') })
`

let leave: () => Promise<void>
let folder: string
let apps = 0

beforeEach(async () => {
  const entered = await enterFolder({ 'app0.mjs': app('') })
  leave = entered.leave
  folder = entered.folder
  apps = 0
})
afterEach(() => leave())

/** Runs `bustapi db …` for the present models. */
const db = (...words: string[]) => bustapi('--app', `app${apps}`, 'db', ...words)

/** Gives the application other models: a module of another name, since one is loaded once. */
async function change(columns: string): Promise<void> {
  await writeFile(join(folder, `app${++apps}.mjs`), app(columns))
}

const NAME = ", new sa.Column('name', new sa.String(20))"
const AGE = `${NAME}, new sa.Column('age', sa.Integer)`

async function revisions(): Promise<string[]> {
  return (await readdir(join(folder, 'migrations', 'versions'))).sort()
}

async function three(): Promise<void> {
  await db('init')
  await db('migrate', '-m', 'first', '--rev-id', 'aa1')
  await db('upgrade')
  await change(NAME)
  await db('migrate', '-m', 'The second one!', '--rev-id', 'bb2')
  await db('upgrade')
  await change(AGE)
  await db('revision', '--autogenerate', '--message=third', '--rev-id', 'cc3')
}

describe('bustapi db', () => {
  it('init makes the folder, once', async () => {
    expect((await db('init')).stdout).toMatch(/Generating .*migrations\/README.md \.\.\. {2}done/)
    const again = await db('init')
    expect([again.code, again.stderr]).toEqual([
      1,
      `CommandError: Directory ${join(folder, 'migrations')} already exists and is not empty\n`,
    ])
  })

  it('says what to do where there is no folder', async () => {
    const { code, stderr } = await db('upgrade')
    expect(code).toBe(1)
    expect(stderr).toContain("Please use the 'db init' command to create a new migrations folder.")
  })

  it('migrate, upgrade, current, history, heads, show and downgrade go together', async () => {
    await three()
    expect(await revisions()).toEqual(['aa1_first.ts', 'bb2_the_second_one.ts', 'cc3_third.ts'])
    expect((await db('current')).stdout).toBe('bb2\n')
    expect((await db('heads')).stdout).toBe('cc3 (head)\n')
    const upgraded = await db('upgrade')
    expect(upgraded.stdout).toBe('Running upgrade bb2 -> cc3, third\n')
    expect((await db('current')).stdout).toBe('cc3 (head)\n')
    expect((await db('history')).stdout).toBe(
      'bb2 -> cc3 (head), third\naa1 -> bb2, The second one!\n<base> -> aa1, first\n',
    )
    expect((await db('history', '-r', 'aa1:bb2')).stdout).toBe(
      'aa1 -> bb2, The second one!\n<base> -> aa1, first\n',
    )
    expect((await db('history', '-i', '-r', 'bb2:')).stdout).toBe(
      'bb2 -> cc3 (head) (current), third\naa1 -> bb2, The second one!\n',
    )
    expect((await db('show', 'bb')).stdout).toMatch(
      /^Rev: bb2\nParent: aa1\nPath: .*bb2_the_second_one.ts\n\n {4}The second one!\n/,
    )
    expect((await db('downgrade')).stdout).toBe('Running downgrade cc3 -> bb2, third\n')
    expect((await db('downgrade', 'base')).stdout).toBe(
      'Running downgrade bb2 -> aa1, The second one!\nRunning downgrade aa1 -> , first\n',
    )
    expect((await db('current')).stdout).toBe('')
    await db('upgrade', '+2')
    expect((await db('current')).stdout).toBe('bb2\n')
    await db('downgrade', '-1')
    expect((await db('current')).stdout).toBe('aa1\n')
    await db('upgrade', 'aa1+1')
    expect((await db('current')).stdout).toBe('bb2\n')
  })

  it('check ends with 1 when models and database differ', async () => {
    await db('init')
    const behind = await db('check')
    expect([behind.code, behind.stderr]).toEqual([
      1,
      "CommandError: New upgrade operations detected: added table 'person'\n",
    ])
    await db('migrate')
    expect((await db('check')).stderr).toBe('CommandError: Target database is not up to date.\n')
    await db('upgrade')
    const equal = await db('check')
    expect([equal.code, equal.stdout]).toEqual([0, 'No new upgrade operations detected.\n'])
    expect((await db('migrate')).stdout).toBe('No changes in schema detected.\n')
  })

  it('stamp records a revision without running it', async () => {
    await three()
    await db('stamp', 'head')
    expect((await db('current')).stdout).toBe('cc3 (head)\n')
    expect((await db('check')).stderr).toContain("added column 'person.age'")
    await db('stamp', 'bb2')
    expect((await db('upgrade')).stdout).toBe('Running upgrade bb2 -> cc3, third\n')
  })

  it('has clear words for several heads, and merges them', async () => {
    await three()
    await db('upgrade')
    const refused = await db('revision', '--head', 'aa1')
    expect(refused.stderr).toContain('Revision aa1 is not a head revision; please specify --splice')
    await db('revision', '--head', 'aa1', '--splice', '-m', 'aside', '--rev-id', 'dd4')
    expect((await db('upgrade')).stderr).toContain(
      "Multiple head revisions are present for given argument 'head'",
    )
    expect((await db('revision')).stderr).toContain('Multiple heads are present')
    expect((await db('branches')).stdout).toContain('aa1 (branchpoint), first')
    await db('upgrade', 'heads')
    expect((await db('current')).stdout.trim().split('\n').sort()).toEqual([
      'cc3 (head)',
      'dd4 (head)',
    ])
    await db('merge', 'heads', '-m', 'both', '--rev-id', 'ee5')
    expect((await db('upgrade')).stdout).toBe('Running upgrade cc3, dd4 -> ee5, both\n')
    expect((await db('current')).stdout).toBe('ee5 (head)\n')
    expect((await db('downgrade', 'dd4')).stdout).toContain('Running downgrade ee5')
    expect((await db('check')).code).toBe(1)
  })

  it('names a revision that nobody knows', async () => {
    await three()
    expect((await db('upgrade', 'zz')).stderr).toBe(
      "CommandError: Can't locate revision identified by 'zz'\n",
    )
    expect((await db('downgrade', '-5')).stderr).toContain(
      "Relative revision -5 didn't produce 5 migrations",
    )
    expect((await db('downgrade', 'cc3')).stderr).toContain('is not a valid downgrade target')
  })

  it('--sql writes what it would do', async () => {
    await db('init')
    await db('migrate', '-m', 'first', '--rev-id', 'aa1')
    const { stdout } = await db('upgrade', '--sql')
    expect(stdout).toContain(
      'CREATE TABLE "person" (\n  "id" INTEGER NOT NULL,\n  PRIMARY KEY ("id")\n);',
    )
    expect(stdout).toContain(`INSERT INTO "bustapi_migration" (name, timestamp) VALUES ('aa1', `)
    expect((await db('current')).stdout).toBe('')
    expect((await db('downgrade', 'aa1:base', '--sql')).stdout).toContain('DROP TABLE "person";')
  })

  it('writes JavaScript on request', async () => {
    await db('init', '--language', 'js')
    await db('migrate', '-m', 'first', '--rev-id', 'aa1')
    expect(await revisions()).toEqual(['aa1_first.js'])
    const text = await readFile(join(folder, 'migrations', 'versions', 'aa1_first.js'), 'utf8')
    expect(text).toContain('export async function upgrade(op) {')
    expect((await db('upgrade')).code).toBe(0)
  })

  it('pull writes models', async () => {
    await db('init')
    await db('migrate')
    await db('upgrade')
    const { stdout } = await db('pull')
    expect(stdout).toContain("import { SQLAlchemy } from 'bustapi/sqlalchemy'")
    expect(stdout).toContain('export class Person extends db.Model<Person>() {')
    expect(stdout).not.toContain('bustapi_migration')
    expect((await db('pull', '--only', 'nobody')).stderr).toBe(
      'CommandError: No such table: nobody\n',
    )
    await db('pull', '-o', 'models.ts')
    expect((await db('pull', '-o', 'models.ts')).stderr).toContain('--force')
  })

  it('ends with 2 for words that are wrong, and helps', async () => {
    const { code, stderr } = await db('upgrade', '--nonsense')
    expect([code, stderr]).toEqual([2, "Error: Unknown option '--nonsense'\n"])
    expect((await db('upgrade', 'a', 'b')).stderr).toBe(
      'Error: Got unexpected extra argument (b)\n',
    )
    expect((await db('upgrade', '--help')).stdout).toMatch(
      /^Usage: bustapi db upgrade \[REVISION\]\n/,
    )
    expect((await db()).stderr).toMatch(
      /^Error: Missing command\. One of: branches, check, current, /m,
    )
  })
})
