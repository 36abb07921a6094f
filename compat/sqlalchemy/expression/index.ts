export { Alias, Cte, type CteOptions, NamedFrom, Subquery } from './alias.ts'
export { type CaseOptions, caseWhen } from './case.ts'
export { ColumnClause } from './column-clause.ts'
export {
  type CompiledStatement,
  type CompileOptions,
  compileDml,
  compileSelect,
  compileToString,
  type ResultColumn,
  type ResultItem,
} from './compile.ts'
export type { ConflictOptions } from './conflict.ts'
export { Delete, delete_ } from './delete.ts'
export { DmlStatement } from './dml-statement.ts'
export {
  BindParameter,
  ColumnElement,
  type Condition,
  type InOperand,
  Label,
  type MatchOptions,
  type Operand,
} from './element.ts'
export {
  type EntityColumn,
  type EntityInfo,
  type EntitySource,
  type JoinInfo,
  type JoinSource,
  kEntity,
  kJoin,
} from './entity.ts'
export { Exists, exists } from './exists.ts'
export { FromClause } from './from-clause.ts'
export { type AnyFunction, type Func, func, type KnownFunctions } from './func.ts'
export { FunctionElement, namedFunction, type WindowOptions } from './functions.ts'
export { Insert, insert } from './insert.ts'
export { Join } from './join.ts'
export {
  and,
  asc,
  cast,
  column,
  desc,
  distinct,
  extract,
  false_,
  literal,
  not,
  null_,
  nullsFirst,
  nullsLast,
  or,
  true_,
  tuple,
  typeCoerce,
} from './literals.ts'
export { bindparam, NamedParameter } from './named-parameter.ts'
export { Select, select } from './select.ts'
export { CompoundSelect, ScalarSubquery, SelectBase } from './select-base.ts'
export type {
  EntityClass,
  FilterValues,
  Selectable,
  SelectedNames,
  SelectedValues,
} from './selectable-types.ts'
export { except, exceptAll, intersect, intersectAll, union, unionAll } from './set-operations.ts'
export { LiteralColumn, literalColumn, TextClause, text } from './text.ts'
export { Update, update } from './update.ts'
export { Values, values } from './values.ts'
