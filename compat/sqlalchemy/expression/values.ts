import type { OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { type TypeArgument, toType } from '../types/type-engine.ts'
import { NamedFrom } from './alias.ts'
import { ColumnClause } from './column-clause.ts'
import { context } from './context.ts'
import { type ColumnElement, literalOf } from './element.ts'
import { alias, joined, parens, raw } from './nodes.ts'

/** Rows given in the statement itself: `(VALUES (1, 'a'), (2, 'b')) AS v (id, name)`. */
export class Values extends NamedFrom {
  readonly #types: Readonly<Record<string, TypeArgument>>
  readonly #rows: readonly (readonly unknown[])[]

  constructor(
    types: Readonly<Record<string, TypeArgument>>,
    name: string,
    rows: readonly (readonly unknown[])[],
  ) {
    super(name)
    this.#types = types
    this.#rows = rows
  }

  /** Adds rows. Errors: `ArgumentError` for a row of another length. */
  data(rows: readonly (readonly unknown[])[]): Values {
    const size = Object.keys(this.#types).length
    for (const row of rows) {
      if (row.length !== size)
        throw new ArgumentError(`A row of ${size} values was expected, got ${row.length}.`)
    }
    return new Values(this.#types, this.name, [...this.#rows, ...rows])
  }

  protected override get hint(): string {
    return 'values'
  }

  protected override makeColumns(): readonly ColumnElement[] {
    return Object.entries(this.#types).map(
      ([name, type]) => new ColumnClause(name, toType(type), this),
    )
  }

  // SELECTs united give the columns names on every database; VALUES does on PostgreSQL only.
  override toFromNode(): OperationNode {
    const { columns } = this
    if (this.#rows.length === 0) throw new ArgumentError('values() needs rows: data([[…]]).')
    const rows = this.#rows.map((row) => {
      const cells = row.map((cell, index) => {
        const column = columns[index] as ColumnElement
        return alias(literalOf(cell, column.type).toOperationNode(), column.name)
      })
      return raw(['select ', ''], [joined(cells)])
    })
    return alias(parens(joined(rows, ' union all ')), this.nameIn(context()))
  }
}

/** `values({ id: Integer, name: String }, 'v').data([[1, 'a']])`. */
export function values(types: Readonly<Record<string, TypeArgument>>, name = ''): Values {
  return new Values(types, name, [])
}
