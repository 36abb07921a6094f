import { currentApp, getCurrentObject } from 'bustapi'
import {
  beforeModelsCommitted,
  type ModelChanges,
  modelsCommitted,
  type SQLAlchemy,
} from 'bustapi/sqlalchemy'
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT, make, program, sameOnAll } from './guide.ts'

const TRACKED = `
app, db = make({**MEMORY, "SQLALCHEMY_TRACK_MODIFICATIONS": True})
class Person(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
    toys = db.relationship("Toy", cascade="all, delete-orphan")
class Toy(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    person_id = db.Column(db.ForeignKey("person.id"))
def show(changes):
    return sorted([type(one).__name__, one.name if isinstance(one, Person) else "", operation] for one, operation in changes)
def before(sender, changes):
    say("before", sender is app, show(changes))
def after(sender, changes):
    say("after", sender is app, show(changes))
before_models_committed.connect(before)
models_committed.connect(after)
context = app.app_context()
context.push()
db.create_all()
`
const UNDO = `
before_models_committed.disconnect(before)
models_committed.disconnect(after)
context.pop()
`

type Receiver = (sender: unknown, kwargs: ModelChanges) => unknown

const connected: [Receiver, Receiver] = [() => {}, () => {}]

afterEach(() => {
  beforeModelsCommitted.disconnect(connected[0])
  modelsCommitted.disconnect(connected[1])
})

function people(db: SQLAlchemy) {
  class Person extends db.Model<Person>() {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
    toys = db.relationship(() => Toy, { cascade: 'all, delete-orphan' })
  }
  class Toy extends db.Model<Toy>() {
    id = db.Column(db.Integer, { primaryKey: true })
    personId = db.Column<number>('person_id', db.ForeignKey('person.id'))
  }
  return { Person, Toy }
}

/** Runs a program in an app whose signals say what they carry. */
async function tracked(
  say: (...values: unknown[]) => void,
  run: (of: ReturnType<typeof people> & { db: SQLAlchemy }) => Promise<void>,
): Promise<void> {
  const { app, db } = make({ ...DEFAULT, SQLALCHEMY_TRACK_MODIFICATIONS: true })
  const models = people(db)
  const show = ({ changes }: ModelChanges): unknown =>
    changes
      .map(([one, operation]) => [
        one.constructor.name,
        one instanceof models.Person ? one.name : '',
        operation,
      ])
      .toSorted((a, b) => (String(a) < String(b) ? -1 : 1))
  connected[0] = (sender, changes) => say('before', sender === app, show(changes))
  connected[1] = (sender, changes) => say('after', sender === app, show(changes))
  beforeModelsCommitted.connect(connected[0])
  modelsCommitted.connect(connected[1])
  await app.appContext().run(async () => {
    await db.createAll()
    await run({ ...models, db })
  })
}

sameOnAll('committed changes are told of as in Flask-SQLAlchemy:', [
  program(
    'inserts, updates and deletes, before and after the commit',
    `${TRACKED}
db.session.add_all([Person(name="ada"), Person(name="bob", toys=[Toy(), Toy()])])
db.session.commit()
ada = db.session.get(Person, 1)
ada.name = "eve"
db.session.add(Person(name="cyd"))
db.session.commit()
db.session.delete(ada)
db.session.commit()
say("nothing"); db.session.commit()
say("read"); Person.query.all(); db.session.commit()
${UNDO}`,
    (say) =>
      tracked(say, async ({ db, Person, Toy }) => {
        const toys = [new Toy(), new Toy()]
        db.session.addAll([new Person({ name: 'ada' }), new Person({ name: 'bob', toys })])
        await db.session.commit()
        const ada = await db.session.get(Person, 1)
        if (ada) ada.name = 'eve'
        db.session.add(new Person({ name: 'cyd' }))
        await db.session.commit()
        db.session.delete(ada as object)
        await db.session.commit()
        say('nothing')
        await db.session.commit()
        say('read')
        await Person.query.all()
        await db.session.commit()
      }),
  ),
  program(
    'what was flushed in between counts, what was rolled back does not',
    `${TRACKED}
bob = Person(name="bob")
db.session.add(bob)
db.session.flush()
bob.name = "bea"
db.session.flush()
db.session.add(Person(name="cyd"))
say("commit"); db.session.commit()
db.session.add(Person(name="lost"))
db.session.flush()
say("rollback"); db.session.rollback(); db.session.commit()
db.session.add(Person(name="kept"))
db.session.commit()
${UNDO}`,
    (say) =>
      tracked(say, async ({ db, Person }) => {
        const bob = new Person({ name: 'bob' })
        db.session.add(bob)
        await db.session.flush()
        bob.name = 'bea'
        await db.session.flush()
        db.session.add(new Person({ name: 'cyd' }))
        say('commit')
        await db.session.commit()
        db.session.add(new Person({ name: 'lost' }))
        await db.session.flush()
        say('rollback')
        await db.session.rollback()
        await db.session.commit()
        db.session.add(new Person({ name: 'kept' }))
        await db.session.commit()
      }),
  ),
  program(
    'rows that a cascade deletes are told of, loaded or not',
    `${TRACKED}
db.session.add(Person(name="bob", toys=[Toy(), Toy()]))
db.session.commit()
db.session.expunge_all()
db.session.delete(db.session.get(Person, 1))
db.session.commit()
say(Toy.query.count())
${UNDO}`,
    (say) =>
      tracked(say, async ({ db, Person, Toy }) => {
        db.session.add(new Person({ name: 'bob', toys: [new Toy(), new Toy()] }))
        await db.session.commit()
        db.session.expungeAll()
        db.session.delete((await db.session.get(Person, 1)) as object)
        await db.session.commit()
        say(await Toy.query.count())
      }),
  ),
  program(
    'a statement that changes rows is not told of',
    `${TRACKED}
db.session.add(Person(name="ada")); db.session.commit()
say("bulk")
Person.query.update({"name": "x"}); Person.query.delete(); db.session.commit()
${UNDO}`,
    (say) =>
      tracked(say, async ({ db, Person }) => {
        db.session.add(new Person({ name: 'ada' }))
        await db.session.commit()
        say('bulk')
        await Person.query.update({ name: 'x' })
        await Person.query.delete()
        await db.session.commit()
      }),
  ),
])

describe('the signals of committed models', () => {
  it('are silent unless SQLALCHEMY_TRACK_MODIFICATIONS is set', async () => {
    const { app, db } = make()
    const { Person } = people(db)
    const heard: unknown[] = []
    connected[1] = (_sender, { changes }) => heard.push(changes)
    modelsCommitted.connect(connected[1])
    await app.appContext().run(async () => {
      await db.createAll()
      db.session.add(new Person({ name: 'ada' }))
      await db.session.commit()
    })
    expect(heard).toEqual([])
  })

  it('let the commit wait for receivers, who are in the app’s context', async () => {
    const { app, db } = make({ ...DEFAULT, SQLALCHEMY_TRACK_MODIFICATIONS: true })
    const { Person } = people(db)
    const log: unknown[] = []
    connected[0] = async (_sender, { changes }) => {
      await new Promise((resolve) => setImmediate(resolve))
      for (const [one] of changes) if (one instanceof Person) one.name = `${one.name}!`
      log.push('before')
    }
    connected[1] = async (sender) => {
      await new Promise((resolve) => setImmediate(resolve))
      log.push(sender === getCurrentObject(currentApp))
    }
    beforeModelsCommitted.connect(connected[0])
    modelsCommitted.connect(connected[1])
    await app.appContext().run(async () => {
      await db.createAll()
      db.session.add(new Person({ name: 'ada' }))
      await db.session.commit()
      log.push('committed', (await Person.query.first())?.name)
    })
    expect(log).toEqual(['before', true, 'committed', 'ada!'])
  })

  it('of one app are not those of another with the same db', async () => {
    const { app, db } = make({ ...DEFAULT, SQLALCHEMY_TRACK_MODIFICATIONS: true })
    const quiet = make({ ...DEFAULT }).app
    Reflect.deleteProperty(quiet.extensions, 'sqlalchemy')
    db.initApp(quiet)
    const { Person } = people(db)
    const senders: unknown[] = []
    connected[1] = (sender) => senders.push(sender)
    modelsCommitted.connect(connected[1])
    for (const each of [quiet, app]) {
      await each.appContext().run(async () => {
        await db.createAll()
        db.session.add(new Person())
        await db.session.commit()
      })
    }
    expect(senders).toEqual([app])
  })
})
