import type { Dialect } from '../../dialects/dialect.ts'
import { type CompiledStatement, compileDml, type ResultItem } from '../../expression/compile.ts'
import type { DmlStatement } from '../../expression/dml-statement.ts'
import type { ColumnElement } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import type { Processor } from '../../types/type-engine.ts'
import { mapperOfInfo } from './entity-info.ts'
import { EntityLoader } from './entity-loader.ts'
import { RowShape } from './row.ts'
import { type PlaceReader, SelectPlan } from './select-plan.ts'

/** How values of an expression are read. */
export function readerOf(
  column: ColumnElement,
  dialect: Dialect,
): { process: Processor | null; seesNull: boolean } {
  const { type } = column
  return { process: type.processors(dialect).result, seesNull: type.seesNull }
}

/** The plan of a compiled statement whose entities have no loader options. */
export function plainPlan(compiled: CompiledStatement, dialect: Dialect): SelectPlan {
  return new SelectPlan({
    query: compiled.query,
    dialect,
    shape: new RowShape(compiled.items.map((item) => item.name)),
    multiplied: false,
    reads: compiled.reads,
    places: compiled.items.map((item) => place(item, dialect, compiled.plainEntity)),
  })
}

/** The plan of an INSERT, UPDATE or DELETE; its rows are those of RETURNING. */
export function planDml(
  statement: DmlStatement,
  dialect: Dialect,
  parameters?: Readonly<Record<string, unknown>>,
): SelectPlan {
  return plainPlan(compileDml(statement, dialect, parameters ? { parameters } : {}), dialect)
}

function place(item: ResultItem, dialect: Dialect, plainEntity: boolean): PlaceReader {
  if (item.entity) return entityLoader(item, item.entity, dialect, plainEntity)
  const [column] = item.columns
  if (!column) throw new TypeError(`'${item.name}' has no column`)
  return { rowKey: column.key, ...readerOf(column.element, dialect) }
}

function entityLoader(
  item: ResultItem,
  entity: EntityInfo,
  dialect: Dialect,
  plainEntity: boolean,
): EntityLoader {
  const mapper = mapperOfInfo(entity)
  const columns = item.columns.map(({ key, attributeKey, element }) => ({
    key: attributeKey ?? key,
    rowKey: key,
    column: element,
    ...readerOf(element, dialect),
  }))
  const inherits = mapper.polymorphicOn !== null && mapper.subclasses.length > 0
  return new EntityLoader({
    mapper,
    columns,
    direct: plainEntity && columns.every(({ process }) => process === null),
    complete: true,
    options: null,
    joined: [],
    eager: [],
    empty: [],
    discriminator: inherits
      ? (columns.find(({ key }) => key === mapper.polymorphicOn?.key) ?? null)
      : null,
  })
}
