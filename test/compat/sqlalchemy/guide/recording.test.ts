import { BustAPI } from 'bustapi'
import { getRecordedQueries, SQLAlchemy } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { make, program, sameAsFlask } from './guide.ts'

sameAsFlask('statements are recorded as in Flask-SQLAlchemy:', [
  program(
    'when SQLALCHEMY_RECORD_QUERIES says so, per app context',
    `
for on in True, False:
    app, db = make({"SQLALCHEMY_DATABASE_URI": "sqlite://", "SQLALCHEMY_RECORD_QUERIES": on, "SQLALCHEMY_BINDS": {"other": "sqlite://"}})
    class User(db.Model):
        id = db.Column(db.Integer, primary_key=True)
        name = db.Column(db.String(20))
    class Other(db.Model):
        __bind_key__ = "other"
        id = db.Column(db.Integer, primary_key=True)
    with app.app_context():
        say(len(get_recorded_queries()))
        db.create_all()
    with app.app_context():
        say(len(get_recorded_queries()))
        db.session.add(User(name="ada")); db.session.commit()
        User.query.filter_by(name="ada").all()
        Other.query.all()
        found = get_recorded_queries()
        say(len(found), [q.statement.split()[0].upper() for q in found], [list(q.parameters[0])[:1] for q in found][:2])
        say(all(q.duration >= 0 and q.end_time >= q.start_time and abs(q.duration - (q.end_time - q.start_time)) < 1e-9 for q in found))
        with app.app_context():
            say(len(get_recorded_queries()))
    with app.app_context():
        say(len(get_recorded_queries()))
`,
    async (say) => {
      for (const on of [true, false]) {
        const { app, db } = make({
          SQLALCHEMY_DATABASE_URI: 'sqlite://',
          SQLALCHEMY_RECORD_QUERIES: on,
          SQLALCHEMY_BINDS: { other: 'sqlite://' },
        })
        class User extends db.Model<User>() {
          id = db.Column(db.Integer, { primaryKey: true })
          name = db.Column(db.String(20))
        }
        class Other extends db.Model<Other>() {
          static bindKey = 'other'
          id = db.Column(db.Integer, { primaryKey: true })
        }
        await app.appContext().run(async () => {
          say(getRecordedQueries().length)
          await db.createAll()
        })
        await app.appContext().run(async () => {
          say(getRecordedQueries().length)
          db.session.add(new User({ name: 'ada' }))
          await db.session.commit()
          await User.query.filterBy({ name: 'ada' }).all()
          await Other.query.all()
          const found = getRecordedQueries()
          say(
            found.length,
            found.map(({ statement }) => statement.split(' ')[0]?.toUpperCase()),
          )
          say(found.map(({ parameters }) => parameters.slice(0, 1)).slice(0, 2))
          say(
            found.every(
              ({ duration, startTime, endTime }) =>
                duration >= 0 &&
                endTime >= startTime &&
                Math.abs(duration - (endTime - startTime)) < 1e-9,
            ),
          )
          await app.appContext().run(() => say(getRecordedQueries().length))
        })
        await app.appContext().run(() => say(getRecordedQueries().length))
      }
    },
  ),
])

describe('a recorded statement', () => {
  it('says where in the app it was run', async () => {
    const locations = async (rootPath: string): Promise<unknown> => {
      const app = new BustAPI('located', { rootPath })
      app.config.SQLALCHEMY_DATABASE_URI = 'sqlite://'
      app.config.SQLALCHEMY_RECORD_QUERIES = true
      const db = new SQLAlchemy(app)
      app.get('/', async function listOfOnes() {
        await db.session.execute(db.text('SELECT 1'))
        return getRecordedQueries().map(({ location }) => location)
      })
      return (await app.testClient().get('/')).json
    }
    expect(await locations(import.meta.dirname)).toEqual([
      expect.stringMatching(/guide\/recording\.test\.ts:\d+ \(.*listOfOnes\)$/),
    ])
    expect(await locations('/nowhere')).toEqual(['<unknown>'])
  })
})
