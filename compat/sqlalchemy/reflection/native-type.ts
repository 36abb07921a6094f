import {
  type Callable,
  callable,
  type Processor,
  type TypeArgument,
  type TypeDialect,
  TypeEngine,
  toType,
} from '../types/type-engine.ts'

/**
 * A type of the database in its own words, for those that have no name here:
 * `new NativeType('inet')`, `new NativeType('tinyint(3) unsigned', Integer)`. The text goes into
 * DDL as it is. Values are treated as those of the second type, without one as the driver has them.
 */
export class NativeTypeEngine<T = unknown> extends TypeEngine<T> {
  readonly visitName: string
  readonly text: string
  /** The type whose values it holds, or null. */
  readonly values: TypeEngine<T> | null

  constructor(text: string, values?: TypeArgument<T>) {
    super()
    this.text = text
    this.values = values === undefined ? null : toType(values)
    this.visitName = this.values?.visitName ?? 'native'
  }

  override bindProcessor(dialect: TypeDialect): Processor | null {
    return this.values?.bindProcessor(dialect) ?? null
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    return this.values?.resultProcessor(dialect) ?? null
  }

  override ddl(): string {
    return this.text
  }
}

export const NativeType: Callable<typeof NativeTypeEngine> = callable(
  'NativeType',
  NativeTypeEngine,
)
