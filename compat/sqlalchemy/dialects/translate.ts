import {
  DatabaseError,
  DataError,
  DBAPIError,
  IntegrityError,
  InterfaceError,
  InternalError,
  NotSupportedError,
  OperationalError,
  ProgrammingError,
  SQLAlchemyError,
  type StatementContext,
} from '../errors.ts'

type ErrorClass = new (message: string, context?: StatementContext) => DBAPIError

/** What a driver's error is in SQLAlchemy's family: its class, and the name and text of Python's. */
export interface Translation {
  readonly kind: ErrorClass
  /** `sqlite3.IntegrityError` */
  readonly name: string
  readonly message: string
  readonly disconnect: boolean
}

/** The driver's error as one of the family; the family's own pass unchanged. */
export function translated(
  error: unknown,
  sql: string | null,
  parameters: readonly unknown[] | null,
  hideParameters: boolean,
  classify: (error: ErrorFields) => Translation,
): Error {
  if (error instanceof SQLAlchemyError) return error
  const fields = (error ?? {}) as ErrorFields
  const { kind, name, message, disconnect } = classify(fields)
  return new kind(`(${name}) ${message}`, {
    statement: sql,
    params: parameters,
    orig: error,
    hideParameters,
    connectionInvalidated: disconnect,
  })
}

/** What drivers put on their errors. */
export interface ErrorFields {
  readonly message?: string
  readonly code?: string
  readonly errno?: number
  readonly errcode?: number
  readonly detail?: string
  readonly hint?: string
  readonly sqlMessage?: string
  readonly errors?: readonly Error[]
}

/** The text of an error; that of a failed connection to several addresses is in its parts. */
function textOf(error: ErrorFields): string {
  return error.message || error.errors?.map((part) => part.message).join('; ') || String(error)
}

// --- SQLite -------------------------------------------------------------------------------------

const SQLITE_KINDS: Readonly<Record<number, ErrorClass>> = {
  2: InternalError,
  11: DatabaseError,
  12: InternalError,
  18: DataError,
  19: IntegrityError,
  20: IntegrityError,
  21: InterfaceError,
  25: InterfaceError,
  26: DatabaseError,
}
const SQLITE_NAMES: Readonly<Record<string, number>> = {
  CONSTRAINT: 19,
  MISMATCH: 20,
  MISUSE: 21,
  RANGE: 25,
  TOOBIG: 18,
  NOTADB: 26,
  CORRUPT: 11,
  INTERNAL: 2,
  BUSY: 5,
  LOCKED: 6,
}

/** SQLite's primary result code of a driver's error, or undefined. */
export function sqliteCode(error: ErrorFields): number | undefined {
  if (typeof error.errcode === 'number') return error.errcode & 0xff
  const [, name] = /^SQLITE_([A-Z]+)/.exec(error.code ?? '') ?? []
  return name === undefined ? undefined : (SQLITE_NAMES[name] ?? 1)
}

export function classifySqlite(error: ErrorFields): Translation {
  const code = sqliteCode(error)
  const invalid = code === undefined && String(error.code).startsWith('ERR_INVALID')
  const kind = invalid ? InterfaceError : (code && SQLITE_KINDS[code]) || OperationalError
  return { kind, name: `sqlite3.${kind.name}`, message: textOf(error), disconnect: false }
}

// --- PostgreSQL ---------------------------------------------------------------------------------

/** Class of SQLSTATE → kind, as psycopg2's base classes. */
const SQLSTATE_KINDS: readonly (readonly [string, ErrorClass])[] = [
  ['0A', NotSupportedError],
  ['20', ProgrammingError],
  ['21', ProgrammingError],
  ['22', DataError],
  ['23', IntegrityError],
  ['24', InternalError],
  ['25', InternalError],
  ['26', OperationalError],
  ['27', OperationalError],
  ['28', OperationalError],
  ['2B', InternalError],
  ['2D', InternalError],
  ['2F', InternalError],
  ['34', OperationalError],
  ['38', InternalError],
  ['39', InternalError],
  ['3B', InternalError],
  ['3D', OperationalError],
  ['3F', ProgrammingError],
  ['40', OperationalError],
  ['42', ProgrammingError],
  ['44', ProgrammingError],
  ['08', OperationalError],
  ['53', OperationalError],
  ['54', OperationalError],
  ['55', OperationalError],
  ['57', OperationalError],
  ['58', OperationalError],
  ['F0', InternalError],
  ['HV', OperationalError],
  ['P0', InternalError],
  ['XX', InternalError],
]
const SQLSTATE_KIND: ReadonlyMap<string, ErrorClass> = new Map(SQLSTATE_KINDS)

/** psycopg2's names of the states that applications meet. */
const SQLSTATE_NAMES: Readonly<Record<string, string>> = {
  '22001': 'StringDataRightTruncation',
  '22003': 'NumericValueOutOfRange',
  '22007': 'InvalidDatetimeFormat',
  '22008': 'DatetimeFieldOverflow',
  '22012': 'DivisionByZero',
  '22P02': 'InvalidTextRepresentation',
  '23502': 'NotNullViolation',
  '23503': 'ForeignKeyViolation',
  '23505': 'UniqueViolation',
  '23514': 'CheckViolation',
  '23P01': 'ExclusionViolation',
  '25P02': 'InFailedSqlTransaction',
  '40001': 'SerializationFailure',
  '40P01': 'DeadlockDetected',
  '42601': 'SyntaxError',
  '42501': 'InsufficientPrivilege',
  '42703': 'UndefinedColumn',
  '42704': 'UndefinedObject',
  '42804': 'DatatypeMismatch',
  '42883': 'UndefinedFunction',
  '42P01': 'UndefinedTable',
  '42P07': 'DuplicateTable',
  '55P03': 'LockNotAvailable',
  '57014': 'QueryCanceled',
  '57P01': 'AdminShutdown',
}

/** Of the network, and of a server that goes away. */
const LOST =
  /^(?:ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|PROTOCOL_CONNECTION_LOST|PROTOCOL_ENQUEUE_AFTER_.*|57P0[1-5]|08\w{3})$/
const LOST_TEXT =
  /connection terminated|connection error and is not queryable|client was closed|connection is in closed state|closed the connection|not queryable/i

function isLost(error: ErrorFields): boolean {
  return LOST.test(error.code ?? '') || LOST_TEXT.test(error.message ?? '')
}

export function classifyPostgresql(error: ErrorFields): Translation {
  const state = /^[0-9A-Z]{5}$/.test(error.code ?? '') ? (error.code as string) : ''
  const kind = state ? (SQLSTATE_KIND.get(state.slice(0, 2)) ?? DatabaseError) : OperationalError
  const name = SQLSTATE_NAMES[state]
  const lines = [textOf(error)]
  if (error.detail) lines.push(`DETAIL:  ${error.detail}`)
  if (error.hint) lines.push(`HINT:  ${error.hint}`)
  return {
    kind,
    name: name ? `psycopg2.errors.${name}` : `psycopg2.${kind.name}`,
    message: lines.join('\n'),
    disconnect: isLost(error),
  }
}

// --- MySQL and MariaDB --------------------------------------------------------------------------

/** PyMySQL's table of error numbers. */
const MYSQL_KINDS: readonly (readonly [ErrorClass, readonly number[]])[] = [
  [
    ProgrammingError,
    [1007, 1008, 1049, 1051, 1054, 1064, 1102, 1103, 1110, 1111, 1112, 1113, 1146, 1149, 1179],
  ],
  [DataError, [1230, 1171, 1263, 1264, 1265, 1292, 1366, 1367, 1406, 1441]],
  [IntegrityError, [1048, 1062, 1169, 1215, 1216, 1217, 1451, 1452, 1557, 3819, 4025]],
  [NotSupportedError, [1196, 1235, 1286, 1289]],
]
const MYSQL_KIND: ReadonlyMap<number, ErrorClass> = new Map(
  MYSQL_KINDS.flatMap(([kind, numbers]) =>
    numbers.map((number): [number, ErrorClass] => [number, kind]),
  ),
)
const MYSQL_LOST: ReadonlySet<number> = new Set([1053, 1927, 2006, 2013, 2014, 2045, 2055, 4031])

export function classifyMysql(error: ErrorFields): Translation {
  const { errno = 0 } = error
  const kind =
    MYSQL_KIND.get(errno) ?? (errno > 0 && errno < 1000 ? InternalError : OperationalError)
  const text = error.sqlMessage ?? textOf(error)
  return {
    kind,
    name: `pymysql.err.${kind.name}`,
    message: errno > 0 ? `(${errno}, ${JSON.stringify(text)})` : text,
    disconnect: isLost(error) || MYSQL_LOST.has(errno),
  }
}

// --- Others -------------------------------------------------------------------------------------

/** A foreign dialect's error: by SQLSTATE where it has one, else by SQLite's names, else plain. */
export function classifyOther(error: ErrorFields): Translation {
  const sqlite = sqliteCode(error)
  const base = sqlite === undefined ? classifyPostgresql(error) : classifySqlite(error)
  const kind =
    sqlite === undefined && !/^[0-9A-Z]{5}$/.test(error.code ?? '') ? DBAPIError : base.kind
  return { ...base, kind, name: base.name.startsWith('psycopg2') ? kind.name : base.name }
}
