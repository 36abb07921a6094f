/** The part of pg's Client that is used. */
export interface PgLikeClient {
  connect(): Promise<unknown>
  query(sql: string, parameters?: readonly unknown[]): Promise<PgResult>
  end(): Promise<void>
  on(event: string, listener: (error?: unknown) => void): unknown
  ref?(): void
  unref?(): void
  getTransactionStatus?(): string | null
  readonly processID?: number
}

interface PgResult {
  command: string
  rowCount: number | null
  rows: Record<string, unknown>[]
}

let cursors = 0

/** A server-side cursor by SQL, so that streaming needs no other package. */
export class SqlCursor {
  readonly #sql: string
  readonly #parameters: readonly unknown[]
  readonly #name = `bustapi_cursor_${++cursors}`
  #client: PgLikeClient | null = null
  #state: 'new' | 'open' | 'closed' = 'new'
  #ownTransaction = false

  constructor(sql: string, parameters: readonly unknown[]) {
    this.#sql = sql
    this.#parameters = parameters
  }

  /** @internal Called by {@link PgClient.query}. */
  attach(client: PgLikeClient): this {
    this.#client = client
    return this
  }

  async read(count: number): Promise<Record<string, unknown>[]> {
    const client = this.#client as PgLikeClient
    if (this.#state === 'closed') return []
    if (this.#state === 'new') {
      // A cursor lives in a transaction; without one it gets its own.
      if (client.getTransactionStatus?.() === 'I') {
        await client.query('BEGIN')
        this.#ownTransaction = true
      }
      this.#state = 'open'
      await client.query(
        `DECLARE ${this.#name} NO SCROLL CURSOR FOR ${this.#sql}`,
        this.#parameters,
      )
    }
    const { rows } = await client.query(
      `FETCH ${Math.max(1, Math.trunc(count))} FROM ${this.#name}`,
    )
    return rows
  }

  async close(): Promise<void> {
    const client = this.#client as PgLikeClient
    if (this.#state !== 'open') return
    this.#state = 'closed'
    if (this.#ownTransaction) await client.query('ROLLBACK')
    else if (client.getTransactionStatus?.() === 'T') await client.query(`CLOSE ${this.#name}`)
  }
}

/** A connection as Kysely's PostgresDialect takes it from a pool. */
export class PgClient {
  readonly client: PgLikeClient
  alive = true
  /** Whether each statement of a transaction sees what was committed by then. */
  readCommitted = false
  /** Gives it back to the pool; set for each use. */
  release: (destroy?: boolean) => void = () => {}

  constructor(client: PgLikeClient) {
    this.client = client
    // A server that goes away while the connection is idle must not end the process.
    client.on('error', () => {
      this.alive = false
    })
    client.on('end', () => {
      this.alive = false
    })
  }

  get processID(): number | undefined {
    return this.client.processID
  }

  query(sql: string | SqlCursor, parameters?: readonly unknown[]): unknown {
    return sql instanceof SqlCursor ? sql.attach(this.client) : this.client.query(sql, parameters)
  }

  /** Whether a transaction is open on it, by whatever means. */
  get inTransaction(): boolean {
    const status = this.client.getTransactionStatus?.()
    return status === 'T' || status === 'E'
  }
}
