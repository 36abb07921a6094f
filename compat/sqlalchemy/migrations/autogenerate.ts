import type { SchemaSource } from '../reflection/reflected.ts'
import type { MetaData } from '../schema/metadata.ts'
import { alignTables } from './align.ts'
import { compareSchemas } from './compare.ts'
import { DangerFinder } from './dangers.ts'
import { describeMetadata } from './describe.ts'
import { type IncludeTable, readLiveSchema } from './live-schema.ts'
import type { Operation } from './operations.ts'
import { renameHints } from './rename-hints.ts'

/** What was found, and what to look at before it is run. */
export interface Findings {
  readonly operations: readonly Operation[]
  /** What an upgrade would lose, or fail at. */
  readonly warnings: readonly string[]
  /** What may have been renamed. */
  readonly hints: readonly string[]
}

/** Compares models with the live schema: alembic's `compare_metadata`. */
export async function compareMetadata(
  source: SchemaSource,
  metadata: MetaData,
  include: IncludeTable = () => true,
): Promise<Operation[]> {
  const described = describeMetadata(metadata, source.dialect)
  const tables = described.tables.filter(({ name, schema }) => include(name, schema, false))
  const schemas = [...new Set<string | null>([null, ...tables.map(({ schema }) => schema)])]
  const live = await readLiveSchema(source, schemas, include)
  const there = { ...live, tables: await alignTables(source, tables, live.tables) }
  return compareSchemas({ tables, enums: described.enums }, there, source.dialect)
}

/** {@link compareMetadata}, with what is dangerous about it. */
export async function findChanges(
  source: SchemaSource,
  metadata: MetaData,
  include?: IncludeTable,
): Promise<Findings> {
  const operations = await compareMetadata(source, metadata, include)
  return {
    operations,
    warnings: await new DangerFinder(source).find(operations),
    hints: renameHints(operations, source.dialect),
  }
}
