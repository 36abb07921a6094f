import { formatParameters } from '../errors.ts'
import type { EngineOptions, StatementEvent, StatementListener } from './engine.ts'
import { shownParameters } from './parameters.ts'

/** Tells listeners of each statement, and writes it out when the engine echoes. */
export class StatementRecorder {
  readonly #listeners: Set<StatementListener> = new Set()
  readonly #hideParameters: boolean
  readonly #write: ((line: string) => void) | null
  /** Whether anybody wants to know; otherwise a statement costs nothing more. */
  active: boolean

  constructor(options: EngineOptions) {
    this.#hideParameters = options.hideParameters ?? false
    this.#write = options.echo ? (options.logger ?? toStandardOutput) : null
    this.active = this.#write !== null
  }

  on(listener: StatementListener): () => void {
    this.#listeners.add(listener)
    this.active = true
    return () => {
      this.#listeners.delete(listener)
      this.active = this.#write !== null || this.#listeners.size > 0
    }
  }

  /** Before the statement runs, as SQLAlchemy echoes. */
  echo(sql: string, parameters: readonly unknown[]): void {
    if (!this.#write) return
    this.#write(sql)
    if (this.#hideParameters) this.#write('[SQL parameters hidden due to hideParameters=true]')
    else if (parameters.length > 0) this.#write(formatParameters(shownParameters(parameters)))
  }

  /** BEGIN, COMMIT and ROLLBACK, which SQLAlchemy echoes and does not record. */
  note(line: string): void {
    this.#write?.(line)
  }

  done(
    sql: string,
    parameters: readonly unknown[],
    startTime: number,
    error: unknown = null,
  ): void {
    if (this.#listeners.size === 0) return
    const event: StatementEvent = {
      sql,
      parameters: shownParameters(parameters),
      startTime,
      endTime: performance.now(),
      error,
    }
    for (const listener of this.#listeners) listener(event)
  }
}

function toStandardOutput(line: string): void {
  console.log(`INFO sqlalchemy.engine.Engine ${line}`)
}
