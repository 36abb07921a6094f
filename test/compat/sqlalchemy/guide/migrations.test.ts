import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { compareMetadata, MetaData, SQLAlchemy } from 'bustapi/sqlalchemy'
import { afterEach, describe, expect, it } from 'vitest'
import { bustapi, enterFolder, FRONT_DOOR } from '../../../cli/support.ts'
import { eachDatabase } from '../databases.ts'
import { makeApp } from './guide.ts'

const ROOT = join(import.meta.dirname, '../../../..')

const NAMES = {
  ix: 'ix_%(column_0_label)s',
  uq: 'uq_%(table_name)s_%(column_0_N_name)s',
  ck: 'ck_%(table_name)s_%(constraint_name)s',
  fk: 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',
  pk: 'pk_%(table_name)s',
}

/** Models with every column type, constraints of every kind and names made by the convention. */
function everything(uri: string, namingConvention: MetaData['namingConvention'] | undefined) {
  const app = makeApp({ SQLALCHEMY_DATABASE_URI: uri })
  const metadata = new MetaData(namingConvention === undefined ? {} : { namingConvention })
  const db = new SQLAlchemy(app, { metadata })
  const array = uri.startsWith('postgresql')
  class Kind extends db.Model {
    static tableArgs = [
      db.UniqueConstraint('code', 'small'),
      db.CheckConstraint('small > 0', { name: 'positive' }),
      db.Index(null, 'small', 'code'),
      db.Index('by_hand', 'amount'),
    ]
    id = db.Column(db.Integer, { primaryKey: true })
    small = db.Column(db.SmallInteger, { nullable: false })
    big = db.Column(db.BigInteger, { index: true })
    code = db.Column(db.String(20), { unique: true })
    fixed = db.Column(db.CHAR(3))
    text = db.Column(db.Text)
    unicode = db.Column(db.Unicode(30))
    unicodeText = db.Column('unicode_text', db.UnicodeText)
    yes = db.Column(db.Boolean, { nullable: false, default: true })
    float = db.Column(db.Float)
    double = db.Column(db.Double)
    real = db.Column(db.REAL)
    amount = db.Column(db.Numeric(12, 3))
    decimal = db.Column(db.DECIMAL(8, 2))
    day = db.Column(db.Date)
    at = db.Column(db.Time)
    moment = db.Column(db.DateTime)
    zoned = db.Column(db.DateTime({ timezone: true }))
    stamp = db.Column(db.TIMESTAMP)
    span = db.Column(db.Interval)
    bytes = db.Column(db.LargeBinary)
    json = db.Column(db.JSON)
    uuid = db.Column(db.Uuid)
    mood = db.Column(db.Enum('glad', "it's ok", { name: 'mood' }))
    served = db.Column(db.String(9), { serverDefault: 'none' })
    number = db.Column(db.Integer, { serverDefault: db.text('7') })
    tags = array ? db.Column(db.ARRAY(db.String(5))) : undefined
  }
  class Child extends db.Model {
    id = db.Column(db.BigInteger, { primaryKey: true })
    kindId = db.Column('kind_id', db.ForeignKey('kind.id', { ondelete: 'CASCADE' }), {
      index: true,
    })
    code = db.Column(db.String(20), db.ForeignKey('kind.code'))
    parentId = db.Column('parent_id', db.ForeignKey('child.id'))
    kind = db.relationship(() => Kind)
  }
  class Pair extends db.Model {
    static tableArgs = [db.ForeignKeyConstraint(['left_id', 'right_name'], ['spot.x', 'spot.y'])]
    leftId = db.Column('left_id', db.Integer, { primaryKey: true, autoincrement: false })
    rightName = db.Column('right_name', db.String(8), { primaryKey: true })
  }
  class Spot extends db.Model {
    x = db.Column(db.Integer, { primaryKey: true, autoincrement: false })
    y = db.Column(db.String(8), { primaryKey: true })
  }
  class AVeryLongNameForATableWhoseNamesAreCut extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    anotherColumnWithAVeryLongName = db.Column(
      'another_column_with_a_very_long_name_for_itself',
      db.Integer,
      { index: true, unique: true },
    )
    theLongestOfReferences = db.Column(
      'the_longest_of_references_to_a_kind',
      db.ForeignKey('kind.id'),
    )
  }
  const link = db.Table(
    'link',
    db.Column('kind_id', db.ForeignKey('kind.id'), { primaryKey: true }),
    db.Column('child_id', db.ForeignKey('child.id'), { primaryKey: true }),
  )
  const long = AVeryLongNameForATableWhoseNamesAreCut
  return { app, db, models: [Kind, Child, Pair, Spot, long, link] }
}

eachDatabase(({ create, drop }) => {
  let uri = ''
  afterEach(() => drop(uri))

  it.each([
    ['names that the database gives', undefined],
    ['a naming convention', NAMES],
  ])('createAll makes what autogenerate expects, with %s', async (_title, convention) => {
    uri = await create()
    const { app, db, models } = everything(uri, convention)
    expect(models).toHaveLength(6)
    await app.appContext().run(async () => {
      await db.createAll()
      const connection = await db.engine.connect()
      expect(await compareMetadata(connection, db.metadata)).toEqual([])
      await connection.close()
      await db.dropAll()
      await db.engine.dispose()
    })
  })
})

/** An application as a user writes it. */
const APP = `
import { BustAPI } from '${FRONT_DOOR}'
import { SQLAlchemy } from '${join(ROOT, 'compat/sqlalchemy/index.ts')}'

export const app = new BustAPI('people', { staticFolder: null, instancePath: import.meta.dirname })
app.config.SQLALCHEMY_DATABASE_URI = 'sqlite:///people.db'
export const db = new SQLAlchemy(app)
`

const MODELS = `
class Person extends db.Model {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(40), { nullable: false, unique: true })
  toys = db.relationship(() => Toy, { backPopulates: 'owner' })
}
class Toy extends db.Model {
  id = db.Column(db.Integer, { primaryKey: true })
  price = db.Column(db.Numeric(8, 2))
  ownerId = db.Column('owner_id', db.ForeignKey('person.id'), { index: true })
  owner = db.relationship(() => Person, { backPopulates: 'toys' })
}
app.cli.command('fill', async () => {
  db.session.add(new Person({ name: 'ada', toys: [new Toy({ price: '1.50' })] }))
  await db.session.commit()
})
app.cli.command('make', async () => {
  await db.createAll()
})
`

describe('an app with a db', () => {
  it('is migrated and checked by its own commands', async () => {
    const { folder, leave } = await enterFolder({ 'app.mjs': APP + MODELS })
    try {
      const run = (...words: string[]) => bustapi('--app', 'app', ...words)
      expect((await run('db', 'init')).code).toBe(0)
      expect((await run('db', 'migrate', '-m', 'first', '--rev-id', 'a1')).stdout).toContain(
        'person',
      )
      expect((await run('db', 'upgrade')).stdout).toContain('Running upgrade  -> a1, first')
      expect((await run('fill')).code).toBe(0)
      expect((await run('db', 'check')).stdout).toContain('No new upgrade operations detected.')
      expect((await run('db', 'current')).stdout).toContain('a1 (head)')
      expect(await readFile(join(folder, 'migrations/versions/a1_first.ts'), 'utf8')).toContain(
        'op.createTable(',
      )
    } finally {
      await leave()
    }
  })

  it('pulls models that the same app can use instead of its own', async () => {
    const { folder, leave } = await enterFolder({ 'app.mjs': APP + MODELS, 'bare.mjs': APP })
    try {
      for (const command of ['make', 'fill']) {
        expect((await bustapi('--app', 'app', command)).code).toBe(0)
      }
      const pulled = await bustapi(
        '--app',
        'bare',
        'db',
        'pull',
        '--out',
        'models.ts',
        '--db',
        './bare.mjs',
      )
      expect(pulled.code).toBe(0)
      const program = `
        import { app, db } from './bare.mjs'
        import { Person, Toy } from './models.ts'
        import { compareMetadata } from '${join(ROOT, 'compat/sqlalchemy/index.ts')}'
        await app.appContext().run(async () => {
          const person = await Person.query.filterBy({ name: 'ada' }).one()
          const toys = await person.toys
          const connection = await db.engine.connect()
          const differences = await compareMetadata(connection, db.metadata)
          await connection.close()
          console.log(JSON.stringify([String(person), toys.map(({ price }) => price), (await toys[0].owner) === person, differences]))
        })`
      await writeFile(join(folder, 'use.mjs'), program)
      const { stdout } = await promisify(execFile)(process.execPath, [join(folder, 'use.mjs')])
      expect(JSON.parse(stdout)).toEqual(['<Person 1>', ['1.50'], true, []])
    } finally {
      await leave()
    }
  })
})

const TWO = `${APP.replace(
  'export const db',
  "app.config.SQLALCHEMY_BINDS = { auth: 'sqlite:///auth.db' }\nexport const db",
)}
export class Note extends db.Model {
  id = db.Column(db.Integer, { primaryKey: true })
}
export class Account extends db.Model {
  static bindKey = 'auth'
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(20))
}
`

describe('an app with two databases', () => {
  const tables = (file: string): string[] => {
    const database = new DatabaseSync(file)
    const rows = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()
    database.close()
    return rows
      .map(({ name }) => String(name))
      .filter((name) => !name.startsWith('bustapi_migration'))
  }

  it.each(['ts', 'js'])('has both in each revision after init --multidb (%s)', async (language) => {
    const wider = TWO.replace('name = db', 'mail = db.Column(db.String(9))\n  name = db')
    const { folder, leave } = await enterFolder({ 'app.mjs': TWO, 'wider.mjs': wider })
    try {
      const run = (...words: string[]) => bustapi('--app', 'app', 'db', ...words)
      expect((await run('init', '--multidb', '--language', language)).code).toBe(0)
      const made = await run('migrate', '-m', 'first', '--rev-id', 'a1')
      expect(made.stdout).toMatch(/Database <default>[\s\S]*note[\s\S]*Database auth[\s\S]*account/)
      const file = join(folder, `migrations/versions/a1_first.${language}`)
      const text = await readFile(file, 'utf8')
      expect(text).toMatch(
        /bindKey === null\) \{[^}]*'note'[\s\S]*bindKey === 'auth'\) \{[^}]*'account'/,
      )
      expect((await run('upgrade', '--sql')).stdout).toMatch(
        /-- Database <default>[\s\S]*"note"[\s\S]*-- Database auth[\s\S]*"account"/,
      )
      expect((await run('upgrade')).code).toBe(0)
      expect(tables('people.db')).toContain('note')
      expect(tables('people.db')).not.toContain('account')
      expect(tables('auth.db')).toContain('account')
      expect(tables('auth.db')).not.toContain('note')
      expect((await run('check')).stdout.match(/No new upgrade operations detected/g)).toHaveLength(
        2,
      )
      expect((await run('current')).stdout.match(/a1 \(head\)/g)).toHaveLength(2)
      expect((await run('migrate')).stdout).toContain('No changes in schema detected.')

      const second = await bustapi('--app', 'wider', 'db', 'migrate', '--rev-id', 'b2')
      expect(second.stdout).toContain('mail')
      expect((await bustapi('--app', 'wider', 'db', 'check')).code).not.toBe(0)
      expect((await run('upgrade')).code).toBe(0)
      expect((await bustapi('--app', 'wider', 'db', 'check')).code).toBe(0)

      expect((await run('revision', '-m', 'by hand', '--rev-id', 'c3')).code).toBe(0)
      expect(
        await readFile(join(folder, `migrations/versions/c3_by_hand.${language}`), 'utf8'),
      ).toContain("if (bindKey === 'auth') {")
      expect((await run('upgrade')).code).toBe(0)
      expect((await run('downgrade', 'base')).code).toBe(0)
      expect([tables('people.db'), tables('auth.db')]).toEqual([[], []])
      expect((await run('stamp', 'head')).code).toBe(0)
      expect((await run('current')).stdout.match(/c3 \(head\)/g)).toHaveLength(2)
    } finally {
      await leave()
    }
  })

  it('migrates the default one only without it, as Flask-Migrate', async () => {
    const { leave } = await enterFolder({ 'app.mjs': TWO })
    try {
      for (const words of [['init'], ['migrate', '--rev-id', 'a1'], ['upgrade'], ['check']]) {
        expect((await bustapi('--app', 'app', 'db', ...words)).code).toBe(0)
      }
      expect(tables('people.db')).toContain('note')
      expect(tables('auth.db')).toEqual([])
    } finally {
      await leave()
    }
  })
})
