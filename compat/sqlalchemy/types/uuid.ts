import { badData, wrongType } from './refuse.ts'
import {
  type Callable,
  callable,
  type Processor,
  type TypeDialect,
  TypeEngine,
} from './type-engine.ts'

/** Options of {@link Uuid}. */
export interface UuidOptions {
  /** false: CHAR(32) on every database. */
  readonly nativeUuid?: boolean
}

/** UUID on PostgreSQL, elsewhere CHAR(32): text such as `'1b4e28ba-2fa1-11d2-883f-0016d3cca427'`. */
export class UuidType extends TypeEngine<string> {
  readonly visitName = 'uuid'
  readonly nativeUuid: boolean

  constructor(options: UuidOptions = {}) {
    super()
    this.nativeUuid = options.nativeUuid ?? true
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    const native = this.#native(dialect)
    return (value) => {
      if (typeof value !== 'string') throw wrongType('Uuid', 'strings', value)
      const digits = uuidDigits(value)
      if (digits === undefined) throw badData('Uuid', 'badly formed hexadecimal UUID string', value)
      return native ? hyphenated(digits) : digits
    }
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    if (this.#native(dialect)) return null
    return (value) => {
      const digits = uuidDigits(String(value))
      if (digits === undefined) throw badData('Uuid', 'badly formed hexadecimal UUID string', value)
      return hyphenated(digits)
    }
  }

  override ddl(dialect: TypeDialect): string {
    return this.#native(dialect) ? 'UUID' : 'CHAR(32)'
  }

  #native(dialect: TypeDialect): boolean {
    return this.nativeUuid && dialect.name === 'postgresql'
  }
}

/** The 32 digits, from the forms Python's UUID() takes. */
function uuidDigits(text: string): string | undefined {
  const digits = text
    .replace(/^urn:uuid:/i, '')
    .replace(/[{}-]/g, '')
    .toLowerCase()
  return /^[0-9a-f]{32}$/.test(digits) ? digits : undefined
}

function hyphenated(digits: string): string {
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

export const Uuid: Callable<typeof UuidType> = callable('Uuid', UuidType)
