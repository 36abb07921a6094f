import type { FromClause } from '../expression/from-clause.ts'
import {
  declareColumn,
  declareColumnProperty,
  declareDeferred,
  declareRelationship,
  declareSynonym,
} from './mapping/declare.ts'
import { makeAlias } from './mapping/entity-info.ts'
import type {
  AliasedModel,
  ColumnFunction,
  ColumnPropertyFunction,
  DeferredFunction,
  ModelLike,
  RelationshipFunction,
  SynonymFunction,
} from './typing.ts'

/** The functions of class bodies, under the types that fields get from them. */
export const column: ColumnFunction = declareColumn as ColumnFunction
export const relationship: RelationshipFunction = declareRelationship as RelationshipFunction
export const columnProperty: ColumnPropertyFunction =
  declareColumnProperty as ColumnPropertyFunction
export const deferred: DeferredFunction = declareDeferred as DeferredFunction
export const synonym: SynonymFunction = declareSynonym as SynonymFunction

/** A model under another name in one statement; or over a subquery with the model's columns (`from`). */
export function aliased<T extends object>(
  model: ModelLike<T>,
  options?: { readonly name?: string; readonly from?: FromClause },
): AliasedModel<T> {
  return makeAlias(model, options) as unknown as AliasedModel<T>
}
