import type { SetOperator } from './compound-node.ts'
import type { SelectBase } from './select-base.ts'
import { CompoundSelect } from './select-base.ts'

type Maker = <V extends readonly unknown[], N>(
  first: SelectBase<V, N>,
  ...others: readonly SelectBase[]
) => CompoundSelect<V, N>

const operation =
  (operator: SetOperator, all: boolean): Maker =>
  (first, ...others) =>
    CompoundSelect.of(first, others, operator, all)

/** The rows of all statements, each once. */
export const union: Maker = operation('union', false)
/** The rows of all statements. */
export const unionAll: Maker = operation('union', true)
/** The rows that are in every statement. */
export const intersect: Maker = operation('intersect', false)
export const intersectAll: Maker = operation('intersect', true)
/** The rows of the first statement that are in no other. */
export const except: Maker = operation('except', false)
export const exceptAll: Maker = operation('except', true)
