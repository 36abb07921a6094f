import { InvalidRequestError } from '../errors.ts'
import type { ColumnElement } from './element.ts'
import type { EntityInfo } from './entity.ts'
import type { FromClause } from './from-clause.ts'
import type { SelectParts } from './select-parts.ts'

interface Comparable {
  eq(value: unknown): ColumnElement<boolean>
}

/** The equalities of `filterBy`. Errors: `InvalidRequestError` for an unknown name. */
export function filterByConditions(
  parts: SelectParts,
  values: object,
): readonly ColumnElement<boolean>[] {
  const last = parts.joins.at(-1)
  const first = parts.items[0]
  if (last) return equalities(last.entity, null, last.target, values)
  if (first?.entity) return equalities(first.entity, first.source, first.entity.from, values)
  const from = parts.froms[0] ?? fromOfElement(first?.element)
  return equalities(null, null, from, values)
}

/** `attribute = value` for each name of an entity or table. */
export function equalities(
  entity: EntityInfo | null,
  source: unknown,
  from: FromClause | null,
  values: object,
): readonly ColumnElement<boolean>[] {
  return Object.entries(values).map(([name, value]) => {
    const attribute = attributeOf(entity, source, from, name)
    if (!attribute) {
      throw new InvalidRequestError(
        `Entity namespace for "${entity?.name ?? from?.toString() ?? 'nothing'}" has no property "${name}"`,
      )
    }
    return attribute.eq(value)
  })
}

function attributeOf(
  entity: EntityInfo | null,
  source: unknown,
  from: FromClause | null,
  name: string,
): Comparable | null {
  if (!entity) return from && Object.hasOwn(from.c, name) ? (from.c[name] as ColumnElement) : null
  const found = entity.columns.find((it) => it.key === name)
  if (found) return found.column
  // Relationships and mapped expressions are known to the class or alias alone.
  const attributes = (source as { c?: Record<string, Partial<Comparable>> } | null)?.c
  const other =
    entity.attribute?.(name) ?? (attributes && name in attributes ? attributes[name] : null)
  return typeof (other as Partial<Comparable> | null)?.eq === 'function'
    ? (other as Comparable)
    : null
}

function fromOfElement(element: ColumnElement | null | undefined): FromClause | null {
  const froms = new Set<never>()
  element?.collectFroms(froms)
  return (froms.values().next().value as FromClause | undefined) ?? null
}
