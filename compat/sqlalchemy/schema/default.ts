import type { Expression } from 'kysely'

/** What a default's function gets: the values of the row being written, by column key. */
export interface DefaultContext {
  /** The table's column the default is for. */
  readonly column: { readonly name: string; readonly key: string }
  /** The row's values as they are so far; SQLAlchemy's `get_current_parameters()`. */
  readonly parameters: Readonly<Record<string, unknown>>
  getCurrentParameters(): Readonly<Record<string, unknown>>
}

/** A default or onupdate value: a value, a function called for each row, or an SQL expression. */
export type ColumnDefault<T> = T | ((context: DefaultContext) => T) | Expression<T> | null

/** An SQL expression of this package, of Kysely, or of anything that makes operation nodes. */
export function isSqlExpression(value: unknown): value is Expression<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'toOperationNode' in value &&
    typeof value.toOperationNode === 'function'
  )
}

/** How a column's default comes to be, decided once. */
export type DefaultKind = 'scalar' | 'callable' | 'sql'

export function defaultKind(value: unknown): DefaultKind {
  if (typeof value === 'function') return 'callable'
  return isSqlExpression(value) ? 'sql' : 'scalar'
}

/** `GENERATED ALWAYS AS (…)`: a column the database computes. */
export class Computed {
  /** SQL text, or an expression. */
  readonly sqltext: string | Expression<unknown>
  /** Stored (true), computed at reading (false), or what the database does by itself. */
  readonly persisted: boolean | null

  constructor(sqltext: string | Expression<unknown>, options: { persisted?: boolean } = {}) {
    this.sqltext = sqltext
    this.persisted = options.persisted ?? null
  }
}

/** Options of {@link Identity}, as SQL names them. */
export interface IdentityOptions {
  /** `GENERATED ALWAYS` instead of `BY DEFAULT`. */
  readonly always?: boolean
  readonly start?: number
  readonly increment?: number
  readonly minvalue?: number
  readonly maxvalue?: number
  readonly cycle?: boolean
  readonly cache?: number
}

/** `GENERATED … AS IDENTITY`, for PostgreSQL; other databases number the key their own way. */
export class Identity {
  readonly options: IdentityOptions

  constructor(options: IdentityOptions = {}) {
    this.options = options
  }
}
