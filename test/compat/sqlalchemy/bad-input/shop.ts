import { BustAPI } from 'bustapi'
import { SQLAlchemy } from 'bustapi/sqlalchemy'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { TestDatabase } from '../databases.ts'

/** A small shop whose constraints can be broken. */
export const db = new SQLAlchemy()

export class Brand extends db.Model<Brand>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(20), { unique: true, nullable: false })
}

export class Item extends db.Model<Item>() {
  static tableArgs = [db.CheckConstraint('price >= 0', { name: 'price_is_not_negative' })]
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(20), { nullable: false })
  price = db.Column(db.Integer, { nullable: false, default: 1 })
  brandId = db.Column('brand_id', db.Integer, db.ForeignKey('brand.id'))
  details = db.Column(db.JSON)
  addedOn = db.Column('added_on', db.DateTime)
}

/** The shop on a database of its own; the pool is small, so that a leak shows. */
export function openShop(database: TestDatabase): { readonly app: BustAPI; uri(): string } {
  let uri = ''
  const app = new BustAPI('shop')
  beforeAll(async () => {
    uri = await database.create()
    app.config.SQLALCHEMY_DATABASE_URI = uri
    app.config.SQLALCHEMY_ENGINE_OPTIONS = {
      poolSize: 2,
      maxOverflow: 0,
      poolTimeout: 0.3,
      // SQLite looks at foreign keys only when told to.
      ...(database.name === 'sqlite' && { connectArgs: { pragmas: { foreign_keys: 'ON' } } }),
    }
    db.initApp(app)
    await app.appContext().run(() => db.createAll())
  })
  beforeEach(() =>
    app.appContext().run(async () => {
      await db.session.execute(db.delete(Item))
      await db.session.execute(db.delete(Brand))
      await db.session.commit()
    }),
  )
  afterAll(async () => {
    await app.appContext().run(() => db.engine.dispose())
    await database.drop(uri)
  })
  return { app, uri: () => uri }
}
