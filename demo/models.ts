import { SQLAlchemy } from 'bustapi/sqlalchemy'

/** The noticeboard's database; `SQLALCHEMY_DATABASE_URI` says which one. */
export const db = new SQLAlchemy()

/** Somebody who may sign in. */
export class Person extends db.Model<Person>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(80), { unique: true, nullable: false })
  passwordHash = db.Column('password_hash', db.String(255), { nullable: false })
  notes = db.relationship(() => Note, { backPopulates: 'author', cascade: 'all, delete-orphan' })
}

/** A note on the board. */
export class Note extends db.Model<Note>() {
  id = db.Column(db.Integer, { primaryKey: true })
  authorId = db.Column('author_id', db.Integer, db.ForeignKey('person.id'), {
    nullable: false,
    index: true,
  })
  author = db.relationship(() => Person, {
    backPopulates: 'notes',
    uselist: false,
    // Wherever a note is shown, its author is.
    lazy: 'joined',
    innerjoin: true,
  })
  title = db.Column(db.String(200), { nullable: false })
  body = db.Column(db.Text, { nullable: false })
  /** Name of the uploaded picture's file. */
  picture = db.Column(db.String(80))
  createdAt = db.Column('created_at', db.DateTime, {
    nullable: false,
    default: () => new Date(Date.now()),
  })
}

/** The notes, newest first. */
export const newestNotes = (): Promise<Note[]> => Note.query.orderBy(Note.c.id.desc()).all()

/** The note of a number; 404 when there is none. */
export const findNote = (id: number): Promise<Note> =>
  db.getOr404(Note, id, { description: 'There is no such note.' })

/** The person of a name. */
export const findPerson = (name: string): Promise<Person | null> =>
  Person.query.filterBy({ name }).oneOrNone()
