import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Engine, EngineOptions } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import {
  IntegrityError,
  InvalidRequestError,
  OperationalError,
  ProgrammingError,
  ResourceClosedError,
  type StatementError,
  TimeoutError,
} from '../../../../compat/sqlalchemy/errors.ts'
import { eachDatabase, type TestDatabase } from '../databases.ts'

const raw = (text: string, parameters: unknown[] = []): CompiledQuery =>
  CompiledQuery.raw(text, parameters)

const mark = (engine: Engine, index: number): string =>
  engine.dialect.name === 'postgresql' ? `$${index}` : '?'

const insert = (engine: Engine, name: string): CompiledQuery =>
  raw(`INSERT INTO item (name) VALUES (${mark(engine, 1)})`, [name])

const ID = {
  sqlite: 'INTEGER PRIMARY KEY',
  postgresql: 'SERIAL PRIMARY KEY',
  mysql: 'INTEGER PRIMARY KEY AUTO_INCREMENT',
}

async function withItems(engine: Engine): Promise<void> {
  const id = ID[engine.dialect.name as keyof typeof ID]
  await engine.kysely.executeQuery(
    raw(`CREATE TABLE item (id ${id}, name VARCHAR(40) NOT NULL UNIQUE)`),
  )
}

async function caught(work: Promise<unknown>): Promise<StatementError> {
  return work.then(
    () => expect.unreachable('nothing was thrown'),
    (error) => error as StatementError,
  )
}

eachDatabase((database: TestDatabase) => {
  let uri = ''
  const engines: Engine[] = []
  const open = (options: EngineOptions = {}): Engine => {
    const engine = createEngine(uri, options)
    engines.push(engine)
    return engine
  }
  const names = async (): Promise<unknown[]> =>
    (await database.raw(uri, 'SELECT name FROM item ORDER BY id')).map(({ name }) => name)

  beforeEach(async () => {
    uri = await database.create()
    await withItems(open())
  })

  afterEach(async () => {
    for (const engine of engines.splice(0)) await engine.dispose()
    await database.drop(uri)
  })

  describe('a transaction', () => {
    it('is seen by others after commit() and never after rollback()', async () => {
      const connection = await open().connect()
      await connection.begin()
      await connection.execute(insert(connection.engine, 'ada'))
      expect(await names()).toEqual([])
      await connection.commit()
      expect(await names()).toEqual(['ada'])
      await connection.begin()
      await connection.execute(insert(connection.engine, 'bob'))
      await connection.rollback()
      await connection.close()
      expect(await names()).toEqual(['ada'])
    })

    it('is rolled back by close()', async () => {
      const engine = open({ poolSize: 1, maxOverflow: 0 })
      const first = await engine.connect()
      await first.begin()
      await first.execute(insert(engine, 'ada'))
      await first.close()
      const second = await engine.connect()
      const { rows } = await second.execute(raw('SELECT * FROM item'))
      await second.close()
      expect(rows).toEqual([])
    })

    it('goes back to a savepoint and on', async () => {
      const connection = await open().connect()
      await connection.begin()
      await connection.execute(insert(connection.engine, 'ada'))
      await connection.savepoint('one')
      await connection.execute(insert(connection.engine, 'bob'))
      await connection.rollbackTo('one')
      await connection.execute(insert(connection.engine, 'cy'))
      await connection.release('one')
      await connection.commit()
      await connection.close()
      expect(await names()).toEqual(['ada', 'cy'])
    })

    it('cannot be begun twice', async () => {
      const connection = await open().connect()
      await connection.begin()
      await expect(connection.begin()).rejects.toThrow(InvalidRequestError)
      await connection.close()
    })

    it('carries the statements of its Kysely instance, whose own transactions are savepoints', async () => {
      const connection = await open().connect()
      await connection.begin()
      const { kysely } = connection
      await kysely.insertInto('item').values({ name: 'ada' }).execute()
      await expect(
        kysely.transaction().execute(async (inner) => {
          await inner.insertInto('item').values({ name: 'bob' }).execute()
          throw new Error('no')
        }),
      ).rejects.toThrow('no')
      expect(await kysely.selectFrom('item').select('name').execute()).toEqual([{ name: 'ada' }])
      await connection.rollback()
      await connection.close()
      expect(await names()).toEqual([])
    })

    it('begun by SQL text does not reach the next user of the connection', async () => {
      const engine = open({ poolSize: 1, maxOverflow: 0 })
      const first = await engine.connect()
      await first.execute(raw('BEGIN'))
      await first.execute(insert(engine, 'ada'))
      await first.close()
      const second = await engine.connect()
      await second.begin()
      await second.execute(insert(engine, 'bob'))
      await second.commit()
      await second.close()
      expect(await names()).toEqual(['bob'])
    })
  })

  it('runs a Kysely transaction over the engine', async () => {
    const engine = open()
    await engine.kysely.transaction().execute(async (inner) => {
      await inner.insertInto('item').values({ name: 'ada' }).execute()
      await inner.insertInto('item').values({ name: 'bob' }).execute()
    })
    expect(await names()).toEqual(['ada', 'bob'])
    expect(engine.pool.checkedOut).toBe(0)
  })

  it('streams rows in groups, and the connection works after an early end', async () => {
    const engine = open({ poolSize: 1, maxOverflow: 0 })
    const connection = await engine.connect()
    await connection.begin()
    for (let index = 0; index < 500; index += 100) {
      const values = Array.from({ length: 100 }, (_, at) => ({ name: `n${index + at}` }))
      await connection.kysely.insertInto('item').values(values).execute()
    }
    const sizes: number[] = []
    for await (const rows of connection.stream(raw('SELECT * FROM item ORDER BY id'), 200)) {
      sizes.push(rows.length)
    }
    expect(sizes).toEqual([200, 200, 100])
    for await (const rows of connection.stream(
      raw(`SELECT name FROM item WHERE id > ${mark(engine, 1)} ORDER BY id`, [100]),
      10,
    )) {
      expect(rows[0]).toEqual({ name: 'n100' })
      break
    }
    const { rows } = await connection.execute(raw('SELECT count(*) AS n FROM item'))
    expect(Number(rows[0]?.n)).toBe(500)
    await connection.commit()
    await connection.close()
    expect(engine.pool.checkedOut).toBe(0)
  })

  describe('an error', () => {
    it('is an IntegrityError with statement, values and the message of the database', async () => {
      const engine = open()
      await engine.kysely.executeQuery(insert(engine, 'ada'))
      const error = await caught(engine.kysely.executeQuery(insert(engine, 'ada')))
      expect(error).toBeInstanceOf(IntegrityError)
      expect(error.message).toMatch(
        {
          sqlite: /^\(sqlite3\.IntegrityError\) UNIQUE constraint failed: item\.name\n/,
          postgresql:
            /^\(psycopg2\.errors\.UniqueViolation\) duplicate key value violates unique constraint "item_name_key"\nDETAIL: {2}Key \(name\)=\(ada\) already exists\.\n/,
          mariadb:
            /^\(pymysql\.err\.IntegrityError\) \(1062, "Duplicate entry 'ada' for key 'name'"\)\n/,
        }[database.name],
      )
      expect(error.message).toContain(
        `\n[SQL: INSERT INTO item (name) VALUES (${mark(engine, 1)})]`,
      )
      expect(error.message).toContain("\n[parameters: [ 'ada' ]]")
      expect(error.statement).toContain('INSERT INTO item')
      expect(error.params).toEqual(['ada'])
      expect(error.orig).toBeInstanceOf(Error)
    })

    it('keeps values to itself with hideParameters', async () => {
      const engine = open({ hideParameters: true })
      await engine.kysely.executeQuery(insert(engine, 'secret'))
      const error = await caught(engine.kysely.executeQuery(insert(engine, 'secret')))
      expect(error.message).toContain('[SQL parameters hidden due to hideParameters=true]')
      expect(error.message.split('\n').filter((line) => line.startsWith('['))).toHaveLength(2)
    })

    it('about a missing table is what Python calls it', async () => {
      const error = await caught(open().kysely.executeQuery(raw('SELECT * FROM absent')))
      expect(error).toBeInstanceOf(database.name === 'sqlite' ? OperationalError : ProgrammingError)
      expect(error.message).toMatch(
        /no such table: absent|relation "absent" does not exist|doesn't exist/,
      )
    })

    it('leaves no connection checked out', async () => {
      const engine = open({ poolSize: 1, maxOverflow: 0, poolTimeout: 1 })
      for (let index = 0; index < 3; index++) {
        await caught(engine.kysely.executeQuery(raw('SELECT * FROM absent')))
      }
      expect(engine.pool.checkedOut).toBe(0)
      const connection = await engine.connect()
      await connection.begin()
      await caught(connection.execute(raw('SELEC')))
      await connection.close()
      expect(engine.pool.checkedOut).toBe(0)
      expect((await engine.kysely.executeQuery(raw('SELECT 1 AS one'))).rows).toEqual([{ one: 1 }])
    })

    it('after close() says so', async () => {
      const connection = await open().connect()
      await connection.close()
      await connection.close()
      await expect(connection.execute(raw('SELECT 1'))).rejects.toThrow(ResourceClosedError)
      await expect(connection.begin()).rejects.toThrow('This Connection is closed')
    })
  })

  describe('the pool', () => {
    it('gives a TimeoutError with SQLAlchemy’s words when all connections are out', async () => {
      const engine = open({ poolSize: 1, maxOverflow: 1, poolTimeout: 0.05 })
      const taken = [await engine.connect(), await engine.connect()]
      await expect(engine.connect()).rejects.toThrow(
        new TimeoutError(
          'QueuePool limit of size 1 overflow 1 reached, connection timed out, timeout 0.05',
        ),
      )
      for (const connection of taken) await connection.close()
      expect(engine.pool).toMatchObject({ checkedOut: 0, checkedIn: 1, overflow: 0 })
    })

    it('hands a connection given back to the one who waits', async () => {
      const engine = open({ poolSize: 1, maxOverflow: 0, poolTimeout: 5 })
      const first = await engine.connect()
      const second = engine.connect()
      await first.close()
      const connection = await second
      expect((await connection.execute(raw('SELECT 1 AS one'))).rows).toEqual([{ one: 1 }])
      await connection.close()
    })

    it('works again after dispose()', async () => {
      const engine = open()
      const out = await engine.connect()
      await engine.dispose()
      await out.close()
      expect((await engine.kysely.executeQuery(raw('SELECT 1 AS one'))).rows).toEqual([{ one: 1 }])
    })
  })

  describe('statements', () => {
    it('are told to listeners with their values and errors', async () => {
      const engine = open()
      const seen: unknown[] = []
      const stop = engine.on(
        'statement',
        ({ sql: text, parameters, startTime, endTime, error }) => {
          expect(endTime).toBeGreaterThanOrEqual(startTime)
          seen.push([text.split(' ')[0], [...parameters], error === null])
        },
      )
      await engine.kysely.executeQuery(insert(engine, 'ada'))
      await caught(engine.kysely.executeQuery(insert(engine, 'ada')))
      stop()
      await engine.kysely.executeQuery(insert(engine, 'bob'))
      expect(seen).toEqual([
        ['INSERT', ['ada'], true],
        ['INSERT', ['ada'], false],
      ])
    })

    it('are written out with echo', async () => {
      const lines: string[] = []
      const engine = open({ echo: true, logger: (line) => lines.push(line) })
      const connection = await engine.connect()
      await connection.begin()
      await connection.execute(insert(engine, 'ada'))
      await connection.commit()
      await connection.close()
      expect(lines).toEqual([
        'BEGIN (implicit)',
        `INSERT INTO item (name) VALUES (${mark(engine, 1)})`,
        "[ 'ada' ]",
        'COMMIT',
      ])
    })
  })

  it('refuses values no driver can bind instead of misreading them', async () => {
    const engine = open()
    const { kysely } = engine
    for (const value of [{ name: 1 }, Symbol('x'), () => 1]) {
      if (database.name === 'postgresql' && typeof value === 'object') continue
      const query = kysely.executeQuery(raw(`SELECT ${mark(engine, 1)} AS x`, [value]))
      await expect(query).rejects.toThrow(/Error binding parameter 0: type is not supported/)
    }
  })

  it('takes the isolation level and refuses a wrong one', async () => {
    const level = database.name === 'sqlite' ? 'READ UNCOMMITTED' : 'SERIALIZABLE'
    const { rows } = await open({ isolationLevel: level }).kysely.executeQuery(
      raw(
        {
          sqlite: 'PRAGMA read_uncommitted',
          postgresql: 'SHOW transaction_isolation',
          mariadb: 'SELECT @@tx_isolation AS level',
        }[database.name],
      ),
    )
    expect(Object.values(rows[0] as object)).toEqual([
      { sqlite: 1, postgresql: 'serializable', mariadb: 'SERIALIZABLE' }[database.name],
    ])
    expect(() => createEngine(uri, { isolationLevel: 'WRONG' as never })).toThrow(
      "Invalid value 'WRONG' for isolation_level",
    )
  })

  it('commits each statement at once with AUTOCOMMIT', async () => {
    const engine = open({ isolationLevel: 'AUTOCOMMIT' })
    const connection = await engine.connect()
    await connection.begin()
    await connection.execute(insert(engine, 'ada'))
    await connection.rollback()
    await connection.close()
    expect(await names()).toEqual(['ada'])
  })
})
