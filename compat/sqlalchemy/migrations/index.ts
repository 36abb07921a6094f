export { compareMetadata } from './autogenerate.ts'
export type { BatchOperations } from './batch.ts'
export {
  type CommandHost,
  type DbCommandOptions,
  type MigrationDatabase,
  registerDbCommands,
} from './commands.ts'
export { CommandError } from './errors.ts'
export { Migrate, type MigrateContext, type RevisionOptions } from './migrate.ts'
export { Operations } from './op.ts'
export type { Operation } from './operations.ts'
export { writeModels } from './pull/write-models.ts'
