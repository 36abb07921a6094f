type Callback = (error: Error | null, result?: unknown) => void
type Row = Record<string, unknown>

/** The part of mysql2's connection that is used. */
export interface MysqlLikeConnection {
  readonly threadId: number
  readonly config: object
  readonly stream?: { ref?(): void; unref?(): void }
  connect(callback: Callback): void
  query(sql: string, parameters: readonly unknown[], callback?: Callback): QueryEvents
  ping(callback: Callback): void
  end(callback?: Callback): void
  destroy(): void
  pause(): void
  resume(): void
  on(event: string, listener: (error?: Error) => void): unknown
}

interface QueryEvents {
  on(event: string, listener: (value: never) => void): QueryEvents
}

const BUFFERED_ROWS = 256

/** A connection as Kysely's MysqlDialect takes it from a pool. */
export class MysqlClient {
  readonly connection: MysqlLikeConnection
  alive = true
  /** Gives it back to the pool; set for each use. */
  release: () => void = () => {}
  /** Ends the stream under way: mysql2 tells a lost connection to callbacks only. */
  #failStream: ((error: Error) => void) | null = null

  constructor(connection: MysqlLikeConnection) {
    this.connection = connection
    // A server that goes away while the connection is idle must not end the process.
    connection.on('error', (error) => this.#lose(error))
    connection.on('end', () => this.#lose())
  }

  #lose(error?: Error): void {
    this.alive = false
    this.#failStream?.(
      error ??
        Object.assign(new Error('Connection lost: The server closed the connection.'), {
          code: 'PROTOCOL_CONNECTION_LOST',
        }),
    )
  }

  get threadId(): number {
    return this.connection.threadId
  }

  get config(): object {
    return this.connection.config
  }

  destroy(): void {
    this.alive = false
    this.connection.destroy()
  }

  query(
    sql: string,
    parameters: readonly unknown[],
    callback?: Callback,
  ): { stream(): AsyncIterable<Row> } | QueryEvents {
    if (callback) return this.connection.query(sql, parameters, callback)
    return { stream: () => this.#rows(sql, parameters) }
  }

  /** A statement with a promise for its result. */
  run(sql: string): Promise<Row[]> {
    return new Promise((resolve, reject) => {
      this.connection.query(sql, [], (error, result) =>
        error ? reject(error) : resolve(result as Row[]),
      )
    })
  }

  /**
   * Rows as they come; the server is held back while nobody takes them. Whoever stops early lets the
   * rest pass by, since the connection is of no use before its result has been read.
   */
  async *#rows(sql: string, parameters: readonly unknown[]): AsyncGenerator<Row> {
    const { connection } = this
    const rows: Row[] = []
    let ended = false
    let stopped = false
    let failure: Error | null = null
    let wake = (): void => {}
    const finished = new Promise<void>((resolve) => {
      const fail = (error: Error): void => {
        failure ??= error
        ended = true
        wake()
        resolve()
      }
      this.#failStream = fail
      connection
        .query(sql, parameters)
        .on('result', (row: Row) => {
          if (stopped) return
          if (rows.push(row) >= BUFFERED_ROWS) connection.pause()
          wake()
        })
        .on('error', fail)
        .on('end', () => {
          ended = true
          wake()
          resolve()
        })
    })
    try {
      for (;;) {
        const row = rows.shift()
        if (row) {
          if (rows.length === 0) connection.resume()
          yield row
        } else if (failure) throw failure
        else if (ended) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      stopped = true
      connection.resume()
      await finished
      this.#failStream = null
    }
  }
}
