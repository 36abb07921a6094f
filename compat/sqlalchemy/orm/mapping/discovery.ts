import { ArgumentError } from '../../errors.ts'
import { declarations, type RecordedField, type Recorder, record } from './construction.ts'
import { type FieldDeclaration, isDeclaration } from './declare.ts'
import type { ModelClass } from './mapper.ts'

/** What a class says of itself in its fields. */
export interface Discovered {
  /** Declared attributes in the order of definition, those of base classes first. */
  readonly declared: ReadonlyMap<string, FieldDeclaration>
  /** How often each attribute was defined: more often than in the base means that it was overridden. */
  readonly definitions: ReadonlyMap<string, number>
  /** Plain fields with values that all instances may share. */
  readonly plain: ReadonlyMap<string, unknown>
  /** How many declarations one construction makes. */
  readonly declarations: number
}

/**
 * Reads the fields of a model class by constructing it once, over an instance that records.
 *
 * @throws ArgumentError when the class's constructor fails without arguments.
 */
export function discover(modelClass: ModelClass): Discovered {
  const recorder: Recorder = { modelClass, fields: [] }
  const before = declarations()
  try {
    record(recorder, () => Reflect.construct(modelClass as new () => object, []))
  } catch (error) {
    throw new ArgumentError(
      `The constructor of '${modelClass.name}' failed while its columns were looked for. A model's ` +
        `constructor is called once without arguments for that: ${(error as Error)?.message ?? error}`,
      { cause: error },
    )
  }
  const declared = new Map<string, FieldDeclaration>()
  const definitions = new Map<string, number>()
  const plain = new Map<string, unknown>()
  for (const { key, value, assigned } of recorder.fields) {
    definitions.set(key, (definitions.get(key) ?? 0) + 1)
    if (isDeclaration(value)) {
      plain.delete(key)
      declared.set(key, value)
    } else if (declared.has(key)) {
      // As `name = None` in a subclass: the attribute is not mapped any more.
      declared.delete(key)
      if (value !== undefined) plain.set(key, value)
    } else if (!assigned && isShareable(value)) plain.set(key, value)
  }
  return { declared, definitions, plain, declarations: declarations() - before }
}

function isShareable(value: unknown): boolean {
  return (
    value !== undefined &&
    (typeof value !== 'object' || value === null) &&
    typeof value !== 'function'
  )
}

/** The instance a discovery works on: it notes what is defined and set, and gives it back. */
export function recordingInstance(target: object, fields: RecordedField[]): object {
  const note = (key: PropertyKey, value: unknown, assigned: boolean): void => {
    if (typeof key === 'string') fields.push({ key, value, assigned })
  }
  return new Proxy(target, {
    defineProperty(on, key, descriptor): boolean {
      note(key, descriptor.value, false)
      return Reflect.defineProperty(on, key, { ...descriptor, configurable: true })
    },
    set(on, key, value): boolean {
      note(key, value, true)
      return Reflect.defineProperty(on, key, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      })
    },
  })
}
