import type { TypeEngine } from '../../../../compat/sqlalchemy/types/index.ts'
import type { TestDatabase } from '../databases.ts'
import type { Define } from './support.ts'

type Sa = Parameters<Define>[1]
type TableOf = Parameters<Define>[0]
type Item = Parameters<TableOf>[1]

/** A change of models. */
export interface SchemaChange {
  readonly title: string
  readonly before: Define
  readonly after: Define
  /** Statements between the two: rows that must survive. */
  readonly rows?: readonly string[]
  /** Databases that have no such thing. */
  readonly not?: readonly TestDatabase['name'][]
  /** Databases on which the two are the same schema. */
  readonly nothingOn?: readonly TestDatabase['name'][]
  /** The tables whose rows are counted. Default: `person`. */
  readonly kept?: readonly string[]
}

const key = (sa: Sa): Item => new sa.Column('id', new sa.Integer(), { primaryKey: true })

/** A table `person` with an id, a name and more. */
const person =
  (...more: ((sa: Sa) => Item | readonly Item[])[]): Define =>
  (table, sa) => {
    table(
      'person',
      key(sa),
      new sa.Column('name', new sa.String(50)),
      ...more.flatMap((make) => make(sa)),
    )
  }

const TEAM: Define = (table, sa) => {
  table('team', key(sa), new sa.Column('title', new sa.String(20), { nullable: false }))
}

const both =
  (...defines: Define[]): Define =>
  (table, sa) => {
    for (const define of defines) define(table, sa)
  }

const PEOPLE = ["INSERT INTO person (id, name) VALUES (1, 'ada'), (2, 'bob')"]

const column =
  (name: string, type: (sa: Sa) => TypeEngine, options: object = {}) =>
  (sa: Sa): Item =>
    new sa.Column(name, type(sa), options)

const int = (sa: Sa) => new sa.Integer()
const teamId =
  (options: object = {}) =>
  (sa: Sa): Item =>
    new sa.Column('team_id', new sa.Integer(), new sa.ForeignKey('team.id', options))

export const CHANGES: readonly SchemaChange[] = [
  { title: 'a new table', before: person(), after: both(person(), TEAM) },
  {
    title: 'a dropped table',
    before: both(person(), TEAM),
    after: person(),
  },
  {
    title: 'a new table that refers to an old one and one that is new',
    before: person(),
    after: both(person(), TEAM, (table, sa) => {
      table(
        'membership',
        new sa.Column('team_id', int(sa), new sa.ForeignKey('team.id'), { primaryKey: true }),
        new sa.Column('person_id', int(sa), new sa.ForeignKey('person.id'), { primaryKey: true }),
      )
    }),
  },
  {
    title: 'two new tables that refer to each other',
    before: person(),
    after: both(person(), (table, sa) => {
      table(
        'a',
        key(sa),
        new sa.Column(
          'b_id',
          int(sa),
          new sa.ForeignKey('b.id', { name: 'fk_a_b', useAlter: true }),
        ),
      )
      table(
        'b',
        key(sa),
        new sa.Column('a_id', int(sa), new sa.ForeignKey('a.id', { name: 'fk_b_a' })),
      )
    }),
    not: ['sqlite'],
  },
  {
    title: 'a new table that refers to itself',
    before: person(),
    after: both(person(), (table, sa) => {
      table('node', key(sa), new sa.Column('parent_id', int(sa), new sa.ForeignKey('node.id')))
    }),
  },
  { title: 'a new column', before: person(), after: person(column('age', int)) },
  {
    title: 'a new column that is NOT NULL with a server default',
    before: person(),
    after: person(
      (sa) => new sa.Column('age', int(sa), { nullable: false, serverDefault: sa.text('7') }),
    ),
  },
  {
    title: 'a new column with a text as server default',
    before: person(),
    after: person(
      column('state', (sa) => new sa.String(10), { serverDefault: "it's a \\", nullable: false }),
    ),
  },
  {
    title: 'a new column with the time as server default',
    before: person(),
    after: person(
      (sa) =>
        new sa.Column('made', new sa.DateTime(), { serverDefault: sa.text('CURRENT_TIMESTAMP') }),
    ),
  },
  { title: 'a dropped column', before: person(column('age', int)), after: person() },
  {
    title: 'a dropped column with an index and a unique constraint over it',
    before: person(column('age', int, { index: true }), column('code', int, { unique: true })),
    after: person(),
  },
  {
    title: 'a dropped column with a foreign key',
    before: both(TEAM, person(teamId())),
    after: both(TEAM, person()),
  },
  {
    title: 'a longer string',
    before: person(),
    after: (table, sa) => {
      table('person', key(sa), new sa.Column('name', new sa.String(80)))
    },
  },
  {
    title: 'a shorter string',
    before: person(),
    after: (table, sa) => {
      table('person', key(sa), new sa.Column('name', new sa.String(10)))
    },
  },
  {
    title: 'a string that becomes a text',
    before: person(),
    after: (table, sa) => {
      table('person', key(sa), new sa.Column('name', new sa.Text()))
    },
  },
  {
    title: 'an integer that becomes a big one',
    before: person(column('age', int)),
    after: person(column('age', (sa) => new sa.BigInteger())),
  },
  {
    title: 'a numeric that gets more digits',
    before: person(column('pay', (sa) => new sa.Numeric(8, 2))),
    after: person(column('pay', (sa) => new sa.Numeric(12, 4))),
    rows: ["INSERT INTO person (id, name, pay) VALUES (1, 'ada', 12.25)"],
  },
  {
    title: 'an integer that becomes a string',
    before: person(column('age', int)),
    after: person(column('age', (sa) => new sa.String(20))),
    rows: ["INSERT INTO person (id, name, age) VALUES (1, 'ada', 36)"],
  },
  {
    title: 'a date that becomes a date with time',
    before: person(column('born', (sa) => new sa.Date())),
    after: person(column('born', (sa) => new sa.DateTime())),
  },
  {
    title: 'a column that becomes NOT NULL',
    before: person(),
    after: (table, sa) => {
      table('person', key(sa), new sa.Column('name', new sa.String(50), { nullable: false }))
    },
  },
  {
    title: 'a column that may be NULL again',
    before: (table, sa) => {
      table('person', key(sa), new sa.Column('name', new sa.String(50), { nullable: false }))
    },
    after: person(),
  },
  {
    title: 'a new server default',
    before: person(column('age', int)),
    after: person((sa) => new sa.Column('age', int(sa), { serverDefault: sa.text('5') })),
  },
  {
    title: 'another server default',
    before: person(column('kind', (sa) => new sa.String(9), { serverDefault: 'x' })),
    after: person(column('kind', (sa) => new sa.String(9), { serverDefault: 'y' })),
  },
  {
    title: 'a server default less',
    before: person(
      (sa) => new sa.Column('ok', new sa.Boolean(), { serverDefault: sa.text('true') }),
    ),
    after: person(column('ok', (sa) => new sa.Boolean())),
  },
  {
    title: 'type, nullability and default of one column at once',
    before: person(column('age', int, { serverDefault: '3' })),
    after: person(
      (sa) =>
        new sa.Column('age', new sa.BigInteger(), { nullable: false, serverDefault: sa.text('4') }),
    ),
  },
  {
    title: 'a new index',
    before: person(),
    after: person((sa) => new sa.Index('ix_name', 'name')),
  },
  {
    title: 'a dropped index',
    before: person(column('age', int, { index: true })),
    after: person(column('age', int)),
  },
  {
    title: 'an index over other columns',
    before: person(column('age', int), (sa) => new sa.Index('ix_p', 'name')),
    after: person(column('age', int), (sa) => new sa.Index('ix_p', 'name', 'age')),
  },
  {
    title: 'an index that becomes unique',
    before: person((sa) => new sa.Index('ix_p', 'name')),
    after: person((sa) => new sa.Index('ix_p', 'name', { unique: true })),
  },
  {
    title: 'an index in descending order',
    before: person(column('age', int)),
    after: person(column('age', int), (sa) => new sa.Index('ix_p', sa.text('age DESC'), 'name')),
  },
  {
    title: 'an index over an expression',
    before: person(),
    after: person((sa) => new sa.Index('ix_p', sa.text('lower(name)'))),
    not: ['mariadb'],
  },
  {
    title: 'a partial index',
    before: person(column('age', int)),
    after: person(
      column('age', int),
      (sa) => new sa.Index('ix_p', 'name', { where: sa.text('age > 3') }),
    ),
    not: ['mariadb'],
  },
  {
    title: 'a new unique constraint',
    before: person(),
    after: person((sa) => new sa.UniqueConstraint('name', { name: 'uq_name' })),
  },
  {
    title: 'a new unique constraint without a name',
    before: person(column('age', int)),
    after: person(column('age', int, { unique: true })),
  },
  {
    title: 'a dropped unique constraint without a name',
    before: person(column('age', int, { unique: true })),
    after: person(column('age', int)),
  },
  {
    title: 'a unique constraint over other columns',
    before: person(column('age', int), (sa) => new sa.UniqueConstraint('name', { name: 'uq' })),
    after: person(
      column('age', int),
      (sa) => new sa.UniqueConstraint('name', 'age', { name: 'uq' }),
    ),
  },
  {
    title: 'a new foreign key on an old column',
    before: both(TEAM, person(column('team_id', int))),
    after: both(TEAM, person(teamId())),
    rows: [
      "INSERT INTO team (id, title) VALUES (1, 'red')",
      "INSERT INTO person (id, name, team_id) VALUES (1, 'ada', 1)",
    ],
    kept: ['person', 'team'],
  },
  {
    title: 'a new column with a foreign key',
    before: both(TEAM, person()),
    after: both(TEAM, person(teamId({ ondelete: 'CASCADE' }))),
  },
  {
    title: 'another action of a foreign key',
    before: both(TEAM, person(teamId())),
    after: both(TEAM, person(teamId({ ondelete: 'SET NULL', onupdate: 'CASCADE' }))),
    rows: [
      "INSERT INTO team (id, title) VALUES (1, 'red')",
      "INSERT INTO person (id, name, team_id) VALUES (1, 'ada', 1)",
    ],
    kept: ['person', 'team'],
  },
  {
    title: 'a change of a table that others refer to',
    before: both(TEAM, person(teamId({ ondelete: 'CASCADE' }))),
    after: both(
      (table, sa) => {
        table('team', key(sa), new sa.Column('title', new sa.String(99)))
      },
      person(teamId({ ondelete: 'CASCADE' })),
    ),
    rows: [
      "INSERT INTO team (id, title) VALUES (1, 'red')",
      "INSERT INTO person (id, name, team_id) VALUES (1, 'ada', 1)",
    ],
    kept: ['person', 'team'],
  },
  {
    title: 'a new check',
    before: person(column('age', int)),
    after: person(
      column('age', int),
      (sa) => new sa.CheckConstraint('age > 0 AND age < 200', { name: 'ck_age' }),
    ),
  },
  {
    title: 'another check',
    before: person(
      column('age', int),
      (sa) => new sa.CheckConstraint('age > 0', { name: 'ck_age' }),
    ),
    after: person(
      column('age', int),
      (sa) => new sa.CheckConstraint('age >= 18', { name: 'ck_age' }),
    ),
  },
  {
    title: 'a dropped check without a name',
    before: person(column('age', int), (sa) => new sa.CheckConstraint('age > 0')),
    after: person(column('age', int)),
  },
  {
    title: 'another primary key',
    before: (table, sa) => {
      table(
        'person',
        new sa.Column('id', int(sa), { nullable: false, primaryKey: true, autoincrement: false }),
        new sa.Column('name', new sa.String(50), { nullable: false }),
      )
    },
    after: (table, sa) => {
      table(
        'person',
        new sa.Column('id', int(sa), { nullable: false, primaryKey: true, autoincrement: false }),
        new sa.Column('name', new sa.String(50), { nullable: false, primaryKey: true }),
      )
    },
  },
  {
    title: 'a label more of an enum',
    before: person(column('mood', (sa) => new sa.Enum('glad', 'sad', { name: 'mood' }))),
    after: person(column('mood', (sa) => new sa.Enum('glad', 'so-so', 'sad', { name: 'mood' }))),
    rows: ["INSERT INTO person (id, name, mood) VALUES (1, 'ada', 'sad')"],
  },
  {
    title: 'a label less of an enum with a default',
    // VARCHAR(4) in both cases.
    nothingOn: ['sqlite'],
    before: person(
      column('mood', (sa) => new sa.Enum('glad', 'meh', 'sad', { name: 'mood' }), {
        serverDefault: 'sad',
      }),
    ),
    after: person(
      column('mood', (sa) => new sa.Enum('glad', 'sad', { name: 'mood' }), {
        serverDefault: 'sad',
      }),
    ),
    rows: ["INSERT INTO person (id, name, mood) VALUES (1, 'ada', 'sad')"],
  },
  {
    title: 'a new enum column, with its type',
    before: person(),
    after: person(column('mood', (sa) => new sa.Enum('glad', 'sad', { name: 'mood' }))),
  },
  {
    title: 'an enum that goes with its column',
    before: person(column('mood', (sa) => new sa.Enum('glad', 'sad', { name: 'mood' }))),
    after: person(),
  },
  {
    title: 'comments',
    nothingOn: ['sqlite'],
    before: person(column('age', int)),
    after: (table, sa) => {
      table(
        'person',
        key(sa),
        new sa.Column('name', new sa.String(50)),
        new sa.Column('age', int(sa), { comment: "it's years" }),
        { comment: 'people' },
      )
    },
  },
  {
    title: 'a new computed column',
    before: person(column('age', int)),
    after: person(
      column('age', int),
      (sa) => new sa.Column('twice', int(sa), new sa.Computed('age * 2', { persisted: true })),
    ),
    rows: ["INSERT INTO person (id, name, age) VALUES (1, 'ada', 36)"],
  },
  {
    title: 'another expression of a computed column',
    before: person(
      column('age', int),
      (sa) => new sa.Column('more', int(sa), new sa.Computed('age * 2', { persisted: true })),
    ),
    after: person(
      column('age', int),
      (sa) => new sa.Column('more', int(sa), new sa.Computed('age * 3', { persisted: true })),
    ),
    rows: ["INSERT INTO person (id, name, age) VALUES (1, 'ada', 36)"],
  },
  {
    title: 'names that must be quoted',
    before: person(),
    after: both(
      person(column('order', int), column('sélect it', int, { index: true })),
      (table, sa) => {
        table('group', key(sa), new sa.Column('from', int(sa), new sa.ForeignKey('person.id')))
      },
    ),
  },
  {
    title: 'columns of all types',
    before: person(),
    after: person(
      column('c1', (sa) => new sa.SmallInteger()),
      column('c2', (sa) => new sa.Float()),
      column('c3', (sa) => new sa.Boolean()),
      column('c4', (sa) => new sa.Date()),
      column('c5', (sa) => new sa.Time()),
      column('c6', (sa) => new sa.DateTime({ timezone: true })),
      column('c7', (sa) => new sa.Interval()),
      column('c8', (sa) => new sa.LargeBinary()),
      column('c9', (sa) => new sa.JSON()),
      column('c10', (sa) => new sa.Uuid()),
      column('c11', (sa) => new sa.CHAR(3)),
      column('c12', (sa) => new sa.Double()),
      column('c13', (sa) => new sa.Numeric()),
    ),
  },
]

export const rowsOf = (change: SchemaChange): readonly string[] => change.rows ?? PEOPLE
