import type { InsertQueryNode, OperationNode } from 'kysely'
import { ArgumentError, CompileError } from '../errors.ts'
import type { Column } from '../schema/column.ts'
import { ColumnClause } from './column-clause.ts'
import {
  type ConflictClause,
  type ConflictOptions,
  type ConflictUpdate,
  conflictNode,
  duplicateNode,
} from './conflict.ts'
import { context, takeCtes } from './context.ts'
import {
  columnNode,
  columnOf,
  hasCallableDefault,
  returningNode,
  rowValues,
  type Values,
} from './dml-base.ts'
import { type DmlParts, DmlStatement, dmlParts, moreReturning } from './dml-statement.ts'
import type { ColumnElement } from './element.ts'
import { FromClause } from './from-clause.ts'
import { callFunction } from './functions.ts'
import { raw, tableNode } from './nodes.ts'
import type { OutputColumn } from './query-source.ts'
import type { SelectBase } from './select-base.ts'
import type { Selectable, SelectedNames, SelectedValues } from './selectable-types.ts'

interface InsertParts extends DmlParts {
  readonly rows: readonly Values[]
  readonly fromSelect: { readonly names: readonly string[]; readonly query: SelectBase } | null
  readonly conflict: ConflictClause | null
  readonly duplicate: ConflictUpdate | null
}

/** `INSERT INTO`; immutable as SELECT. */
export class Insert<
  V extends readonly unknown[] = readonly unknown[],
  N = unknown,
> extends DmlStatement<V, N> {
  override readonly parts: InsertParts

  constructor(parts: InsertParts) {
    super()
    this.parts = parts
  }

  #with(changes: Partial<InsertParts>): Insert<V, N> {
    return new Insert({ ...this.parts, ...changes })
  }

  /** One row or several, by attribute or column key. A second call adds to the one row. */
  values(rows: Values | readonly Values[]): Insert<V, N> {
    if (Array.isArray(rows)) return this.#with({ rows: [...this.parts.rows, ...rows] })
    const [first, ...others] = this.parts.rows
    if (others.length) throw new ArgumentError("Can't mix single and multiple VALUES formats")
    return this.#with({ rows: [{ ...first, ...(rows as Values) }] })
  }
  /** `INSERT INTO … SELECT`. */
  fromSelect(names: readonly string[], query: SelectBase): Insert<V, N> {
    return this.#with({ fromSelect: { names, query } })
  }
  /** `RETURNING`. */
  returning<const S extends readonly Selectable[]>(
    ...columns: S
  ): Insert<SelectedValues<S>, SelectedNames<S>> {
    return this.#with({ returning: moreReturning(this.parts, columns) }) as never
  }
  /** `ON CONFLICT DO NOTHING`; on MySQL `INSERT IGNORE`. */
  onConflictDoNothing(options: ConflictOptions = {}): Insert<V, N> {
    return this.#with({ conflict: { ...options, set: null } })
  }
  /** `ON CONFLICT (…) DO UPDATE SET …`; `excluded` is the row that was refused. */
  onConflictDoUpdate(
    options: ConflictOptions & { set: Values; where?: ColumnElement },
  ): Insert<V, N> {
    return this.#with({ conflict: options })
  }
  /** `ON DUPLICATE KEY UPDATE` (MySQL); `inserted` is the row that was refused. */
  onDuplicateKeyUpdate(set: Values): Insert<V, N> {
    return this.#with({ duplicate: { set } })
  }
  executionOptions(options: Readonly<Record<string, unknown>>): Insert<V, N> {
    return this.#with({ execution: { ...this.parts.execution, ...options } })
  }

  /** The refused row's columns, for `onConflictDoUpdate`. */
  get excluded(): Readonly<Record<string, ColumnElement>> {
    return columnsAs(this.parts, (column) => new ColumnClause(column.name, column.type, EXCLUDED))
  }
  /** The refused row's columns, for `onDuplicateKeyUpdate`. */
  get inserted(): Readonly<Record<string, ColumnElement>> {
    return columnsAs(this.parts, (column) =>
      callFunction('values', [new ColumnClause(column.name, column.type)], column.type),
    )
  }

  override get cacheable(): boolean {
    return !hasCallableDefault(this.parts.target, 'default')
  }

  override render(outputs: readonly OutputColumn[]): OperationNode {
    const { target, conflict, duplicate } = this.parts
    const node = {
      kind: 'InsertQueryNode',
      into: target.table.toOperationNode(),
      ...this.#source(),
    } as unknown as { -readonly [K in keyof InsertQueryNode]: InsertQueryNode[K] }
    if (conflict) {
      const clause = conflictNode(target, conflict)
      if (clause) node.onConflict = clause as never
      else node.orAction = { kind: 'OrActionNode', action: 'ignore' } as never
    }
    if (duplicate) node.onDuplicateKey = duplicateNode(target, duplicate) as never
    if (outputs.length) node.returning = returningNode(outputs, 'insertReturning') as never
    return node as OperationNode
  }

  #source(): object {
    const { target, rows, fromSelect } = this.parts
    if (fromSelect) {
      const columns = fromSelect.names.map((name) => columnNode(columnOf(target, name)))
      const query = fromSelect.query.renderQuery('top')
      // MySQL wants WITH right before the SELECT.
      const ctes = context().name === 'mysql' ? takeCtes(context()) : undefined
      return { columns, values: ctes ? { ...query, with: ctes } : query }
    }
    const sets = (rows.length ? rows : [{}]).map((row) => rowValues(target, row, 'default'))
    const columns = [...(sets[0] as Map<Column, ColumnElement>).keys()]
    if (columns.length === 0 && sets.length === 1) return emptyRow()
    const values = sets.map((set) => ({ kind: 'ValueListNode', values: cells(set, columns) }))
    return { columns: columns.map(columnNode), values: { kind: 'ValuesNode', values } }
  }
}

function emptyRow(): object {
  if (context().dialect?.emptyInsert !== 'values ()') return { defaultValues: true }
  return { values: raw(['() values ()'], []) }
}

function cells(
  set: ReadonlyMap<Column, ColumnElement>,
  columns: readonly Column[],
): OperationNode[] {
  if (set.size !== columns.length) {
    throw new CompileError('All rows of one INSERT must have values for the same columns.')
  }
  return columns.map((column) => {
    const value = set.get(column)
    if (!value) {
      throw new CompileError(
        `INSERT value for column ${column} is missing in some of the rows; all rows of one INSERT must ` +
          'have values for the same columns.',
      )
    }
    return value.toOperationNode()
  })
}

function columnsAs(
  parts: InsertParts,
  make: (column: Column) => ColumnElement,
): Readonly<Record<string, ColumnElement>> {
  const columns = Object.create(null) as Record<string, ColumnElement>
  for (const column of parts.target.table.columns) columns[column.key] = make(column)
  for (const { key } of parts.target.entity?.columns ?? []) {
    columns[key] = make(columnOf(parts.target, key))
  }
  return columns
}

/** The name of the refused row in ON CONFLICT. */
class Excluded extends FromClause {
  override readonly name = 'excluded'
  override get columns(): readonly ColumnElement[] {
    return []
  }
  override get c(): Readonly<Record<string, ColumnElement>> {
    return {}
  }
  override toOperationNode(): OperationNode {
    return tableNode('excluded')
  }
}

const EXCLUDED = new Excluded()

/** `insert(User).values({ … })`. */
export function insert(target: unknown): Insert {
  return new Insert({
    ...dmlParts(target),
    rows: [],
    fromSelect: null,
    conflict: null,
    duplicate: null,
  })
}
