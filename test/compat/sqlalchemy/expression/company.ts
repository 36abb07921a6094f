import { Column } from '../../../../compat/sqlalchemy/schema/column.ts'
import { ForeignKey } from '../../../../compat/sqlalchemy/schema/foreign-key.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { Table } from '../../../../compat/sqlalchemy/schema/table.ts'
import { Boolean_ } from '../../../../compat/sqlalchemy/types/boolean.ts'
import { DateTime } from '../../../../compat/sqlalchemy/types/datetimes.ts'
import { JSON_ } from '../../../../compat/sqlalchemy/types/json.ts'
import { Float, Integer } from '../../../../compat/sqlalchemy/types/numbers.ts'
import { String_ } from '../../../../compat/sqlalchemy/types/strings.ts'

/** Tables of the tests in this folder; `oracle.py` has the same ones. */
export const metadata = new MetaData()

export const dept = new Table(
  'dept',
  metadata,
  new Column('id', Integer, { primaryKey: true }),
  new Column('name', String_(40), { unique: true }),
)
export const emp = new Table(
  'emp',
  metadata,
  new Column('id', Integer, { primaryKey: true }),
  new Column('name', String_(40)),
  new Column('age', Integer),
  new Column('salary', Float),
  new Column('dept_id', Integer, new ForeignKey('dept.id')),
  new Column('manager_id', Integer),
  new Column('hired', DateTime),
  new Column('data', JSON_),
  new Column('active', Boolean_),
)
export const project = new Table(
  'project',
  metadata,
  new Column('id', Integer, { primaryKey: true }),
  new Column('title', String_(40)),
)
export const work = new Table(
  'work',
  metadata,
  new Column('emp_id', Integer, new ForeignKey('emp.id'), { primaryKey: true }),
  new Column('project_id', Integer, new ForeignKey('project.id'), { primaryKey: true }),
  new Column('hours', Integer),
)

// biome-ignore lint/suspicious/noExplicitAny: a table's columns have no types of their own
type Columns<K extends string> = Readonly<Record<K, Column<any>>>

export const E = emp.c as Columns<
  'id' | 'name' | 'age' | 'salary' | 'dept_id' | 'manager_id' | 'hired' | 'data' | 'active'
>
export const D = dept.c as Columns<'id' | 'name'>
export const P = project.c as Columns<'id' | 'title'>
export const W = work.c as Columns<'emp_id' | 'project_id' | 'hours'>

type Row = readonly unknown[]

/** The rows as SQLite stores them, by table. */
export const DATA: Readonly<Record<string, readonly Row[]>> = {
  dept: [
    [1, 'Engineering'],
    [2, 'Sales'],
    [3, 'Legal'],
    [4, null],
  ],
  emp: [
    [
      1,
      'Ada',
      36,
      9000.5,
      1,
      null,
      '2020-01-15 09:30:00.000000',
      '{"tags": ["x", "y"], "level": 3, "a.b": "dot", "ok": true}',
      1,
    ],
    [
      2,
      'Bob',
      45,
      4000,
      1,
      1,
      '2019-06-01 00:00:00.000000',
      '{"tags": [], "level": 1, "na\\"me": "quoted", "ratio": 1.5}',
      1,
    ],
    [3, 'carol', null, 5200.25, 2, 1, '2021-12-31 23:59:59.000000', null, 0],
    [4, 'Dan_iel', 29, null, 2, 2, null, '{"level": null, "deep": {"er": {"est": "bottom"}}}', 1],
    [
      5,
      '50%',
      51,
      100,
      null,
      null,
      '2020-02-29 12:00:00.000000',
      '{"level": 7, "*": "star", "it\'s": "apostrophe"}',
      0,
    ],
    [6, "O'Hara", 29, 4000, 3, 2, '2022-03-03 03:03:03.000000', '[10, 20, {"k": "v"}]', null],
    [7, 'back\\slash', 18, 0, 3, 6, '2018-08-08 08:08:08.000000', '{"level": 2}', 1],
    [8, null, 60, -3.5, 1, 2, null, null, 0],
  ],
  project: [
    [1, 'Engine'],
    [2, 'Deals'],
    [3, 'Void'],
  ],
  work: [
    [1, 1, 10],
    [2, 1, 5],
    [2, 2, 7],
    [3, 2, null],
    [6, 2, 2],
  ],
}

/** CREATE TABLE for the three databases; `json` and `bool` differ. */
export function ddl(json: string, bool: string, datetime: string): string[] {
  return [
    'create table dept (id integer primary key, name varchar(40) unique)',
    `create table emp (id integer primary key, name varchar(40), age integer, salary double precision,
      dept_id integer references dept (id), manager_id integer, hired ${datetime}, data ${json}, active ${bool})`,
    'create table project (id integer primary key, title varchar(40))',
    `create table work (emp_id integer references emp (id), project_id integer references project (id),
      hours integer, primary key (emp_id, project_id))`,
  ]
}
