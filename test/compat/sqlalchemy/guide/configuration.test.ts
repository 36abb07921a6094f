import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createEngine, SQLAlchemy } from 'bustapi/sqlalchemy'
import { describe, expect, it, vi } from 'vitest'
import { fails, make, makeApp, program, sameAsFlask } from './guide.ts'

sameAsFlask('configuration is read as Flask-SQLAlchemy reads it:', [
  program(
    'the keys have its defaults',
    `
app, db = make()
say({key: value for key, value in sorted(app.config.items()) if key.startswith("SQLALCHEMY_")})
`,
    (say) => {
      const { app } = make()
      const keys = Object.entries(app.config).filter(([key]) => key.startsWith('SQLALCHEMY_'))
      say(Object.fromEntries(keys.toSorted(([a], [b]) => (a < b ? -1 : 1))))
    },
  ),
  program(
    'a relative SQLite path is below the instance folder, an absolute one is not, memory is no file',
    `
import os
for uri in "sqlite:///notes.db", "sqlite:///below/notes.db", "sqlite:////tmp/notes.db", "sqlite://", "sqlite:///:memory:", "sqlite:///file:notes.db?uri=true", "sqlite:///file:/tmp/notes.db?uri=true":
    app, db = make({"SQLALCHEMY_DATABASE_URI": uri})
    with app.app_context():
        say(str(db.engine.url).replace(app.instance_path, "INSTANCE"))
`,
    (say) => {
      for (const uri of [
        'sqlite:///notes.db',
        'sqlite:///below/notes.db',
        'sqlite:////tmp/notes.db',
        'sqlite://',
        'sqlite:///:memory:',
        'sqlite:///file:notes.db?uri=true',
        'sqlite:///file:/tmp/notes.db?uri=true',
      ]) {
        const { app, db } = make({ SQLALCHEMY_DATABASE_URI: uri })
        app.appContext().run(() => {
          say(String(db.engine.url).replace(app.instancePath, 'INSTANCE'))
        })
      }
    },
  ),
  program(
    'binds are text or options, and the options of all engines come first',
    `
app, db = make({
    "SQLALCHEMY_DATABASE_URI": "sqlite:///main.db",
    "SQLALCHEMY_ENGINE_OPTIONS": {"pool_size": 7},
    "SQLALCHEMY_BINDS": {"text": "sqlite:///text.db", "own": {"url": "sqlite:///own.db", "pool_size": 2}},
}, engine_options={"pool_size": 3, "poolclass": sa.pool.QueuePool})
with app.app_context():
    for key in None, "text", "own":
        engine = db.engines[key]
        say(key, engine.url.database.rsplit("/", 1)[-1], engine.pool.size())
    say(db.engine is db.engines[None], sorted(db.metadatas, key=str))
`,
    (say) => {
      const { app, db } = make(
        {
          SQLALCHEMY_DATABASE_URI: 'sqlite:///main.db',
          SQLALCHEMY_ENGINE_OPTIONS: { pool_size: 7 },
          SQLALCHEMY_BINDS: {
            text: 'sqlite:///text.db',
            own: { url: 'sqlite:///own.db', pool_size: 2 },
          },
        },
        { engineOptions: { poolSize: 3 } },
      )
      app.appContext().run(() => {
        for (const key of [null, 'text', 'own']) {
          const engine = db.engines.get(key)
          say(key, engine?.url.database?.split('/').at(-1), engine?.pool.size)
        }
        const keys = [...db.metadatas.keys()].map((key) => key ?? 'None').toSorted()
        say(
          db.engine === db.engines.get(null),
          keys.map((key) => (key === 'None' ? null : key)),
        )
      })
    },
  ),
  program(
    'the URI may be an engine option, and the default database among the binds',
    `
def names(config, **options):
    app, db = make(config, **options)
    with app.app_context():
        return {str(key): engine.url.database.rsplit("/", 1)[-1] for key, engine in db.engines.items()}
say(names({"SQLALCHEMY_ENGINE_OPTIONS": {"url": "sqlite:///a.db"}}))
say(names({}, engine_options={"url": "sqlite:///a.db"}))
say(names({"SQLALCHEMY_DATABASE_URI": "sqlite:///b.db", "SQLALCHEMY_ENGINE_OPTIONS": {"url": "sqlite:///a.db"}}))
say(names({"SQLALCHEMY_BINDS": {None: "sqlite:///c.db", "x": "sqlite:///d.db"}}))
say(names({"SQLALCHEMY_BINDS": {None: "sqlite:///c.db"}, "SQLALCHEMY_DATABASE_URI": "sqlite:///e.db"}))
say(names({"SQLALCHEMY_DATABASE_URI": sa.engine.make_url("sqlite:///f.db")}))
`,
    (say) => {
      const names = (...given: Parameters<typeof make>): void => {
        const { app, db } = make(...given)
        app.appContext().run(() => {
          const found = [...db.engines].map(([key, { url }]) => [
            key ?? 'None',
            url.database?.split('/').at(-1),
          ])
          say(Object.fromEntries(found))
        })
      }
      names({ SQLALCHEMY_ENGINE_OPTIONS: { url: 'sqlite:///a.db' } })
      names({}, { engineOptions: { url: 'sqlite:///a.db' } })
      names({
        SQLALCHEMY_DATABASE_URI: 'sqlite:///b.db',
        SQLALCHEMY_ENGINE_OPTIONS: { url: 'sqlite:///a.db' },
      })
      const binds = new Map<string | null, string>([
        [null, 'sqlite:///c.db'],
        ['x', 'sqlite:///d.db'],
      ])
      names({ SQLALCHEMY_BINDS: binds })
      names({
        SQLALCHEMY_BINDS: new Map([[null, 'sqlite:///c.db']]),
        SQLALCHEMY_DATABASE_URI: 'sqlite:///e.db',
      })
      names({ SQLALCHEMY_DATABASE_URI: createEngine('sqlite:///f.db').url })
    },
  ),
  program(
    'MySQL is asked for utf8mb4, unless the URI names a character set',
    `
for uri in "mysql+pymysql://u:p@host/db", "mysql+pymysql://u:p@host/db?charset=latin1":
    options = {"url": uri}
    SQLAlchemy()._apply_driver_defaults(options, make_app())
    say(sa.engine.make_url(options["url"]).query["charset"])
`,
    (say) => {
      for (const query of ['', '?charset=latin1']) {
        const { app, db } = make({ SQLALCHEMY_DATABASE_URI: `mysql+pymysql://u:p@host/db${query}` })
        app.appContext().run(() => say(db.engine.url.query.charset))
      }
    },
  ),
  program(
    'nothing to connect to, and nonsense, are refused at once',
    `
for config in {}, {"SQLALCHEMY_BINDS": {}}, {"SQLALCHEMY_DATABASE_URI": "nonsense"}, {"SQLALCHEMY_DATABASE_URI": "nosuch://x"}:
    say(fails(lambda: make(config)))
`,
    async (say) => {
      for (const config of [
        {},
        { SQLALCHEMY_BINDS: {} },
        { SQLALCHEMY_DATABASE_URI: 'nonsense' },
        { SQLALCHEMY_DATABASE_URI: 'nosuch://x' },
      ]) {
        say(await fails(() => new SQLAlchemy(makeApp(config))))
      }
    },
  ),
])

describe('SQLALCHEMY_ECHO', () => {
  it('writes every statement, of all engines or of the one whose option it is', async () => {
    const lines: string[] = []
    const log = vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(String(line)))
    try {
      for (const config of [
        { SQLALCHEMY_ECHO: true, SQLALCHEMY_BINDS: { loud: 'sqlite://' } },
        { SQLALCHEMY_BINDS: { loud: { url: 'sqlite://', echo: true }, quiet: 'sqlite://' } },
      ]) {
        const { app, db } = make(config)
        await app.appContext().run(async () => {
          for (const [key, engine] of db.engines) {
            const connection = await engine.connect()
            await connection.execute(db.text(`SELECT '${key}'`) as never)
            await connection.close()
          }
        })
      }
    } finally {
      log.mockRestore()
    }
    const text = lines.join('\n')
    expect(text.match(/SELECT 'loud'/g)).toHaveLength(2)
    expect(text).not.toContain('quiet')
  })
})

describe('an SQLite file', () => {
  it('is made in the instance folder, which is made as well', async () => {
    const app = makeApp({ SQLALCHEMY_DATABASE_URI: 'sqlite:///notes.db' })
    const below = makeApp({ SQLALCHEMY_DATABASE_URI: 'sqlite:///file:notes.db?uri=true' })
    for (const each of [app, below]) {
      const db = new SQLAlchemy(each)
      await each.appContext().run(async () => {
        await db.session.execute(db.text('CREATE TABLE t (x INTEGER)'))
        await db.session.commit()
      })
      expect(existsSync(join(each.instancePath, 'notes.db'))).toBe(true)
    }
  })
})
