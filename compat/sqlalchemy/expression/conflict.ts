import type { OperationNode } from 'kysely'
import { CompileError } from '../errors.ts'
import { context } from './context.ts'
import {
  columnNode,
  columnOf,
  type DmlTarget,
  rowValues,
  updateNodes,
  type Values,
} from './dml-base.ts'
import type { ColumnElement } from './element.ts'
import { identifier } from './nodes.ts'

/** What the conflict is about; nothing means any. */
export interface ConflictOptions {
  /** Columns of a unique index, by key or as columns. */
  readonly indexElements?: readonly (string | ColumnElement)[]
  /** The condition of a partial unique index. */
  readonly indexWhere?: ColumnElement
  /** A constraint by name (PostgreSQL). */
  readonly constraint?: string
}

export interface ConflictUpdate {
  readonly set: Values
}

export interface ConflictClause extends ConflictOptions {
  /** Null does nothing. */
  readonly set: Values | null
  readonly where?: ColumnElement
}

/** `ON CONFLICT …`; null on MySQL for "do nothing", which is INSERT IGNORE there. */
export function conflictNode(target: DmlTarget, clause: ConflictClause): OperationNode | null {
  if (context().dialect?.features.onConflict === false) {
    if (clause.set === null) return null
    throw new CompileError(
      `ON CONFLICT DO UPDATE is not supported by ${context().name}; use onDuplicateKeyUpdate.`,
    )
  }
  if (
    clause.set &&
    !clause.indexElements &&
    clause.constraint === undefined &&
    context().name !== 'sqlite'
  ) {
    throw new CompileError('ON CONFLICT DO UPDATE needs indexElements or constraint.')
  }
  const node: Record<string, unknown> = { kind: 'OnConflictNode' }
  if (clause.indexElements) {
    node.columns = clause.indexElements.map((element) =>
      columnNode(typeof element === 'string' ? columnOf(target, element) : element),
    )
  } else if (clause.constraint !== undefined) node.constraint = identifier(clause.constraint)
  if (clause.indexWhere) {
    node.indexWhere = { kind: 'WhereNode', where: clause.indexWhere.toOperationNode() }
  }
  if (clause.set === null) node.doNothing = true
  else {
    node.updates = updates(target, clause.set)
    if (clause.where)
      node.updateWhere = { kind: 'WhereNode', where: clause.where.toOperationNode() }
  }
  return node as unknown as OperationNode
}

export function duplicateNode(target: DmlTarget, clause: ConflictUpdate): OperationNode {
  if (context().dialect && context().name !== 'mysql') {
    throw new CompileError(`ON DUPLICATE KEY UPDATE is not supported by ${context().name}.`)
  }
  return {
    kind: 'OnDuplicateKeyNode',
    updates: updates(target, clause.set),
  } as unknown as OperationNode
}

/** As in SQLAlchemy, `onupdate` has no part in it: only what is given is set. */
function updates(target: DmlTarget, set: Values): OperationNode[] {
  const given = rowValues(target, set, 'onupdate')
  const named = new Set(Object.keys(set).map((key) => columnOf(target, key)))
  return updateNodes(new Map([...given].filter(([column]) => named.has(column))))
}
