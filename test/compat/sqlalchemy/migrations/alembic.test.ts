import { afterEach, describe, expect, it } from 'vitest'
import type { Operation } from '../../../../compat/sqlalchemy/migrations/operations.ts'
import { CHANGES } from './changes.ts'
import { SQLITE, Workshop } from './support.ts'

/** What alembic 1.8.1 (`compare_metadata`, types and server defaults compared) finds on SQLite. */
const FACTS: Readonly<Record<string, readonly string[]>> = {
  'a new table': ['add_table team'],
  'a dropped table': ['remove_table team'],
  'a new column': ['add_column person age'],
  'a dropped column': ['remove_column person age'],
  'a longer string': ['modify_type person name'],
  'a column that becomes NOT NULL': ['modify_nullable person name'],
  'a dropped index': ['remove_index ix_person_age'],
  'a new unique constraint': ['add_constraint uq_name'],
  'a new foreign key on an old column': ['add_fk'],
  'another server default': ['modify_default person kind'],
}

/** Our findings in alembic's words. */
function inAlembicsWords(operation: Operation): string[] {
  switch (operation.kind) {
    case 'createTable':
      return [`add_table ${operation.table.name}`]
    case 'dropTable':
      return [`remove_table ${operation.table.name}`]
    case 'addColumn':
      return [`add_column ${operation.table.name} ${operation.column.name}`]
    case 'dropColumn':
      return [`remove_column ${operation.table.name} ${operation.column.name}`]
    case 'alterColumn':
      return operation.parts.map(
        (part) => `modify_${part} ${operation.table.name} ${operation.after.name}`,
      )
    case 'createIndex':
      return [`add_index ${operation.index.name}`]
    case 'dropIndex':
      return [`remove_index ${operation.index.name}`]
    case 'addConstraint':
      return [
        operation.type === 'foreignkey' ? 'add_fk' : `add_constraint ${operation.constraint.name}`,
      ]
    default:
      return [operation.kind]
  }
}

describe("autogenerate's findings are alembic's", () => {
  let workshop: Workshop
  afterEach(() => workshop.close())

  for (const [title, expected] of Object.entries(FACTS)) {
    it(title, async () => {
      const change = CHANGES.find((other) => other.title === title)
      if (!change) throw new Error(`no such change: ${title}`)
      workshop = await Workshop.open(SQLITE)
      workshop.models(change.before)
      await workshop.migrate.revision({ autogenerate: true })
      await workshop.migrate.upgrade()
      workshop.models(change.after)
      const found = (await workshop.differences()).flatMap(inAlembicsWords)
      expect(found).toEqual(expected)
    })
  }
})
