import { type Engine, Inspector, MetaData, SQLAlchemy, type Table } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { constraintName, indexName } from '../../../../compat/sqlalchemy/schema/naming.ts'
import { DEFAULT, fails, make, makeApp, program, sameAsFlask } from './guide.ts'

/** What a table is: columns, constraints and indexes with their names. */
const SHOW_TABLE = `
def show(table):
    def refs(c):
        return [str(e.target_fullname) for e in c.elements] if hasattr(c, "elements") else []
    return [table.name, [[c.name, type(c.type).__name__, c.nullable, c.primary_key] for c in table.columns],
        sorted([type(c).__name__, str(c.name) if c.name else None, [x.name for x in c.columns], refs(c)] for c in table.constraints if len(list(c.columns)) or type(c).__name__ != "PrimaryKeyConstraint"),
        sorted([i.name, [c.name for c in i.columns], bool(i.unique)] for i in table.indexes)]
`

const COMMON_NAMES = `{
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s",
}`

const NAMES = {
  ix: 'ix_%(column_0_label)s',
  uq: 'uq_%(table_name)s_%(column_0_name)s',
  ck: 'ck_%(table_name)s_%(constraint_name)s',
  fk: 'fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s',
  pk: 'pk_%(table_name)s',
}

sameAsFlask('models and tables are as in Flask-SQLAlchemy:', [
  program(
    'a table is named after its class, unless the class says its name',
    `
app, db = make()
def model(name, **extra):
    return type(name, (db.Model,), {"id": db.Column(db.Integer, primary_key=True), "__module__": "x", **extra})
for name in "User", "HTTPRequest", "UserHTTPLog", "OAuth2Token", "Camel2Case", "A", "ABCModel", "lower", "With_Under", "X1Y2Z":
    say(model(name).__table__.name)
say(model("Named", __tablename__="other").__table__.name)
class Base(db.Model):
    __abstract__ = True
    id = db.Column(db.Integer, primary_key=True)
class Child(Base): pass
class TableMixin:
    __tablename__ = "mixed"
class Mixed(TableMixin, db.Model):
    id = db.Column(db.Integer, primary_key=True)
say(Child.__table__.name, Mixed.__table__.name, sorted(db.metadata.tables)[:3])
`,
    (say) => {
      const { db } = make()
      const model = (name: string, tablename?: string) => {
        const made = {
          [name]: class extends db.Model {
            id = db.Column(db.Integer, { primaryKey: true })
          },
        }[name] as unknown as typeof db.Model
        if (tablename !== undefined) Object.assign(made, { tablename })
        return made
      }
      for (const name of [
        'User',
        'HTTPRequest',
        'UserHTTPLog',
        'OAuth2Token',
        'Camel2Case',
        'A',
        'ABCModel',
        'lower',
        'With_Under',
        'X1Y2Z',
      ]) {
        say(model(name).table.name)
      }
      say(model('Named', 'other').table.name)
      class Base extends db.Model {
        static abstract = true
        id = db.Column(db.Integer, { primaryKey: true })
      }
      class Child extends Base {}
      class Mixed extends db.Model {
        static tablename = 'mixed'
        id = db.Column(db.Integer, { primaryKey: true })
      }
      say(Child.table.name, Mixed.table.name)
      say(Object.keys(db.metadata.tables).toSorted().slice(0, 3))
    },
  ),
  program(
    'abstract bases give columns, and a class without a key shares the table of its base',
    `${SHOW_TABLE}
import datetime
app, db = make()
class Timestamped(db.Model):
    __abstract__ = True
    id = db.Column(db.Integer, primary_key=True)
    created = db.Column(db.DateTime, nullable=False)
class Author(Timestamped):
    name = db.Column(db.String(20))
class Post(Timestamped):
    title = db.Column(db.String(20), unique=True)
class Employee(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    kind = db.Column(db.String(10))
    __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "employee"}
class Manager(Employee):
    budget = db.Column(db.Integer)
    __mapper_args__ = {"polymorphic_identity": "manager"}
say(sorted(show(Author.__table__)[1]), sorted(show(Post.__table__)[1]), show(Post.__table__)[2:])
say(Manager.__table__ is Employee.__table__, show(Employee.__table__))
with app.app_context():
    db.create_all()
    db.session.add_all([Employee(), Manager(budget=7)])
    db.session.commit()
    say(Employee.query.order_by(Employee.id).all(), Manager.query.all())
`,
    async (say) => {
      const { app, db } = make()
      class Timestamped extends db.Model {
        static abstract = true
        id = db.Column(db.Integer, { primaryKey: true })
        created = db.Column(db.DateTime, { nullable: false })
      }
      class Author extends Timestamped {
        name = db.Column(db.String(20))
      }
      class Post extends Timestamped {
        title = db.Column(db.String(20), { unique: true })
      }
      class Employee extends db.Model<Employee>() {
        static mapperArgs = { polymorphicOn: 'kind', polymorphicIdentity: 'employee' }
        id = db.Column(db.Integer, { primaryKey: true })
        kind = db.Column(db.String(10))
      }
      class Manager extends db.Model<Manager, typeof Employee>(Employee) {
        static mapperArgs = { polymorphicIdentity: 'manager' }
        budget = db.Column(db.Integer)
      }
      const sorted = (rows: unknown[]): unknown[] =>
        rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
      const columns = (table: typeof Post.table): unknown[] => show(table)[1] as unknown[]
      say(sorted(columns(Author.table)), sorted(columns(Post.table)), show(Post.table).slice(2))
      db.register(Manager)
      say(Manager.table === Employee.table, show(Employee.table))
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.addAll([new Employee(), new Manager({ budget: 7 })])
        await db.session.commit()
        say(await Employee.query.orderBy(Employee.c.id).all(), await Manager.query.all())
      })
    },
  ),
  program(
    'a naming convention names what has no name, in every database',
    `${SHOW_TABLE}
names = ${COMMON_NAMES}
app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_BINDS": {"other": "sqlite://"}}, metadata=sa.MetaData(naming_convention=names))
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20), unique=True)
    mail = db.Column(db.String(20), index=True)
    boss_id = db.Column(db.ForeignKey("user.id"))
    age = db.Column(db.Integer)
    __table_args__ = (db.CheckConstraint("age > 0", name="grown"), db.UniqueConstraint("mail", "age"), db.Index(None, "age"), db.Index("by_hand", "boss_id"))
class Other(db.Model):
    __bind_key__ = "other"
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20), unique=True)
say(show(User.__table__), show(Other.__table__), Other.metadata is db.metadatas["other"], db.metadatas["other"].naming_convention == db.metadata.naming_convention)
with app.app_context():
    db.create_all()
    say("constraint uq_user_name unique (name)" in db.session.execute(db.text("select sql from sqlite_master where name = 'user'")).scalar().lower())
`,
    async (say) => {
      const { app, db } = make(
        { ...DEFAULT, SQLALCHEMY_BINDS: { other: 'sqlite://' } },
        { metadata: new MetaData({ namingConvention: NAMES }) },
      )
      class User extends db.Model<User>() {
        static tableArgs = [
          db.CheckConstraint('age > 0', { name: 'grown' }),
          db.UniqueConstraint('mail', 'age'),
          db.Index(null, 'age'),
          db.Index('by_hand', 'boss_id'),
        ]
        id = db.Column(db.Integer, { primaryKey: true })
        name = db.Column(db.String(20), { unique: true })
        mail = db.Column(db.String(20), { index: true })
        boss_id = db.Column<number>(db.ForeignKey('user.id'))
        age = db.Column(db.Integer)
      }
      class Other extends db.Model<Other>() {
        static bindKey = 'other'
        id = db.Column(db.Integer, { primaryKey: true })
        name = db.Column(db.String(20), { unique: true })
      }
      const other = db.metadatas.get('other')
      say(show(User.table), show(Other.table), Other.metadata === other)
      say(JSON.stringify(other?.namingConvention) === JSON.stringify(db.metadata.namingConvention))
      await app.appContext().run(async () => {
        await db.createAll()
        const sql = await db.session.scalar(
          db.text("select sql from sqlite_master where name = 'user'"),
        )
        const text = String(sql).toLowerCase().replaceAll('"', '')
        say(text.includes('constraint uq_user_name unique (name)'))
      })
    },
  ),
  program(
    'db.Table makes a table without a model, in the database of its bind key or in a metadata of its own',
    `
app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_BINDS": {"other": "sqlite://"}})
plain = db.Table("plain", db.Column("id", db.Integer, primary_key=True), db.Column("name", db.String(20)))
bound = db.Table("bound", db.Column("id", db.Integer, primary_key=True), bind_key="other")
mine = sa.MetaData()
own = db.Table("own", mine, db.Column("id", db.Integer, primary_key=True))
say(plain.metadata is db.metadata, bound.metadata is db.metadatas["other"], own.metadata is mine, sorted(db.metadata.tables), sorted(db.metadatas["other"].tables))
with app.app_context():
    db.create_all()
    db.session.execute(db.insert(plain).values(name="a"))
    db.session.commit()
    with db.engines["other"].begin() as c:
        c.execute(db.insert(bound).values(id=5))
        say([tuple(r) for r in db.session.execute(db.select(plain))], c.execute(db.select(bound.c.id)).scalars().all())
    say([sorted(sa.inspect(e).get_table_names()) for e in db.engines.values()])
`,
    async (say) => {
      const { app, db } = make({ ...DEFAULT, SQLALCHEMY_BINDS: { other: 'sqlite://' } })
      const id = () => db.Column('id', db.Integer, { primaryKey: true })
      const plain = db.Table('plain', id(), db.Column('name', db.String(20)))
      const bound = db.Table('bound', id(), { bindKey: 'other' })
      const mine = new MetaData()
      const own = db.Table('own', mine, id())
      const other = db.metadatas.get('other') as MetaData
      say(plain.metadata === db.metadata, bound.metadata === other, own.metadata === mine)
      say(Object.keys(db.metadata.tables), Object.keys(other.tables))
      await app.appContext().run(async () => {
        await db.createAll()
        await db.session.execute(db.insert(plain).values({ name: 'a' }))
        await db.session.execute(db.insert(bound).values({ id: 5 }))
        await db.session.commit()
        const rows = await db.session.execute(db.select(plain)).all()
        say(rows.map((row) => [...(row as Iterable<unknown>)]))
        const connection = await (db.engines.get('other') as Engine).connect()
        const found = await connection.execute(db.select(bound.c.id as never))
        await connection.close()
        say(found.rows.map(({ id: number }) => number))
        const names: unknown[] = []
        for (const engine of [db.engines.get('other'), db.engines.get(null)]) {
          names.push(await new Inspector(engine as Engine).getTableNames())
        }
        say(names)
      })
    },
  ),
  program(
    'tables of a database are reflected, and used as they are or by a class',
    `
app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_BINDS": {"other": "sqlite://"}})
with app.app_context():
    for engine in db.engines.values():
        with engine.begin() as c:
            c.execute(sa.text("CREATE TABLE book (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL)"))
            c.execute(sa.text("CREATE TABLE page (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES book (id))"))
            c.execute(sa.text("INSERT INTO book VALUES (1, 'one')"))
    db.reflect("other")
    say(sorted(db.metadata.tables), sorted(db.metadatas["other"].tables))
    db.reflect()
    say(sorted(db.metadata.tables))
    class Book(db.Model):
        __table__ = db.metadata.tables["book"]
    class OtherBook(db.Model):
        __table__ = db.metadatas["other"].tables["book"]
    class Page(db.Model):
        __tablename__ = "page"
        book = db.relationship(Book)
    book = db.session.get(Book, 1)
    say(book, book.title, db.session.get(OtherBook, 1), [c.name for c in Page.__table__.columns])
    book.title = "changed"
    db.session.add(Page(book=book))
    db.session.commit()
    say(db.session.get(Page, 1).book.title, db.session.get(OtherBook, 1).title)
    say(fails(lambda: db.reflect("unknown")))
`,
    async (say) => {
      const { app, db } = make({ ...DEFAULT, SQLALCHEMY_BINDS: { other: 'sqlite://' } })
      await app.appContext().run(async () => {
        for (const engine of db.engines.values()) {
          const connection = await engine.connect()
          await connection.begin()
          for (const sql of [
            'CREATE TABLE book (id INTEGER PRIMARY KEY, title VARCHAR(20) NOT NULL)',
            'CREATE TABLE page (id INTEGER PRIMARY KEY, book_id INTEGER REFERENCES book (id))',
            "INSERT INTO book VALUES (1, 'one')",
          ]) {
            await connection.execute(db.text(sql) as never)
          }
          await connection.commit()
          await connection.close()
        }
        await db.reflect('other')
        const other = db.metadatas.get('other') as MetaData
        say(Object.keys(db.metadata.tables), Object.keys(other.tables).toSorted())
        await db.reflect()
        say(Object.keys(db.metadata.tables).toSorted())
        class Book extends db.Model {
          static override table = db.metadata.tables.book as never
          declare title: string
        }
        class OtherBook extends db.Model {
          static override table = other.tables.book as never
          declare title: string
        }
        class Page extends db.Model {
          static tablename = 'page'
          book = db.relationship(() => Book, { uselist: false })
        }
        const book = (await db.session.get(Book, 1)) as Book
        say(book, book.title, await db.session.get(OtherBook, 1))
        say(Page.table.columns.map(({ name }) => name))
        book.title = 'changed'
        db.session.add(new Page({ book }))
        await db.session.commit()
        const page = (await db.session.get(Page, 1)) as Page
        say((await page.book)?.title, (await db.session.get(OtherBook, 1))?.title)
        say(await fails(() => db.reflect('unknown')))
      })
    },
  ),
])

function show(table: Table): unknown[] {
  const order = (rows: unknown[][]): unknown[][] =>
    rows.toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
  const constraints = table.constraints
    .filter((one) => one.columns.length > 0 || !one.constructor.name.startsWith('PrimaryKey'))
    .map((one) => [
      one.constructor.name,
      nameOf(one),
      one.columns.map(({ name }) => name),
      'elements' in one
        ? (one.elements as { targetFullname: string }[]).map((element) => element.targetFullname)
        : [],
    ])
  return [
    table.name,
    table.columns.map((column) => [
      column.name,
      column.type.constructor.name.replace(/Type$/, ''),
      column.nullable,
      column.primaryKey,
    ]),
    order(constraints),
    order(
      table.indexes.map((index) => [
        nameOf(index),
        index.columns.map(({ name }) => name),
        Boolean(index.unique),
      ]),
    ),
  ]
}

describe('disableAutonaming, as in Flask-SQLAlchemy 3.1', () => {
  it('wants every model to say its name', () => {
    const db = new SQLAlchemy(makeApp(), { disableAutonaming: true })
    class Named extends db.Model {
      static tablename = 'called'
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Unnamed extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Below extends Named {}
    expect([Named.table.name, Below.table.name]).toEqual(['called', 'called'])
    expect(() => Unnamed.table).toThrow(
      "Class 'Unnamed' does not have a static table or tablename specified and does not inherit from an existing table-mapped class.",
    )
  })
})

describe('static metadata', () => {
  it('counts for more than a bind key', () => {
    const { db } = make()
    const own = new MetaData()
    class Elsewhere extends db.Model {
      static override metadata = own
      static bindKey = 'unused'
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(Elsewhere.table.metadata).toBe(own)
    expect(Object.keys(own.tables)).toEqual(['elsewhere'])
  })
})

describe('metadata.tables', () => {
  it('has the tables of classes that nobody has touched', () => {
    const { db } = make()
    class First extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect('first' in db.metadata.tables).toBe(true)
    class Second extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(db.metadata.tables.second?.name).toBe('second')
    class Third extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    expect(Object.keys(db.metadata.tables)).toEqual(['first', 'second', 'third'])
    expect('constructor' in db.metadata.tables).toBe(false)
    expect([First, Second, Third].map(({ name }) => name)).toHaveLength(3)
  })
})

function nameOf(item: Table['constraints'][number] | Table['indexes'][number]): string | null {
  return 'unique' in item && 'expressions' in item
    ? indexName(item as never)
    : constraintName(item as never)
}
