import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import type { ColumnElement } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import type { MetaData } from '../../schema/metadata.ts'
import { type AttributeCollection, makeAttributes } from './attribute-collection.ts'
import { type BuiltMapper, buildMapper, declaresPrimaryKey } from './build-mapper.ts'
import { classChain, ownStatic, ownTable } from './class-options.ts'
import { configureRelationships } from './configure.ts'
import { type Discovered, discover } from './discovery.ts'
import { describeEntity } from './entity-info.ts'
import { classesExtending } from './heap.ts'
import { kMapper, type Mapper, type ModelClass } from './mapper.ts'
import type { PendingRelationship } from './resolve-relationship.ts'

/** What a registry needs from the extension. */
export interface RegistryOptions {
  /** The metadata of a bind key; `null` is the default bind. Makes one at first use. */
  metadataFor(bindKey: string | null): MetaData
  /** `Model.query`, for a class. */
  queryOf?(modelClass: ModelClass): unknown
  /** Whether table names are made from class names. Default true. */
  readonly autonaming?: boolean
}

/** All models of one `db`, as SQLAlchemy's `registry`. */
export class Registry {
  /** `db.Model`; set by `createModelBase`. */
  modelBase: object = Registry
  readonly options: RegistryOptions
  readonly #mappers = new Map<ModelClass, Mapper>()
  readonly #discovered = new Map<ModelClass, Discovered>()
  readonly #attributes = new Map<Mapper, AttributeCollection>()
  readonly #building = new Set<ModelClass>()
  #pending: PendingRelationship[] = []
  #configured = true
  #configuring = false
  #searched = false
  #searching = false

  constructor(options: RegistryOptions) {
    this.options = options
  }

  metadataFor(bindKey: string | null): MetaData {
    return this.options.metadataFor(bindKey)
  }

  /** Whether all relationships known are ready. */
  get configured(): boolean {
    return this.#configured
  }

  /** How many mappers were made so far: a plan made with fewer may lack relationships. */
  get size(): number {
    return this.#mappers.size
  }

  /** The mappers made so far. */
  get mappers(): readonly Mapper[] {
    return [...this.#mappers.values()]
  }

  /** Whether the value is a class that extends `db.Model`. */
  isModel(value: unknown): value is ModelClass {
    return typeof value === 'function' && Object.prototype.isPrototypeOf.call(this.modelBase, value)
  }

  /** Maps classes at once, so that they need not be looked for. Abstract ones are skipped. */
  register(...classes: readonly object[]): void {
    for (const modelClass of classes) {
      if (!this.isModel(modelClass)) {
        throw new ArgumentError(
          `register() expects classes that extend db.Model, got ${String(modelClass)}`,
        )
      }
      this.tryMap(modelClass)
    }
  }

  /**
   * The mapper of a class, made when it is first asked for. Relationships may not be ready yet.
   *
   * @throws InvalidRequestError for an abstract class or one without a primary key.
   */
  map(modelClass: ModelClass): Mapper {
    const mapper = this.tryMap(modelClass)
    if (mapper) return mapper
    const { name } = modelClass
    if (ownStatic(modelClass, 'abstract')) {
      throw new InvalidRequestError(`Class '${name}' is abstract and has no table`)
    }
    throw new InvalidRequestError(
      `Class '${name}' has no primary key and no static table or tablename, and does not inherit from an ` +
        'existing table-mapped class.',
    )
  }

  /** The mapper of a class, or `null` for an abstract class or mixin. */
  tryMap(modelClass: ModelClass): Mapper | null {
    const known = this.#mappers.get(modelClass)
    if (known) return known
    if (modelClass === this.modelBase || ownStatic(modelClass, 'abstract') === true) return null
    if (this.#building.has(modelClass)) {
      throw new ArgumentError(`Class '${modelClass.name}' was used while it was being mapped`)
    }
    this.#building.add(modelClass)
    try {
      return this.#build(modelClass)
    } finally {
      this.#building.delete(modelClass)
    }
  }

  #build(modelClass: ModelClass): Mapper | null {
    const [, ...bases] = classChain(modelClass, this.modelBase)
    let inherits: Mapper | null = null
    for (const base of bases) {
      inherits = this.tryMap(base)
      if (inherits) break
    }
    const discovered = this.#discover(modelClass)
    const inheritedFrom = inherits ? this.#discover(inherits.modelClass) : null
    const facts = {
      modelClass,
      discovered,
      inherits,
      inheritedFrom,
      mapped: (base: ModelClass) => this.#mappers.has(base),
    }
    if (!inherits && this.#isMixin(facts)) return null
    const built: BuiltMapper = buildMapper(this, facts)
    const { mapper } = built
    this.#mappers.set(modelClass, mapper)
    Object.defineProperty(modelClass, kMapper, { value: mapper, configurable: true })
    this.#pending.push(...built.relationships)
    this.#configured = false
    return mapper
  }

  // A class that only adds columns to others: it has no name, or nothing that makes a table of it.
  #isMixin(facts: Parameters<typeof declaresPrimaryKey>[0]): boolean {
    const { modelClass } = facts
    if (ownTable(modelClass) || ownStatic(modelClass, 'tablename') !== undefined) return false
    if (modelClass.name === '') return true
    return !declaresPrimaryKey(facts) && !this.#takesReflectedTable(modelClass)
  }

  #takesReflectedTable(modelClass: ModelClass): boolean {
    const chain = classChain(modelClass, this.modelBase)
    return chain.some(
      (base) => ownTable(base) !== null || typeof ownStatic(base, 'tablename') === 'string',
    )
  }

  #discover(modelClass: ModelClass): Discovered {
    let discovered = this.#discovered.get(modelClass)
    if (!discovered) {
      discovered = discover(modelClass)
      this.#discovered.set(modelClass, discovered)
    }
    return discovered
  }

  /**
   * Finds and maps the classes nobody touched yet. Costs some 10 ms: done when all tables are asked for, when
   * mappers are first configured, and when a name is not known.
   */
  complete(): void {
    if (this.#searching) return
    this.#searching = true
    try {
      const found = classesExtending(this.modelBase) as ModelClass[]
      const depth = (modelClass: ModelClass): number =>
        classChain(modelClass, this.modelBase).length
      found.sort((a, b) => depth(a) - depth(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
      for (const modelClass of found) {
        if (this.tryMap(modelClass) || ownStatic(modelClass, 'abstract') === true) continue
        const used = found.some((other) => Object.prototype.isPrototypeOf.call(modelClass, other))
        // Nobody extends it: it was meant to be a model.
        if (!used && modelClass.name !== '' && this.#discover(modelClass).declared.size)
          this.map(modelClass)
      }
    } finally {
      this.#searching = false
    }
  }

  /** Makes all relationships ready. Does nothing when no class came in since the last time. */
  configure(): void {
    if (this.#configured || this.#configuring) return
    this.#configuring = true
    try {
      if (!this.#searched) {
        this.complete()
        this.#searched = true
      }
      const before = this.mappers
      // A relationship may bring in a class that has relationships itself.
      this.#pending = configureRelationships(this, () => {
        const pending = this.#pending
        this.#pending = []
        return pending
      })
      this.#configured = true
      for (const mapper of before) mapper.events.emit('mapperConfigured', mapper, mapper.modelClass)
    } finally {
      this.#configuring = false
    }
  }

  /** Puts relationships back that could not be configured: the next attempt meets the same error. */
  postpone(pending: readonly PendingRelationship[]): void {
    this.#pending = [...pending, ...this.#pending]
  }

  /** The mapper of a class name among those made so far. */
  tryByName(name: string): Mapper | undefined {
    const found = this.mappers.filter((mapper) => mapper.modelClass.name === name)
    if (found.length > 1) {
      throw new InvalidRequestError(
        `Multiple classes found for path "${name}" in the registry of this declarative base. Please give ` +
          'the class itself, as a function: () => Name.',
      )
    }
    return found[0]
  }

  /**
   * The mapper of a class name.
   *
   * @throws InvalidRequestError when there is no such class, or more than one.
   */
  byName(name: string, asker: Mapper): Mapper {
    const known = this.tryByName(name)
    if (known) return known
    this.complete()
    const found = this.tryByName(name)
    if (found) return found
    throw new InvalidRequestError(
      `When initializing mapper ${asker}, expression '${name}' failed to locate a name ('${name}'). If ` +
        `this is a class name, give the class itself as a function: () => ${name}, or import its module ` +
        'before the first query; where the inspector is switched off, call db.register with the class.',
    )
  }

  /** The mapper of a discriminator's value within the tree of `mapper`. */
  polymorphic(mapper: Mapper, value: unknown): Mapper {
    if (value === null || value === undefined) return mapper
    const find = (): Mapper | undefined =>
      mapper.base.selfAndDescendants.find((each) => each.polymorphicIdentity === value)
    let found = find()
    if (!found) {
      this.complete()
      found = find()
    }
    if (!found) {
      throw new InvalidRequestError(`No such polymorphic_identity '${String(value)}' is defined`)
    }
    this.configure()
    return found
  }

  /** What statements have to know of a mapped class. */
  describe(mapper: Mapper): EntityInfo {
    return describeEntity(mapper)
  }

  /** The expression of an attribute. */
  attribute(mapper: Mapper, key: string): ColumnElement | undefined {
    const attributes = this.attributesOf(mapper)
    return key in attributes ? (attributes[key] as ColumnElement) : undefined
  }

  /** `User.c`. */
  attributesOf(mapper: Mapper): AttributeCollection {
    let attributes = this.#attributes.get(mapper)
    if (!attributes) {
      attributes = makeAttributes(mapper, null)
      this.#attributes.set(mapper, attributes)
    }
    return attributes
  }
}
