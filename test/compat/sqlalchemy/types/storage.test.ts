import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  type Connection,
  createEngine,
  type Engine,
} from '../../../../compat/sqlalchemy/dialects/index.ts'
import { Column, MetaData, Table } from '../../../../compat/sqlalchemy/schema/index.ts'
import { BoundValue, Integer } from '../../../../compat/sqlalchemy/types/index.ts'
import { eachDatabase } from '../databases.ts'
import { withSqlalchemy } from './oracle.ts'
import { type TypedValue, valuesFor } from './values.ts'

const plain = ([, python]: readonly [unknown, string]): string => python

eachDatabase((database) => {
  const dialectName = database.name === 'mariadb' ? 'mysql' : database.name
  const values = valuesFor(dialectName)
  let uri = ''
  let engine: Engine
  let connection: Connection

  const write = async (name: string, { type, values: pairs }: TypedValue): Promise<void> => {
    const { dialect } = engine
    const [first, second] = dialect.name === 'postgresql' ? ['$1', '$2'] : ['?', '?']
    const sql = `INSERT INTO ${dialect.quote(`t_${name}`)} (id, x) VALUES (${first}, ${second})`
    for (const [index, [ours]] of pairs.entries()) {
      const bound = new BoundValue(ours, type(), 'x')
      await connection.execute(CompiledQuery.raw(sql, [index + 1, bound]))
    }
  }
  const read = async (name: string, { type }: TypedValue): Promise<unknown[]> => {
    const sql = `SELECT x FROM ${engine.dialect.quote(`t_${name}`)} ORDER BY id`
    const { rows } = await connection.execute(CompiledQuery.raw(sql))
    return rows.map(({ x }) => type().fromDriver(x, engine.dialect))
  }
  const job = (action: 'read' | 'write') => ({
    url: uri,
    action,
    types: Object.fromEntries(
      values.map(
        ([name, { python, values: pairs }]) => [name, [python, pairs.map(plain)]] as const,
      ),
    ),
  })

  beforeEach(async () => {
    uri = await database.create()
    engine = createEngine(uri)
    const metadata = new MetaData()
    for (const [name, { type }] of values) {
      const id = new Column('id', Integer, { primaryKey: true })
      new Table(`t_${name}`, metadata, id, new Column('x', type()))
    }
    await metadata.createAll(engine)
    connection = await engine.connect()
    await connection.begin()
  })

  afterEach(async () => {
    await connection.close()
    await engine.dispose()
    await database.drop(uri)
  })

  describe('a value comes back as it was written', () => {
    it.each(values)('%s', async (name, value) => {
      await write(name, value)
      expect(await read(name, value)).toEqual(value.values.map(([ours]) => ours))
    })
  })

  it('what we write, SQLAlchemy reads', async (context) => {
    for (const [name, value] of values) await write(name, value)
    await connection.commit()
    const found = withSqlalchemy(job('read'))
    if (!found)
      return context.skip('SQLAlchemy or its driver is not installed for /usr/bin/python3')
    const spelled = Object.fromEntries(
      Object.entries(found).map(([name, texts]) => [
        name,
        texts.map((text) => text.replace(/tzinfo=psycopg2.*\)\)/, 'tzinfo=datetime.timezone.utc)')),
      ]),
    )
    expect(spelled).toEqual(
      Object.fromEntries(values.map(([name, { values: pairs }]) => [name, pairs.map(plain)])),
    )
  })

  it('what SQLAlchemy writes, we read', async (context) => {
    await connection.rollback()
    if (!withSqlalchemy(job('write'))) {
      context.skip('SQLAlchemy or its driver is not installed for /usr/bin/python3')
    }
    for (const [name, value] of values) {
      expect([name, await read(name, value)]).toEqual([name, value.values.map(([ours]) => ours)])
    }
  })

  it.runIf(database.name === 'sqlite')(
    'is the same text or number in a file whoever wrote it',
    async (context) => {
      const stored = async (): Promise<unknown[]> => {
        const found: unknown[] = []
        for (const [name] of values) {
          const sql = `SELECT typeof(x) AS type, CAST(x AS BLOB) AS x FROM t_${name} ORDER BY id`
          found.push([name, ...(await database.raw(uri, sql)).map((row) => ({ ...row }))])
          await database.raw(uri, `DELETE FROM t_${name}`)
        }
        return found
      }
      for (const [name, value] of values) await write(name, value)
      await connection.commit()
      const ours = await stored()
      if (!withSqlalchemy(job('write')))
        context.skip('SQLAlchemy is not installed for /usr/bin/python3')
      expect(ours).toEqual(await stored())
    },
  )
})
