import type { OperationNode } from 'kysely'
import { CompileError } from '../errors.ts'
import { context } from './context.ts'
import type { ColumnElement } from './element.ts'
import { FromClause, type JoinFlags } from './from-base.ts'
import { joinCondition } from './join-condition.ts'
import { parens, raw } from './nodes.ts'

/** `left JOIN right ON …` as one FROM. */
export class Join extends FromClause {
  override readonly name = ''
  readonly left: FromClause
  readonly right: FromClause
  readonly onclause: ColumnElement
  readonly isouter: boolean
  readonly full: boolean
  #columns: readonly ColumnElement[] | undefined
  #byKey: Record<string, ColumnElement> | undefined

  /** Without a condition the foreign keys give it. Errors as {@link joinCondition}. */
  constructor(
    left: FromClause,
    right: FromClause,
    onclause?: ColumnElement | null,
    flags: JoinFlags = {},
  ) {
    super()
    this.left = left
    this.right = right
    this.onclause = onclause ?? joinCondition(left, right)
    this.isouter = flags.isouter ?? false
    this.full = flags.full ?? false
  }

  override get parts(): readonly FromClause[] {
    return [this.left, this.right]
  }
  override get columns(): readonly ColumnElement[] {
    this.#columns ??= [...this.left.columns, ...this.right.columns]
    return this.#columns
  }
  /** By `table_column`, as SQLAlchemy; by the plain key where only one side has it. */
  override get c(): Readonly<Record<string, ColumnElement>> {
    if (!this.#byKey) {
      const byKey = Object.create(null) as Record<string, ColumnElement>
      for (const column of this.columns) byKey[column.key] ??= column
      for (const column of this.columns) {
        const { table } = column as { table?: FromClause | null }
        if (table?.name) byKey[`${table.name}_${column.key}`] = column
      }
      this.#byKey = byKey
    }
    return this.#byKey
  }

  override corresponding(column: ColumnElement): ColumnElement | null {
    return this.left.corresponding(column) ?? this.right.corresponding(column)
  }

  override toOperationNode(): OperationNode {
    return this.toFromNode()
  }

  override toFromNode(): OperationNode {
    if (this.full && context().dialect?.features.fullJoin === false) {
      throw new CompileError(`FULL OUTER JOIN is not supported by ${context().name}.`)
    }
    const words = this.full ? ' full join ' : this.isouter ? ' left join ' : ' inner join '
    const right = this.right.toFromNode()
    const nested = this.right.parts.length ? parens(right) : right
    return raw(
      ['', words, ' on ', ''],
      [this.left.toFromNode(), nested, this.onclause.toOperationNode()],
    )
  }

  override toString(): string {
    return `Join object on ${this.left}(${this.right})`
  }
}
