import { isDeepStrictEqual } from 'node:util'
import { ColumnElement } from '../../expression/element.ts'
import { runHooks } from './attribute-hooks.ts'
import { isRepeatedDeclaration } from './declare.ts'
import type { Mapper } from './mapper.ts'
import { assignToOne, knownToOne, storeLoaded } from './related-sync.ts'
import type { RelationshipProperty } from './relationship-property.ts'
import { type InstanceState, isRelatedList, kState } from './state.ts'
import { columnProblem, loadProblem, strategyOf } from './unavailable.ts'

interface Stateful {
  readonly [kState]: InstanceState
}

/** The value of a column: what is loaded; `null` for what was never set on an instance without a row. */
export function readColumn(state: InstanceState, key: string): unknown {
  const value = state.dict[key]
  if (value !== undefined) return value
  if (state.key === null || key in state.dict) return null
  throw columnProblem(state, key)
}

/** Sets a column: validators and listeners, then the record of what the database has. */
export function writeColumn(state: InstanceState, key: string, given: unknown): void {
  let value: unknown = given === undefined ? null : given
  const { mapper, dict } = state
  if (mapper.validators.size > 0 || !mapper.events.quiet) {
    value = runHooks(state, key, 'set', value, dict[key] ?? null, false)
  }
  if (state.key === null) {
    dict[key] = value
    if (state.session !== null) state.session.noteDirty(state)
    return
  }
  const { originals } = state
  const recorded = originals !== null && key in originals
  // The row may have another value by now than the one that is overwritten with the same.
  if (state.expired && !recorded && key in dict && !isPrimaryKey(mapper, key)) {
    state.recordUnknown(key)
    dict[key] = value
    state.session?.noteDirty(state)
    return
  }
  const old = dict[key]
  if (sameValue(old, value)) return
  if (recorded) {
    dict[key] = value
    // Restored: the row needs no UPDATE for it.
    if (sameValue(originals[key], value)) state.settle(key)
  } else {
    state.recordOriginal(key)
    dict[key] = value
  }
  state.session?.noteDirty(state)
}

const isPrimaryKey = ({ primaryKey }: Mapper, key: string): boolean =>
  primaryKey.some((property) => property.key === key)

/** Whether a value needs no UPDATE over another. `undefined` (not loaded) is the same as nothing. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined) return false
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return Number.isNaN(a) && Number.isNaN(b)
  }
  // An expression is computed by the database: nobody knows whether it changes something.
  if (a instanceof ColumnElement || b instanceof ColumnElement) return false
  return isDeepStrictEqual(a, b)
}

type Getter = (this: Stateful) => unknown

/** A function of its own for each attribute: the engine learns where its value is, as it does for a plain object. */
function columnGetter(key: string): Getter {
  try {
    const name = JSON.stringify(key)
    // Without a state it is the class itself, not an instance: `User.prototype.name`.
    const body = `return function () {
      const state = this[kState]
      if (state === undefined) return undefined
      const value = state.dict[${name}]
      return value === undefined ? readColumn(state, ${name}) : value
    }`
    return new Function('kState', 'readColumn', body)(kState, readColumn) as Getter
  } catch {
    // No code may be made of strings here (--disallow-code-generation-from-strings).
    return function get(this: Stateful): unknown {
      const state = this[kState]
      if (state === undefined) return undefined
      const value = state.dict[key]
      return value === undefined ? readColumn(state, key) : value
    }
  }
}

/** Makes a column an attribute of a class's instances. */
export function defineColumn(prototype: object, key: string): void {
  Object.defineProperty(prototype, key, {
    configurable: true,
    enumerable: true,
    get: columnGetter(key),
    set(this: Stateful, value: unknown) {
      if (typeof value === 'object' && isRepeatedDeclaration(value)) return
      writeColumn(this[kState], key, value)
    },
  })
}

/** Makes a mapped SQL expression an attribute that is read. */
export function defineExpression(prototype: object, key: string): void {
  Object.defineProperty(prototype, key, {
    configurable: true,
    enumerable: true,
    get(this: Stateful): unknown {
      const state = this[kState]
      return state === undefined ? undefined : readColumn(state, key)
    },
    set(this: Stateful, value: unknown) {
      if (isRepeatedDeclaration(value)) return
      // In memory only, as SQLAlchemy: there is no column to write.
      this[kState].dict[key] = value
    },
  })
}

/** Makes an attribute another name of one. */
export function defineSynonym(prototype: object, key: string, name: string): void {
  Object.defineProperty(prototype, key, {
    configurable: true,
    enumerable: true,
    get(this: Record<string, unknown>): unknown {
      return this[name]
    },
    set(this: Record<string, unknown>, value: unknown) {
      if (!isRepeatedDeclaration(value)) this[name] = value
    },
  })
}

function relationshipOf(mapper: Mapper, key: string): RelationshipProperty {
  const property = mapper.relationships.get(key)
  if (property !== undefined) return property
  mapper.registry.configure()
  return mapper.relationships.get(key) as RelationshipProperty
}

/** The value of a relationship: an object, `null`, a list, or a promise of an object. */
export function readRelated(state: InstanceState, property: RelationshipProperty): unknown {
  const { lazy } = property
  if (property.uselist) {
    if ((lazy === 'dynamic' || lazy === 'write_only') && state.session !== null) {
      return state.session.appender(state, property)
    }
    return property.listOf(state)
  }
  const value = state.related?.[property.key]
  if (value !== undefined) return value
  const strategy = strategyOf(state, property)
  if (state.key === null || strategy === 'noload') return null
  if (strategy !== 'raise') {
    const known = knownToOne(state, property)
    if (known !== undefined) {
      storeLoaded(state, property, known)
      return known
    }
  }
  const problem = loadProblem(state, property)
  if (problem) throw problem
  return state.session?.lazyLoad(state, property)
}

/** Assigns a relationship: an object or null, or what the list shall hold. */
export function writeRelated(
  state: InstanceState,
  property: RelationshipProperty,
  value: unknown,
): void {
  if (!property.uselist) {
    assignToOne(state, property, value)
    return
  }
  // `user.posts += …` has no counterpart here: assigning the list itself changes nothing.
  const list = property.listOf(state)
  if (value === list) return
  if (
    value === null ||
    value === undefined ||
    typeof (value as Iterable<object>)[Symbol.iterator] !== 'function'
  ) {
    throw new TypeError(
      `Incompatible collection type: ${value === null || value === undefined ? 'None' : typeof value} is not list-like`,
    )
  }
  list.replace(isRelatedList(value) ? value.toArray() : (value as Iterable<object>))
}

/** Makes a relationship an attribute of a class's instances. */
export function defineRelationship(prototype: object, key: string): void {
  Object.defineProperty(prototype, key, {
    configurable: true,
    enumerable: true,
    get(this: Stateful): unknown {
      const state = this[kState]
      return state === undefined ? undefined : readRelated(state, relationshipOf(state.mapper, key))
    },
    set(this: Stateful, value: unknown) {
      if (isRepeatedDeclaration(value)) return
      const state = this[kState]
      writeRelated(state, relationshipOf(state.mapper, key), value)
    },
  })
}
