import type { Engine } from '../../../../../compat/sqlalchemy/dialects/engine.ts'
import { createEngine } from '../../../../../compat/sqlalchemy/dialects/index.ts'
import { ForeignKeyConstraint } from '../../../../../compat/sqlalchemy/schema/constraints.ts'
import type { Table } from '../../../../../compat/sqlalchemy/schema/table.ts'
import { mappingDb } from '../../mapping/mapping-db.ts'
import type { ColumnSpec, ModelSpec, RelationshipSpec, SchemaSpec } from './schemas.ts'

/** A mapped class as the interpreter uses it. */
export type ModelClass = (new (
  values?: Record<string, unknown>,
) => Record<string, unknown>) & {
  c: Record<string, { asc(): unknown; desc(): unknown }>
}

/** The classes of a schema and an empty database for them. */
export interface Models {
  readonly spec: SchemaSpec
  readonly classes: ReadonlyMap<string, ModelClass>
  readonly engine: Engine
}

/** Makes the classes and tables of a schema, in a database in memory. */
export async function makeModels(spec: SchemaSpec): Promise<Models> {
  const db = mappingDb()
  const classes = new Map<string, ModelClass>()
  const tables = new Map<string, Table>()
  for (const { name, columns } of spec.secondaries) {
    const items = columns.map((column) =>
      db.Column(column.name, db.Integer, db.ForeignKey(column.fk), { primaryKey: true }),
    )
    tables.set(name, db.Table(name, ...items))
  }
  for (const model of spec.models) classes.set(model.name, makeClass(db, model, classes, tables))
  for (const model of classes.values()) db.registry.map(model as never)
  const engine = createEngine('sqlite://', { connectArgs: { pragmas: { foreign_keys: 'on' } } })
  await db.metadata.createAll(engine)
  return { spec, classes, engine }
}

function makeClass(
  db: ReturnType<typeof mappingDb>,
  model: ModelSpec,
  classes: ReadonlyMap<string, ModelClass>,
  tables: ReadonlyMap<string, Table>,
): ModelClass {
  const base = (model.inherits ? classes.get(model.inherits) : db.Model) as never as new (
    values?: object,
  ) => object
  class Model extends base {
    constructor(values?: object) {
      super(values)
      // What field initialisers do.
      for (const column of model.columns) field(this, column.key, columnOf(db, column))
      for (const relationship of model.relationships) {
        field(this, relationship.key, relationshipOf(db, model, relationship, classes, tables))
      }
    }
  }
  Object.defineProperty(Model, 'name', { value: model.name })
  const statics: Record<string, unknown> = {
    mapperArgs: {
      ...(model.version ? { versionIdCol: model.version } : {}),
      ...(model.polymorphicOn ? { polymorphicOn: model.polymorphicOn } : {}),
      ...(model.identity ? { polymorphicIdentity: model.identity } : {}),
    },
  }
  if (!model.inherits) statics.tablename = model.table
  if (model.foreignKey) {
    const { columns, targets } = model.foreignKey
    statics.tableArgs = [new ForeignKeyConstraint(columns, targets)]
  }
  for (const key in statics) field(Model, key, statics[key])
  return Model as unknown as ModelClass
}

function field(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function columnOf(db: ReturnType<typeof mappingDb>, column: ColumnSpec): unknown {
  const type = column.type === 'int' ? db.Integer : db.String(20)
  const options = {
    primaryKey: column.pk ?? false,
    nullable: column.nullable ?? !column.pk,
    unique: column.unique ?? false,
    ...(column.default === undefined ? {} : { default: column.default }),
    ...(column.serverDefault === undefined ? {} : { serverDefault: column.serverDefault }),
    ...(column.onupdate === undefined ? {} : { onupdate: column.onupdate }),
  }
  if (column.fk === undefined) return db.Column(type as never, options as never)
  const key = db.ForeignKey(column.fk, column.ondelete ? { ondelete: column.ondelete } : {})
  return db.Column(type as never, key as never, options as never)
}

function relationshipOf(
  db: ReturnType<typeof mappingDb>,
  model: ModelSpec,
  spec: RelationshipSpec,
  classes: ReadonlyMap<string, ModelClass>,
  tables: ReadonlyMap<string, Table>,
): unknown {
  const target = (): ModelClass => classes.get(spec.target) as ModelClass
  return db.relationship(
    target as never,
    {
      uselist: spec.many,
      ...(spec.back ? { backPopulates: spec.back } : {}),
      ...(spec.cascade ? { cascade: spec.cascade } : {}),
      ...(spec.secondary ? { secondary: tables.get(spec.secondary) } : {}),
      ...(spec.remote
        ? { remoteSide: () => classes.get(model.name)?.c[spec.remote as string] }
        : {}),
      ...(spec.passiveDeletes === undefined ? {} : { passiveDeletes: spec.passiveDeletes }),
      ...(spec.many ? { orderBy: () => target().c.id } : {}),
    } as never,
  )
}
