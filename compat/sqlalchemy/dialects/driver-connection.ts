import type { CompiledQuery, DatabaseConnection, QueryResult } from 'kysely'
import { StatementError } from '../errors.ts'
import type { Dialect } from './dialect.ts'
import { driverParameters, shownParameters } from './parameters.ts'
import type { StatementRecorder } from './recorder.ts'

/** What the engine's connections have in common. */
export interface DriverSettings {
  readonly dialect: Dialect
  readonly recorder: StatementRecorder
  readonly hideParameters: boolean
}

const TRANSACTION_WORD = /^\s*(begin|start\s+transaction|commit|end|rollback(?!\s+to))\b/i
const SETTING = /^\s*(?:set|reset)\b|\bset_config\b/i
const B = 98
const C = 99
const E = 101
const R = 114
const S = 115

/**
 * A driver's connection as the engine hands it out: values are prepared by their types, statements
 * are recorded, errors are of SQLAlchemy's family. Works over any Kysely driver.
 */
export class DriverConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection
  readonly #settings: DriverSettings
  /** Called when the connection turns out to be dead. */
  readonly #onDisconnect: () => void
  /** Whether somebody began a transaction by SQL text, which must not reach the next user. */
  textTransaction = false
  /** Whether what only reads sees the same outside a transaction as inside. */
  readsOutside: boolean

  constructor(
    inner: DatabaseConnection,
    settings: DriverSettings,
    onDisconnect: () => void,
    readsOutside = false,
  ) {
    this.readsOutside = readsOutside
    this.inner = inner
    this.#settings = settings
    this.#onDisconnect = onDisconnect
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { recorder } = this.#settings
    const prepared = this.#prepare(query)
    const start = recorder.active ? performance.now() : 0
    try {
      const result = await this.inner.executeQuery<R>(prepared)
      this.#watchTransaction(query.sql)
      if (recorder.active) recorder.done(query.sql, query.parameters, start)
      return result
    } catch (error) {
      throw this.#failed(error, query, start)
    }
  }

  async *streamQuery<R>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    const { recorder } = this.#settings
    const prepared = this.#prepare(query)
    const start = performance.now()
    try {
      yield* this.inner.streamQuery<R>(prepared, chunkSize)
      if (recorder.active) recorder.done(query.sql, query.parameters, start)
    } catch (error) {
      throw this.#failed(error, query, start)
    }
  }

  async cancelQuery(
    ...args: Parameters<NonNullable<DatabaseConnection['cancelQuery']>>
  ): Promise<void> {
    await this.inner.cancelQuery?.(...args)
  }

  async collectSessionInfo(): Promise<void> {
    await this.inner.collectSessionInfo?.()
  }

  async killSession(
    ...args: Parameters<NonNullable<DatabaseConnection['killSession']>>
  ): Promise<void> {
    this.#onDisconnect()
    await this.inner.killSession?.(...args)
  }

  /** Runs a transaction command of the driver with errors translated. */
  async control(line: string, command: () => Promise<void>): Promise<void> {
    const { recorder } = this.#settings
    recorder.note(line)
    try {
      await command()
    } catch (error) {
      throw this.#translate(error, null, null)
    }
  }

  #prepare(query: CompiledQuery): CompiledQuery {
    const { dialect, recorder } = this.#settings
    if (recorder.active) recorder.echo(query.sql, query.parameters)
    let parameters: readonly unknown[]
    try {
      parameters = driverParameters(query.parameters, dialect)
    } catch (error) {
      throw this.#withStatement(error, query)
    }
    if (parameters === query.parameters) return query
    const { query: node, queryId, sql } = query
    return { query: node, queryId, sql, parameters }
  }

  /** A value was refused before the database saw the statement: the error names both. */
  #withStatement(error: unknown, query: CompiledQuery): unknown {
    if (!(error instanceof StatementError) || error.statement !== null) return error
    const made = new (error.constructor as typeof StatementError)(error.message, {
      statement: query.sql,
      params: shownParameters(query.parameters),
      orig: error,
      hideParameters: this.#settings.hideParameters,
    })
    return made
  }

  #failed(error: unknown, query: CompiledQuery, start: number): unknown {
    const { recorder } = this.#settings
    const made = this.#translate(error, query.sql, shownParameters(query.parameters))
    if (recorder.active) recorder.done(query.sql, query.parameters, start, made)
    return made
  }

  #translate(error: unknown, sql: string | null, parameters: readonly unknown[] | null): Error {
    const { dialect, hideParameters } = this.#settings
    if (dialect.isDisconnect(error)) this.#onDisconnect()
    return dialect.translateError(error, sql, parameters, hideParameters)
  }

  #watchTransaction(sql: string): void {
    const first = sql.charCodeAt(0) | 32
    // Nearly all statements start with another letter; leading white space is looked at in full.
    if (first !== B && first !== C && first !== E && first !== R && first !== S && first > 32)
      return
    const [, word] = TRANSACTION_WORD.exec(sql) ?? []
    if (word !== undefined) this.textTransaction = /^(b|s)/i.test(word)
    // The isolation level may be another one now.
    else if (SETTING.test(sql)) this.readsOutside = false
  }
}
