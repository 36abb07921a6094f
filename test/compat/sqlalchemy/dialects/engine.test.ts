import { spawnSync } from 'node:child_process'
import { DatabaseSync } from 'node:sqlite'
import { inspect } from 'node:util'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { describe, expect, it } from 'vitest'
import { loadDriver } from '../../../../compat/sqlalchemy/dialects/drivers.ts'
import { createEngine, EngineUrl } from '../../../../compat/sqlalchemy/dialects/index.ts'
import {
  ArgumentError,
  IntegrityError,
  NoSuchModuleError,
} from '../../../../compat/sqlalchemy/errors.ts'

const PARSE = `
import json, sys
from sqlalchemy.engine import make_url
out = []
for text in json.load(sys.stdin):
    u = make_url(text)
    out.append([u.get_backend_name(), u.username, u.password, u.host, u.port, u.database, dict(u.query), u.render_as_string()])
print(json.dumps(out))
`

const GOOD = [
  'sqlite://',
  'sqlite:///notes.db',
  'sqlite:////srv/data/notes.db',
  'sqlite:///:memory:',
  'sqlite:///with space.db?timeout=3',
  'postgresql://ada:s%40cret@db.example:5433/app?application_name=x',
  'postgresql+psycopg2://ada@localhost/app',
  'postgresql://u:p%2Fw+x@[::1]:54/d',
  'postgresql:///app',
  'mysql+pymysql://u:p@h/d?charset=utf8mb4',
]

describe('a database URI', () => {
  it('has the parts SQLAlchemy finds in it', (context) => {
    const python = spawnSync('/usr/bin/python3', ['-c', PARSE], { input: JSON.stringify(GOOD) })
    if (python.status !== 0) context.skip('SQLAlchemy is not installed for /usr/bin/python3')
    const ours = GOOD.map((text) => {
      const url = EngineUrl.parse(text)
      const { backend, username, password, host, port, database, query } = url
      return [backend, username, password, host, port, database, query, url.toString()]
    })
    const theirs = JSON.parse(python.stdout.toString()) as unknown[][]
    expect(ours.map((parts) => parts.slice(0, 7))).toEqual(theirs.map((parts) => parts.slice(0, 7)))
  })

  it('never shows its password', () => {
    const url = EngineUrl.parse('postgresql://ada:s%40cret@h/d')
    for (const text of [String(url), inspect(url), String(createEngine(url))]) {
      expect(text).not.toContain('cret')
      expect(text).toContain('***')
    }
    expect(url.toString(false)).toBe('postgresql://ada:s%40cret@h/d')
    expect(() => EngineUrl.parse('://ada:secret@h')).toThrow(
      "Could not parse SQLAlchemy URL from string '://ada:***@h'",
    )
  })

  it.each(['', 'foo', 'postgresql://h:port/d', 'postgresql://h:99999/d'])(
    '%j is refused',
    (text) => {
      expect(() => createEngine(text)).toThrow(
        new ArgumentError(`Could not parse SQLAlchemy URL from string '${text}'`),
      )
    },
  )

  it('of an unknown database is refused by name', () => {
    expect(() => createEngine('oracle://h/d')).toThrow(
      new NoSuchModuleError("Can't load plugin: sqlalchemy.dialects:oracle"),
    )
    expect(() => createEngine('postgres://h/d')).toThrow("SQLAlchemy's name is 'postgresql'")
    expect(() => createEngine('sqlite://host/x.db')).toThrow('Invalid SQLite URL')
  })

  it('is changed by set() into another', () => {
    const url = EngineUrl.parse('sqlite:///a.db')
    expect(String(url.set({ database: '/b.db' }))).toBe('sqlite:////b.db')
    expect(String(url)).toBe('sqlite:///a.db')
  })
})

it('refuses options it does not know', () => {
  expect(() => createEngine('sqlite://', { pool_size: 3 } as object)).toThrow(
    "Invalid argument(s) 'pool_size' sent to createEngine()",
  )
})

it('names the package of a driver that is not installed', () => {
  expect(() => loadDriver('no-such-driver-package', 'sqlite+x://')).toThrow(
    new NoSuchModuleError(
      "sqlite+x:// needs the package 'no-such-driver-package', which is not installed: npm install no-such-driver-package",
    ),
  )
})

/** SQLite as some other Kysely dialect would bring it. */
function foreign(database: DatabaseSync): SqliteDialect {
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(text) {
        const statement = database.prepare(text)
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...(parameters as never[])),
          run: (parameters) => statement.run(...(parameters as never[])) as never,
          iterate: (parameters) => statement.iterate(...(parameters as never[])) as never,
        }
      },
    },
  })
}

describe('a Kysely dialect given by option', () => {
  it('runs statements with the features and errors of the database it compiles for', async () => {
    const engine = createEngine('other://anything', {
      dialect: foreign(new DatabaseSync(':memory:')),
    })
    expect(engine.dialect.name).toBe('sqlite')
    const seen: string[] = []
    engine.on('statement', ({ sql }) => seen.push(sql))
    const connection = await engine.connect()
    await connection.execute(CompiledQuery.raw('CREATE TABLE t (x INTEGER UNIQUE)'))
    await connection.begin()
    await connection.execute(CompiledQuery.raw('INSERT INTO t VALUES (1)'))
    await connection.commit()
    await connection.begin()
    const again = connection.execute(CompiledQuery.raw('INSERT INTO t VALUES (?)', [true]))
    await expect(again).rejects.toThrow(IntegrityError)
    await connection.rollback()
    await connection.close()
    expect(seen).toHaveLength(3)
    await engine.dispose()
  })

  it('whose compiler is none of the known is described carefully', () => {
    const { dialect } = createEngine('other://anything', {
      dialect: {
        createDriver: () => foreign(new DatabaseSync(':memory:')).createDriver(),
        createAdapter: () => new SqliteAdapter(),
        createIntrospector: (kysely) => new SqliteIntrospector(kysely),
        createQueryCompiler: () => ({
          compileQuery: (...args) => new SqliteQueryCompiler().compileQuery(...args),
        }),
      },
    })
    expect(dialect.name).toBe('other')
    expect(dialect.features).toMatchObject({ insertReturning: false, onConflict: false })
  })
})

it('quotes identifiers and literals so that nothing gets out of them', () => {
  const { dialect } = createEngine('sqlite://')
  expect(dialect.quote('a"b')).toBe('"a""b"')
  expect(dialect.literal("it's")).toBe("'it''s'")
  expect(createEngine('mysql://h/d').dialect.quote('a`b')).toBe('`a``b`')
  expect(createEngine('mysql://h/d').dialect.literal("\\' OR 1=1 -- ")).toBe("'\\\\'' OR 1=1 -- '")
  expect(() => dialect.quote('a\0b')).toThrow('NUL')
})
