import { BustAPI } from 'bustapi'
import { SQLAlchemy } from 'bustapi/sqlalchemy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'

const db = new SQLAlchemy()

class Measure extends db.Model<Measure>() {
  id = db.Column(db.Integer, { primaryKey: true })
  whole = db.Column(db.Integer, { nullable: false })
  real = db.Column(db.Float, { nullable: false })
}

describe('a number of type Float', () => {
  eachDatabase((database) => {
    const app = new BustAPI('measures')
    let uri = ''
    beforeAll(async () => {
      uri = await database.create()
      app.config.SQLALCHEMY_DATABASE_URI = uri
      db.initApp(app)
      await app.appContext().run(async () => {
        await db.createAll()
        db.session.add(new Measure({ whole: 5, real: 5 }))
        await db.session.commit()
      })
    })
    afterAll(async () => {
      await app.appContext().run(() => db.engine.dispose())
      await database.drop(uri)
    })

    const { literal, Float } = db
    it.each([
      ['literal(5, Float) / 2', literal(5, Float).div(2)],
      ['literal(5, Float) / literal(2, Float)', literal(5, Float).div(literal(2, Float))],
      ['literal(5) / literal(2, Float)', literal(5).div(literal(2, Float))],
      ['a float column / 2', Measure.c.real.div(2)],
      ['an integer column / literal(2, Float)', Measure.c.whole.div(literal(2, Float))],
      ['cast(5, Float) / 2', db.cast(5, Float).div(2)],
    ])('%s is 2.5, as a whole number is a double too', (_what, expression) =>
      app.appContext().run(async () => {
        const found = await db.session.scalar(db.select(expression).selectFrom(Measure))
        expect(found).toBe(2.5)
      }),
    )
  })
})
