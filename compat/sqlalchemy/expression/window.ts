import type { OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import type { ColumnElement } from './element.ts'
import { joined, raw, sqlNode } from './nodes.ts'

/** Bounds of a frame: rows before (negative) and after; null is unbounded. */
export type Frame = readonly [number | null, number | null]

export interface OverOptions {
  readonly partition: readonly ColumnElement[]
  readonly order: readonly ColumnElement[]
  readonly rows: Frame | null
  readonly range: Frame | null
}

/** `function OVER (PARTITION BY … ORDER BY … ROWS BETWEEN … AND …)`. */
export function windowNode(node: OperationNode, over: OverOptions): OperationNode {
  if (over.rows && over.range) {
    throw new ArgumentError("'range' and 'rows' are mutually exclusive")
  }
  const clauses: OperationNode[] = []
  if (over.partition.length) clauses.push(list('partition by ', over.partition))
  if (over.order.length) clauses.push(list('order by ', over.order))
  if (over.rows) clauses.push(sqlNode(frame('rows', over.rows)))
  if (over.range) clauses.push(sqlNode(frame('range', over.range)))
  const inside = clauses.length ? joined(clauses, ' ') : sqlNode('')
  return raw(['', ' over (', ')'], [node, inside])
}

function list(words: string, items: readonly ColumnElement[]): OperationNode {
  return raw([words, ''], [joined(items.map((item) => item.toOperationNode()))])
}

function frame(kind: 'rows' | 'range', [lower, upper]: Frame): string {
  return `${kind} between ${bound(lower, 'preceding')} and ${bound(upper, 'following')}`
}

function bound(offset: number | null, unbounded: 'preceding' | 'following'): string {
  if (offset === null) return `unbounded ${unbounded}`
  if (!Number.isSafeInteger(offset)) {
    throw new ArgumentError('Integer or None expected for range value')
  }
  if (offset === 0) return 'current row'
  return offset < 0 ? `${-offset} preceding` : `${offset} following`
}
