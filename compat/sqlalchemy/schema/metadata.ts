import { type Bind, createTables, type DdlOptions, dropTables } from './ddl/run.ts'
import { sortTables } from './sort.ts'
import type { Table } from './table.ts'

/** Templates for the names of unnamed constraints: `{ fk: 'fk_%(table_name)s_%(column_0_name)s' }`. */
export type NamingConvention = Readonly<Record<string, string | NamingToken>>
/** A token of one's own: gets the constraint (or index) and its table. */
export type NamingToken = (constraint: object, table: Table) => string

/** Options of {@link MetaData.createAll} and {@link MetaData.dropAll}. */
export interface MetaDataDdlOptions extends DdlOptions {
  /** These only. */
  readonly tables?: readonly Table[]
}

/** Options of {@link MetaData}: SQLAlchemy's keyword arguments in camelCase. */
export interface MetaDataOptions {
  /** The schema of tables that name none. */
  readonly schema?: string | null
  readonly namingConvention?: NamingConvention
  readonly info?: Record<string, unknown>
}

/** The tables of one database. */
export class MetaData {
  readonly schema: string | null
  readonly namingConvention: NamingConvention
  /** `info.bindKey` is the key of `SQLALCHEMY_BINDS` the tables belong to. */
  readonly info: Record<string, unknown>
  /** Called when the tables are asked for as a whole, so that models nobody touched yet come in. */
  onComplete: (() => void) | null = null
  readonly #tables: Record<string, Table> = Object.create(null)
  #completing = false
  readonly #view: Readonly<Record<string, Table>>

  constructor(options: MetaDataOptions = {}) {
    this.schema = options.schema ?? null
    this.namingConvention = { ix: 'ix_%(column_0_label)s', ...options.namingConvention }
    this.info = options.info ?? {}
    const complete = (): void => this.complete()
    this.#view = new Proxy(this.#tables, {
      get: (tables, key) => (typeof key === 'string' ? this.find(key) : Reflect.get(tables, key)),
      has: (tables, key) =>
        typeof key === 'string' ? this.find(key) !== undefined : key in tables,
      ownKeys(tables) {
        complete()
        return Reflect.ownKeys(tables)
      },
    })
  }

  /**
   * The tables by name (with their schema, where they have one). Models that were not touched yet are looked
   * for when the tables are listed, and for a name that is not known.
   */
  get tables(): Readonly<Record<string, Table>> {
    return this.#view
  }

  /** All tables, those referred to before those that refer; cycles are broken by ALTER TABLE. */
  get sortedTables(): readonly Table[] {
    this.complete()
    return sortTables(Object.values(this.#tables))
  }

  /** Lets models that were not touched yet put their tables in. */
  complete(): void {
    if (this.#completing) return
    this.#completing = true
    try {
      this.onComplete?.()
    } finally {
      this.#completing = false
    }
  }

  /** @internal The table of that key, of those that are there: models may be under construction. */
  known(key: string): Table | undefined {
    return this.#tables[key]
  }

  /** The table of that key, looked for among untouched models as well. */
  find(key: string): Table | undefined {
    if (!this.#tables[key]) this.complete()
    return this.#tables[key]
  }

  /**
   * Creates the tables that are not there yet.
   * @param bind an engine, or a connection whose transaction is to have it
   */
  async createAll(bind: Bind, options: MetaDataDdlOptions = {}): Promise<void> {
    await createTables(bind, options.tables ?? this.#allTables(), options)
  }

  /** Drops the tables that are there. */
  async dropAll(bind: Bind, options: MetaDataDdlOptions = {}): Promise<void> {
    await dropTables(bind, options.tables ?? this.#allTables(), options)
  }

  #allTables(): readonly Table[] {
    this.complete()
    return Object.values(this.#tables)
  }

  /** Forgets a table. */
  remove(table: Table): void {
    delete this.#tables[table.fullname]
  }

  /** Forgets all tables. */
  clear(): void {
    for (const key of Object.keys(this.#tables)) delete this.#tables[key]
  }

  /** @internal A table puts itself in. */
  add(table: Table): void {
    this.#tables[table.fullname] = table
  }
}
