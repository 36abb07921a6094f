/**
 * `bustapi/sqlalchemy`: Flask-SQLAlchemy in TypeScript, every statement built and run by Kysely.
 *
 * @module
 */
export { createEngine } from './dialects/create-engine.ts'
export type { Dialect } from './dialects/dialect.ts'
export type {
  Connection,
  Engine,
  EngineOptions,
  IsolationLevel,
  StatementEvent,
} from './dialects/engine.ts'
export { EngineUrl } from './dialects/url.ts'
export * from './errors.ts'
export { ColumnElement, Delete, Insert, Select, Update } from './expression/index.ts'
export { type BindKeys, type NotFoundOptions, SQLAlchemy } from './extension.ts'
export type { ScopedSessionOptions, SQLAlchemyOptions } from './extension-options.ts'
export { type BatchOperations, compareMetadata, Migrate, Operations } from './migrations/index.ts'
export { Query, type QueryClass } from './orm/loading/query.ts'
export { MappingResult, Result, ScalarResult } from './orm/loading/result.ts'
export { Row } from './orm/loading/row.ts'
export { Model } from './orm/mapping/model-base.ts'
export { RelatedList } from './orm/mapping/related-list.ts'
export type { AppenderQuery } from './orm/session/appender.ts'
export { makeTransient, objectSession, Session } from './orm/session/session.ts'
export type {
  Columns,
  Init,
  Lazy,
  ModelAny,
  ModelBase,
  ModelOf,
  ModelSettings,
} from './orm/typing.ts'
export type { PaginateOptions } from './paginate.ts'
export { type IterPagesOptions, Pagination } from './pagination.ts'
export { getRecordedQueries, type QueryInfo } from './recorded-queries.ts'
export { Inspector, NativeType } from './reflection/index.ts'
export { Column, ForeignKey, MetaData, Table } from './schema/index.ts'
export type { ScopedSession } from './session-scope.ts'
export {
  beforeModelsCommitted,
  type ModelChange,
  type ModelChanges,
  modelsCommitted,
} from './track-modifications.ts'
export { TypeDecorator, TypeEngine } from './types/index.ts'
