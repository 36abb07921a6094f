import { ArgumentError } from '../errors.ts'
import { type ColumnElement, condition } from './element.ts'
import {
  isEntitySource,
  isJoinSource,
  type JoinInfo,
  type JoinSource,
  kEntity,
  kJoin,
} from './entity.ts'
import { FromClause } from './from-clause.ts'
import { entityOf, fromsOf, isEntityInfo } from './froms-of.ts'
import type { JoinKind, JoinStep } from './select-parts.ts'

export type { JoinTarget } from './froms-of.ts'

/** Options of `join`. */
export interface JoinOptions {
  readonly isouter?: boolean
  readonly full?: boolean
}

/** The steps of one `join()` call: two for a relationship over a table in the middle. */
export function joinStep(
  target: unknown,
  on: unknown,
  options: JoinOptions & { left?: FromClause },
): readonly JoinStep[] {
  const kind: JoinKind = options.full ? 'full' : options.isouter ? 'left' : 'inner'
  if (isJoinSource(target)) {
    const extra = on === null || on === undefined ? null : condition(on)
    return relationshipSteps(target[kJoin](), kind, options.left ?? null, extra)
  }
  if (isJoinSource(on))
    return relationshipSteps(joinTo(on, target), kind, options.left ?? null, null)
  const entity = entityOf(target)
  const onclause = on === null || on === undefined ? null : condition(on)
  const step: JoinStep = {
    kind,
    target: fromsOf(target),
    on: entity?.criteria && onclause ? onclause.and(entity.criteria) : onclause,
    left: options.left ?? null,
    entity,
  }
  return [step]
}

function joinTo(attribute: JoinSource, target: unknown): JoinInfo {
  if (isEntitySource(target)) return attribute[kJoin](target[kEntity]())
  if (target instanceof FromClause) return attribute[kJoin](target)
  throw new ArgumentError('A join along a relationship needs an entity or a table as its target.')
}

function relationshipSteps(
  info: JoinInfo,
  kind: JoinKind,
  left: FromClause | null,
  extra: ColumnElement | null,
): readonly JoinStep[] {
  const parent = isEntityInfo(info.parent) ? info.parent.from : info.parent
  const entity = isEntityInfo(info.target) ? info.target : null
  const target = entity ? entity.from : (info.target as FromClause)
  const conditions = [info.secondary ? info.secondaryOn : info.onclause, extra]
  // kJoin gives the criteria of single-table inheritance as part of no condition.
  if (entity?.criteria) conditions.push(entity.criteria)
  const [first, ...others] = conditions.filter((it) => it !== null && it !== undefined)
  const on = others.length ? (first as ColumnElement).and(...others) : (first as ColumnElement)
  if (!info.secondary) return [{ kind, target, on, left: left ?? parent, entity }]
  const middle = info.secondary
  return [
    { kind, target: middle, on: info.onclause, left: left ?? parent, entity: null },
    { kind, target, on, left: middle, entity },
  ]
}
