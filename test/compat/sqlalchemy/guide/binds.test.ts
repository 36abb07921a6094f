import { SQLAlchemy } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { fails, make, makeApp, program, sameAsFlask } from './guide.ts'

const TWO = {
  SQLALCHEMY_DATABASE_URI: 'sqlite://',
  SQLALCHEMY_BINDS: { auth: 'sqlite://', meta: { url: 'sqlite://' } },
}

const MODELS = `
app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_BINDS": {"auth": "sqlite://", "meta": {"url": "sqlite://"}}})
class User(db.Model):
    __bind_key__ = "auth"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    text = db.Column(db.String(20))
class MetaBase(db.Model):
    __abstract__ = True
    __bind_key__ = "meta"
class Entry(MetaBase):
    id = db.Column(db.Integer, primary_key=True)
class Plain(MetaBase):
    __bind_key__ = None
    id = db.Column(db.Integer, primary_key=True)
def tables(key):
    return sorted(sa.inspect(db.engines[key]).get_table_names())
`

function models() {
  const { app, db } = make(TWO)
  class User extends db.Model<User>() {
    static bindKey: string | null = 'auth'
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
  }
  class Note extends db.Model<Note>() {
    id = db.Column(db.Integer, { primaryKey: true })
    text = db.Column(db.String(20))
  }
  class MetaBase extends db.Model {
    static abstract = true
    static bindKey: string | null = 'meta'
  }
  class Entry extends MetaBase {
    id = db.Column(db.Integer, { primaryKey: true })
  }
  class Plain extends MetaBase {
    static override bindKey: string | null = null
    id = db.Column(db.Integer, { primaryKey: true })
  }
  const tables = async (key: string | null) => {
    const connection = await (db.engines.get(key) as typeof db.engine).connect()
    const sql = db.text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    const { rows } = await connection.execute(sql as never)
    await connection.close()
    return rows.map(({ name }) => name)
  }
  return { app, db, User, Note, Entry, Plain, tables }
}

sameAsFlask('several databases work as in Flask-SQLAlchemy:', [
  program(
    'a bind key decides where a model’s table is, also that of a base',
    `${MODELS}
say([m.metadata.info["bind_key"] for m in (User, Note, Entry, Plain)])
say({str(k): sorted(m.tables) for k, m in db.metadatas.items()})
with app.app_context():
    db.create_all()
    say(tables(None), tables("auth"), tables("meta"))
    db.drop_all("auth")
    say(tables(None), tables("auth"), tables("meta"))
    db.drop_all([None, "meta"])
    say(tables(None), tables("auth"), tables("meta"))
    db.create_all(bind_key=None)
    say(tables(None), tables("auth"), tables("meta"))
    db.create_all(["auth"])
    say(tables(None), tables("auth"), tables("meta"))
`,
    async (say) => {
      const { app, db, User, Note, Entry, Plain, tables } = models()
      say([User, Note, Entry, Plain].map(({ metadata }) => metadata.info.bindKey))
      const known = [...db.metadatas].map(([key, metadata]) => [
        key ?? 'None',
        Object.keys(metadata.tables).toSorted(),
      ])
      say(Object.fromEntries(known))
      const sayTables = async () => {
        for (const key of [null, 'auth', 'meta']) say(await tables(key))
      }
      await app.appContext().run(async () => {
        await db.createAll()
        await sayTables()
        await db.dropAll('auth')
        await sayTables()
        await db.dropAll([null, 'meta'])
        await sayTables()
        await db.createAll(null)
        await sayTables()
        await db.createAll(['auth'])
        await sayTables()
      })
    },
  ),
  program(
    'one session writes to all of them and reads from each',
    `${MODELS}
with app.app_context():
    db.create_all()
    db.session.add_all([User(name="ada"), Note(text="hi"), Entry(), Entry()])
    db.session.commit()
    say(User.query.count(), Note.query.count(), Entry.query.count(), Plain.query.count())
    say([db.session.execute(db.select(m)).scalars().all() for m in (User, Note, Entry)])
    for m in User, Note, Entry, Plain:
        say([k for k, e in db.engines.items() if e is db.session.get_bind(m)][0])
    db.session.add_all([User(name="bob"), Note(text="ho")])
    db.session.flush()
    db.session.rollback()
    say(User.query.count(), Note.query.count())
    User.query.update({"name": "all"}); db.session.commit()
    say(User.query.first().name, User.query.filter_by(name="all").delete(), db.session.get(Note, 1).text)
`,
    async (say) => {
      const { app, db, User, Note, Entry, Plain } = models()
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.addAll([
          new User({ name: 'ada' }),
          new Note({ text: 'hi' }),
          new Entry(),
          new Entry(),
        ])
        await db.session.commit()
        for (const model of [User, Note, Entry, Plain]) say(await model.query.count())
        const all: unknown[] = []
        for (const model of [User, Note, Entry]) {
          all.push(await db.session.scalars(db.select(model)).all())
        }
        say(all)
        for (const model of [User, Note, Entry, Plain]) {
          say([...db.engines].find(([, engine]) => engine === db.session.getBind(model))?.[0])
        }
        db.session.addAll([new User({ name: 'bob' }), new Note({ text: 'ho' })])
        await db.session.flush()
        await db.session.rollback()
        say(await User.query.count(), await Note.query.count())
        await User.query.update({ name: 'all' })
        await db.session.commit()
        say((await User.query.first())?.name)
        say(await User.query.filterBy({ name: 'all' }).delete())
        say((await db.session.get(Note, 1))?.text)
      })
    },
  ),
  program(
    'a key that is not configured is found out when its database is needed',
    `
app, db = make()
class Lost(db.Model):
    __bind_key__ = "lost"
    id = db.Column(db.Integer, primary_key=True)
say(Lost.metadata is db.metadatas["lost"])
with app.app_context():
    for run in db.create_all, lambda: db.create_all("lost"), lambda: db.drop_all("nosuch") if "nosuch" in db.metadatas else db.engines["nosuch"]:
        try: run()
        except sa.exc.UnboundExecutionError as e: say(str(e))
        except KeyError: say("no key")
    try: Lost.query.all()
    except sa.exc.UnboundExecutionError as e: say(str(e))
    db.session.rollback()
    db.session.add(Lost())
    say(fails(db.session.commit))
`,
    async (say) => {
      const { app, db } = make()
      class Lost extends db.Model<Lost>() {
        static bindKey = 'lost'
        id = db.Column(db.Integer, { primaryKey: true })
      }
      say(Lost.metadata === db.metadatas.get('lost'))
      const message = async (run: () => unknown) => {
        try {
          await run()
        } catch (error) {
          say((error as Error).message)
        }
      }
      await app.appContext().run(async () => {
        await message(() => db.createAll())
        await message(() => db.createAll('lost'))
        say(db.engines.has('nosuch') ? 'a key' : 'no key')
        await message(() => Lost.query.all())
        await db.session.rollback()
        db.session.add(new Lost())
        say(await fails(() => db.session.commit()))
      })
    },
  ),
  program(
    'a database of its own needs no default one',
    `
app, db = make({"SQLALCHEMY_BINDS": {"auth": "sqlite://"}})
class User(db.Model):
    __bind_key__ = "auth"
    id = db.Column(db.Integer, primary_key=True)
class Note(db.Model):
    id = db.Column(db.Integer, primary_key=True)
with app.app_context():
    db.create_all("auth")
    db.session.add(User()); db.session.commit()
    say(User.query.count(), fails(Note.query.all), fails(lambda: db.create_all(None)), fails(db.create_all))
`,
    async (say) => {
      const { app, db } = make({ SQLALCHEMY_BINDS: { auth: 'sqlite://' } })
      class User extends db.Model<User>() {
        static bindKey = 'auth'
        id = db.Column(db.Integer, { primaryKey: true })
      }
      class Note extends db.Model<Note>() {
        id = db.Column(db.Integer, { primaryKey: true })
      }
      await app.appContext().run(async () => {
        await db.createAll('auth')
        db.session.add(new User())
        await db.session.commit()
        say(await User.query.count(), await fails(() => Note.query.all()))
        say(await fails(() => db.createAll(null)), await fails(() => db.createAll()))
      })
    },
  ),
])

describe('several databases', () => {
  it('are paged, counted and written to by statements of models, as in Flask-SQLAlchemy 3.1', async () => {
    const { app, db, User } = models()
    await app.appContext().run(async () => {
      await db.createAll()
      await db.session.execute(db.insert(User).values({ name: 'ada' }))
      await db.session.execute(db.insert(User.table).values({ name: 'bob' }))
      await db.session.commit()
      const page = await db.paginate(db.select(User).orderBy(User.c.id), { perPage: 1 })
      expect([page.total, page.items.map(({ name }) => name)]).toEqual([2, ['ada']])
      expect((await User.query.paginate({ page: 2, perPage: 1 })).total).toBe(2)
      await db.session.execute(db.update(User).values({ name: 'x' }))
      await db.session.execute(db.delete(User.table))
      expect(await User.query.count()).toBe(0)
    })
  })

  it('make no default tables where there is no default database and no model for it', async () => {
    const app = makeApp({ SQLALCHEMY_BINDS: { auth: 'sqlite://' } })
    const db = new SQLAlchemy(app)
    class User extends db.Model<User>() {
      static bindKey = 'auth'
      id = db.Column(db.Integer, { primaryKey: true })
    }
    await app.appContext().run(async () => {
      await db.createAll()
      expect(await User.query.count()).toBe(0)
    })
  })
})
