import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sqliteDialect } from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import {
  CheckConstraint,
  UniqueConstraint,
} from '../../../../compat/sqlalchemy/schema/constraints.ts'
import {
  createIndexText,
  createTableText,
} from '../../../../compat/sqlalchemy/schema/ddl/statements.ts'
import { askOriginal, hasOriginal } from './flask-sqlalchemy.ts'
import { type MappingDb, mappingDb } from './mapping-db.ts'

/** What SQLite makes of statements: the same for two texts that say the same. */
function definition(statements: readonly string[]): unknown {
  const database = new DatabaseSync(':memory:')
  for (const statement of statements) database.exec(statement)
  const tables = database
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all() as { name: string }[]
  const facts = tables.map(({ name }) => ({
    name,
    columns: database.prepare('SELECT * FROM pragma_table_info(?)').all(name),
    keys: database
      .prepare(
        'SELECT "from", "table", "to", on_delete, on_update FROM pragma_foreign_key_list(?) ORDER BY 1, 2, 3',
      )
      .all(name),
    indexes: (
      database.prepare('SELECT name, "unique", origin FROM pragma_index_list(?)').all(name) as {
        name: string
        unique: number
        origin: string
      }[]
    )
      .map((index) => ({
        unique: index.unique,
        origin: index.origin,
        name: index.origin === 'c' ? index.name : '',
        columns: database.prepare('SELECT name FROM pragma_index_info(?)').all(index.name),
      }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    checks: (/CHECK[^\n]*/gi.exec(sqlOf(database, name)) ?? []).length,
  }))
  database.close()
  return JSON.parse(JSON.stringify(facts))
}

function sqlOf(database: DatabaseSync, name: string): string {
  const row = database.prepare('SELECT sql FROM sqlite_master WHERE name = ?').get(name)
  return (row as { sql: string }).sql
}

function ours(declare: (db: MappingDb) => unknown): unknown {
  const db = mappingDb()
  const kept = declare(db)
  const dialect = sqliteDialect()
  const tables = db.metadata.sortedTables
  const statements = tables.flatMap((table) => [
    createTableText(table, dialect),
    ...table.indexes.map((index) => createIndexText(index, dialect)),
  ])
  if (!kept) throw new Error('the classes have to live')
  return definition(statements)
}

const SCRIPT = `
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable, CreateIndex
answer = []
for table in db.metadata.sorted_tables:
    answer.append(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    for index in sorted(table.indexes, key=lambda index: index.name):
        answer.append(str(CreateIndex(index).compile(dialect=sqlite.dialect())))
`

interface Case {
  readonly title: string
  readonly python: string
  declare(db: MappingDb): unknown
}

const CASES: readonly Case[] = [
  {
    title: 'columns, uniques, indexes and keys',
    python: `
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(80), unique=True, nullable=False)
    email = db.Column(db.String(120), index=True)
    full_name = db.Column('name', db.Text)
    active = db.Column(db.Boolean, nullable=False, server_default='1')
class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.Integer, db.ForeignKey('user.id', ondelete='CASCADE'), nullable=False)
    editor_id = db.Column(db.ForeignKey('user.id'))
`,
    declare(db) {
      class User extends db.Model {
        id = db.Column(db.Integer, { primaryKey: true })
        username = db.Column(db.String(80), { unique: true, nullable: false })
        email = db.Column(db.String(120), { index: true })
        fullName = db.Column('name', db.Text)
        active = db.Column(db.Boolean, { nullable: false, serverDefault: '1' })
      }
      class Post extends db.Model {
        id = db.Column(db.Integer, { primaryKey: true })
        user_id = db.Column(db.Integer, db.ForeignKey('user.id', { ondelete: 'CASCADE' }), {
          nullable: false,
        })
        editor_id = db.Column(db.ForeignKey('user.id'))
      }
      return [User, Post]
    },
  },
  {
    title: 'table arguments and composite keys',
    python: `
class Seat(db.Model):
    __tablename__ = 'seats'
    __table_args__ = (db.UniqueConstraint('hall', 'number', name='once'), db.CheckConstraint('number > 0'), {'sqlite_autoincrement': False})
    row = db.Column(db.Integer, primary_key=True, autoincrement=False)
    number = db.Column(db.Integer, primary_key=True)
    hall = db.Column(db.String(10))
`,
    declare(db) {
      class Seat extends db.Model {
        static tablename = 'seats'
        static tableArgs = [
          new UniqueConstraint('hall', 'number', { name: 'once' }),
          new CheckConstraint('number > 0'),
          { sqliteAutoincrement: false },
        ]
        row = db.Column(db.Integer, { primaryKey: true, autoincrement: false })
        number = db.Column(db.Integer, { primaryKey: true })
        hall = db.Column(db.String(10))
      }
      return [Seat]
    },
  },
  {
    title: 'abstract bases and single-table inheritance',
    python: `
class Base(db.Model):
    __abstract__ = True
    id = db.Column(db.Integer, primary_key=True)
    created = db.Column(db.DateTime)
class Employee(Base):
    kind = db.Column(db.String(20))
    __mapper_args__ = {'polymorphic_on': 'kind', 'polymorphic_identity': 'employee'}
class Manager(Employee):
    budget = db.Column(db.Integer)
    __mapper_args__ = {'polymorphic_identity': 'manager'}
class HTTPLog(Base):
    path = db.Column(db.String(20))
`,
    declare(db) {
      class Base extends db.Model {
        static abstract = true
        id = db.Column(db.Integer, { primaryKey: true })
        created = db.Column(db.DateTime)
      }
      class Employee extends Base {
        static mapperArgs: object = { polymorphicOn: 'kind', polymorphicIdentity: 'employee' }
        kind = db.Column(db.String(20))
      }
      class Manager extends Employee {
        static override mapperArgs = { polymorphicIdentity: 'manager' }
        budget = db.Column(db.Integer)
      }
      class HTTPLog extends Base {
        path = db.Column(db.String(20))
      }
      return [Manager, HTTPLog]
    },
  },
]

describe('the tables of models', () => {
  for (const { title, python, declare } of CASES) {
    it.runIf(hasOriginal)(`are those of the real Flask-SQLAlchemy: ${title}`, () => {
      const { programs } = askOriginal({ programs: [`${python}\n${SCRIPT}`] })
      expect(programs[0]?.error).toBeUndefined()
      expect(ours(declare)).toEqual(definition(programs[0]?.value as string[]))
    })
  }
})
