import { ArgumentError, StatementError } from '../errors.ts'

/** The part of a dialect that decides how a value is stored. */
export interface TypeDialect {
  /** `sqlite`, `postgresql`, `mysql`, or the name of another one. */
  readonly name: string
  readonly flavour: 'mariadb' | null
}

/** Turns a value on its way to or from the database; `null` and `undefined` never get there. */
export type Processor = (value: unknown) => unknown

/** A CHECK constraint that comes with a type: `name IN (…)`. */
export interface TypeCheck {
  readonly name: string | null
  readonly values: readonly (string | number)[]
  /** Whether the database needs it; one with a type of its own does not. */
  appliesTo(dialect: TypeDialect): boolean
}

interface Processors {
  readonly bind: Processor | null
  readonly result: Processor | null
}

/**
 * A column type: how values of `T` are declared, sent and read, as SQLAlchemy's `TypeEngine`.
 * `null` stands for SQL NULL and is not shown to processors, unless {@link TypeEngine.seesNull}.
 */
export abstract class TypeEngine<T = unknown> {
  /** The TypeScript type of values; never set. */
  declare readonly valueType: T
  /** The lower-case name of the type: `integer`, `string`, `json`. */
  abstract readonly visitName: string
  /** Whether processors are to be given `null` as well (JSON's own null). */
  readonly seesNull: boolean = false
  /** Whether null that was said is a value of its own, other than nothing said (JSON's null). */
  readonly evaluatesNone: boolean = false
  /** `integer` for types a database can number by itself. */
  readonly affinity: 'integer' | null = null
  /** The values a CHECK constraint of the type allows, where it asked for one. */
  readonly check: TypeCheck | null = null
  #processors: Map<string, Processors> | undefined

  /** What makes a value ready for the driver, or null where it goes as it is. */
  bindProcessor(_dialect: TypeDialect): Processor | null {
    return null
  }

  /** What makes a value of the driver one of ours, or null where it already is. */
  resultProcessor(_dialect: TypeDialect): Processor | null {
    return null
  }

  /** The type as CREATE TABLE writes it. */
  abstract ddl(dialect: TypeDialect): string

  /** A short name for messages: `VARCHAR(80)`. */
  toString(): string {
    return this.ddl({ name: 'default', flavour: null })
  }

  /** Both processors, made once for each dialect. */
  processors(dialect: TypeDialect): Processors {
    this.#processors ??= new Map()
    const key = dialect.flavour ?? dialect.name
    let pair = this.#processors.get(key)
    if (!pair) {
      pair = { bind: this.bindProcessor(dialect), result: this.resultProcessor(dialect) }
      this.#processors.set(key, pair)
    }
    return pair
  }

  /**
   * A value for the driver. `column` is named in errors.
   * @throws {StatementError} when it is none of this type, `DataError` when it cannot be stored.
   */
  toDriver(value: unknown, dialect: TypeDialect, column?: string | null): unknown {
    if (value === undefined) return null
    if (value === null && !this.seesNull) return null
    const { bind } = this.processors(dialect)
    if (!bind) return value
    try {
      return bind(value)
    } catch (error) {
      if (error instanceof StatementError && column) error.addDetail(`value of column '${column}'`)
      throw error
    }
  }

  /** A value of the driver as one of ours. */
  fromDriver(value: unknown, dialect: TypeDialect): unknown {
    if (value === undefined || (value === null && !this.seesNull)) return null
    const { result } = this.processors(dialect)
    return result ? result(value) : value
  }
}

/** A class that may be called without `new`. */
export type Callable<C extends abstract new (...args: never[]) => unknown> = C &
  ((...args: ConstructorParameters<C>) => InstanceType<C>)

/** Lets `db.String(80)`, `new db.String(80)` and `class Name extends db.String` all do. */
export function callable<C extends new (...args: never[]) => object>(
  name: string,
  target: C,
): Callable<C> {
  function make(...args: never[]): object {
    return Reflect.construct(target, args, new.target ?? (make as unknown as C))
  }
  Object.defineProperty(make, 'name', { value: name })
  make.prototype = target.prototype
  Object.setPrototypeOf(make, target)
  Object.defineProperty(make.prototype, 'constructor', {
    value: make,
    configurable: true,
    writable: true,
  })
  return make as unknown as Callable<C>
}

/** A type, or a type class that needs no arguments. */
export type TypeArgument<T = unknown> = TypeEngine<T> | (new () => TypeEngine<T>)

/** The TypeScript type of a type's values. */
export type ValueOf<A> =
  A extends TypeEngine<infer T>
    ? T
    : A extends new (
          ...args: never[]
        ) => TypeEngine<infer T>
      ? T
      : never

/** The type meant by an instance or a class. Errors: `ArgumentError` for anything else. */
export function toType<T>(argument: TypeArgument<T>): TypeEngine<T> {
  if (argument instanceof TypeEngine) return argument
  if (typeof argument === 'function' && argument.prototype instanceof TypeEngine) {
    return new argument()
  }
  throw new ArgumentError(`Object ${String(argument)} is not legal as a column type`)
}

/** Whether the argument is a type instance or class. */
export function isTypeArgument(argument: unknown): argument is TypeArgument {
  return (
    argument instanceof TypeEngine ||
    (typeof argument === 'function' && argument.prototype instanceof TypeEngine)
  )
}

/** The type of a value nobody described; it passes everything on. */
export class NullTypeEngine extends TypeEngine<unknown> {
  readonly visitName = 'null'

  override ddl(): string {
    return 'NULL'
  }
}

export const NullType: Callable<typeof NullTypeEngine> = callable('NullType', NullTypeEngine)
export const NULLTYPE: TypeEngine<unknown> = new NullType()
