import { type DatabaseConnection, type Driver, Kysely } from 'kysely'
import type { AnyKysely, Connection, Engine, RawRow } from '../../dialects/engine.ts'

/** The part of a session that its Kysely instance runs on. */
export interface KyselyHost {
  exclusive<T>(work: () => Promise<T>): Promise<T>
  /** The connection in the session's transaction. */
  open(): Connection | Promise<Connection>
  savepointName(): string
}

/**
 * A Kysely instance whose statements run on the session's connection, inside its transaction; the connection is
 * taken when the first statement runs. Its `transaction()` is a savepoint.
 */
export function sessionKysely(host: KyselyHost, engine: Engine): AnyKysely {
  return new Kysely({
    dialect: {
      createAdapter: () => engine.kysely.getExecutor().adapter,
      createDriver: () => new SessionDriver(host),
      createQueryCompiler: () => engine.dialect.createQueryCompiler(),
      createIntrospector: () => engine.kysely.introspection,
    },
  })
}

class SessionDriver implements Driver {
  readonly #host: KyselyHost
  readonly #savepoints: string[] = []
  readonly #face: DatabaseConnection

  constructor(host: KyselyHost) {
    this.#host = host
    this.#face = {
      executeQuery: <R>(query: Parameters<DatabaseConnection['executeQuery']>[0]) =>
        host.exclusive(async () => {
          const connection = await host.open()
          return (await connection.execute(query)) as { rows: R[] }
        }),
      streamQuery: async function* <R>(
        query: Parameters<DatabaseConnection['streamQuery']>[0],
        chunk?: number,
      ) {
        const connection = await host.open()
        for await (const rows of connection.stream(query, chunk))
          yield { rows: rows as R[] & RawRow[] }
      },
    }
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#face
  }

  async beginTransaction(): Promise<void> {
    const name = this.#host.savepointName()
    await (await this.#host.open()).savepoint(name)
    this.#savepoints.push(name)
  }

  async commitTransaction(): Promise<void> {
    await (await this.#host.open()).release(this.#savepoints.pop() as string)
  }

  async rollbackTransaction(): Promise<void> {
    await (await this.#host.open()).rollbackTo(this.#savepoints.pop() as string)
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}
