import { inspect } from 'node:util'
import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import { type EntityInfo, kEntity } from '../../expression/entity.ts'
import type { MetaData } from '../../schema/metadata.ts'
import type { Table } from '../../schema/table.ts'
import type { AttributeCollection } from './attribute-collection.ts'
import { readRelated, writeColumn, writeRelated } from './attributes.ts'
import { expectFields, takeRecorder } from './construction.ts'
import { recordingInstance } from './discovery.ts'
import { kEvents } from './event-hub.ts'
import { kRegistry, type Mapper, type ModelClass, mapperOf } from './mapper.ts'
import { MapperEvents } from './mapper-events.ts'
import type { Registry } from './registry.ts'
import { modelText } from './repr.ts'
import { InstanceState, kState } from './state.ts'

/** `db.Model` at run time: a class to extend, and a function that gives it: `db.Model<User>()`. */
export type RuntimeModelBase = ModelClass & ((base?: ModelClass) => ModelClass)

/** Makes what `new User(values)` gives, out of an object with the class's prototype. */
function makeInstance(
  self: object,
  modelClass: ModelClass,
  values: Record<string, unknown> | undefined,
): object {
  const recorder = takeRecorder(modelClass)
  if (recorder !== null) return recordingInstance(self, recorder.fields)
  const mapper = mapperOf(modelClass) as unknown as Mapper
  const { construction } = mapper
  const instance = new Proxy(self, construction.handler)
  const state = new InstanceState(mapper, instance, {})
  ;(self as { [kState]?: InstanceState })[kState] = state
  initialise(state, values)
  expectFields(construction.declarations)
  return instance
}

/**
 * What all models are instances of, whichever `db` they belong to (Flask-SQLAlchemy's `Model`). Models extend
 * `db.Model`; a class that extends this one can be the base of that, see the option `modelClass`.
 */
export class Model {
  // biome-ignore lint/suspicious/noExplicitAny: the values of any model
  constructor(values?: Record<string, any>) {
    // biome-ignore lint/correctness/noConstructorReturn: fields are defined on the proxy of a new object
    return makeInstance(this, new.target as unknown as ModelClass, values) as this
  }

  /** `<User 1>`; `<User (transient 1)>` without a row. */
  toString(): string {
    const state = (this as { [kState]?: InstanceState })[kState]
    return state ? modelText(state) : Object.prototype.toString.call(this)
  }

  [inspect.custom](): string {
    // A class of the application may have a `toString` of its own.
    return String(this)
  }
}

/**
 * Makes the base class of a registry's models.
 * @param custom the class that it extends
 */
export function createModelBase(
  registry: Registry,
  custom: typeof Model = Model,
): RuntimeModelBase {
  if (custom !== Model && !Object.prototype.isPrototypeOf.call(Model, custom)) {
    throw new ArgumentError("modelClass must extend the class Model of 'bustapi/sqlalchemy'")
  }
  function ModelBase(this: object, values?: Record<string, unknown>): object {
    const modelClass = new.target as unknown as ModelClass | undefined
    // `db.Model<User>()`, `db.Model<Manager, typeof Employee>(Employee)`: for TypeScript only.
    if (modelClass === undefined) return typeof values === 'function' ? values : ModelBase
    return custom === Model
      ? makeInstance(this, modelClass, values)
      : Reflect.construct(custom, [values], modelClass)
  }
  const base = ModelBase as unknown as RuntimeModelBase
  const { prototype } = base as { prototype: object }
  Object.setPrototypeOf(base, custom)
  Object.setPrototypeOf(prototype, custom.prototype)
  const hidden = (target: object, key: PropertyKey, descriptor: PropertyDescriptor): void => {
    Object.defineProperty(target, key, { configurable: true, enumerable: false, ...descriptor })
  }
  hidden(base, 'name', { value: 'Model' })
  hidden(base, kRegistry, { value: registry })
  hidden(base, kEvents, { value: new MapperEvents('Model', null) })
  hidden(base, 'metadata', {
    get(this: ModelClass): MetaData {
      return this === base
        ? registry.metadataFor(null)
        : registry.metadataFor((this as { bindKey?: string | null }).bindKey ?? null)
    },
  })
  hidden(base, 'c', {
    get(this: ModelClass): AttributeCollection {
      return registry.attributesOf(registry.map(this))
    },
  })
  hidden(base, 'table', {
    get(this: ModelClass): Table {
      return registry.map(this).table
    },
    // `static table = …` of a class whose fields are assigned, not defined.
    set(this: ModelClass, value: unknown) {
      hidden(this, 'table', { value, writable: true })
    },
  })
  hidden(base, 'mapper', {
    get(this: ModelClass): Mapper {
      return mapperOf(this) as unknown as Mapper
    },
  })
  hidden(base, 'query', {
    get(this: ModelClass): unknown {
      const { queryOf } = registry.options
      if (!queryOf) throw new InvalidRequestError('This registry has no session to query with')
      mapperOf(this)
      return queryOf(this)
    },
  })
  hidden(base, kEntity, {
    value(this: ModelClass): EntityInfo {
      return (mapperOf(this) as unknown as Mapper).entity
    },
  })
  registry.modelBase = base
  return base
}

function initialise(state: InstanceState, values: Record<string, unknown> | undefined): void {
  const { mapper } = state
  const { polymorphicOn, polymorphicIdentity } = mapper
  if (polymorphicOn !== null && polymorphicIdentity !== null) {
    state.dict[polymorphicOn.key] = polymorphicIdentity
  }
  if (mapper.events.has('init')) mapper.events.emit('init', state.obj, values ?? {})
  if (values === undefined || values === null) return
  for (const key of Object.keys(values)) {
    const value = values[key]
    if (value === undefined) continue
    if (mapper.columnByKey.has(key)) writeColumn(state, key, value)
    else assignOther(state, key, value)
  }
}

function assignOther(state: InstanceState, key: string, value: unknown): void {
  const { mapper } = state
  const property = mapper.relationships.get(key)
  if (property) {
    const current = property.uselist ? readRelated(state, property) : value
    if (current !== undefined) writeRelated(state, property, value)
    return
  }
  const instance = state.obj as Record<string, unknown>
  if (!isSettable(instance, key)) {
    throw new TypeError(`'${key}' is an invalid keyword argument for ${mapper.modelClass.name}`)
  }
  instance[key] = value
}

// Anything the class has an attribute for, a property or synonym for instance. Methods and what all objects
// have (`constructor`, `__proto__`) are not meant: values may come from a request.
function isSettable(instance: object, key: string): boolean {
  if (!(key in instance) || key in Object.prototype) return false
  for (let owner: object | null = instance; owner; owner = Object.getPrototypeOf(owner)) {
    const descriptor = Object.getOwnPropertyDescriptor(owner, key)
    if (descriptor === undefined) continue
    if (descriptor.set !== undefined) return true
    return descriptor.writable === true && typeof descriptor.value !== 'function'
  }
  return false
}
