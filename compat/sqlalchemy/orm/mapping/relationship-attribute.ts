import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import { Alias } from '../../expression/alias.ts'
import { type ColumnElement, type Condition, coerce, condition } from '../../expression/element.ts'
import {
  type EntityInfo,
  type JoinInfo,
  type JoinSource,
  kEntity,
  kJoin,
} from '../../expression/entity.ts'
import { FromClause } from '../../expression/from-clause.ts'
import { select } from '../../expression/select.ts'
import { adapt, adaptTo, allOf, fromOf } from './adapt.ts'
import { type EventHub, kEvents } from './event-hub.ts'
import type { Mapper } from './mapper.ts'
import type { RelationshipProperty } from './relationship-property.ts'
import { type InstanceState, stateOf } from './state.ts'

/** Criteria of `any` and `has`: conditions, or values of the target's columns by key. */
export type RelationshipCriterion = Condition | Record<string, unknown>

/** `User.c.posts`: a relationship in statements. */
export class RelationshipAttribute implements JoinSource {
  readonly key: string
  readonly mapper: Mapper
  /** The alias it was taken from, `null` for the class itself. */
  readonly parentEntity: EntityInfo | null
  /** The target given by `ofType`. */
  readonly ofEntity: EntityInfo | null
  readonly #criteria: readonly ColumnElement[]

  constructor(
    mapper: Mapper,
    key: string,
    parentEntity: EntityInfo | null = null,
    ofEntity: EntityInfo | null = null,
    criteria: readonly ColumnElement[] = [],
  ) {
    this.mapper = mapper
    this.key = key
    this.parentEntity = parentEntity
    this.ofEntity = ofEntity
    this.#criteria = criteria
  }

  /** The relationship; configures the mappers when that has not been done. */
  get property(): RelationshipProperty {
    let property = this.mapper.relationships.get(this.key)
    if (!property) {
      this.mapper.registry.configure()
      property = this.mapper.relationships.get(this.key)
    }
    if (!property) throw new InvalidRequestError(`Relationship '${this}' is not configured`)
    return property
  }

  /** Additional conditions of loader options and joins made with {@link and}. */
  get criteria(): readonly ColumnElement[] {
    return this.#criteria
  }

  /** For `event.listen(User.c.posts, 'append', fn)`. */
  get [kEvents](): EventHub {
    return this.mapper.events.attribute(this.key)
  }

  /** The same relationship to an alias or a subclass of its target. */
  ofType(entity: object): RelationshipAttribute {
    const info = (entity as { [kEntity]?(): EntityInfo })[kEntity]?.()
    if (!info) throw new ArgumentError(`mapped class or alias expected, got: ${String(entity)}`)
    return new RelationshipAttribute(this.mapper, this.key, this.parentEntity, info, this.#criteria)
  }

  /** The same relationship with more conditions, for joins and loader options. */
  and(...criteria: readonly Condition[]): RelationshipAttribute {
    const all = [...this.#criteria, ...criteria.map((criterion) => condition(criterion))]
    return new RelationshipAttribute(this.mapper, this.key, this.parentEntity, this.ofEntity, all)
  }

  [kJoin](given?: FromClause | EntityInfo): JoinInfo {
    const { property } = this
    const parent = this.parentEntity ?? this.mapper.entity
    // A table joined with itself needs a name of its own for the far side.
    const target = given ?? this.ofEntity ?? property.target.entity
    const from = fromOf(target)
    const criteria = this.#criteria.map((criterion) => adaptTo(criterion, from))
    const [primary, secondary] = joinConditions(property, fromOf(parent), from)
    if (secondary === null) return { parent, target, onclause: allOf([primary, ...criteria]) }
    return {
      parent,
      target,
      onclause: primary,
      secondary: property.secondary,
      secondaryOn: allOf([secondary, ...criteria]),
    }
  }

  /**
   * Whether there is a related row (that meets the criteria): for to-many relationships.
   *
   * @throws InvalidRequestError for a to-one relationship; use {@link has}.
   */
  any(...criteria: readonly RelationshipCriterion[]): ColumnElement<boolean> {
    if (!this.property.uselist) {
      throw new InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
    }
    return this.#exists(criteria)
  }

  /**
   * Whether there is the related row (and it meets the criteria): for to-one relationships.
   *
   * @throws InvalidRequestError for a to-many relationship; use {@link any}.
   */
  has(...criteria: readonly RelationshipCriterion[]): ColumnElement<boolean> {
    if (this.property.uselist) {
      throw new InvalidRequestError("'has()' not implemented for collections. Use any().")
    }
    return this.#exists(criteria)
  }

  /**
   * Whether the collection holds the object.
   *
   * @throws InvalidRequestError for a to-one relationship; use {@link eq}.
   */
  contains(instance: object): ColumnElement<boolean> {
    const { property } = this
    if (!property.uselist) {
      throw new InvalidRequestError("'contains' not implemented for scalar attributes.  Use eq()")
    }
    if (property.secondary === null) return this.#equals(stateOf(instance))
    const { secondary } = property
    const conditions = [
      joinConditions(property, this.#parentFrom, property.target.table)[0],
      ...property.secondaryPairs.map(({ local, remote }) =>
        remote.eq(valueIn(stateOf(instance), local) as never),
      ),
    ]
    return select(1)
      .selectFrom(secondary)
      .where(allOf(conditions))
      .correlate(this.#parentFrom)
      .exists()
  }

  /** Whether the related object is this one; `null`: whether there is none. */
  eq(instance: object | null): ColumnElement<boolean> {
    const { property } = this
    if (property.uselist) {
      if (instance === null) return this.#exists([]).not()
      throw new InvalidRequestError(
        "Can't compare a collection to an object or collection; use contains() to test for membership.",
      )
    }
    if (instance !== null) return this.#equals(stateOf(instance))
    if (property.direction !== 'MANYTOONE') return this.#exists([]).not()
    return allOf(this.#localColumns().map((column) => column.isNull())) as ColumnElement<boolean>
  }

  /** Whether the related object is another one; `null`: whether there is one. */
  ne(instance: object | null): ColumnElement<boolean> {
    const { property } = this
    if (property.uselist) {
      if (instance === null) return this.#exists([])
      throw new InvalidRequestError(
        "Can't compare a collection to an object or collection; use contains() to test for membership.",
      )
    }
    if (instance === null) {
      if (property.direction !== 'MANYTOONE') return this.#exists([])
      return allOf(
        this.#localColumns().map((column) => column.isNotNull()),
      ) as ColumnElement<boolean>
    }
    // As SQLAlchemy: a row without the related object differs as well.
    const state = stateOf(instance)
    const columns = this.#localColumns()
    return allOf(
      property.pairs.map(({ remote }, index) => {
        const column = columns[index] as ColumnElement
        return column.ne(valueIn(state, remote) as never).or(column.isNull())
      }),
    ) as ColumnElement<boolean>
  }

  /** The same as {@link eq} for null. */
  is(instance: object | null): ColumnElement<boolean> {
    return this.eq(instance)
  }
  /** The same as {@link ne} for null. */
  isNot(instance: object | null): ColumnElement<boolean> {
    return this.ne(instance)
  }
  isNull(): ColumnElement<boolean> {
    return this.eq(null)
  }
  isNotNull(): ColumnElement<boolean> {
    return this.ne(null)
  }
  /** SQLAlchemy has no IN for relationships. */
  in(): never {
    throw new InvalidRequestError(
      'in() not yet supported for relationships.  For a simple many-to-one, use in() against the set ' +
        'of foreign key values.',
    )
  }

  get #parentFrom(): FromClause {
    return this.parentEntity?.from ?? this.mapper.table
  }

  #localColumns(): ColumnElement[] {
    return this.property.pairs.map(({ local }) => adaptTo(local, this.#parentFrom))
  }

  // The parent's columns equal to the values that the given object has for the other side.
  #equals(state: InstanceState): ColumnElement<boolean> {
    const { property } = this
    if (property.secondary !== null) return this.#exists([identity(state)])
    const columns = this.#localColumns()
    return allOf(
      property.pairs.map(({ remote }, index) =>
        (columns[index] as ColumnElement).eq(valueIn(state, remote) as never),
      ),
    ) as ColumnElement<boolean>
  }

  #exists(criteria: readonly RelationshipCriterion[]): ColumnElement<boolean> {
    const { property } = this
    const parent = this.#parentFrom
    let target = this.ofEntity ?? property.target.entity
    // Within EXISTS the table itself is the parent's; the far side gets another name.
    const same = property.target.table === property.parent.table && !this.ofEntity
    if (same) target = { ...target, from: new Alias(property.target.table) }
    const { from } = target
    const [primary, secondary] = joinConditions(property, parent, from)
    const conditions: ColumnElement[] = [primary]
    if (secondary !== null) conditions.push(secondary)
    // An alias carries the criteria of its class already adapted; a class's are adapted here.
    const single = target.criteria ?? null
    if (single) conditions.push(adaptTo(single, from))
    for (const criterion of [...criteria, ...this.#criteria]) {
      for (const each of this.#conditionsOf(criterion)) conditions.push(adaptTo(each, from))
    }
    let query = select(1).selectFrom(from)
    if (property.secondary) query = query.selectFrom(from, property.secondary)
    return query.where(allOf(conditions)).correlateExcept(from, property.secondary).exists()
  }

  #conditionsOf(criterion: RelationshipCriterion): ColumnElement[] {
    const plain =
      typeof criterion === 'object' && Object.getPrototypeOf(criterion) === Object.prototype
    if (!plain) return [condition(criterion as Condition)]
    const { target } = this.property
    return Object.entries(criterion).map(([key, value]) => {
      const attribute = target.attribute(key)
      return attribute.eq(value as never)
    })
  }

  toString(): string {
    return `${this.mapper.modelClass.name}.${this.key}`
  }
}

/** The conditions parent → target, or parent → association table and association table → target. */
export function joinConditions(
  property: RelationshipProperty,
  parent: FromClause,
  target: FromClause,
): [ColumnElement, ColumnElement | null] {
  const remote = new Set<ColumnElement>(property.remoteSide)
  const fromTable = property.parent.table
  const toTable = property.target.table
  // In a self-referential relationship both sides are columns of one table: the remote ones are the target's.
  const swap = (element: ColumnElement): ColumnElement =>
    adapt(element, (part) => {
      const column = 'base' in part && part.base ? (part.base as ColumnElement) : part
      const { table } = column as { table?: unknown }
      const isRemote =
        fromTable === toTable && property.secondary === null
          ? remote.has(column)
          : table === toTable
      if (isRemote && table === toTable) return target.corresponding(column) ?? undefined
      if (table === fromTable) return parent.corresponding(column) ?? undefined
      return undefined
    })
  if (property.secondaryjoin === null) return [swap(property.primaryjoin), null]
  return [adaptTo(property.primaryjoin, parent), adaptTo(property.secondaryjoin, target)]
}

function valueIn(state: InstanceState, column: ColumnElement): unknown {
  const key = state.mapper.propertyOf(column as never)?.key
  return key === undefined ? null : (state.dict[key] ?? null)
}

function identity(state: InstanceState): ColumnElement {
  return allOf(
    state.mapper.primaryKey.map(({ key, column }) =>
      column.eq(coerce(state.dict[key] ?? null, column.type) as never),
    ),
  )
}

/** Whether the value can stand for a FROM. */
export function isFrom(value: unknown): value is FromClause {
  return value instanceof FromClause
}
