import type { OperationNode, SelectQueryNode } from 'kysely'
import type { ColumnElement } from './element.ts'

/** A column of the result of a SELECT, by the name it has there. */
export interface OutputColumn {
  readonly key: string
  readonly element: ColumnElement
}

/** Where a SELECT stands; it decides what it may leave to the statement around it. */
export type Position = 'top' | 'from' | 'operand' | 'lateral' | 'cte' | 'compound'

/** What can be put in parentheses and selected from. */
export interface QuerySource {
  outputColumns(): readonly OutputColumn[]
  renderQuery(position: Position): SelectQueryNode | OperationNode
}

export function isQuerySource(value: unknown): value is QuerySource {
  return typeof (value as Partial<QuerySource> | null)?.renderQuery === 'function'
}
