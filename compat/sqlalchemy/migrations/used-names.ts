import { InvalidRequestError } from '../errors.ts'
import type { Column } from '../schema/column.ts'
import { type Constraint, ForeignKeyConstraint } from '../schema/constraints.ts'
import type { Index } from '../schema/sql-index.ts'
import type { Table } from '../schema/table.ts'

/** What a naming convention is asked about. */
interface Named {
  readonly name: string | null
  readonly kind: string
  readonly columns: readonly Column[]
  readonly owner: Constraint | Index
}

/** `%(column_0_name)s`, `%(column_1_label)s`, `%(column_0N_key)s`, `%(column_0_N_name)s`. */
const COLUMN_TOKEN = /^(referred_)?column_(\d+)(_?N)?_(name|label|key)$/

const labelOf = (column: Column): string =>
  `${column.table?.fullname.replaceAll('.', '_') ?? ''}_${column.name}`

function columnPart(column: Column, part: string): string {
  if (part === 'label') return labelOf(column)
  return part === 'key' ? column.key : column.name
}

function tokenValue(token: string, named: Named, table: Table): string {
  if (token === 'table_name') return table.name
  if (token === 'constraint_name') return named.name ?? ''
  const { owner } = named
  if (token === 'referred_table_name' && owner instanceof ForeignKeyConstraint) {
    return owner.referredTableKey.replace(/^.*\./, '')
  }
  const match = COLUMN_TOKEN.exec(token)
  if (!match) throw new InvalidRequestError(`Unknown token in a naming convention: %(${token})s`)
  const [, referred, number, many, part = 'name'] = match
  if (referred && owner instanceof ForeignKeyConstraint) {
    return owner.elements[Number(number)]?.targetColumn ?? ''
  }
  if (many === undefined) {
    const column = named.columns[Number(number)]
    return column ? columnPart(column, part) : ''
  }
  return named.columns.map((column) => columnPart(column, part)).join(many === '_N' ? '_' : '')
}

/** The name by the metadata's convention, the given one, or null where there is neither. */
function usedName(named: Named, table: Table | null): string | null {
  const template = table?.metadata.namingConvention[named.kind]
  if (!table || typeof template !== 'string') return named.name
  // A name that was given is used as it is, unless the convention is made of it.
  const usesName = template.includes('%(constraint_name)s')
  if (usesName ? named.name === null : named.name !== null) return named.name
  return template.replace(/%\((\w+)\)s/g, (whole, token: string) => {
    const custom = table.metadata.namingConvention[token]
    return typeof custom === 'function'
      ? custom(named.owner, table)
      : (tokenValue(token, named, table) ?? whole)
  })
}

/** The name a constraint has in the database, or null where the database gives it one. */
export function constraintName(constraint: Constraint): string | null {
  const { name, kind, columns } = constraint
  return usedName({ name, kind, columns, owner: constraint }, constraint.table)
}

/** The name an index has in the database. */
export function indexName(index: Index): string | null {
  return usedName(
    { name: index.name, kind: 'ix', columns: index.columns, owner: index },
    index.table,
  )
}
