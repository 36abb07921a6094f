import { Inspector } from '../reflection/inspector.ts'
import type { ReflectedTable, SchemaSource } from '../reflection/reflected.ts'
import type { SchemaDescription } from './compare.ts'
import { TOOL_TABLES } from './version-table.ts'

/** Chooses what migrations look at: alembic's `include_object`. */
export type IncludeTable = (name: string, schema: string | null, isReflected: boolean) => boolean

/** All tables of the database, and its enumerated types; those of migration tools are left out. */
export async function readLiveSchema(
  source: SchemaSource,
  schemas: readonly (string | null)[],
  include: IncludeTable = () => true,
): Promise<SchemaDescription> {
  const inspector = new Inspector(source)
  const tables: ReflectedTable[] = []
  const enums: SchemaDescription['enums'][number][] = []
  for (const schema of schemas) {
    const names = (await inspector.getTableNames(schema)).filter(
      (name) => !TOOL_TABLES.has(name) && include(name, schema, true),
    )
    tables.push(...(await inspector.getTables(names, schema)))
    enums.push(...(await inspector.getEnums(schema)))
  }
  return { tables, enums }
}
