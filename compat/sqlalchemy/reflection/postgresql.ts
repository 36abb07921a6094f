import { sql } from 'kysely'
import {
  COLUMNS,
  CONSTRAINTS,
  type ColumnRow,
  type ConstraintRow,
  INDEXES,
  type IndexRow,
} from './postgresql-queries.ts'
import type {
  IndexTerm,
  ReflectedColumn,
  ReflectedEnum,
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedTable,
  SchemaReader,
  SchemaSource,
} from './reflected.ts'
import { groupBy, rowsOf } from './run.ts'
import { typeSpecOf } from './type-spec.ts'

const ACTIONS: Readonly<Record<string, string>> = {
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
  r: 'RESTRICT',
}

/** Kinds of relation. */
const TABLE_KINDS = ['r', 'p', 'f']
const VIEW_KINDS = ['v', 'm']

function indexTerm(definition: string, isColumn: boolean, name: string | null): IndexTerm {
  const descending = / DESC(?: NULLS (?:FIRST|LAST))?$/i.test(definition)
  return {
    column: isColumn ? name : null,
    expression: isColumn ? null : definition.replace(/ (?:ASC|DESC)?(?: NULLS \w+)?$/i, ''),
    descending,
  }
}

/** Reads PostgreSQL's catalogues: one query for each kind of thing, for all tables at once. */
export class PostgresReader implements SchemaReader {
  readonly #source: SchemaSource

  constructor(source: SchemaSource) {
    this.#source = source
  }

  async defaultSchema(): Promise<string | null> {
    const [row] = await rowsOf(
      this.#source,
      sql<{ name: string | null }>`SELECT current_schema()::text AS name`,
    )
    return row?.name ?? null
  }

  async schemaNames(): Promise<string[]> {
    const rows = await rowsOf(
      this.#source,
      sql<{ name: string }>`SELECT nspname::text AS name FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' ORDER BY 1`,
    )
    return rows.map(({ name }) => name)
  }

  async #relations(kinds: readonly string[], schema: string | null): Promise<string[]> {
    // What an extension brought is not the application's.
    const rows = await rowsOf(
      this.#source,
      sql<{ name: string }>`SELECT c.relname::text AS name FROM pg_class c
        WHERE c.relkind::text = ANY (${kinds}) AND NOT c.relispartition
          AND c.relnamespace = (SELECT oid FROM pg_namespace
            WHERE nspname = coalesce(${schema}::text, current_schema()))
          AND NOT EXISTS (SELECT FROM pg_depend d
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1`,
    )
    return rows.map(({ name }) => name)
  }

  tableNames(schema: string | null): Promise<string[]> {
    return this.#relations(TABLE_KINDS, schema)
  }

  viewNames(schema: string | null): Promise<string[]> {
    return this.#relations(VIEW_KINDS, schema)
  }

  async viewDefinition(name: string, schema: string | null): Promise<string | null> {
    const [row] = await rowsOf(
      this.#source,
      sql<{ text: string }>`SELECT pg_get_viewdef(c.oid) AS text FROM pg_class c
        WHERE c.relname = ${name} AND c.relkind IN ('v', 'm')
          AND c.relnamespace = (SELECT oid FROM pg_namespace
            WHERE nspname = coalesce(${schema}::text, current_schema()))`,
    )
    return row?.text ?? null
  }

  async enums(schema: string | null): Promise<ReflectedEnum[]> {
    const rows = await rowsOf(
      this.#source,
      sql<{ name: string; labels: string[] }>`SELECT t.typname::text AS name,
          array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
        FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
        JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname = coalesce(${schema}::text, current_schema())
        GROUP BY t.typname ORDER BY t.typname`,
    )
    return rows.map(({ name, labels }) => ({ name, schema, labels }))
  }

  async tables(names: readonly string[], schema: string | null): Promise<ReflectedTable[]> {
    if (names.length === 0) return []
    const columnRows = await rowsOf(this.#source, COLUMNS(names, schema))
    const constraintRows = await rowsOf(this.#source, CONSTRAINTS(names, schema))
    const indexRows = await rowsOf(this.#source, INDEXES(names, schema))
    const constraints = groupBy(constraintRows, (row) => row.table)
    const indexes = groupBy(indexRows, (row) => row.table)
    return [...groupBy(columnRows, (row) => row.table)].map(([name, columns]) => {
      const own = constraints.get(name) ?? []
      const primary = own.find(({ type }) => type === 'p')
      return {
        name,
        schema,
        // A table without columns still has a row, with nothing in it.
        columns: columns.filter((row) => row.name !== null).map((row) => this.#column(row)),
        primaryKey: { name: primary?.name ?? null, columns: primary?.columns ?? [] },
        foreignKeys: own.filter(({ type }) => type === 'f').map(foreignKey),
        uniques: own
          .filter(({ type }) => type === 'u')
          .map((row) => ({ name: row.name, columns: row.columns })),
        indexes: (indexes.get(name) ?? []).map(index),
        checks: own
          .filter(({ type }) => type === 'c')
          .map((row) => ({ name: row.name, sqltext: row.expression as string })),
        comment: columns[0]?.tableComment ?? null,
      }
    })
  }

  #column(row: ColumnRow): ReflectedColumn {
    const isSerial = row.default !== null && /^nextval\('/.test(row.default)
    const collated = row.collation === null ? '' : ` COLLATE "${row.collation}"`
    const generated = row.generated !== ''
    return {
      name: row.name,
      ddlType: row.type + collated,
      type: row.labels
        ? {
            name: row.isArray ? 'Array' : 'Enum',
            args: row.isArray ? [] : row.labels,
            ...(row.isArray
              ? { item: { name: 'Enum', args: row.labels, options: { name: row.typeName } } }
              : { options: { name: row.typeName } }),
          }
        : typeSpecOf(row.type, this.#source.dialect),
      nullable: row.nullable,
      default: generated ? null : row.default,
      autoincrement: isSerial || row.identity !== '',
      identity:
        row.identity === ''
          ? null
          : {
              always: row.identity === 'a',
              start: Number(row.identityStart),
              increment: Number(row.identityIncrement),
            },
      computed: generated ? { sqltext: row.default as string, persisted: true } : null,
      comment: row.comment,
    }
  }
}

function foreignKey(row: ConstraintRow): ReflectedForeignKey {
  return {
    name: row.name,
    columns: row.columns,
    referredSchema: row.referredSchema,
    referredTable: row.referredTable as string,
    referredColumns: row.referredColumns ?? [],
    onDelete: ACTIONS[row.onDelete] ?? null,
    onUpdate: ACTIONS[row.onUpdate] ?? null,
    deferrable: row.deferrable,
    initiallyDeferred: row.deferred,
  }
}

function index(row: IndexRow): ReflectedIndex {
  return {
    name: row.name,
    unique: row.unique,
    where: row.where,
    using: row.method === 'btree' ? null : row.method,
    terms: row.definitions.map((definition, at) =>
      indexTerm(
        definition + (row.descending[at] ? ' DESC' : ''),
        row.columns[at] != null,
        row.columns[at] ?? null,
      ),
    ),
  }
}
