import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/paths.ts'
import { codeSpans, page, section, tableRows } from './markdown.ts'

const MATRIX = section(page('MIGRATION.md'), '## Compatibility matrix')
const HEAD = '| Flask | TypeScript | Status | Proof |'
const TITLES = [...MATRIX.matchAll(/^### (?:.*Flask-SQLAlchemy.*|SQLAlchemy: .*)$/gm)].map(
  ([title]) => title,
)
const ROWS = TITLES.flatMap((title) => tableRows(section(MATRIX, title), HEAD))

/** The public names, without what is SQLAlchemy's own machinery. */
const LIST = `
import inspect, json, warnings
warnings.simplefilter("ignore")
import sqlalchemy as sa, sqlalchemy.exc as exc, sqlalchemy.orm as orm
from flask_sqlalchemy import SQLAlchemy, model, pagination, query, record_queries, session, track_modifications
from sqlalchemy.engine import result
from sqlalchemy.orm import events
names = ["flask_sqlalchemy.SQLAlchemy"]
for module in model, pagination, query, record_queries, session:
    for name, value in vars(module).items():
        if not name.startswith("_") and getattr(value, "__module__", "") == module.__name__:
            names.append(module.__name__ + "." + name)
for name in "models_committed", "before_models_committed":
    assert hasattr(track_modifications, name)
    names.append("flask_sqlalchemy.track_modifications." + name)
def members(owner, found):
    names.extend(owner + "." + name for name in found if not name.startswith("_"))
members("SQLAlchemy", vars(SQLAlchemy))
members("SQLAlchemy", vars(SQLAlchemy()))
members("Pagination", vars(pagination.Pagination))
members("Query", vars(query.Query))
members("Session", dir(orm.Session))
members("Result", dir(result.Result))
for events_of in "MapperEvents", "InstanceEvents", "SessionEvents", "AttributeEvents":
    members(events_of, dir(getattr(events, events_of)))
members("sqlalchemy", (n for n in dir(sa) if not inspect.ismodule(getattr(sa, n))))
for name, value in [*vars(exc).items(), *vars(orm.exc).items()]:
    if isinstance(value, type) and issubclass(value, Exception) and not name.startswith("_"):
        names.append("sqlalchemy.exc." + name)
print(json.dumps(names))
`

/** Machinery, and what only Python's warnings and greenlets need. */
const INTERNAL =
  /\.(?:dispatch|memoized_\w+|connection_callable|transaction|bind_mapper|bind_table|enable_relationship_loading|invalidate|prepare|BLANK_SCHEMA|LABEL_STYLE\w*|DefaultClause|ColumnDefault|Constraint|TupleType|lambda_stmt|create_mock_engine|within_group|funcfilter|tablesample|\w+Warning|AwaitRequired|MissingGreenlet|ConcurrentModificationError|ObjectDereferencedError|InvalidatePoolError)$/

const PYTHON = '/usr/bin/python3'
const listed = existsSync(PYTHON)
  ? spawnSync(PYTHON, ['-c', LIST], { encoding: 'utf8', timeout: 30_000 })
  : null
const missing = listed?.status !== 0
if (missing) console.log('docs/sqlalchemy: names not listed, flask_sqlalchemy is not installed')

/** What a test file is made of: the cases beside it, too. */
function textOf(file: string): string {
  const folder = dirname(join(ROOT, file))
  const cases = readdirSync(folder).filter((name) => /^cases.*\.ts$/.test(name))
  return [join(ROOT, file), ...cases.map((name) => join(folder, name))]
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n')
}

describe('the matrix of bustapi/sqlalchemy', () => {
  it.skipIf(missing)('has every public name', () => {
    const named = new Set(ROWS.flatMap(([flask]) => codeSpans(flask ?? '')))
    const names = new Set(JSON.parse(listed?.stdout ?? '[]') as string[])
    expect(names.size).toBeGreaterThan(300)
    expect([...names].filter((name) => !named.has(name) && !INTERNAL.test(name))).toEqual([])
  })

  it('names tests that speak of what they are to prove', () => {
    const wrong = ROWS.flatMap(([, form = '', , proof = '']) => {
      const [name = ''] = codeSpans(form)
      const last = name.replace('()', '').split('.').at(-1) ?? ''
      return codeSpans(proof)
        .filter((file) => file !== 'test/docs.test.ts')
        .filter((file) => !new RegExp(`\\b${last}\\b`).test(textOf(file)))
        .map((file) => `${name}: ${file}`)
    })
    expect(ROWS.length).toBeGreaterThan(500)
    expect(wrong).toEqual([])
  })
})
