import { ArgumentError } from '../errors.ts'
import { asExpression, BindParameter, ColumnElement } from './element.ts'
import { describe } from './froms-of.ts'
import type { SortItem } from './select-parts.ts'
import { BIG_INTEGER, INTEGER } from './value-types.ts'

/** What ORDER BY and GROUP BY take: an expression, or the name of a selected column or label. */
export type Sortable = ColumnElement | string | null

/** What LIMIT and OFFSET take; null removes them. */
export type RowCount = number | bigint | ColumnElement | null

/** Items after those there are; null alone forgets all. */
export function sortItems(
  before: readonly SortItem[],
  items: readonly Sortable[],
): readonly SortItem[] {
  if (items.length === 1 && items[0] === null) return []
  const given: SortItem[] = []
  for (const item of items) {
    if (typeof item === 'string') given.push(item)
    else if (item !== null) given.push(sortExpression(item))
  }
  return [...before, ...given]
}

function sortExpression(item: unknown): ColumnElement {
  const expression = asExpression(item)
  if (expression) return expression
  throw new ArgumentError(
    `ORDER BY or GROUP BY expression, or the name of a column, expected, got ${describe(item)}.`,
  )
}

/** A LIMIT or OFFSET. Errors: `ArgumentError` for what is no whole number. */
export function rowCount(count: RowCount): ColumnElement | null {
  if (count === null || count === undefined) return null
  if (count instanceof ColumnElement) return count
  if (typeof count === 'bigint') return new BindParameter(count, BIG_INTEGER)
  if (!Number.isSafeInteger(count)) {
    throw new ArgumentError(`LIMIT and OFFSET need a whole number, not ${String(count)}.`)
  }
  return new BindParameter(count, INTEGER)
}
