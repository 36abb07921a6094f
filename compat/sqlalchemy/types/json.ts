import { StatementError, UnsupportedCompilationError } from '../errors.ts'
import { badData, describeValue, wrongType } from './refuse.ts'
import { callable, type Processor, type TypeDialect, TypeEngine } from './type-engine.ts'

/** Anything JSON can say. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/** JSON's `null` as a value of its own: `JSON.NULL`, where `null` would be SQL's NULL. */
export const JSON_NULL: unique symbol = Symbol('JSON.NULL')

/** Options of {@link JSON}. */
export interface JsonOptions {
  /** `null` is stored as SQL NULL, not as JSON's `null`. Default: false, as in SQLAlchemy. */
  readonly noneAsNull?: boolean
}

/**
 * JSON. A `null` that is given is stored as JSON's `null`, a value left out as SQL NULL; with
 * `noneAsNull` both are SQL NULL. Both are read as `null`.
 */
export class JsonType<T = JsonValue> extends TypeEngine<T> {
  readonly visitName: string = 'JSON'
  readonly noneAsNull: boolean
  override readonly seesNull: boolean
  override readonly evaluatesNone: boolean

  constructor(options: JsonOptions = {}) {
    super()
    this.noneAsNull = options.noneAsNull ?? false
    this.seesNull = !this.noneAsNull
    this.evaluatesNone = this.seesNull
  }

  override bindProcessor(): Processor {
    return (value) => (value === JSON_NULL ? 'null' : pythonJson(value))
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    // pg has parsed it already.
    if (dialect.name === 'postgresql') return null
    return (value) => {
      if (typeof value !== 'string') return value
      try {
        return JSON.parse(value)
      } catch {
        throw badData('JSON', 'not JSON', value)
      }
    }
  }

  override ddl(_dialect: TypeDialect): string {
    return 'JSON'
  }
}

/** PostgreSQL's JSONB. */
class JsonbType<T = JsonValue> extends JsonType<T> {
  override readonly visitName = 'JSONB'

  override ddl(dialect: TypeDialect): string {
    if (dialect.name === 'postgresql' || dialect.name === 'default') return 'JSONB'
    throw new UnsupportedCompilationError(`${dialect.name} has no type JSONB`)
  }
}

/** The text Python's `json.dumps` writes, so that comparisons of stored texts agree. */
export function pythonJson(value: unknown): string {
  let text: string | undefined
  try {
    text = JSON.stringify(value, refuseOddities)
  } catch (error) {
    if (error instanceof StatementError) throw error
    throw badData('JSON', (error as Error).message, value)
  }
  if (text === undefined) throw wrongType('JSON', 'JSON values', value)
  return text
    .replace(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) => (token.length === 1 ? `${token} ` : token))
    .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function refuseOddities(key: string, value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw badData('JSON', `JSON has no such number, at '${key}'`, value)
  }
  if (typeof value === 'bigint' || typeof value === 'function' || typeof value === 'symbol') {
    throw new StatementError(
      `(TypeError) Object of type ${typeof value} is not JSON serializable: ${describeValue(value)}`,
    )
  }
  return value
}

interface JsonFactory {
  new <T = JsonValue>(options?: JsonOptions): JsonType<T>
  <T = JsonValue>(options?: JsonOptions): JsonType<T>
  /** JSON's own null. */
  readonly NULL: typeof JSON_NULL
  readonly prototype: JsonType
}

const withNull = <C>(factory: unknown): C =>
  Object.assign(factory as object, { NULL: JSON_NULL }) as C

export const JSON_: JsonFactory = withNull(callable('JSON', JsonType))
export const JSONB: JsonFactory = withNull(callable('JSONB', JsonbType))
