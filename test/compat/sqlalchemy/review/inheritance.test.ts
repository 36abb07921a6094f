import { BustAPI } from 'bustapi'
import { ArgumentError, SQLAlchemy } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { db, Engineer, Manager, openStaff, Person, Unit } from './staff.ts'

describe('single-table inheritance', () => {
  eachDatabase((database) => {
    const { app, uri } = openStaff(database)

    const filled = async () => {
      const lab = new Unit({ name: 'lab' })
      const people = [
        new Manager({ name: 'max', title: 'boss', unit: lab }),
        new Engineer({ name: 'ed', language: 'ada', unit: lab }),
        new Engineer({ name: 'eve', language: 'c' }),
        new Person({ name: 'pat' }),
      ]
      for (const person of people) {
        db.session.add(person)
        await db.session.flush()
      }
      await db.session.commit()
      return people
    }

    it('siblings with as many columns write into their own ones', () =>
      app.appContext().run(async () => {
        const [max, ed] = (await filled()) as [Manager, Engineer]
        max.title = 'chief'
        await db.session.flush()
        ed.language = 'sql'
        await db.session.commit()
        const rows = await database.raw(
          uri(),
          'SELECT name, title, language FROM person ORDER BY name',
        )
        expect(rows.map((row) => Object.values(row))).toEqual([
          ['ed', null, 'sql'],
          ['eve', null, 'c'],
          ['max', 'chief', null],
          ['pat', null, null],
        ])
      }))

    // What SQLAlchemy answers to the same; its SQL has `kind IN ('engineer')` where one is left out here.
    const boss = db.aliased(Manager)
    it.each([
      ['its columns', () => db.select(Engineer.c.name), 2],
      ['a label of one', () => db.select(Engineer.c.name.label('n')), 2],
      ['a function of one', () => db.select(db.func.upper(Engineer.c.name)), 2],
      ['a CASE', () => db.select(db.case([[Engineer.c.language.eq('c'), 1]], { else: 0 })), 2],
      ['a column of an alias', () => db.select(boss.c.name), 1],
      [
        'a join to it',
        () => db.select(Unit.c.name).join(Engineer, Engineer.c.unitId.eq(Unit.c.id)),
        1,
      ],
      [
        'an outer join to it',
        () =>
          db
            .select(Unit.c.name, Engineer.c.name)
            .outerjoin(Engineer, Engineer.c.unitId.eq(Unit.c.id)),
        1,
      ],
      ['a union', () => db.select(Engineer.c.id).union(db.select(Manager.c.id)), 3],
      ['a subquery', () => db.select(db.select(Engineer.c.id).subquery()), 2],
      ['an IN', () => db.select(Person.c.id).where(Person.c.id.in(db.select(Manager.c.id))), 1],
      ['a condition alone', () => db.select(Person.c.id).where(Engineer.c.language.isNull()), 2],
      ['its table', () => db.select(Engineer.table), 4],
    ])('only its rows count in a SELECT of %s', (_what, statement, count) =>
      app.appContext().run(async () => {
        await filled()
        expect(await db.session.execute(statement() as never).all()).toHaveLength(count)
      }),
    )

    it('only its rows count in aggregates and sub-selects', () =>
      app.appContext().run(async () => {
        await filled()
        const { session, func, select, exists } = db
        expect(await session.scalar(select(func.count()).selectFrom(Engineer))).toBe(2)
        expect(await session.scalar(select(func.count(Engineer.c.id)))).toBe(2)
        expect(await session.query(Engineer.c.id).count()).toBe(2)
        const inUnit = select(func.count(Engineer.c.id))
          .where(Engineer.c.unitId.eq(Unit.c.id))
          .scalarSubquery()
        expect(await session.scalar(select(inUnit).selectFrom(Unit))).toBe(1)
        await session.execute(db.delete(Manager))
        expect(await session.scalar(select(exists(Manager.c.id).label('any')))).toBeFalsy()
        expect(await session.query(session.query(Manager.c.id).exists()).scalar()).toBeFalsy()
        expect(await session.query(session.query(Engineer.c.id).exists()).scalar()).toBeTruthy()
      }))
  })

  it('joined-table inheritance is refused with what to do instead', async () => {
    const other = new SQLAlchemy()
    const app = new BustAPI('joined')
    app.config.SQLALCHEMY_DATABASE_URI = 'sqlite://'
    other.initApp(app)
    class Animal extends other.Model<Animal>() {
      id = other.Column(other.Integer, { primaryKey: true })
    }
    class Dog extends other.Model<Dog, typeof Animal>(Animal) {
      dogId = other.Column(other.Integer, other.ForeignKey('animal.id'), { primaryKey: true })
    }
    const failing = () => app.appContext().run(() => other.select(Dog))
    expect(failing).toThrow(ArgumentError)
    expect(failing).toThrow(
      /'Dog' inherits from 'Animal'.*joined-table inheritance is not supported.*Leave the key out.*abstract/s,
    )
  })
})
