import { Markup } from '../../http/markup.ts'
import {
  type CallState,
  invoke,
  isEngineFunction,
  type Kwargs,
  passArgOf,
  rawFunction,
  toCamel,
  toSnake,
} from '../python/call.ts'
import { DATE_ATTRIBUTES, DATE_METHODS } from '../python/date-methods.ts'
import { DICT_METHODS, type DictLike, dictGet, dictHas } from '../python/dict-methods.ts'
import { codePoints, entriesOf, isMapping } from '../python/iterate.ts'
import { LIST_METHODS, SET_METHODS, TUPLE_METHODS } from '../python/list-methods.ts'
import { markupMethod } from '../python/markup-methods.ts'
import { formatBraces } from '../python/str-format.ts'
import { STRING_METHODS } from '../python/string-methods.ts'
import { Undefined } from '../python/undefined.ts'
import { Dict, Float, isPlainObject, isTuple, makeTuple, Range } from '../python/values.ts'

/** Makes the environment's undefined value for a missing member. */
export type MakeUndefined = (object: unknown, name: unknown) => unknown

// The way from a value to its class, and from there to code: no template may take it.
const FORBIDDEN = new Set([
  'constructor',
  '__proto__',
  'prototype',
  'caller',
  'arguments',
  'callee',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
])

/**
 * A member of an object as JavaScript sees it, or undefined: not what stands on a root prototype
 * (`toString` of every object, `call` of every function), and nothing that leads to a class.
 */
function ownMember(object: object, name: string): unknown {
  // Only functions of the engine have members on purpose that bear such names: a macro's.
  if (FORBIDDEN.has(name) && !(isEngineFunction(object) && Object.hasOwn(object, name))) {
    return undefined
  }
  const value = (object as Record<string, unknown>)[name]
  if (value === undefined) return undefined
  if (name in Object.prototype || (typeof object === 'function' && name in Function.prototype)) {
    return isInherited(object, name) ? undefined : value
  }
  return value
}

/** Whether a name comes from Object's or Function's prototype, or is built into every function. */
function isInherited(object: object, name: string): boolean {
  let owner: object | null = object
  while (owner !== null && !Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner)
  if (owner === null) return true
  if (typeof owner === 'function') {
    return owner === Function.prototype || !Object.getOwnPropertyDescriptor(owner, name)?.enumerable
  }
  return Object.getPrototypeOf(owner) === null
}

/** A member under its own name or under its camelCase or snake_case spelling. */
function aliasedMember(object: object, name: string): unknown {
  const value = ownMember(object, name)
  if (value !== undefined) return value
  if (name.includes('_')) {
    const camel = toCamel(name)
    if (camel !== name) return ownMember(object, camel)
  } else if (/[A-Z]/.test(name) && !/^[A-Z]/.test(name)) return ownMember(object, toSnake(name))
  return undefined
}

interface Container {
  has(key: unknown): unknown
  get(key: unknown): unknown
}

function isContainer(object: object): object is Container {
  const { has, get } = object as { has?: unknown; get?: unknown }
  return typeof has === 'function' && typeof get === 'function'
}

function containerItem(object: object, key: unknown): unknown {
  if (!isContainer(object)) return undefined
  const name = key instanceof Markup ? key.toString() : key
  return object.has(name) ? object.get(name) : undefined
}

const isDict = (value: object): value is DictLike =>
  value instanceof Dict ||
  value instanceof Map ||
  (!(value instanceof Float) && isPlainObject(value))

/** A key of a dict: with the names on the way to a class only as data that is no function. */
function dictItem(dict: DictLike, key: unknown): unknown {
  if (!dictHas(dict, key)) return undefined
  const value = dictGet(dict, key)
  if (typeof value === 'function' && FORBIDDEN.has(String(key))) return undefined
  return value
}

type Method = (self: never, ...args: never[]) => unknown

/** Python's method of that name for a value of JavaScript's own kinds. */
function pythonMethod(value: unknown, name: string): Method | undefined {
  if (typeof value === 'string') return STRING_METHODS.get(name)
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return (isTuple(value) ? TUPLE_METHODS : LIST_METHODS).get(name)
  if (value instanceof Set) return SET_METHODS.get(name)
  if (value instanceof Date) return DATE_METHODS.get(name)
  return isDict(value) ? DICT_METHODS.get(name) : undefined
}

/** `str.format` and `str.format_map`; member access inside follows the rules of templates. */
function formatMethod(
  value: string | Markup,
  name: string,
): ((...args: unknown[]) => unknown) | null {
  if (name !== 'format' && name !== 'format_map') return null
  const safe = value instanceof Markup
  return rawFunction(name, (args, kwargs) => {
    const mapping = name === 'format_map' ? new Dict(entriesOf(args[0]) ?? []) : null
    const text = formatBraces(value.toString(), {
      args: mapping === null ? args : [],
      named: (key) => (mapping === null ? kwargs?.[key] : mapping.get(key)),
      member: (object, key, item) =>
        item ? getItem(object, key, failLookup) : getMember(object, String(key), failLookup),
      safe,
    })
    return safe ? new Markup(text) : text
  })
}

const failLookup: MakeUndefined = (object, name) => new Undefined(null, object, name).fail()

/** A method of a value that is no class instance, bound to it; undefined when there is none. */
function boundMethod(value: unknown, name: string): unknown {
  if (typeof value === 'string' || value instanceof Markup) {
    const format = formatMethod(value, name)
    if (format !== null) return format
    if (value instanceof Markup) {
      const method = markupMethod(name)
      if (method === null) return undefined
      return rawFunction(name, (args, kwargs, state) =>
        method(value, args, kwargs, (fn, all, named) => invoke(fn, undefined, all, named, state)),
      )
    }
  }
  const method = pythonMethod(value, name)
  if (method === undefined) return undefined
  return rawFunction(name, (args, kwargs, state) =>
    invoke(method, undefined, [value, ...args], kwargs, state),
  )
}

/** Binds a method found on an object, so that it can be called on its own later. */
function bound(object: object, name: string, value: unknown): unknown {
  if (typeof value !== 'function' || isEngineFunction(value) || passArgOf(value) !== undefined) {
    return value
  }
  if (Object.hasOwn(object, name)) return value
  return rawFunction(name, (args, kwargs, state) => invoke(value, object, args, kwargs, state))
}

/**
 * `value.name` in a template (Jinja's `getattr`): the attribute, else the item. A dict's own key
 * goes before its method of that name here, because a method is only wanted in a call.
 */
export function getMember(value: unknown, name: string, undef: MakeUndefined): unknown {
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Undefined) return value.member(name)
    if (isDict(value)) {
      const item = dictItem(value, name)
      return item === undefined ? (boundMethod(value, name) ?? undef(value, name)) : item
    }
    if (Array.isArray(value)) {
      const own = name === 'length' || /^\d+$/.test(name) ? undefined : arrayMember(value, name)
      return own ?? boundMethod(value, name) ?? undef(value, name)
    }
    if (value instanceof Markup) return boundMethod(value, name) ?? undef(value, name)
    if (value instanceof Date) {
      const attribute = DATE_ATTRIBUTES.get(name)
      if (attribute !== undefined) return attribute(value)
      const method = boundMethod(value, name)
      if (method !== undefined) return method
    } else if (value instanceof Set) {
      const method = boundMethod(value, name)
      if (method !== undefined) return method
    }
    return objectMember(value, name, undef)
  }
  if (typeof value === 'function') return objectMember(value, name, undef)
  if (typeof value === 'string') return boundMethod(value, name) ?? undef(value, name)
  return undef(value, name)
}

/** An attribute and nothing else: a dict's keys are none (Jinja's `attr` filter). */
export function getAttribute(value: unknown, name: string, undef: MakeUndefined): unknown {
  if (typeof value === 'object' && value !== null && isDict(value)) {
    return boundMethod(value, name) ?? undef(value, name)
  }
  return getMember(value, name, undef)
}

/** Named members of arrays that have them: groups of `groupby`, fields of a subclass. */
function arrayMember(value: readonly unknown[], name: string): unknown {
  if (name in Array.prototype) return undefined
  return ownMember(value, name)
}

function objectMember(object: object, name: string, undef: MakeUndefined): unknown {
  if (object instanceof Float) return undef(object, name)
  const value = aliasedMember(object, name)
  if (value !== undefined) return bound(object, name, value)
  return containerItem(object, name) ?? undef(object, name)
}

/** `value[key]` in a template (Jinja's `getitem`): the item, else the attribute of that name. */
export function getItem(value: unknown, key: unknown, undef: MakeUndefined): unknown {
  if (value instanceof Undefined) return value.member(key)
  const name = typeof key === 'string' ? key : key instanceof Markup ? key.toString() : null
  if (typeof value === 'object' && value !== null) {
    const item = itemOf(value, key, name)
    if (item !== undefined) return item
  } else if (typeof value === 'string' && name === null) {
    const item = indexed(codePoints(value), key)
    if (item !== undefined) return item
  }
  if (name === null) {
    if (key instanceof Undefined) key.touch()
    return undef(value, key)
  }
  return getMember(value, name, undef)
}

function itemOf(value: object, key: unknown, name: string | null): unknown {
  if (Array.isArray(value)) return name === null ? indexed(value, key) : undefined
  if (isDict(value)) return dictItem(value, key)
  if (value instanceof Markup) {
    if (name !== null) return undefined
    const char = indexed(codePoints(value.toString()), key)
    return char === undefined ? undefined : new Markup(char as string)
  }
  if (value instanceof Range) return typeof key === 'number' ? value.at(key) : undefined
  if (value instanceof Uint8Array)
    return name === null ? indexed(Array.from(value), key) : undefined
  return containerItem(value, key)
}

function indexed(items: readonly unknown[], key: unknown): unknown {
  const index = typeof key === 'boolean' ? Number(key) : key
  if (typeof index !== 'number' || !Number.isInteger(index)) return undefined
  const value = items[index < 0 ? index + items.length : index]
  return value === undefined && index < items.length && index >= -items.length ? null : value
}

/**
 * `value.name(...)` in a template: a method of the value's own, else Python's method of its kind.
 * Throws UndefinedError when there is neither.
 */
export function callMember(
  value: unknown,
  name: string,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  state: CallState | null,
  undef: MakeUndefined,
): unknown {
  if (typeof value === 'object' && value !== null && isDict(value)) {
    const own = dictItem(value, name)
    if (typeof own === 'function') return invoke(own, value, args, kwargs, state)
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    if (!(value instanceof Undefined || value instanceof Markup || value instanceof Float)) {
      const member = aliasedMember(value, name)
      if (name === 'items' && args.length === 0 && kwargs === null && isMapping(value)) {
        return Array.from(entriesOf(value) ?? [], makeTuple)
      }
      if (typeof member === 'function') return invoke(member, value, args, kwargs, state)
    }
  } else if (typeof value === 'function') {
    const member = aliasedMember(value, name)
    if (typeof member === 'function') return invoke(member, value, args, kwargs, state)
  }
  const method = pythonMethod(value, name)
  if (method !== undefined) return invoke(method, undefined, [value, ...args], kwargs, state)
  const member = getMember(value, name, undef)
  return invoke(member, undefined, args, kwargs, state)
}
