import type { OperationNode } from 'kysely'
import { type DmlTarget, dmlTarget } from './dml-base.ts'
import type { KeepsCompiled, KeptLink } from './kept.ts'
import type { OutputColumn } from './query-source.ts'
import { outputColumnsOf, selectItems } from './select-items.ts'
import type { SelectItem } from './select-parts.ts'
import type { Selectable } from './selectable-types.ts'

/** INSERT, UPDATE and DELETE: the table, RETURNING and the execution's options. */
export interface DmlParts {
  readonly target: DmlTarget
  readonly returning: readonly SelectItem[]
  readonly execution: Readonly<Record<string, unknown>>
}

/** What INSERT, UPDATE and DELETE share. */
export abstract class DmlStatement<V extends readonly unknown[] = readonly unknown[], N = unknown>
  implements KeepsCompiled
{
  declare readonly rowValues: V
  declare readonly rowNames: N
  /** @internal */
  kept: KeptLink | null = null
  abstract readonly parts: DmlParts
  /** Whether the SQL can be kept: no value is made anew at each execution. */
  abstract readonly cacheable: boolean
  /** The node with these results in RETURNING. */
  abstract render(outputs: readonly OutputColumn[]): OperationNode

  get table(): DmlTarget['table'] {
    return this.parts.target.table
  }

  toOperationNode(): OperationNode {
    return this.render(outputColumnsOf(this.parts.returning))
  }
}

export function dmlParts(target: unknown): DmlParts {
  return { target: dmlTarget(target), returning: [], execution: {} }
}

export function moreReturning(
  parts: DmlParts,
  columns: readonly Selectable[],
): readonly SelectItem[] {
  return [...parts.returning, ...selectItems(columns)]
}
