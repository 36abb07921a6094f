import {
  ArgumentError,
  Model,
  NoResultFound,
  Query,
  RelatedList,
  Session,
  SQLAlchemy,
} from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { DEFAULT, make, makeApp, program, sameAsFlask } from './guide.ts'

/** As the guide's example: a query that gives a default where there is no row. */
class GetOrQuery<T = unknown, E = T> extends Query<T, E> {
  async getOr(identity: unknown, fallback: string): Promise<T | string> {
    return (await this.get(identity)) ?? fallback
  }
}

class NumberedSession extends Session {
  readonly number = 7
}

sameAsFlask('db is customized as in Flask-SQLAlchemy:', [
  program(
    'a model class gives columns and methods to all models',
    `
class IdModel(Model):
    @declared_attr
    def id(cls):
        return db.Column(db.Integer, primary_key=True)
    def hello(self):
        return "%s %s" % (type(self).__name__, self.id)
    def __repr__(self):
        return "a " + type(self).__name__
    @classmethod
    def called(cls):
        return cls.__tablename__
app, db = make(model_class=IdModel)
class User(db.Model):
    name = db.Column(db.String(20))
class Post(db.Model):
    title = db.Column(db.String(20))
with app.app_context():
    db.create_all()
    db.session.add_all([User(name="ada"), Post(title="hi", id=5)])
    db.session.commit()
    user, post = User.query.one(), Post.query.one()
    say(user.hello(), post.hello(), repr(user), User.called(), Post.called(), isinstance(user, IdModel), isinstance(user, Model))
    say(sorted(c.name for c in User.__table__.columns), sorted(c.name for c in Post.__table__.columns), sorted(db.metadata.tables))
`,
    async (say) => {
      class IdModel extends Model {
        id = db.Column(db.Integer, { primaryKey: true })
        static called(this: unknown): string {
          return (this as typeof User).table.name
        }
        hello(): string {
          return `${this.constructor.name} ${this.id}`
        }
        override toString(): string {
          return `a ${this.constructor.name}`
        }
      }
      const app = makeApp()
      const db: SQLAlchemy<IdModel> = new SQLAlchemy<IdModel>(app, { modelClass: IdModel })
      class User extends db.Model<User>() {
        name = db.Column(db.String(20))
      }
      class Post extends db.Model<Post>() {
        title = db.Column(db.String(20))
      }
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.addAll([new User({ name: 'ada' }), new Post({ title: 'hi', id: 5 })])
        await db.session.commit()
        const user = await User.query.one()
        const post = await Post.query.one()
        say(user.hello(), post.hello(), user, IdModel.called.call(User), IdModel.called.call(Post))
        say(user instanceof IdModel, user instanceof Model)
        say(User.table.columns.map(({ name }) => name).toSorted())
        say(Post.table.columns.map(({ name }) => name).toSorted())
        say(Object.keys(db.metadata.tables).toSorted())
      })
    },
  ),
  program(
    'a query class is that of models, of the session and of dynamic relationships; a model may have its own',
    `
class GetOrQuery(Query):
    def get_or(self, ident, default=None):
        out = self.get(ident)
        return default if out is None else out
class Loud(GetOrQuery):
    def get_or(self, ident, default=None):
        return "!" + str(super().get_or(ident, default))
app, db = make(query_class=GetOrQuery)
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    posts = db.relationship("Post", lazy="dynamic")
class Post(db.Model):
    query_class = Loud
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("user.id"))
with app.app_context():
    db.create_all()
    user = User(posts=[Post(), Post()])
    db.session.add(user); db.session.commit()
    say(User.query.get_or(1, "none"), User.query.get_or(9, "none"), Post.query.get_or(9, "none"), db.session.query(Post).get_or(9, "none"))
    say(db.Query is GetOrQuery, type(User.query).__name__, type(Post.query.filter_by(id=1)).__name__, isinstance(user.posts, GetOrQuery), type(db.session.query(User.id)).__name__)
    say(type(user.posts.filter_by(id=1)).__name__ in ("GetOrQuery", "AppenderGetOrQuery"), user.posts.count(), isinstance(User.query, Query))
`,
    async (say) => {
      class Loud<T = unknown, E = T> extends GetOrQuery<T, E> {
        override async getOr(identity: unknown, fallback: string): Promise<string> {
          return `!${await super.getOr(identity, fallback)}`
        }
      }
      const { app, db } = make(DEFAULT, { queryClass: GetOrQuery })
      class User extends db.Model<User>() {
        declare static readonly query: GetOrQuery<User>
        id = db.Column(db.Integer, { primaryKey: true })
        posts = db.dynamicLoader(() => Post)
      }
      class Post extends db.Model<Post>() {
        static queryClass = Loud
        declare static readonly query: Loud<Post>
        id = db.Column(db.Integer, { primaryKey: true })
        userId = db.Column<number>('user_id', db.ForeignKey('user.id'))
      }
      await app.appContext().run(async () => {
        await db.createAll()
        const user = new User({ posts: [new Post(), new Post()] as never })
        db.session.add(user)
        await db.session.commit()
        const query = db.session.query(Post) as GetOrQuery<Post>
        say(
          await User.query.getOr(1, 'none'),
          await User.query.getOr(9, 'none'),
          await Post.query.getOr(9, 'none'),
          await query.getOr(9, 'none'),
        )
        const name = (of: object): string => of.constructor.name
        say(
          db.Query === GetOrQuery,
          name(User.query),
          name(Post.query.filterBy({ id: 1 })),
          user.posts instanceof GetOrQuery,
          name(db.session.query(User.c.id)),
          user.posts.filterBy({ id: 1 }) instanceof GetOrQuery,
          await user.posts.count(),
          User.query instanceof Query,
        )
      })
    },
  ),
  program(
    'session options are those of every session: its class, its flushing, its scope',
    `
class NumberedSession(Session):
    number = 7
key = ["a"]
app, db = make(session_options={"class_": NumberedSession, "autoflush": False, "info": {"x": 1}, "scopefunc": lambda: key[0]})
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
with app.app_context():
    db.create_all()
    first = db.session()
    say(type(first).__name__, first.number, db.session().number, db.session.autoflush, db.session.info["x"])
    db.session.add(User())
    say(User.query.count())
    key[0] = "b"
    say(db.session() is first)
    key[0] = "a"
    say(db.session() is first)
    with app.app_context():
        say(db.session() is first)
say(first.number)
with app.app_context():
    say(db.session() is first)
`,
    async (say) => {
      let key = 'a'
      const { app, db } = make(DEFAULT, {
        sessionOptions: {
          class: NumberedSession,
          autoflush: false,
          info: { x: 1 },
          scopefunc: () => key,
        },
      })
      class User extends db.Model<User>() {
        id = db.Column(db.Integer, { primaryKey: true })
      }
      let first = null as NumberedSession | null
      await app.appContext().run(async () => {
        await db.createAll()
        first = db.session() as NumberedSession
        say(first.constructor.name, first.number, (db.session as { number?: number }).number)
        say(db.session.autoflush, db.session.info.x)
        db.session.add(new User())
        say(await User.query.count())
        key = 'b'
        say(db.session() === first)
        key = 'a'
        say(db.session() === first)
        await app.appContext().run(() => say(db.session() === first))
      })
      say(first?.number)
      app.appContext().run(() => say(db.session() === first))
    },
  ),
  program(
    'listeners of db.session hear all its sessions, those of no other db',
    `
app, db = make()
other_app, other = make()
heard = []
event.listen(db.session, "before_commit", lambda session: heard.append(session))
for a, d in (app, db), (app, db), (other_app, other):
    with a.app_context():
        d.session.execute(sa.text("select 1"))
        d.session.commit()
say(len(heard), heard[0] is heard[1])
`,
    async (say) => {
      const { app, db } = make()
      const elsewhere = make()
      const heard: unknown[] = []
      db.event.listen(db.session, 'beforeCommit', (session) => heard.push(session))
      for (const each of [{ app, db }, { app, db }, elsewhere]) {
        await each.app.appContext().run(async () => {
          await each.db.session.execute(each.db.text('select 1'))
          await each.db.session.commit()
        })
      }
      say(heard.length, heard[0] === heard[1])
    },
  ),
  program(
    'engine options are the defaults of every engine',
    `
app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite:///a.db", "SQLALCHEMY_BINDS": {"b": "sqlite:///b.db"}}, engine_options={"pool_size": 3, "poolclass": sa.pool.QueuePool})
with app.app_context():
    say([e.pool.size() for e in db.engines.values()])
say(fails(lambda: make(engine_options={"nonsense": 1})))
`,
    (say) => {
      const { app, db } = make(
        { SQLALCHEMY_DATABASE_URI: 'sqlite:///a.db', SQLALCHEMY_BINDS: { b: 'sqlite:///b.db' } },
        { engineOptions: { pool_size: 3 } },
      )
      app.appContext().run(() => say([...db.engines.values()].map(({ pool }) => pool.size)))
      try {
        make(DEFAULT, { engineOptions: { nonsense: 1 } })
      } catch {
        say('TypeError')
      }
    },
  ),
])

describe('a model class', () => {
  it('must extend Model', () => {
    class Plain {}
    expect(() => make(DEFAULT, { modelClass: Plain as never })).toThrow(ArgumentError)
  })

  it('may have relationships and values of its own, once for each model', async () => {
    const app = makeApp()
    class Base extends Model {
      id = db.Column(db.Integer, { primaryKey: true })
      note = db.Column(db.String(20), { default: 'none' })
    }
    const db: SQLAlchemy<Base> = new SQLAlchemy<Base>(app, { modelClass: Base })
    class Parent extends db.Model<Parent>() {
      children = db.relationship(() => Child)
    }
    class Child extends db.Model<Child>() {
      parentId = db.Column<number>('parent_id', db.ForeignKey('parent.id'))
    }
    await app.appContext().run(async () => {
      await db.createAll()
      db.session.add(new Parent({ children: [new Child(), new Child({ note: 'some' })] }))
      await db.session.commit()
      const parent = await Parent.query.options(db.joinedload(Parent.c.children)).one()
      expect(parent.children).toBeInstanceOf(RelatedList)
      expect([...parent.children].map(({ note }) => note)).toEqual(['none', 'some'])
      expect(Parent.table).not.toBe(Child.table)
    })
  })
})

describe('getOr404', () => {
  it('takes the options of session.get, as in Flask-SQLAlchemy 3.1', async () => {
    const { app, db } = make()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      name = db.Column(db.String(20))
    }
    await app.appContext().run(async () => {
      await db.createAll()
      db.session.add(new User({ name: 'ada' }))
      await db.session.commit()
      const user = await db.getOr404(User, 1)
      user.name = 'changed'
      await db.session.noAutoflush(() => db.getOr404(User, 1, { populateExisting: true }))
      expect(user.name).toBe('ada')
      await expect(db.session.getOne(User, 9)).rejects.toThrow(NoResultFound)
    })
  })
})

describe('the session option getBind', () => {
  it('chooses databases by itself, and leaves the rest to bind keys', async () => {
    const config = { ...DEFAULT, SQLALCHEMY_BINDS: { archive: 'sqlite://' } }
    let archived = false
    const { app, db } = make(config, {
      sessionOptions: {
        getBind: (mapper) =>
          archived && mapper?.modelClass.name === 'Note' ? db.engines.get('archive') : undefined,
      },
    })
    class Note extends db.Model<Note>() {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    await app.appContext().run(async () => {
      for (const engine of db.engines.values()) await db.metadata.createAll(engine)
      db.session.addAll([new Note(), new Note()])
      await db.session.commit()
      expect(await Note.query.count()).toBe(2)
      archived = true
      await db.session.remove()
      expect(await Note.query.count()).toBe(0)
    })
  })
})
