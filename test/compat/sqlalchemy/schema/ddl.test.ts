import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import {
  type Dialect,
  mysqlDialect,
  postgresqlDialect,
  sqliteDialect,
} from '../../../../compat/sqlalchemy/dialects/index.ts'
import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { text } from '../../../../compat/sqlalchemy/expression/text.ts'
import {
  CheckConstraint,
  Column,
  Computed,
  createIndexText,
  createTableText,
  ForeignKey,
  ForeignKeyConstraint,
  Identity,
  Index,
  MetaData,
  PrimaryKeyConstraint,
  Table,
  UniqueConstraint,
} from '../../../../compat/sqlalchemy/schema/index.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'
import { compileWithSqlalchemy, DIALECTS, type DialectName, normalDdl } from './ddl-oracle.ts'

const { Integer, String: Text80 } = types
const ID = (): Column => new Column('id', Integer, { primaryKey: true })

const DESCRIBED: Readonly<Record<DialectName, Dialect>> = {
  sqlite: sqliteDialect(),
  postgresql: postgresqlDialect(),
  mysql: mysqlDialect(),
}

interface Case {
  readonly python: string
  readonly ours: (m: MetaData) => unknown
  readonly only?: readonly DialectName[]
  /** MetaData's options. */
  readonly convention?: Readonly<Record<string, string>>
}

const typed = (python: string, type: types.TypeArgument): Case => ({
  python: `Table('t', m, Column('x', ${python}))`,
  ours: (m) => new Table('t', m, new Column('x', type)),
})

const CASES: Readonly<Record<string, Case>> = {
  Integer: typed('Integer', types.Integer),
  SmallInteger: typed('SmallInteger', types.SmallInteger),
  BigInteger: typed('BigInteger', types.BigInteger),
  Float: typed('Float', types.Float),
  'Float with a precision': typed('Float(53)', types.Float(53)),
  Numeric: typed('Numeric', types.Numeric),
  'Numeric with precision and scale': typed('Numeric(10, 2)', types.Numeric(10, 2)),
  'Numeric with a precision': typed('Numeric(10)', types.Numeric(10)),
  DECIMAL: typed('DECIMAL(12, 4)', types.DECIMAL(12, 4)),
  'String without a length': typed('String', types.String),
  'String with a length': typed('String(80)', types.String(80)),
  Text: typed('Text', types.Text),
  Unicode: typed('Unicode(20)', types.Unicode(20)),
  UnicodeText: typed('UnicodeText', types.UnicodeText),
  CHAR: typed('CHAR(3)', types.CHAR(3)),
  Boolean: typed('Boolean', types.Boolean),
  'Boolean with its check': typed(
    "Boolean(create_constraint=True, name='x_bool')",
    types.Boolean({ createConstraint: true, name: 'x_bool' }),
  ),
  Date: typed('Date', types.Date),
  Time: typed('Time', types.Time),
  'Time with zone': typed('Time(timezone=True)', types.Time({ timezone: true })),
  DateTime: typed('DateTime', types.DateTime),
  'DateTime with zone': typed('DateTime(timezone=True)', types.DateTime({ timezone: true })),
  TIMESTAMP: typed('TIMESTAMP', types.TIMESTAMP),
  Interval: typed('Interval', types.Interval),
  LargeBinary: typed('LargeBinary', types.LargeBinary),
  JSON: typed('JSON', types.JSON),
  REAL: typed('REAL', types.REAL),
  'Enum with a name': typed(
    "Enum('a', \"it's\", name='mood')",
    types.Enum('a', "it's", { name: 'mood' }),
  ),
  'Enum that is not native': typed(
    "Enum('a', 'bcd', name='mood', native_enum=False, create_constraint=True)",
    types.Enum('a', 'bcd', { name: 'mood', nativeEnum: false, createConstraint: true }),
  ),
  'Enum without a name': typed("Enum('a', 'b')", types.Enum('a', 'b')),
  'a numbered key': {
    python: `Table('t', m, Column('id', Integer, primary_key=True), Column('n', String(9)))`,
    ours: (m) => new Table('t', m, ID(), new Column('n', Text80(9))),
  },
  'a big numbered key': {
    python: `Table('t', m, Column('id', BigInteger, primary_key=True))`,
    ours: (m) => new Table('t', m, new Column('id', types.BigInteger, { primaryKey: true })),
  },
  'a key that is not numbered': {
    python: `Table('t', m, Column('id', Integer, primary_key=True, autoincrement=False))`,
    ours: (m) =>
      new Table('t', m, new Column('id', Integer, { primaryKey: true, autoincrement: false })),
  },
  'a key with a default': {
    python: `Table('t', m, Column('id', String(32), primary_key=True, default='x'))`,
    ours: (m) =>
      new Table('t', m, new Column('id', Text80(32), { primaryKey: true, default: 'x' })),
  },
  'a composite key': {
    python: `Table('t', m, Column('a', Integer, primary_key=True), Column('b', Integer, primary_key=True))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('a', Integer, { primaryKey: true }),
        new Column('b', Integer, { primaryKey: true }),
      ),
  },
  'a key by its constraint': {
    python: `Table('t', m, Column('a', Integer), Column('b', String(3)), PrimaryKeyConstraint('a', 'b', name='both'))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('a', Integer),
        new Column('b', Text80(3)),
        new PrimaryKeyConstraint('a', 'b', { name: 'both' }),
      ),
  },
  'columns with NOT NULL, UNIQUE and an index': {
    python: `Table('t', m, Column('id', Integer, primary_key=True), Column('a', String(9), nullable=False, unique=True), Column('b', Integer, index=True), Column('c', Integer, index=True, unique=True))`,
    ours: (m) =>
      new Table(
        't',
        m,
        ID(),
        new Column('a', Text80(9), { nullable: false, unique: true }),
        new Column('b', Integer, { index: true }),
        new Column('c', Integer, { index: true, unique: true }),
      ),
  },
  'server defaults': {
    python: `Table('t', m, Column('a', String(9), server_default="it's"), Column('b', Integer, server_default=text('1 + 1')), Column('c', DateTime, server_default=text('CURRENT_TIMESTAMP')))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('a', Text80(9), { serverDefault: "it's" }),
        new Column('b', Integer, { serverDefault: text('1 + 1') }),
        new Column('c', types.DateTime, { serverDefault: text('CURRENT_TIMESTAMP') }),
      ),
  },
  'foreign keys': {
    python: `
Table('u', m, Column('id', Integer, primary_key=True))
Table('t', m, Column('id', Integer, primary_key=True), Column('u_id', Integer, ForeignKey('u.id', ondelete='CASCADE', onupdate='SET NULL')), Column('v', ForeignKey('u.id', name='named')))`,
    ours: (m) => {
      new Table('u', m, ID())
      new Table(
        't',
        m,
        ID(),
        new Column(
          'u_id',
          Integer,
          new ForeignKey('u.id', { ondelete: 'CASCADE', onupdate: 'SET NULL' }),
        ),
        new Column('v', new ForeignKey('u.id', { name: 'named' })),
      )
    },
  },
  'a deferrable foreign key': {
    // MySQL has none, and SQLAlchemy makes SQL there that it refuses.
    only: ['sqlite', 'postgresql'],
    python: `
Table('u', m, Column('id', Integer, primary_key=True))
Table('t', m, Column('v', ForeignKey('u.id', deferrable=True, initially='DEFERRED')))`,
    ours: (m) => {
      new Table('u', m, ID())
      new Table(
        't',
        m,
        new Column('v', new ForeignKey('u.id', { deferrable: true, initially: 'DEFERRED' })),
      )
    },
  },
  'a composite foreign key': {
    python: `
Table('u', m, Column('a', Integer, primary_key=True), Column('b', Integer, primary_key=True))
Table('t', m, Column('x', Integer), Column('y', Integer), ForeignKeyConstraint(['x', 'y'], ['u.a', 'u.b'], name='xy'))`,
    ours: (m) => {
      new Table(
        'u',
        m,
        new Column('a', Integer, { primaryKey: true }),
        new Column('b', Integer, { primaryKey: true }),
      )
      new Table(
        't',
        m,
        new Column('x', Integer),
        new Column('y', Integer),
        new ForeignKeyConstraint(['x', 'y'], ['u.a', 'u.b'], { name: 'xy' }),
      )
    },
  },
  'checks and uniques': {
    python: `Table('t', m, Column('a', Integer), Column('b', Integer), CheckConstraint('a > 0', name='positive'), CheckConstraint('a < b'), UniqueConstraint('a', 'b', name='ab'), UniqueConstraint('b'))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('a', Integer),
        new Column('b', Integer),
        new CheckConstraint('a > 0', { name: 'positive' }),
        new CheckConstraint('a < b'),
        new UniqueConstraint('a', 'b', { name: 'ab' }),
        new UniqueConstraint('b'),
      ),
  },
  'a computed column': {
    python: `Table('t', m, Column('a', Integer), Column('b', Integer, Computed('a * 2', persisted=True)))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('a', Integer),
        new Column('b', Integer, new Computed('a * 2', { persisted: true })),
      ),
  },
  'an identity column': {
    python: `Table('t', m, Column('id', Integer, Identity(always=True, start=5), primary_key=True))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('id', Integer, new Identity({ always: true, start: 5 }), { primaryKey: true }),
      ),
  },
  'indexes of several columns and parts': {
    python: `
t = Table('t', m, Column('a', Integer), Column('b', String(9)))
Index('ab', t.c.a, t.c.b, unique=True)
Index('part', t.c.a, sqlite_where=text('a > 1'), postgresql_where=text('a > 1'))
Index('short', t.c.b, mysql_length=4)`,
    ours: (m) => {
      const t = new Table('t', m, new Column('a', Integer), new Column('b', Text80(9)))
      const { a, b } = t.c as Record<'a' | 'b', Column>
      new Index('ab', a, b, { unique: true })
      new Index('part', a, { where: sql.raw('a > 1') })
      new Index('short', b, { mysqlLength: 4 })
    },
  },
  'names with quotes, spaces and words of SQL': {
    python: `Table('order', m, Column('group by', Integer, primary_key=True), Column('Select', String(9), unique=True))`,
    ours: (m) =>
      new Table(
        'order',
        m,
        new Column('group by', Integer, { primaryKey: true }),
        new Column('Select', Text80(9), { unique: true }),
      ),
  },
  'a schema': {
    python: `
Table('u', m, Column('id', Integer, primary_key=True), schema='crm')
Table('t', m, Column('id', Integer, ForeignKey('crm.u.id'), primary_key=True), Column('b', Integer, index=True), schema='crm')`,
    ours: (m) => {
      new Table('u', m, ID(), { schema: 'crm' })
      new Table(
        't',
        m,
        new Column('id', Integer, new ForeignKey('crm.u.id'), { primaryKey: true }),
        new Column('b', Integer, { index: true }),
        { schema: 'crm' },
      )
    },
  },
  'a naming convention': {
    python: `
m.naming_convention = {'ix': 'ix_%(column_0_N_label)s', 'uq': 'uq_%(table_name)s_%(column_0_name)s', 'ck': 'ck_%(table_name)s_%(constraint_name)s', 'fk': 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s', 'pk': 'pk_%(table_name)s'}
Table('u', m, Column('id', Integer, primary_key=True))
t = Table('t', m, Column('id', Integer, primary_key=True), Column('a', Integer, ForeignKey('u.id'), unique=True), Column('b', Integer, index=True), CheckConstraint('a > 0', name='pos'))`,
    convention: {
      ix: 'ix_%(column_0_N_label)s',
      uq: 'uq_%(table_name)s_%(column_0_name)s',
      ck: 'ck_%(table_name)s_%(constraint_name)s',
      fk: 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',
      pk: 'pk_%(table_name)s',
    },
    ours: (m) => {
      new Table('u', m, ID())
      new Table(
        't',
        m,
        ID(),
        new Column('a', Integer, new ForeignKey('u.id'), { unique: true }),
        new Column('b', Integer, { index: true }),
        new CheckConstraint('a > 0', { name: 'pos' }),
      )
    },
  },
  'a made name that is too long': {
    python: `Table('a_table_whose_name_is_rather_long_indeed', m, Column('and_a_column_whose_name_is_long_as_well', Integer, index=True))`,
    ours: (m) =>
      new Table(
        'a_table_whose_name_is_rather_long_indeed',
        m,
        new Column('and_a_column_whose_name_is_long_as_well', Integer, { index: true }),
      ),
  },
  'a given name that is too long': {
    // MySQL's own limit is 64; SQLAlchemy lets it find out by itself.
    only: ['sqlite', 'postgresql'],
    python: `Table('t', m, Column('a', Integer), UniqueConstraint('a', name='${'n'.repeat(70)}'))`,
    ours: (m) =>
      new Table(
        't',
        m,
        new Column('a', Integer),
        new UniqueConstraint('a', { name: 'n'.repeat(70) }),
      ),
  },
  'comments and options': {
    python: `Table('t', m, Column('a', Integer, comment="it's"), comment='all', mysql_engine='InnoDB', mysql_charset='utf8mb4')`,
    ours: (m) =>
      new Table('t', m, new Column('a', Integer, { comment: "it's" }), {
        comment: 'all',
        mysqlEngine: 'InnoDB',
        mysqlCharset: 'utf8mb4',
      }),
  },
  'AUTOINCREMENT of SQLite': {
    python: `Table('t', m, Column('id', Integer, primary_key=True), sqlite_autoincrement=True)`,
    ours: (m) => new Table('t', m, ID(), { sqliteAutoincrement: true }),
  },
}

const theirs = compileWithSqlalchemy(
  Object.fromEntries(Object.entries(CASES).map(([name, { python }]) => [name, python])),
)
if (!theirs) console.log('DDL is not compared: SQLAlchemy is not installed for /usr/bin/python3')

/** CREATE TABLE and CREATE INDEX of all tables, or the error there is instead. */
function compiled(example: Case, dialect: Dialect): string[] {
  const metadata = new MetaData(example.convention ? { namingConvention: example.convention } : {})
  try {
    example.ours(metadata)
    return metadata.sortedTables.flatMap((table) => [
      createTableText(table, dialect),
      ...table.indexes.map((index) => createIndexText(index, dialect)).sort(),
    ])
  } catch (error) {
    return [`${(error as Error).name}: ${(error as Error).message}`]
  }
}

describe.skipIf(!theirs)('CREATE TABLE and CREATE INDEX are SQLAlchemy’s', () => {
  for (const dialect of DIALECTS) {
    const names = Object.keys(CASES).filter((name) => CASES[name]?.only?.includes(dialect) ?? true)
    it.each(names)(`${dialect}: %s`, (name) => {
      const ours = compiled(CASES[name] as Case, DESCRIBED[dialect])
      const expected = [...(theirs?.[name]?.[dialect] ?? [])]
      const sorted = (texts: readonly string[]): string[][] => texts.map(normalDdl).sort()
      expect(sorted(ours)).toEqual(sorted(expected))
    })
  }
})

describe('what SQLAlchemy 1.4 does not have yet', () => {
  const ddl = (type: types.TypeEngine): string[] =>
    DIALECTS.map((dialect) => type.ddl(DESCRIBED[dialect]))

  it('Uuid is CHAR(32) where there is no such type', () => {
    expect(ddl(types.Uuid())).toEqual(['CHAR(32)', 'UUID', 'CHAR(32)'])
    expect(ddl(types.Uuid({ nativeUuid: false }))).toEqual(['CHAR(32)', 'CHAR(32)', 'CHAR(32)'])
  })

  it('Double is DOUBLE PRECISION on PostgreSQL', () => {
    expect(ddl(types.Double())).toEqual(['DOUBLE', 'DOUBLE PRECISION', 'DOUBLE'])
  })
})

it('writes expressions with their values as literals', () => {
  const metadata = new MetaData()
  const a = new Column('a', Text80(9))
  const t = new Table(
    't',
    metadata,
    a,
    new Column('at', types.DateTime, { serverDefault: func.now() }),
  )
  new Index('low', func.lower(a))
  t.appendConstraint(new CheckConstraint(sql`a <> ${"it's"}`))
  const texts = DIALECTS.map((dialect) => createTableText(t, DESCRIBED[dialect]))
  for (const each of texts) expect(each).toContain("check (a <> 'it''s')")
  expect(createIndexText(t.indexes[0] as Index, DESCRIBED.postgresql)).toBe(
    'create index "low" on "t" ((lower("a")))',
  )
})
