import { spawnSync } from 'node:child_process'

/** The databases whose DDL is compared. */
export const DIALECTS = ['sqlite', 'postgresql', 'mysql'] as const

export type DialectName = (typeof DIALECTS)[number]

const PROGRAM = `
import json, sys
from sqlalchemy import *
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
found = {}
for name, code in json.load(sys.stdin).items():
    scope = dict(globals(), m=MetaData())
    exec(code, scope)
    found[name] = {}
    for dialect in (sqlite, postgresql, mysql):
        texts = []
        try:
            for table in scope['m'].sorted_tables:
                texts.append(str(CreateTable(table).compile(dialect=dialect.dialect())))
                for index in sorted(table.indexes, key=lambda index: index.name):
                    texts.append(str(CreateIndex(index).compile(dialect=dialect.dialect())))
        except Exception as error:
            texts = [type(error).__name__ + ': ' + str(error).split('(Background')[0].strip()]
        found[name][dialect.__name__.split('.')[-1]] = texts
print(json.dumps(found))
`

export type Compiled = Readonly<Record<string, Readonly<Record<DialectName, readonly string[]>>>>

/** What the real SQLAlchemy compiles each program of table definitions to; null where it is absent. */
export function compileWithSqlalchemy(programs: Readonly<Record<string, string>>): Compiled | null {
  const { status, stdout, stderr } = spawnSync(
    '/usr/bin/python3',
    ['-W', 'ignore', '-c', PROGRAM],
    {
      input: JSON.stringify(programs),
      encoding: 'utf8',
    },
  )
  if (status === 0) return JSON.parse(stdout) as Compiled
  if (/No module named|ENOENT/.test(stderr)) return null
  throw new Error(stderr || 'python3 could not be run')
}

/** Parts of a statement at its outermost commas inside the parentheses after the table's name. */
function parts(sql: string): string[] {
  const found: string[] = []
  let depth = 0
  let part = ''
  for (const char of sql) {
    if (char === '(') depth++
    if (char === ')') depth--
    if ((char === ',' || char === '(') && depth === 1) {
      found.push(part)
      part = ''
    } else part += char
  }
  return [...found, part.slice(0, part.lastIndexOf(')')), part.slice(part.lastIndexOf(')') + 1)]
}

const CONSTRAINT = /^ ?(?:constraint|primary key|unique|check|foreign key)/

/** One spelling for DDL: quotes, case, white space, the order of a column's words and of
 * constraints do not count. */
export function normalDdl(sql: string): string[] {
  const plain = sql.replace(/["`]/g, '').replace(/\s+/g, ' ').toLowerCase().trim()
  const all = parts(plain)
  const constraints = all.filter((part) => CONSTRAINT.test(part)).sort()
  return [...all.filter((part) => !CONSTRAINT.test(part)), ...constraints].map((part) =>
    part
      .replace(/ ?([(),=]) ?/g, '$1')
      .replace(/\)(?=\w)/g, ') ')
      .trim()
      .split(' ')
      .sort()
      .join(' '),
  )
}
