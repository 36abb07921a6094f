import { Inspector, SQLAlchemy } from 'bustapi/sqlalchemy'
import { fails, make, makeApp, program, sameOnAll } from './guide.ts'

const USERS = `
app, db = make()
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    username = db.Column(db.String(20), unique=True, nullable=False)
    email = db.Column(db.String(40))
`

/** An app with users, as {@link USERS}. */
function users() {
  const { app, db } = make()
  class User extends db.Model<User>() {
    id = db.Column(db.Integer, { primaryKey: true })
    username = db.Column(db.String(20), { unique: true, nullable: false })
    email = db.Column(db.String(40))
  }
  return { app, db, User }
}

sameOnAll('the quickstart gives what Flask-SQLAlchemy gives:', [
  program(
    'tables are created, rows added, read back and shown',
    `${USERS}
with app.app_context():
    db.create_all()
    ada = User(username="ada", email="ada@example.com")
    db.session.add(ada)
    say(ada.id)
    db.session.commit()
    say(ada.id, ada, repr(ada), User.query.count())
    say([u.username for u in db.session.execute(db.select(User).order_by(User.username)).scalars()])
    say(sorted(db.metadata.tables), [c.name for c in User.__table__.columns], User.__tablename__)
`,
    async (say) => {
      const { app, db, User } = users()
      await app.appContext().run(async () => {
        await db.createAll()
        const ada = new User({ username: 'ada', email: 'ada@example.com' })
        db.session.add(ada)
        say(ada.id)
        await db.session.commit()
        say(ada.id, ada, String(ada), await User.query.count())
        const found = await db.session.execute(db.select(User).orderBy(User.c.username)).scalars()
        say(found.all().map(({ username }) => username))
        say(
          Object.keys(db.metadata.tables),
          User.table.columns.map(({ name }) => name),
          User.table.name,
        )
      })
    },
  ),
  program(
    'createAll leaves tables alone that are there, dropAll drops them',
    `${USERS}
with app.app_context():
    db.create_all()
    db.session.add(User(username="ada")); db.session.commit()
    db.create_all()
    say(User.query.count())
    db.session.rollback()
    db.drop_all()
    say(sa.inspect(db.engine).get_table_names(), fails(lambda: User.query.count()))
`,
    async (say) => {
      const { app, db, User } = users()
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.add(new User({ username: 'ada' }))
        await db.session.commit()
        await db.createAll()
        say(await User.query.count())
        await db.session.rollback()
        await db.dropAll()
        say(await new Inspector(db.engine).getTableNames(), await fails(() => User.query.count()))
      })
    },
  ),
  program(
    'rows are changed and deleted by changing and deleting objects',
    `${USERS}
with app.app_context():
    db.create_all()
    db.session.add_all([User(username=n) for n in ("ada", "bob", "cyd")])
    db.session.commit()
    user = db.session.execute(db.select(User).filter_by(username="bob")).scalar_one()
    user.username = "bea"
    say(db.session.dirty)
    db.session.commit()
    db.session.delete(db.session.get(User, 1))
    db.session.commit()
    say([u.username for u in User.query.order_by(User.id)])
    say(fails(lambda: db.session.execute(db.select(User).filter_by(username="bob")).scalar_one()))
    db.session.add(User(username="cyd"))
    say(fails(db.session.commit), fails(lambda: User.query.count()))
    db.session.rollback()
    say(User.query.count())
`,
    async (say) => {
      const { app, db, User } = users()
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.addAll(['ada', 'bob', 'cyd'].map((username) => new User({ username })))
        await db.session.commit()
        const byName = (username: string) => db.select(User).filterBy({ username })
        const user = await db.session.execute(byName('bob')).scalarOne()
        user.username = 'bea'
        say(db.session.dirty)
        await db.session.commit()
        db.session.delete((await db.session.get(User, 1)) as object)
        await db.session.commit()
        say((await User.query.orderBy(User.c.id).all()).map(({ username }) => username))
        say(await fails(() => db.session.execute(byName('bob')).scalarOne()))
        db.session.add(new User({ username: 'cyd' }))
        say(await fails(() => db.session.commit()), await fails(() => User.query.count()))
        await db.session.rollback()
        say(await User.query.count())
      })
    },
  ),
  program(
    'rows that are not there are a 404, with a description where one is given',
    `${USERS}
with app.app_context():
    db.create_all()
    db.session.add_all([User(username=n, email="same") for n in ("ada", "bob")])
    db.session.commit()
    none = db.select(User).filter_by(username="zoe")
    two = db.select(User).filter_by(email="same").order_by(User.id)
    say(db.get_or_404(User, 1), fails(lambda: db.get_or_404(User, 9)), fails(lambda: db.get_or_404(User, 9, description="No such user")))
    say(db.first_or_404(two), fails(lambda: db.first_or_404(none)), fails(lambda: db.first_or_404(none, description="Nobody")))
    say(db.one_or_404(two.limit(1)), fails(lambda: db.one_or_404(none)), fails(lambda: db.one_or_404(two, description="Not one")))
    say(User.query.get_or_404(2), fails(lambda: User.query.get_or_404(9)), fails(lambda: User.query.get_or_404(9, description="No such user")))
    q = User.query.filter_by(username="zoe")
    say(User.query.first_or_404(), fails(q.first_or_404), fails(lambda: q.first_or_404(description="Nobody")))
    say(User.query.filter_by(username="bob").one_or_404(), fails(q.one_or_404), fails(User.query.one_or_404), fails(lambda: User.query.one_or_404(description="Not one")))
    say(fails(lambda: db.first_or_404(db.select(User.email).filter_by(username="zoe"))))
    db.session.add(User(username="cyd")); db.session.commit()
    say(fails(lambda: db.first_or_404(db.select(User.email).filter_by(username="cyd"))))
`,
    async (say) => {
      const { app, db, User } = users()
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.addAll(['ada', 'bob'].map((username) => new User({ username, email: 'same' })))
        await db.session.commit()
        const none = db.select(User).filterBy({ username: 'zoe' })
        const two = db.select(User).filterBy({ email: 'same' }).orderBy(User.c.id)
        say(
          await db.getOr404(User, 1),
          await fails(() => db.getOr404(User, 9)),
          await fails(() => db.getOr404(User, 9, { description: 'No such user' })),
          await db.firstOr404(two),
          await fails(() => db.firstOr404(none)),
          await fails(() => db.firstOr404(none, { description: 'Nobody' })),
          await db.oneOr404(two.limit(1)),
          await fails(() => db.oneOr404(none)),
          await fails(() => db.oneOr404(two, { description: 'Not one' })),
          await User.query.getOr404(2),
          await fails(() => User.query.getOr404(9)),
          await fails(() => User.query.getOr404(9, 'No such user')),
        )
        const query = User.query.filterBy({ username: 'zoe' })
        say(
          await User.query.firstOr404(),
          await fails(() => query.firstOr404()),
          await fails(() => query.firstOr404('Nobody')),
          await User.query.filterBy({ username: 'bob' }).oneOr404(),
          await fails(() => query.oneOr404()),
          await fails(() => User.query.oneOr404()),
          await fails(() => User.query.oneOr404('Not one')),
        )
        const email = db.select(User.c.email)
        say(await fails(() => db.firstOr404(email.filterBy({ username: 'zoe' }))))
        db.session.add(new User({ username: 'cyd' }))
        await db.session.commit()
        say(await fails(() => db.firstOr404(email.filterBy({ username: 'cyd' }))))
      })
    },
  ),
  program(
    'a view answers with rows, and with the 404 page where there is none',
    `${USERS}
@app.get("/users/<int:id>")
def user(id):
    return {"username": db.get_or_404(User, id, description="No such user").username}
with app.app_context():
    db.create_all(); db.session.add(User(username="ada")); db.session.commit()
client = app.test_client()
for path in "/users/1", "/users/2":
    reply = client.get(path)
    say(reply.status_code, reply.mimetype, reply.text.strip())
`,
    async (say) => {
      const { app, db, User } = users()
      app.get('/users/<int:id>', async function user({ id }) {
        const found = await db.getOr404(User, id, { description: 'No such user' })
        return { username: found.username }
      })
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.add(new User({ username: 'ada' }))
        await db.session.commit()
      })
      const client = app.testClient()
      for (const path of ['/users/1', '/users/2']) {
        const reply = await client.get(path)
        say(reply.statusCode, reply.mimetype, reply.text.trim())
      }
    },
  ),
])

sameOnAll('contexts are as in Flask-SQLAlchemy:', [
  program(
    'outside of an app context nothing works but making objects and statements',
    `${USERS}
say(str(User(username="ada")).startswith("<User (transient "), repr(db), str(db.select(User.id)))
say(fails(lambda: db.session.add(User())), fails(lambda: db.engine), fails(lambda: db.engines), fails(db.create_all), fails(lambda: User.query))
`,
    async (say) => {
      const { db, User } = users()
      say(
        String(new User({ username: 'ada' })).startsWith('<User (transient '),
        db,
        'SELECT "user".id \nFROM "user"',
        await fails(() => db.session.add(new User())),
        await fails(() => db.engine),
        await fails(() => db.engines),
        await fails(() => db.createAll()),
        await fails(() => User.query),
      )
    },
  ),
  program(
    'each context has a session of its own, which ends with it and takes back what was not committed',
    `${USERS}
with app.app_context():
    db.create_all()
    first = db.session()
    say(db.session() is first)
    with app.app_context():
        say(db.session() is first)
    db.session.add(User(username="ada"))
    db.session.flush()
    user = User.query.first()
    say(user in db.session, User.query.count())
with app.app_context():
    say(db.session() is first, user in db.session, User.query.count())
    db.session.add(User(username="bob"))
    db.session.remove()
    say(list(db.session.new))
`,
    async (say) => {
      const { app, db, User } = users()
      let first: unknown
      let user: object | null = null
      await app.appContext().run(async () => {
        await db.createAll()
        first = db.session()
        say(db.session() === first)
        await app.appContext().run(() => say(db.session() === first))
        db.session.add(new User({ username: 'ada' }))
        await db.session.flush()
        user = await User.query.first()
        say(db.session.contains(user as object), await User.query.count())
      })
      await app.appContext().run(async () => {
        say(db.session() === first, db.session.contains(user as never as object))
        say(await User.query.count())
        db.session.add(new User({ username: 'bob' }))
        await db.session.remove()
        say(db.session.new)
      })
    },
  ),
  program(
    'db shows its default engine and how many others there are, without a password',
    `
app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_BINDS": {"a": "sqlite://", "b": "sqlite://"}})
say(repr(db))
with app.app_context():
    say(repr(db))
`,
    (say) => {
      const { app, db } = make({
        SQLALCHEMY_DATABASE_URI: 'sqlite://',
        SQLALCHEMY_BINDS: { a: 'sqlite://', b: 'sqlite://' },
      })
      say(db)
      app.appContext().run(() => say(db))
    },
  ),
  program(
    'an app has one db, and a db serves the apps that were given to it only',
    `
app, db = make()
other = SQLAlchemy()
say(fails(lambda: other.init_app(app)), fails(lambda: db.init_app(app)))
with app.app_context():
    say(fails(lambda: other.engine), fails(lambda: other.session.execute(sa.text('select 1'))), fails(lambda: db.engine))
second = make_app()
with second.app_context():
    say(fails(lambda: db.engine))
db.init_app(second)
with second.app_context():
    say(fails(lambda: db.engine), app.extensions["sqlalchemy"] is second.extensions["sqlalchemy"] is db)
with app.app_context():
    mine = db.engine
with second.app_context():
    say(mine is db.engine)
say(fails(lambda: SQLAlchemy(make_app({}))), fails(lambda: SQLAlchemy(make_app({"SQLALCHEMY_BINDS": {}}))))
`,
    async (say) => {
      const { app, db } = make()
      const other = new SQLAlchemy()
      say(await fails(() => other.initApp(app)), await fails(() => db.initApp(app)))
      let mine: unknown
      await app.appContext().run(async () => {
        say(
          await fails(() => other.engine),
          await fails(() => other.session.execute(other.text('select 1'))),
          await fails(() => db.engine),
        )
        mine = db.engine
      })
      const second = makeApp()
      await second.appContext().run(async () => say(await fails(() => db.engine)))
      db.initApp(second)
      await second.appContext().run(async () => {
        say(await fails(() => db.engine))
        say(app.extensions.sqlalchemy === db && second.extensions.sqlalchemy === db)
        say(mine === db.engine)
      })
      say(
        await fails(() => new SQLAlchemy(makeApp({}))),
        await fails(() => new SQLAlchemy(makeApp({ SQLALCHEMY_BINDS: {} }))),
      )
    },
  ),
  program(
    'the shell has db and the models, unless they are not wanted',
    `${USERS}
class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
with app.app_context():
    context = app.make_shell_context()
    say(context["db"] is db, context["User"] is User, sorted(k for k in context if k not in ("app", "g")))
app, db = make(add_models_to_shell=False)
with app.app_context():
    say(sorted(k for k in app.make_shell_context() if k not in ("app", "g")))
`,
    (say) => {
      const { app, db, User } = users()
      class Post extends db.Model<Post>() {
        id = db.Column(db.Integer, { primaryKey: true })
      }
      db.register(Post)
      const names = (context: object) =>
        Object.keys(context)
          .filter((name) => name !== 'app' && name !== 'g')
          .sort()
      app.appContext().run(() => {
        const context = app.makeShellContext() as Record<string, unknown>
        say(context.db === db, context.User === User, names(context))
      })
      const quiet = make({ SQLALCHEMY_DATABASE_URI: 'sqlite://' }, { addModelsToShell: false })
      quiet.app.appContext().run(() => say(names(quiet.app.makeShellContext())))
    },
  ),
])
