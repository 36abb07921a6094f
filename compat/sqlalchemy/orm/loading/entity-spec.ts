import type { EntityColumn, EntityInfo } from '../../expression/entity.ts'
import type { Column } from '../../schema/column.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { mapperOfInfo } from './entity-info.ts'
import type { LoadNode, Strategy } from './load-node.ts'

/** The mappers on the way from a query's entity to this one; it ends the recursion of eager defaults. */
export type LoadPath = readonly RelationshipProperty[]

/** An entity of a statement before it is compiled. */
export interface EntitySpec {
  readonly info: EntityInfo
  readonly mapper: Mapper
  readonly node: LoadNode | null
  readonly path: LoadPath
  readonly columns: readonly EntityColumn[]
  readonly complete: boolean
  readonly joined: { readonly property: RelationshipProperty; readonly spec: EntitySpec }[]
  readonly eager: { readonly property: RelationshipProperty; readonly strategy: Strategy }[]
  readonly empty: RelationshipProperty[]
}

/** A relationship and how it is to be loaded. */
export interface PlannedLoad {
  readonly property: RelationshipProperty
  readonly strategy: Strategy
}

/**
 * How each relationship of a class is loaded, those that wait for an `await` left out.
 *
 * @param before how many steps of `path` were taken by earlier statements
 */
export function plannedLoads(
  mapper: Mapper,
  node: LoadNode | null,
  path: LoadPath,
  before = 0,
): readonly PlannedLoad[] {
  const loads: PlannedLoad[] = []
  for (const property of relationshipsOf(mapper)) {
    const strategy = node === null ? property.lazy : node.strategyOf(property)
    if (strategy === 'select' || strategy === 'dynamic' || strategy === 'write_only') continue
    if (strategy === 'raise' || strategy === 'raise_on_sql') continue
    const byOption = node?.decides(property.key) ?? false
    // A joined load counts the rounds of its own statement only.
    const way = strategy === 'joined' ? path.slice(before) : path
    if (!byOption && strategy !== 'noload' && recurs(property, way)) continue
    loads.push({ property, strategy })
  }
  return loads
}

/** Subclasses of a single-table inheritance share the statement, so theirs count as well. */
function relationshipsOf(mapper: Mapper): Iterable<RelationshipProperty> {
  if (mapper.subclasses.length === 0) return mapper.relationships.values()
  const all = new Set(mapper.relationships.values())
  for (const other of mapper.selfAndDescendants) {
    for (const property of other.relationships.values()) all.add(property)
  }
  return all
}

interface WithDepth {
  readonly options?: { readonly joinDepth?: number }
}

/**
 * Eager loading that the mapper asks for ends where its target is already on the way, or after
 * `joinDepth` rounds of a relationship that leads back to its own class.
 */
function recurs(property: RelationshipProperty, path: LoadPath): boolean {
  const joinDepth = (property as WithDepth).options?.joinDepth
  if (typeof joinDepth === 'number') return path.length >= joinDepth
  const { target } = property
  if (property.parent.base === target.base) return true
  return path.some((step) => step.parent.base === target.base || step.target.base === target.base)
}

/** The columns of an entity that are selected, and whether that is all that is not deferred. */
export function selectedColumns(
  info: EntityInfo,
  node: LoadNode | null,
  needed: ReadonlySet<Column>,
): { columns: readonly EntityColumn[]; complete: boolean } {
  const mapper = mapperOfInfo(info)
  let complete = true
  const columns = info.columns.filter(({ key }) => {
    const property = mapper.columnByKey.get(key)
    const expression = property ? undefined : mapper.expressions.get(key)
    const deferred = property?.deferred ?? expression?.deferred ?? false
    const group = property?.group ?? null
    const choice =
      node === null ? (deferred ? 'defer' : 'load') : node.choiceOf(key, deferred, group)
    if (choice === 'load') return true
    // The identity, the class and the keys of eager loading are always needed.
    if (property && (isKey(mapper, property) || needed.has(property.column))) return true
    if (!deferred) complete = false
    return false
  })
  return { columns, complete }
}

function isKey(mapper: Mapper, property: Mapper['columns'][number]): boolean {
  return mapper.primaryKey.includes(property) || mapper.polymorphicOn === property
}
