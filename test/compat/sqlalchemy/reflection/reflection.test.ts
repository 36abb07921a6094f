import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Connection, Engine } from '../../../../compat/sqlalchemy/dialects/engine.ts'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { InvalidRequestError, NoSuchTableError } from '../../../../compat/sqlalchemy/errors.ts'
import { Inspector } from '../../../../compat/sqlalchemy/reflection/inspector.ts'
import { reflectMetadata } from '../../../../compat/sqlalchemy/reflection/reflect.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { eachDatabase, type TestDatabase } from '../databases.ts'

const STATEMENTS = [
  `CREATE TABLE team (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL,
    CONSTRAINT uq_team UNIQUE (name))`,
  `CREATE TABLE person (a INTEGER NOT NULL, b INTEGER NOT NULL, team_id INTEGER,
    pay NUMERIC(8,2) DEFAULT 1.5, born DATE, note TEXT,
    CONSTRAINT pk_person PRIMARY KEY (b, a), CONSTRAINT ck_pay CHECK (pay > 0),
    CONSTRAINT fk_team FOREIGN KEY (team_id) REFERENCES team (id) ON DELETE CASCADE ON UPDATE SET NULL)`,
  'CREATE UNIQUE INDEX ix_pay ON person (pay, born)',
  'CREATE VIEW rich AS SELECT a, pay FROM person WHERE pay > 9',
]

eachDatabase((database: TestDatabase) => {
  let uri: string
  let engine: Engine
  let connection: Connection
  let inspector: Inspector
  beforeEach(async () => {
    uri = await database.create()
    for (const statement of STATEMENTS) await database.raw(uri, statement)
    engine = createEngine(uri)
    connection = await engine.connect()
    inspector = new Inspector(connection)
  })
  afterEach(async () => {
    await connection.close()
    await engine.dispose()
    await database.drop(uri)
  })

  describe('the inspector', () => {
    it('names tables and views', async () => {
      expect(await inspector.getTableNames()).toEqual(['person', 'team'])
      expect(await inspector.getViewNames()).toEqual(['rich'])
      expect(await inspector.getViewDefinition('rich')).toMatch(/pay/)
      expect(await inspector.hasTable('team')).toBe(true)
      expect(await inspector.hasTable('rich')).toBe(true)
      expect(await inspector.hasTable('nobody')).toBe(false)
      await expect(inspector.getColumns('nobody')).rejects.toThrow(NoSuchTableError)
    })

    it('describes columns', async () => {
      const columns = await inspector.getColumns('person')
      expect(columns.map(({ name, nullable }) => [name, nullable])).toEqual([
        ['a', false],
        ['b', false],
        ['team_id', true],
        ['pay', true],
        ['born', true],
        ['note', true],
      ])
      expect(columns.map(({ type }) => type)).toEqual([
        { name: 'Integer', args: [] },
        { name: 'Integer', args: [] },
        { name: 'Integer', args: [] },
        { name: 'Numeric', args: [8, 2] },
        { name: 'Date', args: [] },
        { name: 'Text', args: [] },
      ])
      expect(columns[3]?.default).toMatch(/^1\.50?$/)
    })

    it('describes keys, with their actions and their order', async () => {
      expect((await inspector.getPkConstraint('person')).columns).toEqual(['b', 'a'])
      expect(await inspector.getForeignKeys('person')).toEqual([
        {
          name: 'fk_team',
          columns: ['team_id'],
          referredSchema: null,
          referredTable: 'team',
          referredColumns: ['id'],
          onDelete: 'CASCADE',
          onUpdate: 'SET NULL',
          deferrable: false,
          initiallyDeferred: false,
        },
      ])
      expect(await inspector.getUniqueConstraints('team')).toEqual([
        { name: 'uq_team', columns: ['name'] },
      ])
    })

    it('describes indexes and checks', async () => {
      const indexes = await inspector.getIndexes('person')
      expect(indexes.filter(({ name }) => name === 'ix_pay')).toEqual([
        {
          name: 'ix_pay',
          unique: true,
          where: null,
          using: null,
          terms: [
            { column: 'pay', expression: null, descending: false },
            { column: 'born', expression: null, descending: false },
          ],
        },
      ])
      const [check] = await inspector.getCheckConstraints('person')
      expect(check?.name).toBe('ck_pay')
      expect(check?.sqltext).toMatch(/pay.* > .*0/)
    })

    it('sees what was made after its cache is cleared', async () => {
      expect(await inspector.hasTable('late')).toBe(false)
      await database.raw(uri, 'CREATE TABLE late (id INTEGER)')
      expect(await inspector.hasTable('late')).toBe(false)
      inspector.clearCache()
      expect(await inspector.hasTable('late')).toBe(true)
    })

    it('takes any name as a name', async () => {
      const odd = `x'); DROP TABLE person; -- "\``
      expect(await inspector.hasTable(odd)).toBe(false)
      await expect(inspector.getColumns(odd)).rejects.toThrow(NoSuchTableError)
      expect(await new Inspector(connection).hasTable('person')).toBe(true)
    })
  })

  describe('reflected metadata', () => {
    it('has the tables, and those that they refer to', async () => {
      const metadata = new MetaData()
      await reflectMetadata(metadata, connection, { only: ['person'] })
      expect(Object.keys(metadata.tables).sort()).toEqual(['person', 'team'])
      const { person } = metadata.tables
      expect(person?.primaryKey.columns.map(({ name }) => name)).toEqual(['b', 'a'])
      expect(person?.c.team_id?.foreignKeys[0]?.column.table?.name).toBe('team')
      expect(person?.c.pay?.type.ddl(connection.dialect)).toMatch(/^NUMERIC\(8, ?2\)$/i)
    })

    it('has views on request, and says which tables are not there', async () => {
      const metadata = new MetaData()
      await reflectMetadata(metadata, connection, { views: true, only: (name) => name === 'rich' })
      expect(metadata.tables.rich?.columns.map(({ name }) => name)).toEqual(['a', 'pay'])
      await expect(reflectMetadata(metadata, connection, { only: ['nobody'] })).rejects.toThrow(
        InvalidRequestError,
      )
    })

    it('leaves a table alone that is there already', async () => {
      const metadata = new MetaData()
      await reflectMetadata(metadata, connection)
      const before = metadata.tables.team
      await reflectMetadata(metadata, connection)
      expect(metadata.tables.team).toBe(before)
    })
  })
})
