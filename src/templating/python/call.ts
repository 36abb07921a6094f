import { typeName } from './type-name.ts'
import { Undefined } from './undefined.ts'
import { Dict, EngineObject, Float, Lazy, Range, setOwn } from './values.ts'

/** Keyword arguments of one call; the object has no prototype. */
export type Kwargs = Record<string, unknown>

/** What a function asks to get before its other arguments (Jinja's `pass_context` and friends). */
export type PassArg = 'context' | 'evalContext' | 'environment'

/** What those arguments are taken from. */
export interface CallState {
  readonly evalContext: unknown
  readonly environment: unknown
}

/** Calls that arrive with Python's argument lists, unconverted. */
export type RawFunction = (
  args: readonly unknown[],
  kwargs: Kwargs | null,
  state: CallState | null,
) => unknown

interface Signature {
  readonly name: string
  readonly params: readonly string[]
  readonly required: number
}

const SIGNATURE: unique symbol = Symbol('templating.signature')
const RAW: unique symbol = Symbol('templating.raw')
const PASS: unique symbol = Symbol('templating.pass')

type AnyFunction = (...args: never[]) => unknown

interface Marked {
  [SIGNATURE]?: Signature
  [RAW]?: RawFunction
  [PASS]?: PassArg
}

/**
 * Gives an engine function the parameter names under which templates may pass arguments.
 *
 * @param name The name in error messages.
 * @param params Names separated by spaces; `?` marks the optional ones.
 */
export function builtin<F extends AnyFunction>(name: string, params: string, fn: F): F {
  const names = params === '' ? [] : params.split(' ')
  const signature: Signature = {
    name,
    params: names.map((param) => param.replace('?', '')),
    required: names.filter((param) => !param.endsWith('?')).length,
  }
  Object.defineProperty(fn, SIGNATURE, { value: signature })
  return fn
}

/** A function that gets positional and keyword arguments as they are. */
export function rawFunction(name: string, call: RawFunction): (...args: unknown[]) => unknown {
  const fn = (...args: unknown[]): unknown => call(args, null, null)
  Object.defineProperty(fn, RAW, { value: call })
  Object.defineProperty(fn, 'name', { value: name })
  return fn
}

/** Whether the function takes arguments in the engine's own form. */
export function isEngineFunction(fn: object): boolean {
  return (fn as Marked)[RAW] !== undefined || (fn as Marked)[SIGNATURE] !== undefined
}

function passing<F extends AnyFunction>(fn: F, what: PassArg): F {
  Object.defineProperty(fn, PASS, { value: what, configurable: true })
  return fn
}

/** The function gets the template's context as its first argument (Jinja's `pass_context`). */
export function passContext<F extends AnyFunction>(fn: F): F {
  return passing(fn, 'context')
}

/** The function gets the evaluation context, whose `autoescape` tells the mode (`pass_eval_context`). */
export function passEvalContext<F extends AnyFunction>(fn: F): F {
  return passing(fn, 'evalContext')
}

/** The function gets the environment as its first argument (Jinja's `pass_environment`). */
export function passEnvironment<F extends AnyFunction>(fn: F): F {
  return passing(fn, 'environment')
}

/** What the function asks for, if anything. */
export function passArgOf(fn: unknown): PassArg | undefined {
  return typeof fn === 'function' ? (fn as Marked)[PASS] : undefined
}

/** Whether a template can call the value. */
export function isCallable(value: unknown): boolean {
  if (typeof value === 'function') return true
  return typeof value === 'object' && value !== null && EngineObject.callOf(value) !== null
}

function bindSignature(
  signature: Signature,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  passed: number,
): readonly unknown[] {
  const { name, params, required } = signature
  if (args.length - passed > params.length) {
    throw new TypeError(
      `${name}() takes ${params.length} positional argument${params.length === 1 ? '' : 's'} but ${args.length - passed} were given`,
    )
  }
  let bound = args
  if (kwargs !== null) {
    const all = [...args]
    for (const key of Object.keys(kwargs)) {
      const at = params.indexOf(key)
      if (at === -1) throw new TypeError(`${name}() got an unexpected keyword argument '${key}'`)
      if (at + passed < args.length) {
        throw new TypeError(`${name}() got multiple values for argument '${key}'`)
      }
      all[at + passed] = kwargs[key]
    }
    bound = all
  }
  for (let i = 0; i < required; i++) {
    if (i + passed < args.length || bound[i + passed] !== undefined) continue
    throw new TypeError(`${name}() missing 1 required positional argument: '${params[i]}'`)
  }
  return bound
}

/**
 * Calls what a template calls. Engine functions get Python's arguments; a function of the
 * application gets plain JavaScript values and the keyword arguments as one trailing object.
 *
 * @param self The `this` of a method call.
 * @param state Gives functions the context they ask for; null where there is none.
 * @throws TypeError for what cannot be called, and whatever the function throws.
 */
export function invoke(
  fn: unknown,
  self: unknown,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  state: CallState | null,
): unknown {
  if (typeof fn !== 'function') {
    if (fn instanceof Undefined) return fn.fail()
    if (typeof fn === 'object' && fn !== null) {
      const objectCall = EngineObject.callOf(fn)
      if (objectCall !== null) return objectCall(fn as never, args, kwargs, state)
    }
    throw new TypeError(`'${typeName(fn)}' object is not callable`)
  }
  const marked = fn as Marked
  const pass = marked[PASS]
  const raw = marked[RAW]
  if (raw !== undefined) {
    return raw(pass === undefined ? args : [passedValue(pass, state), ...args], kwargs, state)
  }
  const signature = marked[SIGNATURE]
  if (signature !== undefined) {
    const passed = pass === undefined ? 0 : 1
    const all = passed === 0 ? args : [passedValue(pass as PassArg, state), ...args]
    return Reflect.apply(fn, self, bindSignature(signature, all, kwargs, passed))
  }
  const plain = args.map(toJavaScript)
  if (pass !== undefined) plain.unshift(passedValue(pass, state))
  if (kwargs !== null) plain.push(keywordObject(kwargs))
  return Reflect.apply(fn, self, plain) ?? null
}

function passedValue(pass: PassArg, state: CallState | null): unknown {
  if (pass === 'context') return state
  return pass === 'evalContext' ? state?.evalContext : state?.environment
}

/**
 * Keyword arguments for a function of the application: the keys as the template wrote them, and
 * the camelCase name of each snake_case one beside it, not enumerable, so that a function that
 * takes `{ withCategories }` understands `with_categories=true` and one that copies the object
 * (as `urlFor` does with a URL's values) sees only what was written.
 */
function keywordObject(kwargs: Kwargs): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(kwargs)) {
    // A key of this name could change the prototype of whatever the function copies it into.
    if (key === '__proto__') continue
    const value = toJavaScript(kwargs[key])
    out[key] = value
    const camel = toCamel(key)
    if (camel !== key && !Object.hasOwn(kwargs, camel)) {
      Object.defineProperty(out, camel, { value, configurable: true, writable: true })
    }
  }
  return out
}

/** `full_path` as `fullPath`; a leading underscore stays. */
export function toCamel(name: string): string {
  return name.replace(
    /([a-z0-9])_+([a-z0-9])/gi,
    (_all, before: string, after: string) => before + after.toUpperCase(),
  )
}

/** `fullPath` as `full_path`. */
export function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (char) => `_${char.toLowerCase()}`)
}

/**
 * A template's value as a function of the application expects it: undefined values are `undefined`,
 * floats are numbers, dicts made in the template are plain objects (a Map when a key is no text),
 * ranges and lazy sequences are arrays. Everything else is handed over as it is.
 */
export function toJavaScript(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Float) return value.value
  if (value instanceof Undefined) return undefined
  if (value instanceof Dict) return plainDict(value)
  if (Array.isArray(value)) return plainArray(value)
  if (value instanceof Range || value instanceof Lazy) return Array.from(value, toJavaScript)
  return value
}

function plainArray(items: readonly unknown[]): readonly unknown[] {
  for (let i = 0; i < items.length; i++) {
    const item = items[i]
    if (typeof item === 'object' && toJavaScript(item) !== item) {
      return (items.constructor as ArrayConstructor).from(items, toJavaScript)
    }
  }
  return items
}

function plainDict(dict: Dict): object {
  const entries = Array.from(dict.entries(), ([key, value]) => [key, toJavaScript(value)] as const)
  if (!entries.every(([key]) => typeof key === 'string')) {
    return new Map(entries.map(([key, value]) => [toJavaScript(key), value]))
  }
  const out: Record<string, unknown> = {}
  for (const [key, value] of entries) setOwn(out, key as string, value)
  return out
}
