import {
  type Processor,
  type TypeArgument,
  type TypeDialect,
  TypeEngine,
  toType,
} from './type-engine.ts'

/**
 * A type of one's own over another: give `impl`, and what is to happen to values on their way.
 * Unlike other types it is shown `null` too, as in SQLAlchemy.
 *
 * ```ts
 * class Lowercase extends db.TypeDecorator<string> {
 *   impl = db.String(80)
 *   override processBindParam(value: string | null) { return value?.toLowerCase() ?? null }
 * }
 * ```
 */
export abstract class TypeDecorator<T = unknown> extends TypeEngine<T> {
  /** The type that is stored. */
  abstract readonly impl: TypeArgument
  /** Whether equal instances make equal SQL; known from Python, not needed here. */
  readonly cacheOk: boolean | null = null
  readonly visitName = 'type_decorator'
  override readonly seesNull = true
  #impl: TypeEngine | undefined

  /** The value for {@link impl} to send. */
  processBindParam(value: T | null, _dialect: TypeDialect): unknown {
    return value
  }

  /** The value an application sees, from what {@link impl} read. */
  processResultValue(value: unknown, _dialect: TypeDialect): T | null {
    return value as T | null
  }

  /** The type for one database, where it differs. */
  loadDialectImpl(_dialect: TypeDialect): TypeEngine {
    this.#impl ??= toType(this.impl)
    return this.#impl
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    const impl = this.loadDialectImpl(dialect)
    return (value) => impl.toDriver(this.processBindParam(value as T | null, dialect), dialect)
  }

  override resultProcessor(dialect: TypeDialect): Processor {
    const impl = this.loadDialectImpl(dialect)
    return (value) => this.processResultValue(impl.fromDriver(value, dialect), dialect)
  }

  override ddl(dialect: TypeDialect): string {
    return this.loadDialectImpl(dialect).ddl(dialect)
  }
}

/** The type below decorators: what the database really has. */
export function storedType(type: TypeEngine, dialect: TypeDialect): TypeEngine {
  return type instanceof TypeDecorator ? storedType(type.loadDialectImpl(dialect), dialect) : type
}
