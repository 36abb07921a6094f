import { spawnSync } from 'node:child_process'

const PROGRAM = `
import datetime, enum, json, sys
from decimal import Decimal
from sqlalchemy import *
import sqlalchemy
class Color(enum.Enum):
    Red = 'r'
    Green = 'g'
job = json.load(sys.stdin)
url = job['url'].replace('postgresql:', 'postgresql+psycopg2:').replace('mysql:', 'mysql+pymysql:').replace('mariadb:', 'mysql+pymysql:')
if 'mysql' in url: url += '?charset=utf8mb4'
engine = sqlalchemy.create_engine(url)
found = {}
with engine.begin() as connection:
    for name, (type_, values) in job['types'].items():
        table = Table('t_' + name, MetaData(), Column('id', Integer, primary_key=True), Column('x', eval(type_)))
        if job['action'] == 'read':
            found[name] = [repr(row.x) for row in connection.execute(select(table.c.x).order_by(table.c.id))]
        else:
            for index, value in enumerate(values):
                connection.execute(table.insert(), {'id': index + 1, 'x': eval(value) if not value.startswith('<Color') else Color.Green})
print(json.dumps(found))
`

export interface Job {
  readonly url: string
  readonly action: 'read' | 'write'
  readonly types: Readonly<Record<string, readonly [type: string, values: readonly string[]]>>
}

/**
 * Reads or writes with the real SQLAlchemy: the values Python has, as text.
 * @returns undefined where SQLAlchemy or its driver for the database is not installed
 */
export function withSqlalchemy(job: Job): Readonly<Record<string, string[]>> | undefined {
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/python3',
    ['-W', 'ignore', '-c', PROGRAM],
    {
      input: JSON.stringify(job),
      encoding: 'utf8',
    },
  )
  if (status === 0) return JSON.parse(stdout) as Record<string, string[]>
  if (stderr === null || /ModuleNotFoundError/.test(stderr)) return undefined
  throw new Error(stderr)
}
