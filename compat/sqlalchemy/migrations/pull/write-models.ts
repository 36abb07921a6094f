import { optionsCode, quoteJs } from '../../reflection/code.ts'
import { normalKey } from '../../reflection/names.ts'
import type {
  ReflectedForeignKey,
  ReflectedTable,
  SourceDialect,
} from '../../reflection/reflected.ts'
import { type PlannedModel, type PlannedRelationship, planModels } from './plan.ts'
import { columnCode, inlineOf, itemsCode } from './table-code.ts'

/** Settings of {@link writeModels}. */
export interface WriteModelsOptions {
  readonly dialect: SourceDialect
  /** Where `db` comes from; null: the file makes it. */
  readonly dbModule?: string | null
}

/** Writes a file of models from tables as the inspector describes them. */
export function writeModels(
  tables: readonly ReflectedTable[],
  { dialect, dbModule = null }: WriteModelsOptions,
): string {
  const { models, tables: plain } = planModels(tables)
  const head =
    dbModule === null
      ? [
          "import { SQLAlchemy } from 'bustapi/sqlalchemy'",
          '',
          'export const db = new SQLAlchemy()',
        ]
      : [`import { db } from ${quoteJs(dbModule)}`]
  const parts = [
    head,
    ...models.map((model) => modelCode(model, dialect)),
    ...plain.map(({ variable, table }) => tableCode(variable, table, dialect)),
  ]
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function tableCode(variable: string, table: ReflectedTable, dialect: SourceDialect): string[] {
  const inline = inlineOf(table, dialect)
  const columns = table.columns.map((column) => columnCode(column, table, dialect, inline, true))
  const items = [...columns, ...itemsCode(table, dialect, inline)]
  return [
    `export const ${variable} = db.Table(`,
    `  ${quoteJs(table.name)},`,
    ...items.map((item) => `  ${item},`),
    ')',
  ]
}

function modelCode(model: PlannedModel, dialect: SourceDialect): string[] {
  const { className, table, columns, relationships } = model
  const inline = inlineOf(table, dialect)
  const items = itemsCode(table, dialect, inline)
  const lines = [
    `export class ${className} extends db.Model<${className}>() {`,
    `  static tablename = ${quoteJs(table.name)}`,
  ]
  if (items.length > 0) {
    lines.push('  static tableArgs = [', ...items.map((item) => `    ${item},`), '  ]')
  }
  lines.push('')
  for (const { attribute, column } of columns) {
    const code = columnCode(column, table, dialect, inline, attribute !== column.name)
    lines.push(`  ${normalKey(attribute)} = ${code}`)
  }
  if (relationships.length > 0) lines.push('')
  for (const relationship of relationships) {
    lines.push(`  ${normalKey(relationship.attribute)} = ${relationshipCode(relationship)}`)
  }
  lines.push('}')
  return lines
}

/**
 * `db.and(…)` of the pairs of a key, over the association table's columns. The class is asked for
 * its table and not for its attributes: their types are what is being declared here.
 */
function joinCode(variable: string, target: PlannedModel, key: ReflectedForeignKey): string {
  const column = (owner: string, name: string): string => `${owner}.c[${quoteJs(name)}]!`
  const conditions = key.columns.map((name, at) => {
    const referred = column(`${target.className}.table`, key.referredColumns[at] as string)
    return `${column(variable, name)}.eq(${referred})`
  })
  const [only = ''] = conditions
  return `() => ${conditions.length === 1 ? only : `db.and(${conditions.join(', ')})`}`
}

function relationshipCode(relationship: PlannedRelationship): string {
  const { target, uselist, backPopulates, foreignKeys, remoteSide, secondary, joins } = relationship
  const list = (names: readonly string[] | null): string | undefined =>
    names === null
      ? undefined
      : names.length === 1
        ? quoteJs(names[0] as string)
        : `[${names.map(quoteJs).join(', ')}]`
  const options = optionsCode({
    secondary: secondary ? `() => ${secondary.variable}` : undefined,
    primaryjoin:
      joins && secondary ? joinCode(secondary.variable, target, joins.primary) : undefined,
    secondaryjoin:
      joins && secondary ? joinCode(secondary.variable, target, joins.secondary) : undefined,
    uselist: uselist ? undefined : 'false',
    backPopulates: quoteJs(backPopulates),
    foreignKeys: list(foreignKeys),
    remoteSide: list(remoteSide),
  })
  return `db.relationship(() => ${target.className}, ${options})`
}
