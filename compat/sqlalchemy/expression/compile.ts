import type { CompiledQuery, OperationNode, QueryCompiler } from 'kysely'
import { createQueryId } from 'kysely'
import type { Dialect } from '../dialects/dialect.ts'

import { RenderContext, takeCtes, withContext } from './context.ts'
import type { DmlStatement } from './dml-statement.ts'
import type { ColumnElement } from './element.ts'
import type { EntityColumn, EntityInfo } from './entity.ts'
import type { KeepsCompiled } from './kept.ts'
import { NamedParameter } from './named-parameter.ts'
import type { OutputColumn } from './query-source.ts'
import { CompoundSelect, type SelectBase } from './select-base.ts'
import { UniqueNames } from './select-items.ts'
import type { SelectItem } from './select-parts.ts'

export type AnyRow = Record<string, unknown>

/** One column of the SQL result. */
export interface ResultColumn {
  /** Its name in the driver's row object, unique in the row. */
  readonly key: string
  readonly element: ColumnElement
  /** Which of {@link CompiledStatement.items} it belongs to. */
  readonly entityIndex: number
  /** The attribute it fills, null for a column selected alone. */
  readonly attributeKey: string | null
}

/** One thing that was selected: one place of the row. */
export interface ResultItem {
  /** Its name in the row: `row.User`, `row.id`, `row.count_1`. */
  readonly name: string
  /** Set for an entity. */
  readonly entity: EntityInfo | null
  /** The class, alias or expression that was selected. */
  readonly source: unknown
  readonly columns: readonly ResultColumn[]
}

export interface CompiledStatement {
  readonly query: CompiledQuery<AnyRow>
  /** The results in order; empty for a statement without any. */
  readonly columns: readonly ResultColumn[]
  readonly items: readonly ResultItem[]
  /**
   * Whether a row is one entity and its columns have the attributes' names, so that the driver's
   * row object can be the instance's values as it is.
   */
  readonly plainEntity: boolean
  /** Whether it is known to do nothing but read rows. */
  readonly reads: boolean
}

export interface CompileOptions {
  /** Values for `bindparam(name)` and `text(':name')`. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Other columns than all of an entity: `loadOnly`, `defer`. Such a statement is not kept. */
  columnsOf?(entity: EntityInfo, index: number): readonly EntityColumn[]
  /** Leaves the values open: the parameters are the `BindParameter`s. Such a statement is not kept. */
  readonly open?: boolean
}

interface Kept {
  readonly statement: CompiledStatement
  readonly named: boolean
}

const compilers = new WeakMap<Dialect, QueryCompiler>()

/**
 * SQL, parameters and the meaning of the columns of a SELECT. A statement is compiled once for each
 * dialect; it cannot change, so the result is kept with it.
 * @throws {CompileError} for what the database has not, for unknown names in ORDER BY.
 */
export function compileSelect(
  statement: SelectBase,
  dialect: Dialect,
  options: CompileOptions = {},
): CompiledStatement {
  if (options.columnsOf || options.open) {
    return filled(renderResult(statement, dialect, options), dialect, options)
  }
  return compileOnce(statement, dialect, options, () => renderResult(statement, dialect))
}

/** Compiles with `make`, or takes what was made before for the statement. */
function compileOnce(
  statement: KeepsCompiled,
  dialect: Dialect,
  options: CompileOptions,
  make: () => Kept,
): CompiledStatement {
  // On the statement itself: a WeakMap of short-lived statements is what a collection pays most for.
  let { kept } = statement
  while (kept && kept.dialect !== dialect) kept = kept.next
  if (!kept) {
    kept = { dialect, compiled: make(), next: statement.kept }
    statement.kept = kept
  }
  return filled(kept.compiled as Kept, dialect, options)
}

function filled(
  { statement, named }: Kept,
  dialect: Dialect,
  options: CompileOptions,
): CompiledStatement {
  if (!named) return statement
  const values = options.parameters ?? {}
  const parameters = statement.query.parameters.map((parameter) =>
    parameter instanceof NamedParameter ? parameter.valueFrom(values, dialect) : parameter,
  )
  return { ...statement, query: { ...statement.query, parameters } }
}

/** Node to SQL, with the WITH clauses that were met on the way. */
export function compileNode(
  render: () => OperationNode,
  dialect: Dialect,
  open = false,
): Omit<Kept, 'statement'> & { query: CompiledQuery<AnyRow>; reads: boolean } {
  const ctx = new RenderContext(dialect, open)
  const node = withContext(ctx, () => withCtes(render(), ctx))
  let compiler = compilers.get(dialect)
  if (!compiler) {
    compiler = dialect.createQueryCompiler()
    compilers.set(dialect, compiler)
  }
  const query = compiler.compileQuery(node as never, createQueryId()) as CompiledQuery<AnyRow>
  return { query, named: ctx.hasParameters, reads: !ctx.mayAct }
}

function withCtes(node: OperationNode, ctx: RenderContext): OperationNode {
  const clause = takeCtes(ctx)
  return clause ? ({ ...node, with: clause } as OperationNode) : node
}

/**
 * The same for INSERT, UPDATE and DELETE. One whose columns have defaults that are functions is compiled at
 * each call, since they are called each time.
 */
export function compileDml(
  statement: DmlStatement,
  dialect: Dialect,
  options: CompileOptions = {},
): CompiledStatement {
  const make = (): Kept => {
    const { items, columns } = shapeOfItems(statement.parts.returning)
    const { query, named } = compileNode(() => statement.render(columns), dialect)
    const plainEntity = isPlain(items, columns)
    return { statement: { query, columns, items, plainEntity, reads: false }, named }
  }
  return statement.cacheable
    ? compileOnce(statement, dialect, options, make)
    : filled(make(), dialect, options)
}

function isPlain(items: readonly ResultItem[], columns: readonly ResultColumn[]): boolean {
  if (items.length !== 1 || !items[0]?.entity) return false
  return columns.every((column) => column.key === column.attributeKey)
}

function renderResult(
  statement: SelectBase,
  dialect: Dialect,
  { columnsOf, open }: CompileOptions = {},
): Kept {
  const { items, columns } = resultShape(statement, columnsOf)
  const { query, named, reads } = compileNode(() => statement.renderTop(columns), dialect, open)
  const plainEntity = isPlain(items, columns)
  return { statement: { query, columns, items, plainEntity, reads }, named }
}

/** What the rows of a SELECT consist of. */
export function resultShape(
  statement: SelectBase,
  columnsOf?: CompileOptions['columnsOf'],
): { items: ResultItem[]; columns: ResultColumn[] } {
  if (statement instanceof CompoundSelect) return shapeOfColumns(statement.outputColumns())
  return shapeOfItems(statement.parts.items, columnsOf)
}

function shapeOfColumns(outputs: readonly OutputColumn[]): {
  items: ResultItem[]
  columns: ResultColumn[]
} {
  const columns = outputs.map(({ key, element }, entityIndex) => ({
    key,
    element,
    entityIndex,
    attributeKey: null,
  }))
  const items = columns.map((column) => ({
    name: column.element.key || column.key,
    entity: null,
    source: column.element,
    columns: [column],
  }))
  return { items, columns }
}

function shapeOfItems(
  selected: readonly SelectItem[],
  columnsOf?: CompileOptions['columnsOf'],
): { items: ResultItem[]; columns: ResultColumn[] } {
  const names = new UniqueNames()
  const columns: ResultColumn[] = []
  const items: ResultItem[] = []
  for (const [entityIndex, { entity, element, source }] of selected.entries()) {
    if (entity) {
      const chosen = columnsOf?.(entity, entityIndex) ?? entity.columns
      const own = chosen.map(({ key, column }) => ({
        key: names.of(key),
        element: column,
        entityIndex,
        attributeKey: key,
      }))
      columns.push(...own)
      items.push({ name: entity.name ?? entity.from.name, entity, source, columns: own })
    } else {
      const key = element.key ? names.of(element.key) : names.numbered(element.anonymousName)
      const column = { key, element, entityIndex, attributeKey: null }
      columns.push(column)
      items.push({ name: element.key || key, entity: null, source, columns: [column] })
    }
  }
  return { items, columns }
}

/**
 * The SQL of any statement or expression: `[sql, parameters]`. For people and tests; values that wait
 * for `bindparam` are shown as they are.
 */
export function compileToString(
  source: { toOperationNode(): OperationNode },
  dialect: Dialect,
): { sql: string; parameters: readonly unknown[] } {
  const { query } = compileNode(() => source.toOperationNode(), dialect)
  return { sql: query.sql, parameters: query.parameters }
}
