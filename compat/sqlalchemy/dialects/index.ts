export { createEngine } from './create-engine.ts'
export type { Dialect, DialectFeatures } from './dialect.ts'
export { mysqlDialect, postgresqlDialect, sqliteDialect } from './dialects.ts'
export type {
  AnyKysely,
  Connection,
  Engine,
  EngineOptions,
  Executable,
  IsolationLevel,
  PoolStatus,
  RawRow,
  StatementEvent,
  StatementListener,
} from './engine.ts'
export { EngineUrl, type UrlParts } from './url.ts'
