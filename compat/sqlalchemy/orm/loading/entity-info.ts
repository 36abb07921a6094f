import { Alias } from '../../expression/alias.ts'
import type { ColumnElement, Replace } from '../../expression/element.ts'
import type { EntityColumn, EntityInfo } from '../../expression/entity.ts'
import type { FromClause } from '../../expression/from-clause.ts'
import type { Mapper } from '../mapping/mapper.ts'
import { adapt } from './adapt.ts'

/** The mapper of what a statement selects. */
export function mapperOfInfo(info: EntityInfo): Mapper {
  return info.mapper as Mapper
}

/** Columns of one FROM in the place of those of another. */
export function columnsFrom(from: FromClause): Replace {
  return (element) => from.corresponding(element) ?? undefined
}

/** The mapped class over an alias of its table, which the statement names. */
export function aliasEntity(mapper: Mapper): EntityInfo {
  const { entity } = mapper
  return entityOver(mapper, new Alias(entity.from), entity.criteria ?? null)
}

/** The mapped class over another FROM that has its columns. */
export function entityOver(
  mapper: Mapper,
  from: FromClause,
  criteria: ColumnElement | null = null,
): EntityInfo {
  const replace = columnsFrom(from)
  return {
    from,
    mapper,
    name: mapper.modelClass.name,
    columns: allColumns(mapper).map(({ key, column }) => ({ key, column: adapt(column, replace) })),
    criteria: criteria && adapt(criteria, replace),
  }
}

const known = new WeakMap<Mapper, { count: number; columns: readonly EntityColumn[] }>()

/**
 * The columns of a class and of the classes that share its table: JavaScript cannot load what is missing
 * when an attribute is read, so rows of subclasses come with all they have.
 */
export function allColumns(mapper: Mapper): readonly EntityColumn[] {
  const own = mapper.entity.columns
  if (mapper.subclasses.length === 0) return own
  const family = mapper.selfAndDescendants
  const cached = known.get(mapper)
  if (cached?.count === family.length) return cached.columns
  const columns = [...own]
  const keys = new Set(own.map(({ key }) => key))
  for (const other of family) {
    for (const item of other.entity.columns) {
      if (keys.has(item.key)) continue
      keys.add(item.key)
      columns.push(item)
    }
  }
  known.set(mapper, { count: family.length, columns })
  return columns
}

/** The entity with {@link allColumns}, over whatever it selects from. */
export function withAllColumns(info: EntityInfo): EntityInfo {
  const mapper = mapperOfInfo(info)
  const columns = allColumns(mapper)
  if (columns.length === info.columns.length) return info
  if (info.from === mapper.entity.from) return { ...info, columns }
  const replace = columnsFrom(info.from)
  const own = new Set(info.columns.map(({ key }) => key))
  const more = columns
    .filter(({ key }) => !own.has(key))
    .map(({ key, column }) => ({ key, column: adapt(column, replace) }))
  return { ...info, columns: [...info.columns, ...more] }
}
