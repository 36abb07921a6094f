import * as operations from './build-operations.ts'
import { ColumnElement as ElementBase, withOperations } from './column-element.ts'

// A binding that is used, not a bare call: a bundler may leave out what only has effects.
/**
 * An SQL expression with a value of `T`, as SQLAlchemy's `ColumnElement`; also a Kysely
 * `Expression`. `Name` is its name in a row, `string` where it has none of its own.
 */
export const ColumnElement: typeof ElementBase = withOperations(ElementBase, operations)
export type ColumnElement<T = unknown, Name extends string = string> = ElementBase<T, Name>

export { asExpression, coerce, condition, conjunction, literalOf } from './coerce.ts'
export {
  type Condition,
  type FromSource,
  type InOperand,
  kOperand,
  type MatchOptions,
  type Operand,
  type Replace,
} from './column-element.ts'
export {
  BindParameter,
  Constant,
  ForeignExpression,
  Label,
  NULL,
  Operation,
} from './operation.ts'
