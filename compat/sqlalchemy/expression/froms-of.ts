import { ArgumentError } from '../errors.ts'
import { type EntityInfo, isEntitySource, type JoinSource, kEntity } from './entity.ts'
import { FromClause } from './from-clause.ts'
import type { EntityAliasLike, EntityClass } from './selectable-types.ts'

/** A thing to select from: a table, alias, subquery, entity or alias of one. */
export type FromTarget = FromClause | EntityClass | EntityAliasLike

/** The FROM behind a table or an entity. Errors: `ArgumentError` for anything else. */
export function fromsOf(target: unknown): FromClause {
  if (target instanceof FromClause) return target
  if (isEntitySource(target)) return target[kEntity]().from
  throw new ArgumentError(
    `Join target, typically a FROM expression, or ORM entity expected, got ${describe(target)}.`,
  )
}

/** The entity itself, or null for a plain table. */
export function entityOf(target: unknown): EntityInfo | null {
  return isEntitySource(target) ? target[kEntity]() : null
}

export function isEntityInfo(value: FromClause | EntityInfo): value is EntityInfo {
  return !(value instanceof FromClause)
}

export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'function') return `class ${value.name}`
  if (typeof value !== 'object' || value === null) return String(value)
  return `an object of ${value.constructor?.name ?? 'no class'}`
}

/** What `join` takes. */
export type JoinTarget = FromTarget | JoinSource
