import { ArgumentError } from '../../errors.ts'
import { type AttributeValidator, kMapper, type Mapper, type ModelClass } from './mapper.ts'

/** Options of `validates`. */
export interface ValidatesOptions {
  /** The function sees objects that leave a collection too, with `isRemove` true. */
  readonly includeRemoves?: boolean
  /** Default true: changes made by the other side of a relationship are seen as well. */
  readonly includeBackrefs?: boolean
}

// biome-ignore lint/suspicious/noExplicitAny: a validator of any attribute of any model
export type Validator = (key: any, value: any, isRemove?: any) => unknown

interface Mark {
  readonly names: readonly string[]
  readonly options: ValidatesOptions
}

const marks = new WeakMap<object, Mark[]>()
const given = new WeakMap<object, { readonly fn: Validator; readonly mark: Mark }[]>()

function mark(fn: object, names: readonly string[], options: ValidatesOptions): void {
  marks.set(fn, [...(marks.get(fn) ?? []), { names, options }])
}

type MethodDecorator = <F extends Validator>(
  method: F,
  context: ClassMethodDecoratorContext | string | symbol,
  descriptor?: PropertyDescriptor,
) => void

/**
 * Runs a method before one of the named attributes is set or appended to; what it returns is what is set:
 * `@db.validates('email') checkEmail(key, value) { … return value }`. Works as a standard decorator and as
 * one of TypeScript's older kind. Without decorators: `db.validates(User, 'email', function (key, value) {…})`.
 */
export function validates(...names: [...string[], ValidatesOptions] | string[]): MethodDecorator
export function validates(
  modelClass: object,
  names: string | readonly string[],
  fn: Validator,
  options?: ValidatesOptions,
): void
export function validates(...args: unknown[]): MethodDecorator | undefined {
  if (typeof args[0] === 'function') {
    const [modelClass, names, fn, options] = args as [object, string | string[], Validator, object?]
    give(modelClass, [names].flat(), fn, options ?? {})
    return undefined
  }
  const last = args.at(-1)
  const options = typeof last === 'object' && last !== null ? (last as ValidatesOptions) : {}
  const names = args.filter((name) => typeof name === 'string')
  return (method, _context, descriptor) => {
    // TypeScript's older decorators give (prototype, name, descriptor).
    const fn = (descriptor?.value ?? method) as unknown
    if (typeof fn !== 'function') throw new ArgumentError('validates() decorates a method')
    mark(fn, names, options)
  }
}

function give(
  modelClass: object,
  names: readonly string[],
  fn: Validator,
  options: ValidatesOptions,
): void {
  given.set(modelClass, [...(given.get(modelClass) ?? []), { fn, mark: { names, options } }])
  // Classes that are mapped already read their validators again.
  const mapper = Object.hasOwn(modelClass, kMapper)
    ? (modelClass as { [kMapper]?: Mapper })[kMapper]
    : undefined
  for (const each of mapper?.selfAndDescendants ?? []) validatorsOf(each.modelClass)
}

const built = new WeakMap<object, Map<string, AttributeValidator[]>>()

/** The validators of a class and its bases by attribute; the map stays the same object. */
export function validatorsOf(
  modelClass: ModelClass,
): ReadonlyMap<string, readonly AttributeValidator[]> {
  const map = built.get(modelClass) ?? new Map<string, AttributeValidator[]>()
  built.set(modelClass, map)
  map.clear()
  const seen = new Set<string>()
  for (let current: object | null = modelClass; typeof current === 'function'; ) {
    const { prototype } = current as { prototype?: object }
    for (const name of prototype ? Object.getOwnPropertyNames(prototype) : []) {
      const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown
      if (typeof method !== 'function' || seen.has(name)) continue
      // A method of the same name in a subclass takes its place.
      seen.add(name)
      for (const { names, options } of marks.get(method) ?? [])
        add(map, names, method as Validator, options)
    }
    for (const { fn, mark: given_ } of given.get(current) ?? []) {
      add(map, given_.names, fn, given_.options)
    }
    current = Object.getPrototypeOf(current) as object | null
  }
  return map
}

function add(
  map: Map<string, AttributeValidator[]>,
  names: readonly string[],
  fn: Validator,
  options: ValidatesOptions,
): void {
  const includeRemoves = options.includeRemoves ?? false
  const validator: AttributeValidator = {
    run: (instance, key, value, isRemove) =>
      includeRemoves ? fn.call(instance, key, value, isRemove) : fn.call(instance, key, value),
    includeRemoves,
    includeBackrefs: options.includeBackrefs ?? true,
  }
  for (const name of names) map.set(name, [...(map.get(name) ?? []), validator])
}
