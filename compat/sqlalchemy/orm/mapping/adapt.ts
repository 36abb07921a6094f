import { ColumnElement, type Replace } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import { baseOf, FromClause } from '../../expression/from-clause.ts'

/** The expression with parts replaced; the same object when nothing was. */
export function adapt(element: ColumnElement, replace: Replace): ColumnElement {
  const replaced = replace(element)
  if (replaced !== undefined) return replaced
  const { children } = element
  if (children.length === 0) return element
  let changed = false
  const adapted = children.map((child) => {
    const other = adapt(child, replace)
    if (other !== child) changed = true
    return other
  })
  return changed ? element.withChildren(adapted) : element
}

/** The columns of a table replaced by those of what stands for it. */
export function adaptTo(element: ColumnElement, from: FromClause | null): ColumnElement {
  if (from === null) return element
  return adapt(element, (part) => from.corresponding(baseOf(part)) ?? undefined)
}

/** The FROM of an entity or of itself. */
export function fromOf(source: FromClause | EntityInfo): FromClause {
  return source instanceof FromClause ? source : source.from
}

/** The columns an expression mentions. */
export function columnsIn(element: ColumnElement, into: ColumnElement[] = []): ColumnElement[] {
  const { children } = element
  if (children.length === 0) into.push(element)
  for (const child of children) columnsIn(child, into)
  return into
}

/** All conditions together. */
export function allOf(conditions: readonly ColumnElement<unknown>[]): ColumnElement<unknown> {
  const [first, ...others] = conditions as ColumnElement<boolean>[]
  return others.length ? (first as ColumnElement<boolean>).and(...others) : (first as ColumnElement)
}

/** Whether the value is an expression. */
export function isExpression(value: unknown): value is ColumnElement {
  return value instanceof ColumnElement
}
