import { CompiledQuery } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createEngine, type Engine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { OperationalError, ProgrammingError } from '../../../../compat/sqlalchemy/errors.ts'
import {
  CheckConstraint,
  Column,
  Computed,
  ForeignKey,
  Index,
  MetaData,
  Table,
} from '../../../../compat/sqlalchemy/schema/index.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'
import { eachDatabase } from '../databases.ts'

const id = (): Column => new Column('id', types.Integer, { primaryKey: true })

eachDatabase((database) => {
  let uri = ''
  let engine: Engine
  let metadata: MetaData
  const tables = async (): Promise<string[]> =>
    (await engine.kysely.introspection.getTables()).map(({ name }) => name).sort()
  const run = (sql: string): Promise<{ rows: unknown[] }> =>
    engine.kysely.executeQuery(CompiledQuery.raw(sql))

  beforeEach(async () => {
    uri = await database.create()
    engine = createEngine(uri)
    metadata = new MetaData()
  })

  afterEach(async () => {
    await engine.dispose()
    await database.drop(uri)
  })

  it('creates what is missing, in the order of the foreign keys, and drops what is there', async () => {
    new Table('child', metadata, id(), new Column('parent_id', new ForeignKey('parent.id')))
    new Table('parent', metadata, id(), new Column('name', types.String(20), { index: true }))
    await metadata.createAll(engine)
    await metadata.createAll(engine)
    expect(await tables()).toEqual(['child', 'parent'])
    await metadata.dropAll(engine)
    await metadata.dropAll(engine)
    expect(await tables()).toEqual([])
  })

  it('fails without checkfirst on what is there, and leaves nothing half-made', async () => {
    new Table('a', metadata, id())
    const b = new Table('b', metadata, id())
    await b.create(engine)
    const again = metadata.createAll(engine, { checkfirst: false })
    await expect(again).rejects.toThrow(
      database.name === 'postgresql' ? ProgrammingError : OperationalError,
    )
    // MySQL has no transactions over DDL.
    expect(await tables()).toEqual(database.name === 'mariadb' ? ['a', 'b'] : ['b'])
    expect(engine.pool.checkedOut).toBe(0)
  })

  it('makes tables that refer to each other, and drops them', async () => {
    new Table('hen', metadata, id(), new Column('egg_id', new ForeignKey('egg.id')))
    new Table('egg', metadata, id(), new Column('hen_id', new ForeignKey('hen.id')))
    new Table('self', metadata, id(), new Column('parent_id', new ForeignKey('self.id')))
    await metadata.createAll(engine)
    expect(await tables()).toEqual(['egg', 'hen', 'self'])
    const keys = await engine.kysely.introspection.getTables()
    expect(keys).toHaveLength(3)
    if (database.name !== 'sqlite') {
      await expect(run('INSERT INTO hen (egg_id) VALUES (7)')).rejects.toThrow(/foreign key/i)
      await expect(run('INSERT INTO egg (hen_id) VALUES (7)')).rejects.toThrow(/foreign key/i)
    }
    await metadata.dropAll(engine)
    expect(await tables()).toEqual([])
  })

  it('makes the tables of a cycle with foreign keys on', async () => {
    if (database.name === 'sqlite') {
      await engine.dispose()
      engine = createEngine(uri, { connectArgs: { pragmas: { foreign_keys: true } } })
    }
    const hen = new Table('hen', metadata, id(), new Column('egg_id', new ForeignKey('egg.id')))
    new Table('egg', metadata, id(), new Column('hen_id', new ForeignKey('hen.id')))
    await metadata.createAll(engine)
    await run('INSERT INTO egg (id) VALUES (1)')
    await run('INSERT INTO hen (id, egg_id) VALUES (1, 1)')
    await run('UPDATE egg SET hen_id = 1')
    await metadata.dropAll(engine)
    expect(await tables()).toEqual([])
    expect(hen.foreignKeyConstraints).toHaveLength(1)
  })

  it('is part of the transaction of a connection it is given', async () => {
    new Table('a', metadata, id())
    const connection = await engine.connect()
    await connection.begin()
    await metadata.createAll(connection)
    await connection.rollback()
    await connection.close()
    expect(await tables()).toEqual(database.name === 'mariadb' ? ['a'] : [])
  })

  it('makes an enumerated type once for several tables, and drops it with the last', async () => {
    const mood = types.Enum('happy', "it's fine", { name: 'mood' })
    new Table('a', metadata, id(), new Column('m', mood))
    new Table('b', metadata, id(), new Column('m', mood))
    await metadata.createAll(engine)
    await run("INSERT INTO a (m) VALUES ('it''s fine')")
    if (database.name !== 'sqlite') {
      await expect(run("INSERT INTO a (m) VALUES ('angry')")).rejects.toThrow(/mood|truncated/)
    }
    await metadata.dropAll(engine)
    await metadata.createAll(engine)
    expect(await tables()).toEqual(['a', 'b'])
  })

  it('makes checks, computed columns, comments, indexes and defaults that hold', async () => {
    const a = new Column('a', types.Integer, { comment: "how many it's" })
    new Table(
      't',
      metadata,
      id(),
      a,
      new Column('twice', types.Integer, new Computed('a * 2', { persisted: true })),
      new Column('word', types.String(9), { serverDefault: "it's" }),
      new Column('on', types.Boolean({ createConstraint: true, name: 'bool_on' })),
      new CheckConstraint('a > 0', { name: 'positive' }),
      { comment: 'all of them' },
    )
    new Index('a_unique', a, { unique: true })
    await metadata.createAll(engine)
    await run('INSERT INTO t (a) VALUES (4)')
    expect((await run('SELECT twice, word FROM t')).rows).toEqual([{ twice: 8, word: "it's" }])
    await expect(run('INSERT INTO t (a) VALUES (0)')).rejects.toThrow(/positive/)
    await expect(run('INSERT INTO t (a) VALUES (4)')).rejects.toThrow(/unique|duplicate/i)
  })

  it('does not let a name out of its quotes', async () => {
    const name = 'a"b`c; DROP TABLE x --'
    const table = new Table(
      name,
      metadata,
      id(),
      new Column(`${name} %s`, types.String(9), { index: true, serverDefault: "\\'; --" }),
    )
    await metadata.createAll(engine)
    expect(await tables()).toEqual([name])
    await engine.kysely
      .insertInto(engine.kysely.dynamic.table(name).as('t').table as never)
      .values({ id: 1 })
      .execute()
    const rows = await database.raw(uri, `SELECT * FROM ${engine.dialect.quote(name)}`)
    expect(rows).toMatchObject([{ id: 1, [`${name} %s`]: "\\'; --" }])
    await table.drop(engine)
    expect(await tables()).toEqual([])
  })
})
