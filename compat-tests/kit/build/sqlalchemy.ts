import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { plainValue } from '../typed-values.ts'
import { partOf } from './extension-parts.ts'

/** A row of a model. */
export type Row = Record<string, unknown>

/** A class of rows. */
export type ModelClass = new (values?: Row) => Row

/** What the driver uses of a `SQLAlchemy` object. */
export interface Database {
  readonly Model: ModelClass
  readonly Integer: unknown
  readonly String: unknown
  readonly Float: unknown
  readonly Boolean: unknown
  readonly metadata: { readonly tables: Readonly<Record<string, unknown>> }
  readonly session: {
    add(row: Row): unknown
    delete(row: Row): unknown
    flush(): unknown
    commit(): unknown
    scalars(query: unknown): unknown
  }
  Column(type: unknown, options?: Row): unknown
  select(model: ModelClass): { filterBy(values: Row): unknown }
  createAll(): unknown
  getOr404(model: ModelClass, id: unknown, options?: Row): unknown
  firstOr404(query: unknown, options?: Row): unknown
  oneOr404(query: unknown, options?: Row): unknown
  paginate(query: unknown, options?: Row): unknown
}

/** The database of a scenario, and its models with the names of their columns. */
export interface DatabaseWorld {
  readonly db: Database
  readonly models: Map<string, { readonly Class: ModelClass; readonly columns: readonly string[] }>
}

const TYPES: Readonly<Record<string, 'Integer' | 'String' | 'Float' | 'Boolean'>> = {
  int: 'Integer',
  str: 'String',
  float: 'Float',
  bool: 'Boolean',
}

type Column = [name: string, make: () => unknown]

function readColumn(source: Json, where: string, db: Database): Column {
  const fields = new Fields(source, where)
  const name = fields.text('name') ?? fields.fail('no name')
  const type = TYPES[fields.text('type') ?? ''] ?? fields.fail('unknown type of column')
  const options: Row = {}
  for (const key of ['primary_key', 'unique', 'nullable']) {
    const value = fields.flag(key)
    if (value !== undefined) options[key] = value
  }
  fields.done()
  return [name, () => db.Column(db[type], camelKeys(options))]
}

/** What `class Name extends db.Model { column = db.Column(…) }` compiles to. */
function makeModel(
  name: string,
  table: string | undefined,
  columns: readonly Column[],
  db: Database,
) {
  const Class = class extends db.Model {
    constructor(...args: [Row?]) {
      super(...args)
      for (const [column, make] of columns) this[column] = make()
    }
  }
  Object.defineProperty(Class, 'name', { value: name })
  if (table !== undefined) Object.defineProperty(Class, 'tablename', { value: table })
  return Class
}

function buildModels(fields: Fields, { db, models }: DatabaseWorld): void {
  for (const [at, source] of fields.list('models').entries()) {
    const model = new Fields(source, `${fields.where}.models[${at}]`)
    const name = model.text('name') ?? model.fail('no name')
    const table = model.text('tablename')
    const columns = model
      .list('columns')
      .map((column, index) => readColumn(column, `${model.where}.columns[${index}]`, db))
    model.done()
    models.set(name, {
      Class: makeModel(name, table, columns, db),
      columns: columns.map(([column]) => column),
    })
  }
}

function numbered(value: unknown, i: number): unknown {
  return typeof value === 'string' ? value.replaceAll('{i}', String(i)) : value
}

async function insertRows(fields: Fields, { db, models }: DatabaseWorld): Promise<void> {
  for (const [at, source] of fields.list('rows').entries()) {
    const row = new Fields(source, `${fields.where}.rows[${at}]`)
    const model = models.get(row.text('model') ?? '') ?? row.fail('unknown model')
    const values = row.entries('values')
    const repeat = row.number('repeat') ?? 1
    row.done()
    for (let i = 1; i <= repeat; i++) {
      const filled = values.map(([name, value]) => [
        name,
        numbered(plainValue(value, row.where), i),
      ])
      db.session.add(new model.Class(Object.fromEntries(filled)))
      await db.session.flush()
    }
  }
  await db.session.commit()
}

/** `sqlalchemy`: the models, their tables and rows, in an SQLite database in memory. */
export async function buildSqlalchemy(fields: Fields, { world }: Compiler): Promise<void> {
  const { SQLAlchemy } = partOf<{ SQLAlchemy: new (app: unknown) => Database }>(world, 'sqlalchemy')
  const { app } = world
  app.config.SQLALCHEMY_DATABASE_URI ??= 'sqlite:///:memory:'
  const db = new SQLAlchemy(app)
  const database: DatabaseWorld = { db, models: new Map() }
  buildModels(fields, database)
  await app.appContext().run(async () => {
    await db.createAll()
    await insertRows(fields, database)
  })
  fields.done()
  world.extensions.set('sqlalchemy', database)
}
