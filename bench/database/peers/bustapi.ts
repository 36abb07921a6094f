import { BustAPI } from 'bustapi'
import { SQLAlchemy } from 'bustapi/sqlalchemy'
import type { Backend, Operations } from '../shape.ts'
import { BATCH, LIST, PAGE, shelves } from '../shape.ts'

const db = new SQLAlchemy()

class Author extends db.Model<Author>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(80), { nullable: false })
  email = db.Column(db.String(120), { nullable: false })
  books = db.relationship(() => Book, { backPopulates: 'author', orderBy: () => Book.c.id })
}

class Book extends db.Model<Book>() {
  id = db.Column(db.Integer, { primaryKey: true })
  title = db.Column(db.String(120), { nullable: false })
  price = db.Column(db.Integer, { nullable: false })
  authorId = db.Column('author_id', db.Integer, db.ForeignKey('author.id'), { nullable: false })
  author = db.relationship(() => Author, { backPopulates: 'books', uselist: false })
}

class Entry extends db.Model<Entry>() {
  id = db.Column(db.Integer, { primaryKey: true })
  label = db.Column(db.String(80), { nullable: false })
  amount = db.Column(db.Integer, { nullable: false })
}

/** `bustapi/sqlalchemy`; each operation has an app context and thereby a session of its own, as each request has. */
export async function open(backend: Backend, uri: string): Promise<Operations> {
  const app = new BustAPI('bench')
  app.config.SQLALCHEMY_DATABASE_URI = backend === 'sqlite' ? `sqlite:///${uri}` : uri
  db.initApp(app)
  const unit = <T>(work: () => Promise<T>): Promise<T> =>
    Promise.resolve(app.appContext().run(work))
  const withBooks = (option: ReturnType<typeof db.joinedload>) => () =>
    unit(async () => {
      const found = await db.session
        .scalars(db.select(Author).options(option).orderBy(Author.c.id).limit(LIST))
        .unique()
        .all()
      return shelves(found)
    })
  return {
    byKey: (id) => unit(async () => (await db.session.get(Author, id))?.name ?? ''),
    list: () =>
      unit(async () => {
        const found = await db.session
          .scalars(db.select(Author).orderBy(Author.c.id).limit(LIST))
          .all()
        return found.map(({ name }) => name)
      }),
    joined: withBooks(db.joinedload(Author.c.books)),
    selectIn: withBooks(db.selectinload(Author.c.books)),
    insert: () =>
      unit(async () => {
        const made = Array.from(
          { length: BATCH },
          (_one, at) => new Entry({ label: `entry ${at}`, amount: at }),
        )
        db.session.addAll(made)
        await db.session.commit()
        return made.filter(({ id }) => id > 0).length
      }),
    update: (id) =>
      unit(async () => {
        const found = await db.session.get(Book, id)
        if (found !== null) found.price += 1
        await db.session.commit()
      }),
    page: (page) =>
      unit(async () => {
        const found = await db.paginate(db.select(Book).orderBy(Book.c.id), { page, perPage: PAGE })
        return { titles: found.items.map(({ title }) => title), total: found.total ?? 0 }
      }),
    close: () => unit(() => db.engine.dispose()),
  }
}
