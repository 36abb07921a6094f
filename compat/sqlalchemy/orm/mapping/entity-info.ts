import { Alias } from '../../expression/alias.ts'
import type { ColumnElement } from '../../expression/element.ts'
import {
  type EntityColumn,
  type EntityInfo,
  type EntitySource,
  kEntity,
} from '../../expression/entity.ts'
import type { FromClause } from '../../expression/from-clause.ts'
import { adaptTo } from './adapt.ts'
import { type AttributeCollection, makeAttributes } from './attribute-collection.ts'
import { type Mapper, type ModelClass, mapperOf } from './mapper.ts'

interface Described {
  readonly info: EntityInfo
  readonly identities: number
}

const described = new WeakMap<Mapper, Described>()

/** The entity of a class: table, columns and, within an inheritance, the rows that are its own. */
export function describeEntity(mapper: Mapper): EntityInfo {
  const family = mapper.selfAndDescendants
  const known = described.get(mapper)
  // Subclasses may have come in since.
  if (known && known.identities === family.length) return known.info
  const info: EntityInfo = {
    from: mapper.table,
    columns: entityColumns(mapper, null),
    mapper,
    criteria: inheritanceCriteria(mapper, family),
    name: mapper.modelClass.name,
  }
  described.set(mapper, { info, identities: family.length })
  return info
}

function entityColumns(mapper: Mapper, from: FromClause | null): EntityColumn[] {
  const columns: EntityColumn[] = mapper.columns.map(({ key, column }) => ({
    key,
    column: adaptTo(column, from),
  }))
  for (const [key, property] of mapper.expressions) {
    columns.push({
      key,
      get column(): ColumnElement {
        return adaptTo(property.expression, from)
      },
    })
  }
  return columns
}

function inheritanceCriteria(mapper: Mapper, family: readonly Mapper[]): ColumnElement | null {
  const { polymorphicOn } = mapper
  if (mapper.inherits === null || polymorphicOn === null) return null
  const identities = family
    .map((each) => each.polymorphicIdentity)
    .filter((identity) => identity !== null && identity !== undefined)
  return polymorphicOn.column.in(identities as never[])
}

/** A model class under another name in one statement, as SQLAlchemy's `aliased(User)`. */
export class AliasedClass implements EntitySource {
  readonly mapper: Mapper
  readonly #info: EntityInfo
  #attributes: AttributeCollection | undefined

  constructor(mapper: Mapper, from: FromClause, name: string | undefined) {
    this.mapper = mapper
    const { criteria } = mapper
    this.#info = {
      from,
      columns: entityColumns(mapper, from),
      mapper,
      criteria: criteria ? adaptTo(criteria, from) : null,
      ...(name === undefined ? {} : { name }),
    }
  }

  [kEntity](): EntityInfo {
    return this.#info
  }

  /** The attributes of the alias. */
  get c(): AttributeCollection {
    this.#attributes ??= makeAttributes(this.mapper, this.#info)
    return this.#attributes
  }

  toString(): string {
    return `aliased(${this.mapper.modelClass.name})`
  }
}

/**
 * Another name for a model, so that a statement can use it twice; or the model's attributes over a subquery
 * of its columns.
 */
export function makeAlias(
  modelClass: ModelClass,
  options: { readonly name?: string; readonly from?: FromClause } = {},
): AliasedClass {
  const mapper = mapperOf(modelClass) as unknown as Mapper
  const { name } = options
  return new AliasedClass(mapper, options.from ?? new Alias(mapper.table, name ?? ''), name)
}
