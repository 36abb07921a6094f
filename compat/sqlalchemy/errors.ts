import { inspect } from 'node:util'

/** What a database driver threw: whatever it is, it is kept as it came. */
export type DriverError = Error & { code?: unknown; errno?: unknown }

/** Root of every error of this package, as `sqlalchemy.exc.SQLAlchemyError`. */
export class SQLAlchemyError extends Error {
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options)
    // A subclass made by an application gets its own name too.
    Object.defineProperty(this, 'name', {
      value: new.target.name,
      configurable: true,
      writable: true,
    })
  }
}

/** A wrong argument was given to an API. */
export class ArgumentError extends SQLAlchemyError {}
/** The database or driver a URI names is not known, or its package is not installed. */
export class NoSuchModuleError extends ArgumentError {}
/** No foreign keys link the two tables of a join or relationship. */
export class NoForeignKeysError extends ArgumentError {}
/** More than one foreign key links the two tables of a join or relationship. */
export class AmbiguousForeignKeysError extends ArgumentError {}
/** An object that is no statement was given to `execute`. */
export class ObjectNotExecutableError extends ArgumentError {
  constructor(target: unknown) {
    super(`Not an executable object: ${inspect(target, { depth: 0 })}`)
  }
}

/** A dependency sort met a cycle. */
export class CircularDependencyError extends SQLAlchemyError {
  /** The members that depend on each other. */
  readonly cycles: readonly unknown[]

  constructor(message: string, cycles: readonly unknown[] = []) {
    super(message)
    this.cycles = cycles
  }
}

/** A statement could not be turned into SQL. */
export class CompileError extends SQLAlchemyError {}
/** The database in use has no such construct or type. */
export class UnsupportedCompilationError extends CompileError {}
/** An identifier is too long or cannot be written for the database in use. */
export class IdentifierError extends SQLAlchemyError {}
/** A connection was found dead while it was checked out of the pool. */
export class DisconnectionError extends SQLAlchemyError {}
/** The pool gave no connection in time. */
export class TimeoutError extends SQLAlchemyError {}

/** The API was asked for something it cannot do in its present state. */
export class InvalidRequestError extends SQLAlchemyError {}
/** An object has nothing that can be inspected. */
export class NoInspectionAvailable extends InvalidRequestError {}
/** The transaction failed earlier and waits for `rollback()`. */
export class PendingRollbackError extends InvalidRequestError {}
/** A closed connection, transaction or result was used. */
export class ResourceClosedError extends InvalidRequestError {}
/** A row or result has no such column. */
export class NoSuchColumnError extends InvalidRequestError {}
/** A row was required and none was found. */
export class NoResultFound extends InvalidRequestError {}
/** One row was required and several were found. */
export class MultipleResultsFound extends InvalidRequestError {}
/** No engine is bound for what was to be executed. */
export class UnboundExecutionError extends InvalidRequestError {}
/** A foreign key cannot be resolved. */
export class NoReferenceError extends InvalidRequestError {
  /** The table that was looked for. */
  readonly tableName: string

  constructor(message: string, tableName: string) {
    super(message)
    this.tableName = tableName
  }
}
/** A foreign key names a table the metadata does not have. */
export class NoReferencedTableError extends NoReferenceError {}
/** A foreign key names a column its table does not have. */
export class NoReferencedColumnError extends NoReferenceError {
  /** The column that was looked for. */
  readonly columnName: string

  constructor(message: string, tableName: string, columnName: string) {
    super(message, tableName)
    this.columnName = columnName
  }
}
/** The table does not exist, or is not visible to the connection. */
export class NoSuchTableError extends InvalidRequestError {}
/** The table exists and its description cannot be read. */
export class UnreflectableTableError extends InvalidRequestError {}

/** The statement an error happened in. */
export interface StatementContext {
  readonly statement?: string | null
  readonly params?: readonly unknown[] | null
  readonly orig?: unknown
  /** Leaves the values out of the message (`SQLALCHEMY_ENGINE_OPTIONS.hideParameters`). */
  readonly hideParameters?: boolean
  /** The dead connection was thrown away, so that the next use gets a new one. */
  readonly connectionInvalidated?: boolean
}

/** Something went wrong while a statement was prepared or run. */
export class StatementError extends SQLAlchemyError {
  /** The SQL text, where one was made. */
  readonly statement: string | null
  /** The values that went with it. */
  readonly params: readonly unknown[] | null
  /** What the database's driver, or the code that prepared the values, threw. */
  readonly orig: unknown
  readonly hideParameters: boolean
  /** Whether the connection was dead and has been thrown away. */
  readonly connectionInvalidated: boolean
  readonly #reason: string
  readonly #details: string[] = []

  constructor(message: string, context: StatementContext = {}) {
    super(message, context.orig === undefined ? undefined : { cause: context.orig })
    this.#reason = message
    this.statement = context.statement ?? null
    this.params = context.params ?? null
    this.orig = context.orig ?? null
    this.hideParameters = context.hideParameters ?? false
    this.connectionInvalidated = context.connectionInvalidated ?? false
    this.#compose()
  }

  /** Puts a line in front of the message: what was being done when it happened. */
  addDetail(detail: string): void {
    this.#details.push(detail)
    this.#compose()
  }

  #compose(): void {
    const lines = [...this.#details.map((detail) => `(${detail})`), this.#reason]
    if (this.statement !== null) {
      lines.push(`[SQL: ${this.statement}]`)
      if (this.params?.length) {
        lines.push(
          this.hideParameters
            ? '[SQL parameters hidden due to hideParameters=true]'
            : `[parameters: ${formatParameters(this.params)}]`,
        )
      }
    }
    this.message = lines.join('\n')
  }
}

/** The values of a statement for people: long ones are cut, as SQLAlchemy cuts them. */
export function formatParameters(params: readonly unknown[]): string {
  return inspect(params, {
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    depth: 2,
    maxArrayLength: 100,
    maxStringLength: 300,
  })
}

/** The database or its driver refused something. Subclasses are the kinds of the Python DB-API. */
export class DBAPIError extends StatementError {}
/** The driver was used wrongly, not the database. */
export class InterfaceError extends DBAPIError {}
/** Any error of the database itself. */
export class DatabaseError extends DBAPIError {}
/** A value does not fit: out of range, too long, not of the type. */
export class DataError extends DatabaseError {}
/** The database's operation failed: lost connection, lock, deadlock, out of memory. */
export class OperationalError extends DatabaseError {}
/** A constraint was broken. */
export class IntegrityError extends DatabaseError {}
/** The database met an error of its own. */
export class InternalError extends DatabaseError {}
/** Wrong SQL: a missing table, a syntax error. */
export class ProgrammingError extends DatabaseError {}
/** The database has no such feature. */
export class NotSupportedError extends DatabaseError {}

/** An UPDATE or DELETE met fewer rows than objects: someone else changed them. */
export class StaleDataError extends SQLAlchemyError {}
/** A flush found the session's objects in a state that cannot be written. */
export class FlushError extends SQLAlchemyError {}
/** The object has no session to load from. */
export class DetachedInstanceError extends SQLAlchemyError {}
/** Something that is not mapped was given where a model or entity belongs. */
export class UnmappedError extends InvalidRequestError {}
export class UnmappedClassError extends UnmappedError {}
export class UnmappedInstanceError extends UnmappedError {}
export class UnmappedColumnError extends InvalidRequestError {}
/** The object's row is gone. */
export class ObjectDeletedError extends InvalidRequestError {}
/** A loader option does not fit the attribute it is for. */
export class LoaderStrategyException extends InvalidRequestError {}
