import { UnmappedColumnError } from '../../../errors.ts'
import type { Column } from '../../../schema/column.ts'
import type { Mapper } from '../../mapping/mapper.ts'
import type { ColumnPair, RelationshipProperty } from '../../mapping/relationship-property.ts'

/** One column of a foreign key that a relationship keeps in step: where its value comes from and goes to. */
export interface SyncPair {
  readonly source: string
  readonly dest: string
  readonly destColumn: Column
}

/** A column of an association table and the attribute its value comes from. */
export interface LinkPair {
  readonly column: Column
  readonly attribute: string
}

/** How a relationship writes foreign keys. */
export interface RelationKeys {
  /** Without an association table: from the object referred to, to the one that refers. */
  readonly sync: readonly SyncPair[]
  /** With one: from the parent and from the target. */
  readonly parentLinks: readonly LinkPair[]
  readonly targetLinks: readonly LinkPair[]
}

const known = new WeakMap<RelationshipProperty, RelationKeys>()

/** The attributes a relationship's foreign keys are written from and to. */
export function relationKeys(property: RelationshipProperty): RelationKeys {
  let keys = known.get(property)
  if (!keys) {
    keys = describe(property)
    known.set(property, keys)
  }
  return keys
}

function describe(property: RelationshipProperty): RelationKeys {
  const { parent, target } = property
  if (property.secondary) {
    return {
      sync: [],
      parentLinks: property.pairs.map((pair) => link(parent, pair)),
      targetLinks: property.secondaryPairs.map((pair) => link(target, pair)),
    }
  }
  const toParent = property.direction === 'MANYTOONE'
  const sync = property.syncPairs.map(({ local, remote }) =>
    toParent
      ? { source: attribute(target, remote), dest: attribute(parent, local), destColumn: local }
      : { source: attribute(parent, local), dest: attribute(target, remote), destColumn: remote },
  )
  return { sync, parentLinks: [], targetLinks: [] }
}

function link(mapper: Mapper, pair: ColumnPair): LinkPair {
  return { column: pair.remote, attribute: attribute(mapper, pair.local) }
}

function attribute(mapper: Mapper, column: Column): string {
  // A subclass of a single-table inheritance may be the one that maps the column.
  const owner = mapper.base.selfAndDescendants.find((other) => other.propertyOf(column))
  const property = mapper.propertyOf(column) ?? owner?.propertyOf(column)
  if (property) return property.key
  throw new UnmappedColumnError(
    `Can't execute sync rule: column '${column}' is not mapped by ${mapper}; a relationship's ` +
      'foreign key and the key it refers to must be mapped.',
  )
}
