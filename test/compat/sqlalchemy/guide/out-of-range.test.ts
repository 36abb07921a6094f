import { DataError } from 'bustapi/sqlalchemy'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { asksDatabase, make, program, said, transcripts } from './guide.ts'

/** Numbers at and beyond the ends of the integer types. */
const NUMBERS = [
  '2147483647',
  '2147483648',
  '-2147483649',
  '9007199254740993',
  '9223372036854775807',
  '9223372036854775808',
  '99999999999999999999',
]

eachDatabase(({ name, create, drop }) => {
  const askable = asksDatabase(name)
  let uri = ''
  beforeAll(async () => {
    uri = await create()
  })
  afterAll(() => drop(uri))

  it.skipIf(!askable)(
    'a number that no row can have is a 404, as with Flask-SQLAlchemy',
    async () => {
      const numbers = name === 'sqlite' ? NUMBERS.slice(0, 5) : NUMBERS
      const same = program(
        'numbers',
        `
app, db = make()
class Item(db.Model):
    __tablename__ = "python_item"
    id = db.Column(db.Integer, primary_key=True)
    small = db.Column(db.SmallInteger)
    big = db.Column(db.BigInteger)
@app.get("/get/<int(signed=True):n>")
def get(n): return str(db.get_or_404(Item, n).id)
@app.get("/query/<int(signed=True):n>")
def query(n): return str(Item.query.get_or_404(n).id)
@app.get("/by/<int(signed=True):n>")
def by(n): return str(Item.query.filter_by(id=n).first_or_404().id)
@app.get("/small/<int(signed=True):n>")
def small(n): return str(db.first_or_404(db.select(Item).filter_by(small=n)).id)
@app.get("/big/<int(signed=True):n>")
def big(n): return str(db.one_or_404(db.select(Item).filter_by(big=n)).id)
@app.get("/less/<int(signed=True):n>")
def less(n): return str(Item.query.filter(Item.id < n).count())
@app.get("/among/<int(signed=True):n>")
def among(n): return str(Item.query.filter(Item.id.in_([1, n])).count())
with app.app_context():
    db.create_all()
    db.session.add(Item(small=3, big=4)); db.session.commit()
for path in "get", "query", "by", "small", "big", "less", "among":
    for n in ${JSON.stringify(numbers)}:
        reply = app.test_client().get("/%s/%s" % (path, n))
        say("%s %s %s" % (path, n, reply.status_code), reply.text if reply.status_code == 200 else "")
with app.app_context():
    db.session.remove(); db.drop_all()
`,
        async (say) => {
          const { app, db } = make({ SQLALCHEMY_DATABASE_URI: uri })
          class Item extends db.Model<Item>() {
            static tablename = 'item'
            id = db.Column(db.Integer, { primaryKey: true })
            small = db.Column(db.SmallInteger)
            big = db.Column(db.BigInteger)
          }
          const views: Record<string, (n: number) => Promise<unknown>> = {
            get: async (n) => (await db.getOr404(Item, n)).id,
            query: async (n) => (await Item.query.getOr404(n)).id,
            by: async (n) => (await Item.query.filterBy({ id: n }).firstOr404()).id,
            small: async (n) => (await db.firstOr404(db.select(Item).filterBy({ small: n }))).id,
            big: async (n) =>
              (await db.oneOr404(db.select(Item).filterBy({ big: n as unknown as bigint }))).id,
            less: (n) => Item.query.filter(Item.c.id.lt(n)).count(),
            among: (n) => Item.query.filter(Item.c.id.in([1, n])).count(),
          }
          for (const [path, view] of Object.entries(views)) {
            app.get(`/${path}/<int(signed=True):n>`, { endpoint: path }, async ({ n }) =>
              String(await view(n as number)),
            )
          }
          await app.appContext().run(async () => {
            await db.createAll()
            db.session.add(new Item({ small: 3, big: 4n }))
            await db.session.commit()
          })
          app.logger.setLevel('CRITICAL')
          for (const path of Object.keys(views)) {
            for (const n of numbers) {
              const reply = await app.testClient().get(`/${path}/${n}`)
              say(`${path} ${n} ${reply.statusCode}`, reply.statusCode === 200 ? reply.text : '')
            }
          }
          await app.appContext().run(async () => {
            await db.dropAll()
            await db.engine.dispose()
          })
        },
      )
      const [expected] = transcripts([same], uri)
      expect(await said(same.ours)).toEqual(expected)
    },
  )

  it('a number that a column cannot hold is refused when it is to be stored', async () => {
    const { app, db } = make({ SQLALCHEMY_DATABASE_URI: uri })
    class Thing extends db.Model<Thing>() {
      id = db.Column(db.Integer, { primaryKey: true })
      size = db.Column(db.Integer)
    }
    await app.appContext().run(async () => {
      await db.createAll()
      db.session.add(new Thing({ size: 1 }))
      await db.session.commit()
      const beyond = (2n ** 70n) as unknown as number
      for (const run of [
        () => db.session.execute(db.update(Thing).values({ size: beyond })),
        () => db.session.execute(db.insert(Thing).values({ size: beyond })),
        () => Thing.query.update({ size: beyond }),
        async () => {
          db.session.add(new Thing({ size: beyond }))
          await db.session.flush()
        },
      ]) {
        await expect(run()).rejects.toThrow(DataError)
        await db.session.rollback()
      }
      expect(await db.session.scalars(db.select(Thing.c.size)).all()).toEqual([1])
      await db.engine.dispose()
    })
  })
})
