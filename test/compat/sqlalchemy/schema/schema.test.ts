import { describe, expect, it } from 'vitest'
import { sqliteDialect } from '../../../../compat/sqlalchemy/dialects/index.ts'
import {
  AmbiguousForeignKeysError,
  ArgumentError,
  InvalidRequestError,
  NoReferencedColumnError,
  NoReferencedTableError,
} from '../../../../compat/sqlalchemy/errors.ts'
import {
  CheckConstraint,
  Column,
  constraintName,
  createTableText,
  ForeignKey,
  ForeignKeyConstraint,
  Index,
  MetaData,
  PrimaryKeyConstraint,
  Table,
  UniqueConstraint,
} from '../../../../compat/sqlalchemy/schema/index.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'

const { Integer } = types
const id = (): Column => new Column('id', Integer, { primaryKey: true })

describe('a column', () => {
  it('takes name, type, items and options, each where it is wanted', () => {
    expect(new Column('a', Integer)).toMatchObject({ name: 'a', nullable: true, primaryKey: false })
    expect(new Column(Integer, { key: 'k' })).toMatchObject({ name: '', key: 'k' })
    expect(new Column('a', new ForeignKey('t.id')).foreignKeys).toHaveLength(1)
    expect(id()).toMatchObject({ primaryKey: true, nullable: false })
    expect(new Column('a', types.String(3)).type).toMatchObject({ length: 3 })
  })

  it('refuses what has no place in it', () => {
    expect(() => new Column('a', Integer, { primarykey: true } as object)).toThrow(
      new ArgumentError("Column got an unknown option: 'primarykey'"),
    )
    expect(() => new Column('a', Integer, new Date() as never)).toThrow(
      /^'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got/,
    )
  })

  it('belongs to one table only', () => {
    const metadata = new MetaData()
    const column = id()
    new Table('a', metadata, column)
    expect(() => new Table('b', metadata, column)).toThrow(
      "Column object 'id' already assigned to Table 'a'",
    )
    const copy = column.copy()
    expect(new Table('c', metadata, copy).c.id).toBe(copy)
    expect(String(copy)).toBe('c.id')
  })

  it('must have a name before it comes to a table', () => {
    expect(() => new Table('a', new MetaData(), new Column(Integer))).toThrow(
      'Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.',
    )
  })

  it('tells what kind its default is', () => {
    const kinds = [1, () => 1, { toOperationNode: () => ({}) }].map(
      (value) => new Column('a', Integer, { default: value as never }).defaultKind,
    )
    expect(kinds).toEqual(['scalar', 'callable', 'sql'])
    expect(new Column('a', Integer).defaultKind).toBe(null)
    expect(new Column('a', Integer, { default: 0 }).defaultKind).toBe('scalar')
  })
})

describe('the key a database numbers', () => {
  const numbered = (...columns: Column[]): string | undefined =>
    new Table('t', new MetaData(), ...columns).autoincrementColumn?.name

  it('is a single integer primary key that refers to nothing and has no default', () => {
    expect(numbered(id())).toBe('id')
    expect(numbered(new Column('a', types.BigInteger, { primaryKey: true }))).toBe('a')
    expect(numbered(new Column('a', types.String(3), { primaryKey: true }))).toBeUndefined()
    expect(numbered(id(), new Column('b', Integer, { primaryKey: true }))).toBeUndefined()
    expect(
      numbered(new Column('a', Integer, new ForeignKey('u.id'), { primaryKey: true })),
    ).toBeUndefined()
    expect(numbered(new Column('a', Integer, { primaryKey: true, default: 1 }))).toBeUndefined()
    expect(
      numbered(new Column('a', Integer, { primaryKey: true, autoincrement: false })),
    ).toBeUndefined()
  })

  it('is what says so among several', () => {
    const b = new Column('b', Integer, { primaryKey: true, autoincrement: true })
    expect(numbered(id(), b)).toBe('b')
    const text = new Column('c', types.Text, { primaryKey: true, autoincrement: true })
    expect(() => numbered(text)).toThrow(
      "Column type TEXT on column 't.c' is not compatible with autoincrement=True",
    )
  })
})

describe('a table', () => {
  it('is known to its metadata under its name, once', () => {
    const metadata = new MetaData()
    const table = new Table('t', metadata, id())
    expect(metadata.tables.t).toBe(table)
    expect(() => new Table('t', metadata)).toThrow(InvalidRequestError)
    expect(() => new Table('t', metadata)).toThrow(
      "Table 't' is already defined for this MetaData instance.",
    )
    expect(new Table('t', metadata, { keepExisting: true })).toBe(table)
    new Table('t', metadata, new Column('b', Integer), { extendExisting: true })
    expect(Object.keys(table.c)).toEqual(['id', 'b'])
    metadata.remove(table)
    expect(metadata.tables.t).toBeUndefined()
  })

  it('has the schema of its metadata unless it has its own', () => {
    const metadata = new MetaData({ schema: 'crm' })
    expect(new Table('a', metadata).fullname).toBe('crm.a')
    expect(new Table('b', metadata, { schema: null }).fullname).toBe('b')
  })

  it('finds columns by key and by name', () => {
    const column = new Column('a-b', Integer, { key: 'ab' })
    const table = new Table('t', new MetaData(), column)
    expect(table.c.ab).toBe(column)
    expect(table.columnNamed('a-b')).toBe(column)
  })

  it('makes constraints of what its columns say', () => {
    const table = new Table(
      't',
      new MetaData(),
      id(),
      new Column('a', Integer, new ForeignKey('u.id'), { unique: true }),
      new Column('b', Integer, { index: true }),
    )
    expect(table.constraints.map(({ kind }) => kind).sort()).toEqual(['fk', 'pk', 'uq'])
    expect(table.indexes.map(({ columns }) => columns.map(({ name }) => name))).toEqual([['b']])
  })

  it('refuses a constraint over a column it does not have', () => {
    expect(() => new Table('t', new MetaData(), id(), new UniqueConstraint('nope'))).toThrow(
      "Can't create UniqueConstraint on table 't': no column named 'nope' is present.",
    )
    expect(() => new Table('t', new MetaData(), id(), new Index('i', 'nope'))).toThrow(
      ArgumentError,
    )
  })

  it('takes key columns from a PrimaryKeyConstraint', () => {
    const table = new Table(
      't',
      new MetaData(),
      new Column('a', Integer),
      new PrimaryKeyConstraint('a', { name: 'pk' }),
    )
    expect(table.c.a).toMatchObject({ primaryKey: true, nullable: false })
    expect(table.primaryKey.name).toBe('pk')
  })
})

describe('a foreign key', () => {
  it('finds its column when it is asked for, so that tables may come in any order', () => {
    const metadata = new MetaData()
    const child = new Table('child', metadata, new Column('p', new ForeignKey('parent.id')))
    const parent = new Table(
      'parent',
      metadata,
      new Column('id', types.BigInteger, { primaryKey: true }),
    )
    const [key] = child.foreignKeys as [ForeignKey]
    expect(key.column).toBe(parent.c.id)
    expect(key.references(parent)).toBe(true)
    expect((child.c.p as Column).references(parent.c.id as Column)).toBe(true)
    expect((child.c.p as Column).type).toBe(parent.c.id?.type)
  })

  it('names the table or the column that is not there', () => {
    const metadata = new MetaData()
    const table = new Table(
      'post',
      metadata,
      new Column('user_id', Integer, new ForeignKey('user.idx')),
    )
    const [key] = table.foreignKeys as [ForeignKey]
    expect(() => key.column).toThrow(NoReferencedTableError)
    expect(() => key.column).toThrow(
      "Foreign key associated with column 'post.user_id' could not find table 'user' with which to " +
        "generate a foreign key to target column 'idx'",
    )
    new Table('user', metadata, id())
    expect(() => key.column).toThrow(NoReferencedColumnError)
    expect(() => key.column).toThrow(
      "Could not initialize target column for ForeignKey 'user.idx' on table 'post': table 'user' has no column named 'idx'",
    )
    expect(() => createTableText(table, sqliteDialect())).toThrow(NoReferencedColumnError)
  })

  it('asks the metadata for tables nobody touched yet', () => {
    const metadata = new MetaData()
    metadata.onComplete = () => {
      if (!metadata.tables.user) new Table('user', metadata, id())
    }
    const table = new Table('post', metadata, new Column('u', new ForeignKey('user.id')))
    expect(table.foreignKeys[0]?.column.table?.name).toBe('user')
    expect(metadata.sortedTables.map(({ name }) => name)).toEqual(['user', 'post'])
  })

  it('takes a column or a function for one', () => {
    const metadata = new MetaData()
    const user = new Table('user', metadata, id())
    const key = (target: ForeignKey): ForeignKey => {
      new Table(`t${Object.keys(metadata.tables).length}`, metadata, new Column('u', target))
      return target
    }
    expect(key(new ForeignKey(user.c.id as Column)).targetFullname).toBe('user.id')
    expect(key(new ForeignKey(() => user.c.id)).column).toBe(user.c.id)
    expect(() => new ForeignKey('user')).toThrow('Invalid foreign key column specification: user')
    expect(() => key(new ForeignKey(() => 5)).column).toThrow('must return a Column')
  })

  it('over several columns needs as many on both sides', () => {
    expect(() => new ForeignKeyConstraint(['a', 'b'], ['u.a'])).toThrow(
      'ForeignKeyConstraint number of constrained columns must match the number of referenced columns.',
    )
  })

  it('refuses an action SQL does not have', () => {
    const metadata = new MetaData()
    new Table('u', metadata, id())
    const sly = new ForeignKey('u.id', { ondelete: 'CASCADE; DROP TABLE u' as 'CASCADE' })
    const table = new Table('t', metadata, new Column('u', sly))
    expect(() => createTableText(table, sqliteDialect())).toThrow('Unexpected SQL phrase')
  })
})

describe('sorted tables', () => {
  it('come after those they refer to, else by name', () => {
    const metadata = new MetaData()
    new Table('a', metadata, id(), new Column('c', new ForeignKey('c.id')))
    new Table('c', metadata, id(), new Column('self', new ForeignKey('c.id')))
    new Table('b', metadata, id())
    expect(metadata.sortedTables.map(({ name }) => name)).toEqual(['b', 'c', 'a'])
  })
})

describe('a naming convention', () => {
  it('must have a name for what is made of one', () => {
    const metadata = new MetaData({
      namingConvention: { ck: 'ck_%(table_name)s_%(constraint_name)s' },
    })
    const check = new CheckConstraint('a > 0')
    new Table('t', metadata, new Column('a', Integer), check)
    expect(() => constraintName(check)).toThrow(
      'Naming convention including %(constraint_name)s token requires that constraint is explicitly named.',
    )
  })

  it('may have tokens of its own', () => {
    const metadata = new MetaData({
      namingConvention: {
        uq: 'uq_%(upper)s',
        upper: (_constraint, table) => table.name.toUpperCase(),
      },
    })
    const unique = new UniqueConstraint('a')
    new Table('t', metadata, new Column('a', Integer), unique)
    expect(constraintName(unique)).toBe('uq_T')
  })
})

it('errors are of one family by SQLAlchemy’s names', () => {
  const error = new AmbiguousForeignKeysError('x')
  expect(error).toBeInstanceOf(ArgumentError)
  expect(error.name).toBe('AmbiguousForeignKeysError')
})
