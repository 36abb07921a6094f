import { ArgumentError, CompileError } from '../errors.ts'
import { badData, wrongType } from './refuse.ts'
import {
  type Callable,
  callable,
  type Processor,
  type TypeDialect,
  TypeEngine,
} from './type-engine.ts'

// With the u flag a surrogate matches only when it has no partner.
const LONE_SURROGATE = /[\ud800-\udfff]/u

/** Options of {@link String}. */
export interface StringOptions {
  readonly collation?: string
}

/** VARCHAR(length): a `string`. The length is in characters; MySQL must have one. */
export class StringType extends TypeEngine<string> {
  readonly visitName: string = 'string'
  readonly length: number | null
  readonly collation: string | null

  constructor(length?: number | null, options: StringOptions = {}) {
    super()
    if (length !== undefined && length !== null && !(Number.isInteger(length) && length >= 0)) {
      throw new ArgumentError(`String's length must be a whole number, not ${String(length)}`)
    }
    this.length = length ?? null
    this.collation = options.collation ?? null
    if (this.collation !== null && !/^[\w.@-]+$/.test(this.collation)) {
      throw new ArgumentError(`Not a collation's name: ${this.collation}`)
    }
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    const noNul = dialect.name === 'postgresql'
    return (value) => {
      if (typeof value !== 'string') throw wrongType('String', 'strings', value)
      if (noNul && value.includes('\0')) {
        throw badData('String', 'A string literal cannot contain NUL (0x00) characters.', value)
      }
      if (LONE_SURROGATE.test(value))
        throw badData('String', 'surrogates not allowed in UTF-8', value)
      return value
    }
  }

  override ddl(dialect: TypeDialect): string {
    if (this.length === null && dialect.name === 'mysql') {
      throw new CompileError('VARCHAR requires a length on dialect mysql')
    }
    return this.render('VARCHAR', dialect)
  }

  protected render(name: string, dialect: TypeDialect): string {
    const sized = this.length === null ? name : `${name}(${this.length})`
    if (this.collation === null) return sized
    const quoted = dialect.name === 'mysql' ? this.collation : `"${this.collation}"`
    return `${sized} COLLATE ${quoted}`
  }
}

/** TEXT: a `string` of any length. */
export class TextType extends StringType {
  override readonly visitName: string = 'text'

  override ddl(dialect: TypeDialect): string {
    return this.render('TEXT', dialect)
  }
}

export class UnicodeType extends StringType {
  override readonly visitName = 'unicode'
}

export class UnicodeTextType extends TextType {
  override readonly visitName = 'unicode_text'
}

export class CharType extends StringType {
  override readonly visitName = 'CHAR'

  override ddl(dialect: TypeDialect): string {
    return this.render('CHAR', dialect)
  }
}

/** BLOB, BYTEA: bytes, read as `Buffer`. */
export class LargeBinaryType extends TypeEngine<Uint8Array> {
  readonly visitName: string = 'large_binary'
  readonly length: number | null

  constructor(length?: number | null) {
    super()
    this.length = length ?? null
  }

  override bindProcessor(): Processor {
    return (value) => {
      if (Buffer.isBuffer(value)) return value
      if (value instanceof ArrayBuffer) return Buffer.from(value)
      if (ArrayBuffer.isView(value)) {
        return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      }
      throw wrongType('LargeBinary', 'Buffer and Uint8Array objects', value)
    }
  }

  override resultProcessor(): Processor {
    return (value) => {
      if (Buffer.isBuffer(value)) return value
      if (value instanceof Uint8Array) {
        return Buffer.from(value.buffer, value.byteOffset, value.byteLength)
      }
      return Buffer.from(String(value))
    }
  }

  override ddl(dialect: TypeDialect): string {
    if (dialect.name === 'postgresql') return 'BYTEA'
    return this.length !== null && dialect.name === 'mysql' ? `BLOB(${this.length})` : 'BLOB'
  }
}

class BinaryType extends LargeBinaryType {
  override ddl(): string {
    return this.length === null ? 'BINARY' : `BINARY(${this.length})`
  }
}

class VarbinaryType extends LargeBinaryType {
  override ddl(): string {
    return this.length === null ? 'VARBINARY' : `VARBINARY(${this.length})`
  }
}

export const String_: Callable<typeof StringType> = callable('String', StringType)
export const Text: Callable<typeof TextType> = callable('Text', TextType)
export const Unicode: Callable<typeof UnicodeType> = callable('Unicode', UnicodeType)
export const UnicodeText: Callable<typeof UnicodeTextType> = callable(
  'UnicodeText',
  UnicodeTextType,
)
export const CHAR: Callable<typeof CharType> = callable('CHAR', CharType)
export const LargeBinary: Callable<typeof LargeBinaryType> = callable(
  'LargeBinary',
  LargeBinaryType,
)
export const BINARY: Callable<typeof BinaryType> = callable('BINARY', BinaryType)
export const VARBINARY: Callable<typeof VarbinaryType> = callable('VARBINARY', VarbinaryType)
