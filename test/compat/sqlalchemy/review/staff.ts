import { BustAPI } from 'bustapi'
import { SQLAlchemy } from 'bustapi/sqlalchemy'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { TestDatabase } from '../databases.ts'

/** People of several kinds in one table, their units, and notes. */
export const db = new SQLAlchemy()

export class Unit extends db.Model<Unit>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(20), { nullable: false })
  people = db.relationship(() => Person, { backPopulates: 'unit', orderBy: 'Person.name' })
  strict = db.relationship(() => Person, { lazy: 'raise', viewonly: true })
  found = db.relationship(() => Person, { lazy: 'dynamic', overlaps: 'people,unit' })
}

export class Person extends db.Model<Person>() {
  static mapperArgs: object = { polymorphicOn: 'kind', polymorphicIdentity: 'person' }
  id = db.Column(db.Integer, { primaryKey: true })
  kind = db.Column(db.String(20), { nullable: false })
  name = db.Column(db.String(20), { nullable: false, unique: true })
  views = db.Column(db.BigInteger, { nullable: false, default: 0n })
  unitId = db.Column('unit_id', db.Integer, db.ForeignKey('unit.id'))
  unit = db.relationship(() => Unit, { backPopulates: 'people', uselist: false })
  strictUnit = db.relationship(() => Unit, { lazy: 'raise', viewonly: true, uselist: false })
}

export class Engineer extends db.Model<Engineer, typeof Person>(Person) {
  static mapperArgs = { polymorphicIdentity: 'engineer' }
  language = db.Column(db.String(20))
}

export class Manager extends db.Model<Manager, typeof Person>(Person) {
  static mapperArgs = { polymorphicIdentity: 'manager' }
  title = db.Column(db.String(20))
}

export class Note extends db.Model<Note>() {
  id = db.Column(db.Integer, { primaryKey: true })
  body = db.Column(db.JSON)
}

/** The staff on a database of its own, empty before each test. */
export function openStaff(database: TestDatabase): { readonly app: BustAPI; uri(): string } {
  let uri = ''
  const app = new BustAPI('staff')
  beforeAll(async () => {
    uri = await database.create()
    app.config.SQLALCHEMY_DATABASE_URI = uri
    db.initApp(app)
    db.register(Unit, Person, Engineer, Manager, Note)
    await app.appContext().run(() => db.createAll())
  })
  beforeEach(() =>
    app.appContext().run(async () => {
      for (const model of [Person, Unit, Note]) await db.session.execute(db.delete(model))
      await db.session.commit()
    }),
  )
  afterAll(async () => {
    await app.appContext().run(() => db.engine.dispose())
    await database.drop(uri)
  })
  return { app, uri: () => uri }
}
