import { InvalidRequestError } from '../errors.ts'
import type { RenderContext } from './context.ts'
import type { ColumnElement, FromSource } from './element.ts'
import type { EntityInfo } from './entity.ts'
import { deepParts, type FromClause } from './from-clause.ts'
import { Join } from './join.ts'
import { canJoin } from './join-condition.ts'
import type { Position } from './query-source.ts'
import type { JoinStep, SelectParts } from './select-parts.ts'

/** The FROM list of a SELECT, joins made, before correlation. */
export function resolveFroms(parts: SelectParts): FromClause[] {
  const found = new Set<FromSource>()
  for (const item of parts.items) {
    if (item.entity) found.add(item.entity.from)
    else item.element.collectFroms(found)
  }
  for (const condition of parts.where) condition.collectFroms(found)
  if (parts.joins.length === 0 && parts.froms.length === 0) {
    return found.size < 2 ? ([...found] as FromClause[]) : visible([...found] as FromClause[])
  }
  let froms = [...parts.froms, ...([...found] as FromClause[])].filter(firstOnly)
  for (const step of parts.joins) froms = joinInto(froms, step)
  return visible(froms)
}

function firstOnly<T>(item: T, index: number, all: readonly T[]): boolean {
  return all.indexOf(item) === index
}

/** Without what is inside a join of the list already. */
function visible(froms: readonly FromClause[]): FromClause[] {
  const hidden = new Set<FromSource>()
  for (const from of froms) for (const part of from.parts) deepParts(part, hidden)
  return hidden.size ? froms.filter((from) => !hidden.has(from)) : [...froms]
}

function joinInto(froms: readonly FromClause[], step: JoinStep): FromClause[] {
  const left = step.left ? holderOf(froms, step.left) : inferLeft(froms, step)
  const flags = { isouter: step.kind === 'left', full: step.kind === 'full' }
  const base = left ?? (step.left as FromClause)
  let join = new Join(base, step.target, step.on, flags)
  const criteria = step.on ? null : step.entity?.criteria
  if (criteria) join = new Join(base, step.target, join.onclause.and(criteria), flags)
  return left ? froms.map((from) => (from === left ? join : from)) : [...froms, join]
}

/** The member of the list that is, or contains, the left side. */
function holderOf(froms: readonly FromClause[], left: FromClause): FromClause | null {
  const holders = visible(froms).filter((from) => deepParts(from).has(left))
  return holders[0] ?? null
}

function inferLeft(froms: readonly FromClause[], step: JoinStep): FromClause {
  const { target, on } = step
  let candidates = visible(froms).filter((from) => from !== target)
  if (on && candidates.length > 1) {
    const about = new Set<FromSource>()
    on.collectFroms(about)
    const concerned = candidates.filter((from) => {
      for (const part of deepParts(from)) if (about.has(part)) return true
      return false
    })
    if (concerned.length) candidates = concerned
  } else if (!on) {
    candidates = candidates.filter((from) => canJoin(from, target))
  }
  if (candidates.length === 1) return candidates[0] as FromClause
  const advice =
    'Please use the .selectFrom() method to establish an explicit left side, as well as providing ' +
    'an explicit ON clause if not present already to help resolve the ambiguity.'
  if (candidates.length === 0) {
    throw new InvalidRequestError(`Don't know how to join to ${target}. ${advice}`)
  }
  throw new InvalidRequestError(
    "Can't determine which FROM clause to join from, there are multiple FROMS which can join to " +
      `this entity. ${advice}`,
  )
}

/** The FROMs a SELECT shows: those it does not take from the statement around it. */
export function correlated(
  froms: readonly FromClause[],
  parts: SelectParts,
  position: Position,
  ctx: RenderContext,
): readonly FromClause[] {
  const around = ctx.enclosing
  if (!around || froms.length === 0) return froms
  const { correlation } = parts
  const reachable = position === 'from' ? outer(around.all, around.near) : around.all
  const isReachable = (from: FromClause) => {
    for (const part of deepParts(from)) if (reachable.has(part)) return true
    return false
  }
  if (correlation) {
    const named = new Set<FromSource>(correlation.froms)
    return froms.filter((from) => named.has(from) === correlation.except || !isReachable(from))
  }
  if (position === 'lateral') return froms.filter((from) => !around.all.has(from))
  // SQLAlchemy's rule: a subquery about one FROM alone keeps it.
  if (position !== 'operand' || froms.length === 1) return froms
  const shown = froms.filter((from) => !around.near.has(from))
  if (shown.length === 0) {
    throw new InvalidRequestError(
      'Select statement returned no FROM clauses due to auto-correlation; specify correlate(<tables>) ' +
        'to control correlation manually.',
    )
  }
  return shown
}

function outer(all: ReadonlySet<FromSource>, near: ReadonlySet<FromSource>): Set<FromSource> {
  const rest = new Set<FromSource>()
  for (const from of all) if (!near.has(from)) rest.add(from)
  return rest
}

/**
 * Conditions of single-table inheritance: of the selected entities, of those whose attributes are selected, and
 * of those selected from. A join has them in its ON.
 */
export function entityCriteria(parts: SelectParts): readonly ColumnElement[] {
  const entities = new Set<EntityInfo>()
  for (const { entity, element } of parts.items) {
    if (entity) entities.add(entity)
    else entitiesIn(element, entities)
  }
  if (parts.joins.length === 0) for (const entity of parts.fromEntities) entities.add(entity)
  const criteria: ColumnElement[] = []
  for (const { criteria: criterion, from } of entities) {
    if (!criterion || criteria.includes(criterion)) continue
    if (!parts.joins.some((step) => step.target === from)) criteria.push(criterion)
  }
  return criteria
}

function entitiesIn(element: ColumnElement, into: Set<EntityInfo>): void {
  const { entity } = element
  if (entity) into.add(entity)
  else for (const child of element.children) entitiesIn(child, into)
}
