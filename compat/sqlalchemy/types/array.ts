import { ArgumentError, UnsupportedCompilationError } from '../errors.ts'
import { badData, wrongType } from './refuse.ts'
import {
  callable,
  type Processor,
  type TypeArgument,
  type TypeDialect,
  TypeEngine,
  toType,
} from './type-engine.ts'

/** Options of {@link ARRAY}. */
export interface ArrayOptions {
  readonly dimensions?: number
}

/** PostgreSQL's ARRAY of another type: an array of its values, nested for more dimensions. */
export class ArrayType<T = unknown> extends TypeEngine<T[]> {
  readonly visitName = 'ARRAY'
  readonly itemType: TypeEngine<T>
  readonly dimensions: number | null

  constructor(itemType: TypeArgument<T>, options: ArrayOptions = {}) {
    super()
    this.itemType = toType(itemType)
    if ((this.itemType as TypeEngine) instanceof ArrayType) {
      throw new ArgumentError(
        'Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype',
      )
    }
    this.dimensions = options.dimensions ?? null
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    const send = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(send)
      return this.itemType.toDriver(value, dialect)
    }
    return (value) => {
      if (!Array.isArray(value)) throw wrongType('ARRAY', 'arrays', value)
      return send(value)
    }
  }

  override resultProcessor(dialect: TypeDialect): Processor {
    const read = (value: unknown): unknown =>
      Array.isArray(value) ? value.map(read) : this.itemType.fromDriver(value, dialect)
    // Arrays of types the driver does not know, such as enums, come as text.
    return (value) => read(typeof value === 'string' ? parseArray(value) : value)
  }

  override ddl(dialect: TypeDialect): string {
    if (dialect.name !== 'postgresql' && dialect.name !== 'default') {
      throw new UnsupportedCompilationError(`${dialect.name} can't render element of type ARRAY`)
    }
    return this.itemType.ddl(dialect) + '[]'.repeat(this.dimensions ?? 1)
  }
}

/** `{a,"b c",NULL,{…}}` as arrays of strings. */
function parseArray(text: string): unknown[] {
  const tokens = /[{},]|"(?:[^"\\]|\\.)*"|[^{},"]+/gs
  const stack: unknown[][] = [[]]
  for (const [token] of text.matchAll(tokens)) {
    const top = stack.at(-1) as unknown[]
    if (token === '{') stack.push([])
    else if (token === '}') {
      stack.pop()
      stack.at(-1)?.push(top)
    } else if (token.startsWith('"')) top.push(token.slice(1, -1).replace(/\\(.)/gs, '$1'))
    else if (token !== ',') top.push(token === 'NULL' ? null : token)
  }
  const [whole] = stack
  if (stack.length !== 1 || !Array.isArray(whole?.[0])) throw badData('ARRAY', 'not an array', text)
  return whole[0]
}

interface ArrayFactory {
  new <T>(itemType: TypeArgument<T>, options?: ArrayOptions): ArrayType<T>
  <T>(itemType: TypeArgument<T>, options?: ArrayOptions): ArrayType<T>
  readonly prototype: ArrayType
}

export const ARRAY: ArrayFactory = callable('ARRAY', ArrayType as never) as unknown as ArrayFactory
