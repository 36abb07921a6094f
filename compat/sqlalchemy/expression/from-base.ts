import type { OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import type { ColumnElement, FromSource } from './element.ts'

/** A foreign key as joining needs it. */
interface ForeignKeyLike {
  readonly column: ColumnElement
  readonly constraint?: object | null
}

/** What a FROM may consist of. */
export abstract class FromClause implements FromSource {
  readonly isFromClause = true
  /** The name columns are qualified with; empty for a join and for what is not named yet. */
  abstract readonly name: string
  /** The columns in order. */
  abstract get columns(): readonly ColumnElement[]
  /** The columns by key. */
  abstract get c(): Readonly<Record<string, ColumnElement>>
  /** The clause as the name columns are qualified with. */
  abstract toOperationNode(): OperationNode

  /** The clause as it stands in FROM; differs from the name for what has an alias. */
  toFromNode(): OperationNode {
    return this.toOperationNode()
  }

  /** FROMs inside that are not to be listed again: both sides of a join. */
  get parts(): readonly FromClause[] {
    return NO_PARTS
  }

  /** The clause under another name. */
  alias(name = ''): FromClause {
    return methods('alias')(this, name)
  }
  /** `this JOIN right ON …` as one FROM; without a condition the foreign keys give it. */
  join(right: FromClause, on?: ColumnElement | null, flags: JoinFlags = {}): FromClause {
    return methods('join')(this, right, on ?? null, flags)
  }
  outerjoin(right: FromClause, on?: ColumnElement | null, flags: JoinFlags = {}): FromClause {
    return this.join(right, on, { ...flags, isouter: true })
  }

  /** The column of this clause that stands for the given one. */
  corresponding(column: ColumnElement): ColumnElement | null {
    for (const own of this.columns) {
      if (own === column || baseOf(own) === column) return own
    }
    return null
  }
}

export interface JoinFlags {
  readonly isouter?: boolean
  readonly full?: boolean
}

/** What files above this one give to FROMs. */
export interface FromMethods {
  alias(from: FromClause, name: string): FromClause
  join(left: FromClause, right: FromClause, on: ColumnElement | null, flags: JoinFlags): FromClause
}

let registered: FromMethods | undefined

/** Gives the class its methods; called once by `from-clause.ts`. */
export function withFromMethods(base: typeof FromClause, given: FromMethods): typeof FromClause {
  registered = given
  return base
}

function methods<K extends keyof FromMethods>(name: K): FromMethods[K] {
  if (!registered) throw new ArgumentError(`FromClause.${name}() needs bustapi/sqlalchemy's index.`)
  return registered[name]
}

const NO_PARTS: readonly FromClause[] = []

/** The column of a table behind columns of aliases and attributes of models. */
export function baseOf(column: ColumnElement): ColumnElement {
  let current = column
  for (;;) {
    const { base } = current as { base?: ColumnElement }
    if (!base || base === current) return current
    current = base
  }
}

/** The foreign keys of a column; those of its base for an alias's column. */
export function foreignKeysOf(column: ColumnElement): readonly ForeignKeyLike[] {
  return (baseOf(column) as { foreignKeys?: readonly ForeignKeyLike[] }).foreignKeys ?? []
}

/** The clause and all that is inside its joins. */
export function deepParts(from: FromClause, into: Set<FromSource> = new Set()): Set<FromSource> {
  into.add(from)
  for (const part of from.parts) deepParts(part, into)
  return into
}
