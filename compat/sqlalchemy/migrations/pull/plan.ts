import {
  className,
  freeName,
  isIdentifier,
  plural,
  safeName,
  singular,
} from '../../reflection/names.ts'
import type {
  ReflectedColumn,
  ReflectedForeignKey,
  ReflectedTable,
} from '../../reflection/reflected.ts'

/** An attribute of a class that is to be written. */
export interface PlannedColumn {
  readonly attribute: string
  readonly column: ReflectedColumn
}

/** A relationship of a class that is to be written. */
export interface PlannedRelationship {
  readonly attribute: string
  readonly target: PlannedModel
  readonly uselist: boolean
  /** The other side's attribute. */
  backPopulates: string
  /** Attributes of the foreign key, as `Class.attribute`, where there is more than one key. */
  readonly foreignKeys: readonly string[] | null
  /** Of a table that refers to itself. */
  readonly remoteSide: readonly string[] | null
  readonly secondary: { readonly variable: string; readonly key: string } | null
  /** Of a many-to-many relationship within one class: which key leads where. */
  readonly joins: {
    readonly primary: ReflectedForeignKey
    readonly secondary: ReflectedForeignKey
  } | null
}

/** A class that is to be written. */
export interface PlannedModel {
  readonly className: string
  readonly table: ReflectedTable
  readonly columns: readonly PlannedColumn[]
  readonly relationships: PlannedRelationship[]
}

/** A table that becomes a `db.Table`: it has no key, or only joins two others. */
export interface PlannedTable {
  readonly variable: string
  readonly table: ReflectedTable
}

export interface PullPlan {
  readonly models: readonly PlannedModel[]
  readonly tables: readonly PlannedTable[]
}

/** Names that an object has already. */
const TAKEN_ATTRIBUTES = [
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__proto__',
  'then',
]

const keyOf = (schema: string | null, name: string): string => JSON.stringify([schema, name])

const sameColumns = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name) => b.includes(name))

/** Whether a table does nothing but join two others. */
function isAssociation({ columns, foreignKeys, primaryKey }: ReflectedTable): boolean {
  if (foreignKeys.length !== 2) return false
  const referring = new Set(foreignKeys.flatMap((key) => key.columns))
  const count = foreignKeys.reduce((sum, key) => sum + key.columns.length, 0)
  if (referring.size !== count || columns.some(({ name }) => !referring.has(name))) return false
  return primaryKey.columns.length === 0 || sameColumns(primaryKey.columns, [...referring])
}

function planModel(table: ReflectedTable, classes: Set<string>): PlannedModel {
  const wanted = className(singular(table.name))
  const name = freeName([wanted, className(table.name), `${wanted}Model`], classes)
  const taken = new Set(TAKEN_ATTRIBUTES)
  const columns = table.columns.map((column) => {
    const plain = isIdentifier(column.name) ? column.name : safeName(column.name)
    return { column, attribute: freeName([plain, `${plain}_`], taken) }
  })
  return { className: name, table, columns, relationships: [] }
}

/** Decides what becomes a class, and which classes are related how. */
export function planModels(tables: readonly ReflectedTable[]): PullPlan {
  const classes = new Set<string>(['SQLAlchemy', 'Object', 'Promise', 'Symbol'])
  const variables = new Set<string>(['db'])
  const models = new Map<string, PlannedModel>()
  const plain: PlannedTable[] = []
  const associations: PlannedTable[] = []
  for (const table of tables) {
    const association = isAssociation(table)
    if (!association && table.primaryKey.columns.length > 0) {
      models.set(keyOf(table.schema, table.name), planModel(table, classes))
      continue
    }
    const word = safeName(table.name)
    const variable = freeName([word, `${word}_table`], variables)
    plain.push({ variable, table })
    if (association) associations.push({ variable, table })
  }
  const target = (table: ReflectedTable, key: ReflectedForeignKey): PlannedModel | undefined =>
    models.get(keyOf(key.referredSchema ?? table.schema, key.referredTable))
  for (const model of models.values()) {
    for (const key of model.table.foreignKeys) {
      const other = target(model.table, key)
      if (other) relate(model, key, other)
    }
  }
  for (const { variable, table } of associations) {
    const [first, second] = table.foreignKeys as [ReflectedForeignKey, ReflectedForeignKey]
    const [left, right] = [target(table, first), target(table, second)]
    if (left && right) relateMany(variable, table, [left, first], [right, second])
  }
  return { models: [...models.values()], tables: plain }
}

/** A free attribute; classes' columns and relationships share their names. */
function attributeOf(model: PlannedModel, wanted: readonly string[]): string {
  const taken = new Set([
    ...TAKEN_ATTRIBUTES,
    ...model.columns.map(({ attribute }) => attribute),
    ...model.relationships.map(({ attribute }) => attribute),
  ])
  return freeName(wanted.map(safeName), taken)
}

const lowerFirst = (word: string): string => word.charAt(0).toLowerCase() + word.slice(1)

/** Foreign key and its way back. */
function relate(model: PlannedModel, key: ReflectedForeignKey, other: PlannedModel): void {
  const { table } = model
  const [column = ''] = key.columns
  const stem = /^(.+?)(?:_id|Id|_fk|ID)$/.exec(column)?.[1]
  const one = key.columns.length === 1 && stem !== undefined ? stem : lowerFirst(other.className)
  const unique =
    sameColumns(key.columns, table.primaryKey.columns) ||
    table.uniques.some(({ columns }) => sameColumns(columns, key.columns))
  const siblings = table.foreignKeys.filter(
    ({ referredTable, referredSchema }) =>
      referredTable === key.referredTable && referredSchema === key.referredSchema,
  )
  const attribute = attributeOf(model, [one, `${one}_${lowerFirst(other.className)}`, `${one}_rel`])
  const many = unique ? singular(table.name) : plural(singular(table.name))
  const self = model === other
  const back = attributeOf(
    self
      ? { ...model, relationships: [...model.relationships, { attribute } as PlannedRelationship] }
      : other,
    siblings.length > 1 || self ? [`${attribute}_${many}`] : [many, `${many}_rel`],
  )
  const named = (of: PlannedModel, columns: readonly string[]): string[] =>
    columns.map((name) => {
      const found = of.columns.find((planned) => planned.column.name === name)
      return `${of.className}.${found?.attribute ?? name}`
    })
  const foreignKeys = siblings.length > 1 ? named(model, key.columns) : null
  model.relationships.push({
    attribute,
    target: other,
    uselist: false,
    backPopulates: back,
    foreignKeys,
    remoteSide: self ? named(other, key.referredColumns) : null,
    secondary: null,
    joins: null,
  })
  other.relationships.push({
    attribute: back,
    target: model,
    uselist: !unique,
    backPopulates: attribute,
    foreignKeys,
    remoteSide: self ? named(model, key.columns) : null,
    secondary: null,
    joins: null,
  })
}

type Side = readonly [PlannedModel, ReflectedForeignKey]

function relateMany(variable: string, table: ReflectedTable, left: Side, right: Side): void {
  const secondary = {
    variable,
    key: table.schema === null ? table.name : `${table.schema}.${table.name}`,
  }
  const nameFor = ([, key]: Side, of: PlannedModel): string => {
    const stem = /^(.+?)(?:_id|Id)$/.exec(key.columns[0] ?? '')?.[1]
    return attributeOf(of, [
      plural(stem ?? singular(key.referredTable)),
      `${table.name}_${key.referredTable}`,
    ])
  }
  const self = left[0] === right[0]
  const forward = nameFor(right, left[0])
  const relationship = (
    attribute: string,
    [, primary]: Side,
    [target, other]: Side,
  ): PlannedRelationship => ({
    attribute,
    target,
    uselist: true,
    backPopulates: '',
    foreignKeys: null,
    remoteSide: null,
    secondary,
    joins: self ? { primary, secondary: other } : null,
  })
  const there = relationship(forward, left, right)
  left[0].relationships.push(there)
  const back = relationship(nameFor(left, right[0]), right, left)
  right[0].relationships.push(back)
  there.backPopulates = back.attribute
  back.backPopulates = there.attribute
}
