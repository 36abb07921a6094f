import { createHash } from 'node:crypto'
import { CompileError, IdentifierError, InvalidRequestError } from '../errors.ts'
import type { Column } from './column.ts'
import { type Constraint, ForeignKeyConstraint } from './constraints.ts'
import type { Index } from './sql-index.ts'
import type { Table } from './table.ts'

/** What decides how long a name may be. */
interface NameLimit {
  readonly maxIdentifierLength: number
}

/** What a naming convention is asked about. */
interface Named {
  readonly name: string | null
  readonly kind: string
  readonly columns: readonly Column[]
  readonly owner: Constraint | Index
}

interface UsedName {
  readonly name: string | null
  /** Made by the convention: it may be cut to the length the database allows. */
  readonly made: boolean
}

/** `%(column_0_name)s`, `%(column_1_label)s`, `%(column_0N_key)s`, `%(column_0_N_name)s`. */
const COLUMN_TOKEN = /^(referred_)?column_(\d+)(_?N)?_(name|label|key)$/

function columnPart(column: Column, part: string): string {
  if (part === 'key') return column.key
  if (part === 'name') return column.name
  return `${column.table?.fullname.replaceAll('.', '_') ?? ''}_${column.name}`
}

function tokenValue(token: string, named: Named, table: Table): string {
  const { owner } = named
  if (token === 'table_name') return table.name
  if (token === 'constraint_name') return constraintToken(named)
  if (token === 'referred_table_name' && owner instanceof ForeignKeyConstraint) {
    return owner.referredTableKey.replace(/^.*\./s, '')
  }
  const match = COLUMN_TOKEN.exec(token)
  if (!match) throw new InvalidRequestError(`Unknown token in a naming convention: %(${token})s`)
  const [, referred, number, many, part = 'name'] = match
  if (referred) return referredColumn(owner, Number(number))
  if (many === undefined) {
    const column = named.columns[Number(number)]
    return column ? columnPart(column, part) : ''
  }
  return named.columns.map((column) => columnPart(column, part)).join(many === '_N' ? '_' : '')
}

function constraintToken({ name }: Named): string {
  if (name !== null) return name
  throw new InvalidRequestError(
    'Naming convention including %(constraint_name)s token requires that constraint is explicitly named.',
  )
}

function referredColumn(owner: Constraint | Index, number: number): string {
  return owner instanceof ForeignKeyConstraint ? (owner.elements[number]?.targetColumn ?? '') : ''
}

function usedName(named: Named, table: Table | null): UsedName {
  const convention = table?.metadata.namingConvention
  const template = convention?.[named.kind]
  if (!table || typeof template !== 'string') return { name: named.name, made: false }
  // A name that was given is used as it is, unless the convention is made of it.
  const usesName = template.includes('%(constraint_name)s')
  const asGiven = usesName ? named.name === null && named.kind !== 'ck' : named.name !== null
  if (asGiven) return { name: named.name, made: false }
  const name = template.replace(/%\((\w+)\)s/g, (_whole, token: string) => {
    const custom = convention?.[token]
    return typeof custom === 'function'
      ? custom(named.owner, table)
      : tokenValue(token, named, table)
  })
  return { name, made: true }
}

/** A made name is cut as SQLAlchemy cuts it; a given one must fit. */
function fitting({ name, made }: UsedName, limit: NameLimit | undefined): string | null {
  const max = limit?.maxIdentifierLength
  if (name === null || max === undefined || name.length <= max) return name
  if (!made) {
    throw new IdentifierError(`Identifier '${name}' exceeds maximum length of ${max} characters`)
  }
  const digest = createHash('md5').update(name).digest('hex')
  return `${name.slice(0, max - 8)}_${digest.slice(-4)}`
}

/**
 * The name a constraint has in the database: the given one or the convention's; null where the
 * database gives it one.
 * @throws {IdentifierError} when a given name is too long for the dialect.
 */
export function constraintName(constraint: Constraint, limit?: NameLimit): string | null {
  const { name, kind, columns } = constraint
  return fitting(usedName({ name, kind, columns, owner: constraint }, constraint.table), limit)
}

/** The name an index has in the database. @throws {CompileError} when it has none. */
export function indexName(index: Index, limit?: NameLimit): string {
  const { name, columns } = index
  const unnamed = name === null && columns.length === 0
  const used = unnamed
    ? null
    : fitting(usedName({ name, kind: 'ix', columns, owner: index }, index.table), limit)
  if (used !== null) return used
  throw new CompileError('CREATE INDEX requires that the index have a name')
}
