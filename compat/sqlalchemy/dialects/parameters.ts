import { InterfaceError, OperationalError, StatementError } from '../errors.ts'
import { BoundValue } from '../types/bound-value.ts'
import { dateTimeText } from '../types/datetime-text.ts'
import { FloatType } from '../types/numbers.ts'
import { describeValue } from '../types/refuse.ts'
import { storedType } from '../types/type-decorator.ts'
import type { Dialect } from './dialect.ts'

/** Makes one plain value ready for a driver; throws for what the driver would misread. */
type Adapt = (value: unknown, index: number) => unknown

/**
 * The values of a statement as the driver takes them: those with a type through the type, others
 * through what Python's driver does with them. The array itself is given back if nothing changed.
 * @throws {StatementError} for a value that cannot be bound.
 */
export function driverParameters(
  parameters: readonly unknown[],
  dialect: Dialect,
): readonly unknown[] {
  // pg counts parameters in 16 bits: with more, the server would read another message than was meant.
  if (dialect.name === 'postgresql' && parameters.length > dialect.maxParameters) {
    throw new OperationalError(
      `(OperationalError) ${parameters.length} parameters are more than the ${dialect.maxParameters} that ` +
        'PostgreSQL takes in one statement',
    )
  }
  const adapt = ADAPTERS[dialect.name] ?? passOn
  let changed: unknown[] | undefined
  for (let index = 0; index < parameters.length; index++) {
    const given = parameters[index]
    const typed =
      given instanceof BoundValue
        ? given.type.toDriver(given.value, dialect, given.columnName)
        : given
    const value = isDouble(given, typed, dialect) ? typed : adapt(typed, index)
    if (value === given) continue
    changed ??= [...parameters]
    changed[index] = value
  }
  return changed ?? parameters
}

/** Whether a number is a double whatever its value: `5.0 / 2` is not `5 / 2`. */
function isDouble(given: unknown, value: unknown, dialect: Dialect): boolean {
  return (
    typeof value === 'number' &&
    Number.isFinite(value) &&
    given instanceof BoundValue &&
    storedType(given.type, dialect) instanceof FloatType
  )
}

/** The values as people see them in errors and logs. */
export function shownParameters(parameters: readonly unknown[]): readonly unknown[] {
  return parameters.map((value) => (value instanceof BoundValue ? value.value : value))
}

function unsupported(value: unknown, index: number): InterfaceError {
  return new InterfaceError(
    `(InterfaceError) Error binding parameter ${index}: type is not supported: ${describeValue(value)}`,
  )
}

const passOn: Adapt = (value) => (value === undefined ? null : value)

// node:sqlite binds every number as a double; whole ones are integers to SQLite and to Python.
const adaptSqlite: Adapt = (value, index) => {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value
    case 'number':
      return Number.isSafeInteger(value) ? BigInt(value) : value
    case 'boolean':
      return value ? 1n : 0n
    case 'undefined':
      return null
  }
  if (value === null || ArrayBuffer.isView(value)) return value
  if (value instanceof Date && !Number.isNaN(value.getTime())) return dateTimeText(value)
  throw unsupported(value, index)
}

// mysql2 writes values into the SQL text, and an object becomes `key` = value there.
const adaptMysql: Adapt = (value, index) => {
  if (value === undefined) return null
  if (typeof value === 'number' && !Number.isFinite(value)) throw unsupported(value, index)
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) {
    if (typeof value === 'function' || typeof value === 'symbol') throw unsupported(value, index)
    return value
  }
  if (value instanceof Date && !Number.isNaN(value.getTime())) return dateTimeText(value)
  throw unsupported(value, index)
}

// pg turns a Date into local time; the database's times without a zone are UTC here.
const adaptPostgresql: Adapt = (value, index) => {
  if (value === undefined) return null
  if (typeof value === 'string' && value.includes('\0')) {
    throw new StatementError('(ValueError) A string literal cannot contain NUL (0x00) characters.')
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw unsupported(value, index)
    return `${dateTimeText(value)}+00:00`
  }
  if (typeof value === 'function' || typeof value === 'symbol') throw unsupported(value, index)
  return value
}

const ADAPTERS: Readonly<Record<string, Adapt>> = {
  sqlite: adaptSqlite,
  mysql: adaptMysql,
  postgresql: adaptPostgresql,
}
