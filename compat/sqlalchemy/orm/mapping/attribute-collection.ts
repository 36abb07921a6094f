import type { EntityInfo } from '../../expression/entity.ts'
import { adaptTo } from './adapt.ts'
import { InstrumentedAttribute } from './instrumented.ts'
import type { Mapper } from './mapper.ts'
import { RelationshipAttribute } from './relationship-attribute.ts'

/** `User.c`: the attributes in statements. */
export type AttributeCollection = Record<string, InstrumentedAttribute | RelationshipAttribute>

/**
 * The attributes of a class (`entity` null) or of an alias of it. Relationships are looked up when they are
 * asked for: back references appear only when the other class is there.
 */
export function makeAttributes(mapper: Mapper, entity: EntityInfo | null): AttributeCollection {
  const attributes: AttributeCollection = Object.create(missing(mapper, entity))
  const from = entity?.from ?? null
  for (const { key, column } of mapper.columns) {
    attributes[key] = new InstrumentedAttribute(mapper, key, adaptTo(column, from), entity)
  }
  for (const [key, { expression }] of lazily(mapper)) {
    Object.defineProperty(attributes, key, {
      configurable: true,
      enumerable: true,
      get: () => new InstrumentedAttribute(mapper, key, adaptTo(expression(), from), entity),
    })
  }
  for (const [key, name] of mapper.synonyms) {
    Object.defineProperty(attributes, key, {
      configurable: true,
      enumerable: true,
      get: () => attributes[name],
    })
  }
  return attributes
}

function lazily(mapper: Mapper): [string, { expression: () => never }][] {
  return [...mapper.expressions].map(([key, property]) => [
    key,
    { expression: () => property.expression as never },
  ])
}

// What the object itself does not have: relationships, and names that are wrong.
function missing(mapper: Mapper, entity: EntityInfo | null): object {
  const relationship = (name: string): RelationshipAttribute | undefined => {
    if (!mapper.relationships.has(name)) mapper.registry.configure()
    return mapper.relationships.has(name)
      ? new RelationshipAttribute(mapper, name, entity)
      : undefined
  }
  return new Proxy(Object.create(null) as object, {
    get(_target, name, receiver: object): unknown {
      if (typeof name !== 'string' || name === 'then' || name === 'toJSON') return undefined
      const attribute = relationship(name)
      if (attribute === undefined) {
        throw new TypeError(`type object '${mapper.modelClass.name}' has no attribute '${name}'`)
      }
      Object.defineProperty(receiver, name, { value: attribute, enumerable: true })
      return attribute
    },
    has(_target, name): boolean {
      return typeof name === 'string' && relationship(name) !== undefined
    },
  })
}
