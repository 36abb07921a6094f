import { sql } from 'kysely'
import type { ReflectedEnum } from '../reflection/reflected.ts'
import { rowsOf } from '../reflection/run.ts'
import type { StatementSink } from './alterer.ts'
import { DdlWriter } from './ddl.ts'
import { CommandError } from './errors.ts'
import { fullName, type TableName } from './operations.ts'

interface UsingColumn {
  readonly table: string
  readonly schema: string
  readonly column: string
  readonly array: boolean
  readonly default: string | null
}

/** Changes PostgreSQL's enumerated types; other databases have their labels in the columns. */
export class EnumChanger {
  readonly #sink: StatementSink
  readonly #ddl: DdlWriter

  constructor(sink: StatementSink) {
    this.#sink = sink
    this.#ddl = new DdlWriter(sink.dialect)
  }

  get #idle(): boolean {
    return this.#sink.dialect.name !== 'postgresql'
  }

  /** Makes those that are not there. */
  async ensure(enums: readonly ReflectedEnum[]): Promise<void> {
    if (this.#idle || this.#sink.offline) return
    for (const item of enums) {
      if ((await this.#labels(item)) === null) await this.create(item)
    }
  }

  async create(item: ReflectedEnum): Promise<void> {
    if (this.#idle) return
    const labels = item.labels.map((label) => this.#ddl.literal(label)).join(', ')
    await this.#sink.run(`CREATE TYPE ${this.#ddl.table(item)} AS ENUM (${labels})`)
  }

  async drop(name: TableName): Promise<void> {
    if (!this.#idle) await this.#sink.run(`DROP TYPE ${this.#ddl.table(name)}`)
  }

  async #labels({ name, schema }: TableName): Promise<readonly string[] | null> {
    const rows = await rowsOf(
      this.#sink,
      sql<{ label: string }>`SELECT e.enumlabel::text AS label FROM pg_enum e
        JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE t.typname = ${name} AND n.nspname = coalesce(${schema}::text, current_schema())
        ORDER BY e.enumsortorder`,
    )
    return rows.length === 0 ? null : rows.map(({ label }) => label)
  }

  /**
   * Gives a type other labels. A label more is added where it belongs; for one less or another
   * order the type is made anew and its columns are moved over.
   */
  async alter(item: ReflectedEnum): Promise<void> {
    if (this.#idle) return
    if (this.#sink.offline) {
      throw new CommandError(`alterEnum('${item.name}') asks the database; --sql cannot write it.`)
    }
    const before = await this.#labels(item)
    if (before === null) throw new CommandError(`No such enumerated type: ${fullName(item)}`)
    const kept = item.labels.filter((label) => before.includes(label))
    if (kept.length === before.length && kept.every((label, at) => label === before[at])) {
      await this.#addLabels(item, before)
    } else {
      await this.#replace(item)
    }
  }

  async #addLabels(item: ReflectedEnum, before: readonly string[]): Promise<void> {
    for (const [at, label] of item.labels.entries()) {
      if (before.includes(label)) continue
      const previous = item.labels[at - 1]
      const place =
        previous === undefined
          ? `BEFORE ${this.#ddl.literal(before[0] as string)}`
          : `AFTER ${this.#ddl.literal(previous)}`
      await this.#sink.run(
        `ALTER TYPE ${this.#ddl.table(item)} ADD VALUE ${this.#ddl.literal(label)} ${place}`,
      )
    }
  }

  async #replace(item: ReflectedEnum): Promise<void> {
    const columns = await this.#columnsOf(item)
    const old = `${item.name}__old`
    const type = this.#ddl.table(item)
    await this.#sink.run(`ALTER TYPE ${type} RENAME TO ${this.#ddl.name(old)}`)
    await this.create(item)
    for (const { table, schema, column, array, default: value } of columns) {
      const alter = (what: string): Promise<void> =>
        this.#sink.run(
          `ALTER TABLE ${this.#ddl.table({ name: table, schema })}` +
            ` ALTER COLUMN ${this.#ddl.name(column)} ${what}`,
        )
      const many = array ? '[]' : ''
      if (value !== null) await alter('DROP DEFAULT')
      await alter(
        `TYPE ${type}${many} USING ${this.#ddl.name(column)}::text${many}::${type}${many}`,
      )
      const literal = value === null ? undefined : /^'(?:[^']|'')*'/.exec(value)?.[0]
      if (literal !== undefined) await alter(`SET DEFAULT ${literal}::${type}${many}`)
    }
    await this.#sink.run(`DROP TYPE ${this.#ddl.table({ name: old, schema: item.schema })}`)
  }

  #columnsOf({ name, schema }: TableName): Promise<UsingColumn[]> {
    return rowsOf(
      this.#sink,
      sql<UsingColumn>`SELECT c.relname::text AS "table", cn.nspname::text AS schema,
          a.attname::text AS column, a.atttypid = t.typarray AS array,
          pg_get_expr(d.adbin, d.adrelid) AS "default"
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped
        JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
        JOIN pg_namespace cn ON cn.oid = c.relnamespace
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE t.typname = ${name} AND n.nspname = coalesce(${schema}::text, current_schema())`,
    )
  }
}
