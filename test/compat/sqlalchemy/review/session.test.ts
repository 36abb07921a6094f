import { BustAPI } from 'bustapi'
import { InvalidRequestError, ObjectDeletedError, SQLAlchemy } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { db, Note, openStaff, Person, Unit } from './staff.ts'

const namesOf = (people: readonly Person[]) => people.map(({ name }) => name)

describe('the session', () => {
  eachDatabase((database) => {
    const { app, uri } = openStaff(database)

    const lab = async () => {
      const unit = new Unit({ name: 'lab' })
      unit.people.extend(['zoe', 'bob'].map((name) => new Person({ name })))
      db.session.add(unit)
      await db.session.commit()
      return unit
    }

    it('gives a list anew when it is awaited after a commit, in its order', () =>
      app.appContext().run(async () => {
        const unit = await lab()
        // Without waiting, what was known stays readable.
        expect(namesOf([...unit.people])).toEqual(['zoe', 'bob'])
        expect(namesOf(await unit.people)).toEqual(['bob', 'zoe'])
        await database.raw(
          uri(),
          `INSERT INTO person (kind, name, views, unit_id) VALUES ('person', 'ann', 0, ${unit.id})`,
        )
        expect(namesOf(await unit.people)).toEqual(['bob', 'zoe'])
        await db.session.commit()
        expect(namesOf(await unit.people)).toEqual(['ann', 'bob', 'zoe'])
        const last = unit.people.at(-1) as Person
        await db.session.commit()
        unit.people.remove(last)
        // A change that waits for its flush is flushed first, and not lost.
        expect(namesOf(await unit.people)).toEqual(['ann', 'bob'])
      }))

    it('says so when the row of an awaited list is gone after a commit', () =>
      app.appContext().run(async () => {
        const unit = new Unit({ name: 'brief' })
        unit.people.extend([])
        db.session.add(unit)
        await db.session.commit()
        await database.raw(uri(), "DELETE FROM unit WHERE name = 'brief'")
        await expect(unit.people.load()).rejects.toThrow(ObjectDeletedError)
      }))

    it("lazyload() goes over a mapper's lazy: 'raise', and raiseload() over what it loads", () =>
      app.appContext().run(async () => {
        await lab()
        db.session.expungeAll()
        const unit = await Unit.query.options(db.lazyload(Unit.c.strict)).one()
        expect(await unit.strict).toHaveLength(2)
        db.session.expungeAll()
        const strict = await Unit.query.one()
        await expect(strict.strict.load()).rejects.toThrow(InvalidRequestError)
        db.session.expungeAll()
        const [person] = await Person.query.options(db.lazyload(Person.c.strictUnit)).all()
        expect((await person?.strictUnit)?.name).toBe('lab')
        db.session.expungeAll()
        const [other] = await Person.query.options(db.raiseload(Person.c.unit)).all()
        expect(() => other?.unit).toThrow("'Person.unit' is not available due to lazy='raise'")
      }))

    it('stores SQL NULL for JSON nobody said and JSON null for one that was', () =>
      app.appContext().run(async () => {
        db.session.addAll([new Note({}), new Note({ body: null }), new Note({ body: { a: null } })])
        await db.session.commit()
        expect(await Note.query.filter(Note.c.body.is(null)).count()).toBe(1)
        const bodies = (await Note.query.orderBy(Note.c.id).all()).map(({ body }) => body)
        expect(bodies).toEqual([null, null, { a: null }])
      }))

    it('reckons with big numbers after a bulk UPDATE, and a rollback takes it back', () =>
      app.appContext().run(async () => {
        const unit = await lab()
        const people = await Person.query.orderBy(Person.c.name).all()
        await Person.query.filter(Person.c.name.eq('bob')).update({ views: Person.c.views.add(10) })
        expect(people.map(({ views }) => views)).toEqual([10n, 0n])
        await db.session.rollback()
        expect(people.map(({ views }) => views)).toEqual([0n, 0n])
        expect(await unit.people).toHaveLength(2)
      }))

    it('asks a dynamic relationship of a pending object after a flush', () =>
      app.appContext().run(async () => {
        const unit = new Unit({ name: 'new' })
        db.session.add(unit)
        unit.found.append(new Person({ name: 'ann' }))
        expect(await unit.found.count()).toBe(1)
        expect(namesOf(await unit.found.filterBy({ name: 'ann' }).all())).toEqual(['ann'])
        const other = new Unit({ name: 'other' })
        db.session.add(other)
        await db.session.noAutoflush(async () => expect(await other.found.count()).toBe(0))
      }))

    it('db.exists() stands for whatever its conditions mention', () =>
      app.appContext().run(async () => {
        await lab()
        db.session.add(new Unit({ name: 'empty' }))
        await db.session.flush()
        const inhabited = db.exists().where(Person.c.unitId.eq(Unit.c.id))
        const found = await Unit.query.filter(inhabited).all()
        expect(found.map(({ name }) => name)).toEqual(['lab'])
        const others = await Unit.query.filter(inhabited.not()).all()
        expect(others.map(({ name }) => name)).toEqual(['empty'])
        const some = db.exists(Person).where(Person.c.name.eq('bob'))
        expect(await db.session.scalar(some.select())).toBeTruthy()
        const none = db.exists(Person.c.id).where(Person.c.name.eq('nobody'))
        expect(await db.session.scalar(none.select())).toBeFalsy()
        const both = db.select(Person.c.id).union(db.select(Unit.c.id))
        expect(await db.session.scalar(db.exists(both).select())).toBeTruthy()
      }))
  })

  it('is listened to through db.session before there is any context, in all contexts', async () => {
    const other = new SQLAlchemy()
    const app = new BustAPI('listened')
    app.config.SQLALCHEMY_DATABASE_URI = 'sqlite://'
    const seen: string[] = []
    const note = (name: string) => () => {
      seen.push(name)
    }
    other.event.listen(other.session, 'beforeCommit', note('before'))
    const after = note('after')
    other.event.listen(other.session, 'afterCommit', after)
    other.initApp(app)
    const work = () =>
      app.appContext().run(async () => {
        await other.session.execute(other.text('SELECT 1'))
        await other.session.commit()
      })
    await work()
    expect(other.event.contains(other.session, 'afterCommit', after)).toBe(true)
    other.event.remove(other.session, 'afterCommit', after)
    await work()
    expect(seen).toEqual(['before', 'after', 'before'])
  })
})
