import { ArgumentError, InvalidRequestError, UnmappedClassError } from '../../errors.ts'
import type { ColumnElement } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import type { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import type { MapperEvents } from './mapper-events.ts'
import type { Registry } from './registry.ts'
import type { RelationshipProperty } from './relationship-property.ts'
import { InstanceState, kState, tryStateOf } from './state.ts'

/** A mapped column: the attribute that carries its value. */
export interface ColumnProperty {
  /** The attribute's name; the column's own is `column.name`. */
  readonly key: string
  readonly column: Column
  /** Its place in `mapper.columns`. */
  readonly index: number
  /** Left out of SELECT until it is asked for (`deferred()`). */
  readonly deferred: boolean
  /** Deferred columns of one group are loaded together. */
  readonly group: string | null
}

/** A mapped SQL expression, read only (`columnProperty(expression)`). */
export interface ExpressionProperty {
  readonly key: string
  readonly expression: ColumnElement
  readonly deferred: boolean
}

/** A class whose instances are rows. */
export type ModelClass<T extends object = object> = abstract new (...args: never[]) => T

/** What a mapper is made of; `build-mapper.ts` puts it together. */
export interface MapperParts {
  readonly modelClass: ModelClass
  readonly table: Table
  readonly columns: readonly ColumnProperty[]
  readonly expressions: ReadonlyMap<string, ExpressionProperty>
  readonly synonyms: ReadonlyMap<string, string>
  readonly primaryKey: readonly ColumnProperty[]
  readonly inherits: Mapper | null
  readonly polymorphicOn: ColumnProperty | null
  readonly polymorphicIdentity: unknown
  readonly versionIdCol: ColumnProperty | null
  /** The next version of a row, given the last; `null`: counts up. `false`: the database does it. */
  readonly versionIdGenerator: ((version: unknown) => unknown) | false | null
  readonly eagerDefaults: boolean | 'auto'
  readonly registry: Registry
  readonly events: MapperEvents
  readonly bindKey: string | null
  readonly validators: ReadonlyMap<string, readonly AttributeValidator[]>
  readonly construction: ConstructionPlan
}

/** What the construction of an instance needs to know. */
export interface ConstructionPlan {
  /** How many declarations the class's field initialisers make. */
  readonly declarations: number
  /** The attributes whose field definitions are only their declaration again. */
  readonly mapped: Set<string>
  /** Swallows those definitions. */
  readonly handler: ProxyHandler<object>
}

/** A function that sees a value before it is set; what it returns is what is set. */
export interface AttributeValidator {
  readonly run: (instance: object, key: string, value: unknown, isRemove: boolean) => unknown
  readonly includeRemoves: boolean
  readonly includeBackrefs: boolean
}

/** Where a model class keeps what the registry made of it. */
export const kMapper: unique symbol = Symbol('bustapi.sqlalchemy.mapper')
/** Where a model base keeps its registry. */
export const kRegistry: unique symbol = Symbol('bustapi.sqlalchemy.registry')

let mappersMade = 0

/** How a class is stored: its table, attributes and relationships, as SQLAlchemy's `Mapper`. */
export class Mapper<T extends object = object> {
  readonly modelClass: ModelClass<T>
  readonly table: Table
  /** The mapped columns in the order of SELECT. */
  readonly columns: readonly ColumnProperty[]
  readonly columnByKey: ReadonlyMap<string, ColumnProperty>
  /** Mapped SQL expressions, selected after the columns. */
  readonly expressions: ReadonlyMap<string, ExpressionProperty>
  /** Attributes that are another name of a mapped one. */
  readonly synonyms: ReadonlyMap<string, string>
  readonly primaryKey: readonly ColumnProperty[]
  readonly inherits: Mapper | null
  /** The root of an inheritance tree; identity keys are per root. */
  readonly base: Mapper
  readonly polymorphicOn: ColumnProperty | null
  readonly polymorphicIdentity: unknown
  readonly versionIdCol: ColumnProperty | null
  readonly versionIdGenerator: ((version: unknown) => unknown) | false | null
  readonly eagerDefaults: boolean | 'auto'
  readonly registry: Registry
  readonly events: MapperEvents
  readonly bindKey: string | null
  readonly validators: ReadonlyMap<string, readonly AttributeValidator[]>
  readonly construction: ConstructionPlan
  readonly #relationships = new Map<string, RelationshipProperty>()
  readonly #propertyByColumn = new Map<Column, ColumnProperty>()
  readonly #subclasses: Mapper[] = []
  readonly #prefix: string
  readonly #Instance: new () => T

  constructor(parts: MapperParts) {
    this.modelClass = parts.modelClass as ModelClass<T>
    this.table = parts.table
    this.columns = parts.columns
    this.expressions = parts.expressions
    this.synonyms = parts.synonyms
    this.primaryKey = parts.primaryKey
    this.inherits = parts.inherits
    this.base = parts.inherits?.base ?? this
    this.polymorphicOn = parts.polymorphicOn
    this.polymorphicIdentity = parts.polymorphicIdentity
    this.versionIdCol = parts.versionIdCol
    this.versionIdGenerator = parts.versionIdGenerator
    this.eagerDefaults = parts.eagerDefaults
    this.registry = parts.registry
    this.events = parts.events
    this.bindKey = parts.bindKey
    this.validators = parts.validators
    this.construction = parts.construction
    const byKey = new Map<string, ColumnProperty>()
    for (const property of parts.columns) {
      byKey.set(property.key, property)
      this.#propertyByColumn.set(property.column, property)
    }
    this.columnByKey = byKey
    mappersMade += 1
    this.#prefix = this.base === this ? `${mappersMade}:` : this.base.#prefix
    this.#Instance = instanceFactory<T>(this.modelClass.prototype)
    if (parts.inherits) {
      parts.inherits.#subclasses.push(this as Mapper)
      for (const [key, property] of parts.inherits.#relationships)
        this.#relationships.set(key, property)
    }
  }

  /** The relationships by attribute, those of the parent mapper among them, once configured. */
  get relationships(): ReadonlyMap<string, RelationshipProperty> {
    return this.#relationships
  }

  /** For `configureMappers`: a relationship is ready. Subclasses have it too. */
  addRelationship(property: RelationshipProperty): void {
    this.#relationships.set(property.key, property)
    this.construction.mapped.add(property.key)
    for (const mapper of this.#subclasses) {
      if (!mapper.#relationships.has(property.key)) mapper.addRelationship(property)
    }
  }

  /** The mappers that inherit directly from this one. */
  get subclasses(): readonly Mapper[] {
    return this.#subclasses
  }

  /** This mapper and all that inherit from it. */
  get selfAndDescendants(): Mapper[] {
    return [this as Mapper, ...this.#subclasses.flatMap((mapper) => mapper.selfAndDescendants)]
  }

  /** Whether this mapper is the other one or inherits from it. */
  isA(other: Mapper): boolean {
    for (let mapper: Mapper | null = this as Mapper; mapper; mapper = mapper.inherits) {
      if (mapper === other) return true
    }
    return false
  }

  /** The attribute of a column, if it is mapped. */
  propertyOf(column: Column): ColumnProperty | undefined {
    return this.#propertyByColumn.get(column)
  }

  /** The rows of this class within the table of a single-table inheritance; `null`: all of them. */
  get criteria(): ColumnElement<unknown> | null {
    return this.registry.describe(this as Mapper).criteria ?? null
  }

  /** What statements have to know of this class. */
  get entity(): EntityInfo {
    return this.registry.describe(this as Mapper)
  }

  /**
   * The mapper whose rows carry this discriminator.
   *
   * @throws AssertionError-like `InvalidRequestError` when no class has it.
   */
  byIdentity(value: unknown): Mapper {
    return this.registry.polymorphic(this as Mapper, value)
  }

  /** The identity key of primary key values, in the order of `primaryKey`. */
  identityKey(values: readonly unknown[]): string {
    if (values.length === 1) return this.#prefix + keyPart(values[0])
    let key = this.#prefix
    // The length in front of each part keeps ('a,b', 'c') and ('a', 'b,c') apart.
    for (const value of values) {
      const part = keyPart(value)
      key += `${part.length}|${part}`
    }
    return key
  }

  /** The identity key of loaded values, or `null` when the primary key is not complete. */
  identityKeyOf(dict: Record<string, unknown>): string | null {
    const { primaryKey } = this
    if (primaryKey.length === 1) {
      const value = dict[(primaryKey[0] as ColumnProperty).key]
      return value === null || value === undefined ? null : this.#prefix + keyPart(value)
    }
    const values: unknown[] = []
    for (const { key } of primaryKey) {
      const value = dict[key]
      if (value === null || value === undefined) return null
      values.push(value)
    }
    return this.identityKey(values)
  }

  /** The primary key values of an instance, in the order of `primaryKey`; `null` for what is not set. */
  primaryKeyOf(dict: Record<string, unknown>): unknown[] {
    return this.primaryKey.map(({ key }) => dict[key] ?? null)
  }

  /** A new instance over values of the database. Runs no constructor and fires no event. */
  instantiate(dict: Record<string, unknown>): InstanceState {
    const instance = new this.#Instance()
    const state = new InstanceState(this as Mapper, instance, dict)
    ;(instance as { [kState]?: InstanceState })[kState] = state
    return state
  }

  /**
   * The expression of an attribute: `User.c[key]`.
   *
   * @throws InvalidRequestError when the class has no such attribute.
   */
  attribute(key: string): ColumnElement {
    const attribute = this.registry.attribute(this as Mapper, key)
    if (attribute === undefined) {
      throw new InvalidRequestError(
        `Entity namespace for "${this.table.name}" has no property "${key}"`,
      )
    }
    return attribute
  }

  /** `mapped class User->user`, as messages name it. */
  toString(): string {
    return `mapped class ${this.modelClass.name}->${this.table.name}`
  }
}

// One function per class, so that all instances of a class share one hidden class.
function instanceFactory<T>(prototype: T): new () => T {
  function Instance(this: { [kState]?: InstanceState | undefined }): void {
    this[kState] = undefined
  }
  Instance.prototype = prototype
  return Instance as unknown as new () => T
}

function keyPart(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'string') return `${value}`
  if (value instanceof Date) return value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  return String(value)
}

interface MappedClass {
  readonly [kMapper]?: Mapper
  readonly [kRegistry]?: Registry
}

/**
 * The mapper of a model class or of one of its instances. The class is mapped, and all relationships known
 * are configured, when it is first asked for.
 *
 * @throws ArgumentError when it is no model.
 */
export function mapperOf<T extends object = object>(source: ModelClass<T> | T): Mapper<T> {
  if (typeof source !== 'function') {
    const state = tryStateOf(source)
    if (state) return state.mapper as unknown as Mapper<T>
    throw new ArgumentError(`Expected mapped class or instance, got: ${describeSource(source)}`)
  }
  const known = (source as MappedClass)[kMapper]
  if (known !== undefined && known.modelClass === source && known.registry.configured) {
    return known as unknown as Mapper<T>
  }
  const registry = (source as MappedClass)[kRegistry]
  if (registry === undefined) {
    throw new UnmappedClassError(`Class '${source.name}' is not mapped`)
  }
  registry.map(source as ModelClass)
  registry.configure()
  return registry.map(source as ModelClass) as unknown as Mapper<T>
}

function describeSource(source: unknown): string {
  if (typeof source === 'object' && source !== null) return source.constructor?.name ?? 'Object'
  return String(source)
}
