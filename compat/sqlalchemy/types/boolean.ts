import { wrongType } from './refuse.ts'
import {
  type Callable,
  callable,
  type Processor,
  type TypeCheck,
  type TypeDialect,
  TypeEngine,
} from './type-engine.ts'

/** Options of {@link Boolean}. */
export interface BooleanOptions {
  /** Adds CHECK (name IN (0, 1)) where the database has no boolean. */
  readonly createConstraint?: boolean
  /** The name of that constraint. */
  readonly name?: string
}

/** BOOLEAN: true and false; 0 and 1 are taken, too. */
export class BooleanType extends TypeEngine<boolean> {
  readonly visitName = 'boolean'
  override readonly check: TypeCheck | null

  constructor(options: BooleanOptions = {}) {
    super()
    this.check = options.createConstraint
      ? {
          name: options.name ?? null,
          values: [0, 1],
          appliesTo: (dialect) => dialect.name !== 'postgresql',
        }
      : null
  }

  override bindProcessor(dialect: TypeDialect): Processor {
    const native = dialect.name === 'postgresql'
    return (value) => {
      if (value !== true && value !== false && value !== 0 && value !== 1) {
        throw wrongType('Boolean', 'true, false, 0 and 1', value)
      }
      return native ? Boolean(value) : Number(value)
    }
  }

  override resultProcessor(dialect: TypeDialect): Processor | null {
    return dialect.name === 'postgresql' ? null : (value) => Boolean(Number(value))
  }

  override ddl(dialect: TypeDialect): string {
    return dialect.name === 'mysql' ? 'BOOL' : 'BOOLEAN'
  }
}

export const Boolean_: Callable<typeof BooleanType> = callable('Boolean', BooleanType)
