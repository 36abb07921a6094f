import { ArgumentError, CompileError, DataError } from '../errors.ts'
import { describeValue } from './refuse.ts'
import {
  callable,
  type Processor,
  type TypeCheck,
  type TypeDialect,
  TypeEngine,
} from './type-engine.ts'

/** Options of {@link Enum}. */
export interface EnumOptions {
  /** The name of the type on PostgreSQL, and of the CHECK elsewhere. */
  readonly name?: string
  readonly schema?: string
  /** false: VARCHAR on every database. */
  readonly nativeEnum?: boolean
  /** Adds CHECK (name IN (…)) where the database has no enum type. */
  readonly createConstraint?: boolean
  /** The VARCHAR's length; at least that of the longest value. */
  readonly length?: number
  /** What is stored for an object's members: its keys by default, as in SQLAlchemy. */
  readonly valuesCallable?: (
    members: Readonly<Record<string, string | number>>,
  ) => readonly string[]
  /** false: values that are not of the enum go to the database. */
  readonly validateStrings?: boolean
  /** @internal Given by the metadata's bind of old code; ignored. */
  readonly metadata?: unknown
}

type Members = Readonly<Record<string, string | number>>

/**
 * ENUM: one of some strings, or of an object's values (whose keys are what is stored). A type of
 * its own on PostgreSQL and MySQL, VARCHAR elsewhere.
 */
export class EnumType<T extends string | number = string> extends TypeEngine<T> {
  readonly visitName = 'enum'
  readonly name: string | null
  readonly schema: string | null
  readonly nativeEnum: boolean
  readonly createConstraint: boolean
  readonly length: number
  /** What the database stores, in order. */
  readonly enums: readonly string[]
  override readonly check: TypeCheck | null
  readonly #toStored: ReadonlyMap<unknown, string>
  readonly #toValue: ReadonlyMap<string, T>
  readonly #validate: boolean

  /** @throws {ArgumentError} when there are no values, or they are no strings. */
  constructor(...args: unknown[]) {
    super()
    const { values, stored, options } = enumArguments(args)
    this.enums = stored
    this.name = options.name ?? null
    this.schema = options.schema ?? null
    this.nativeEnum = options.nativeEnum ?? true
    this.createConstraint = options.createConstraint ?? false
    this.#validate = options.validateStrings ?? true
    this.#toStored = new Map([
      ...stored.map((text): [unknown, string] => [text, text]),
      ...values.map((value, index): [unknown, string] => [value, stored[index] as string]),
    ])
    this.#toValue = new Map(stored.map((text, index) => [text, values[index] as T]))
    this.length = enumLength(stored, options.length)
    this.check = this.createConstraint
      ? { name: this.name, values: stored, appliesTo: (dialect) => !this.#native(dialect) }
      : null
  }

  override bindProcessor(): Processor {
    return (value) => {
      const stored = this.#toStored.get(value)
      if (stored !== undefined) return stored
      if (!this.#validate && typeof value === 'string') return value
      throw this.#unknown(value)
    }
  }

  override resultProcessor(): Processor {
    return (value) => {
      const member = this.#toValue.get(String(value))
      if (member === undefined) throw this.#unknown(value)
      return member
    }
  }

  /** Whether PostgreSQL has to have a type made for it. */
  needsType(dialect: TypeDialect): boolean {
    return dialect.name === 'postgresql' && this.#native(dialect)
  }

  override ddl(dialect: TypeDialect): string {
    if (!this.#native(dialect)) return `VARCHAR(${this.length})`
    if (dialect.name === 'mysql') return `ENUM(${this.enums.map(quoteMysql).join(',')})`
    if (this.name === null) throw new CompileError('PostgreSQL ENUM type requires a name.')
    const quoted = `"${this.name.replaceAll('"', '""')}"`
    return this.schema === null ? quoted : `"${this.schema.replaceAll('"', '""')}".${quoted}`
  }

  #native(dialect: TypeDialect): boolean {
    return this.nativeEnum && (dialect.name === 'postgresql' || dialect.name === 'mysql')
  }

  #unknown(value: unknown): DataError {
    return new DataError(
      `(LookupError) ${describeValue(value)} is not among the defined enum values. ` +
        `Enum name: ${this.name}. Possible values: ${this.enums.join(', ')}`,
    )
  }
}

function quoteMysql(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

function enumArguments(args: readonly unknown[]): {
  values: readonly (string | number)[]
  stored: readonly string[]
  options: EnumOptions
} {
  const strings = args.filter((item) => typeof item === 'string')
  const objects = args.filter((item) => typeof item === 'object' && item !== null) as object[]
  if (strings.length + objects.length !== args.length || objects.length > 2) {
    throw new ArgumentError('Enum takes strings, or an object of members, and options')
  }
  if (strings.length > 0) {
    return {
      values: strings,
      stored: distinct(strings),
      options: (objects[0] ?? {}) as EnumOptions,
    }
  }
  const [first, options = {}] = objects as [unknown, EnumOptions?]
  if (Array.isArray(first)) {
    return { values: first as string[], stored: distinct(first as string[]), options }
  }
  const members = membersOf((first ?? {}) as Members)
  if (Object.keys(members).length === 0) throw new ArgumentError('Enum needs at least one value')
  const stored = options.valuesCallable?.(members) ?? Object.keys(members)
  return { values: Object.values(members), stored: distinct(stored), options }
}

/** The members of an object, without the way back that TypeScript adds for numeric enums. */
function membersOf(source: Members): Members {
  return Object.fromEntries(
    Object.entries(source).filter(
      ([key, value]) => !(/^\d+$/.test(key) && source[value as string] === Number(key)),
    ),
  )
}

function distinct(stored: readonly string[]): readonly string[] {
  if (stored.some((text) => typeof text !== 'string')) {
    throw new ArgumentError('Enum values must be strings')
  }
  if (new Set(stored).size !== stored.length) {
    throw new ArgumentError(`Enum values must differ: ${stored.join(', ')}`)
  }
  return stored
}

function enumLength(stored: readonly string[], given: number | undefined): number {
  const longest = Math.max(...stored.map((text) => [...text].length))
  if (given !== undefined && given < longest) {
    throw new ArgumentError(
      'When provided, length must be larger or equal than the length of the longest enum value. ' +
        `${given} < ${longest}`,
    )
  }
  return given ?? longest
}

type Values = readonly [string, ...string[]]

/** `Enum('draft', 'public')`, `Enum(['draft', 'public'], options)`, `Enum(Color, options)`. */
export interface EnumFactory {
  new <const V extends string>(...values: readonly [V, ...V[]]): EnumType<V>
  new <const V extends Values>(...values: readonly [...V, EnumOptions]): EnumType<V[number]>
  new <const V extends string>(values: readonly V[], options?: EnumOptions): EnumType<V>
  new <const M extends Members>(members: M, options?: EnumOptions): EnumType<M[keyof M]>
  <const V extends string>(...values: readonly [V, ...V[]]): EnumType<V>
  <const V extends Values>(...values: readonly [...V, EnumOptions]): EnumType<V[number]>
  <const V extends string>(values: readonly V[], options?: EnumOptions): EnumType<V>
  <const M extends Members>(members: M, options?: EnumOptions): EnumType<M[keyof M]>
  readonly prototype: EnumType
}

export const Enum: EnumFactory = callable('Enum', EnumType) as unknown as EnumFactory
