import { Pagination } from 'bustapi/sqlalchemy'
import { describe, expect, it } from 'vitest'
import { fails, make, program, sameOnAll } from './guide.ts'

const TODOS = `
app, db = make()
class Todo(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
context = app.app_context()
context.push()
db.create_all()
db.session.add_all([Todo(name="n%d" % i) for i in range(1, 251)])
db.session.commit()
select = db.select(Todo).order_by(Todo.id)
query = Todo.query.order_by(Todo.id)
def show(p):
    return [p.page, p.per_page, p.total, p.pages, p.first, p.last, p.has_prev, p.prev_num, p.has_next, p.next_num, [t.id for t in p.items][:3], len(list(p)), list(p.iter_pages())]
`

async function todos() {
  const { app, db } = make()
  class Todo extends db.Model<Todo>() {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
  }
  await app.appContext().run(async () => {
    await db.createAll()
    for (let i = 1; i <= 250; i++) db.session.add(new Todo({ name: `n${i}` }))
    await db.session.commit()
  })
  return { app, db, Todo }
}

const show = (p: Pagination<{ id: number }>): unknown[] => [
  p.page,
  p.perPage,
  p.total,
  p.pages,
  p.first,
  p.last,
  p.hasPrev,
  p.prevNum,
  p.hasNext,
  p.nextNum,
  p.items.map(({ id }) => id).slice(0, 3),
  [...p].length,
  [...p.iterPages()],
]

/** Arguments of a page: Python's, and ours. */
const ARGUMENTS: readonly [string, object][] = [
  ['', {}],
  ['page=1', { page: 1 }],
  ['page=5', { page: 5 }],
  ['page=13', { page: 13 }],
  ['page=13, per_page=20', { page: 13, perPage: 20 }],
  ['page=14', { page: 14 }],
  ['page=14, error_out=False', { page: 14, errorOut: false }],
  ['page=0', { page: 0 }],
  ['page=0, error_out=False', { page: 0, errorOut: false }],
  ['page=-3', { page: -3 }],
  ['per_page=7', { perPage: 7 }],
  ['per_page=0', { perPage: 0 }],
  ['per_page=-1, error_out=False', { perPage: -1, errorOut: false }],
  ['per_page=200', { perPage: 200 }],
  ['per_page=200, max_per_page=50', { perPage: 200, maxPerPage: 50 }],
  ['per_page=200, max_per_page=None', { perPage: 200, maxPerPage: null }],
  ['max_per_page=5', { maxPerPage: 5 }],
  ['page=2, per_page=100, count=False', { page: 2, perPage: 100, count: false }],
  ['page=7, per_page=1', { page: 7, perPage: 1 }],
]

/** Queries of a request. */
const QUERIES: readonly string[] = [
  '',
  '?page=2',
  '?page=2&per_page=100',
  '?per_page=101',
  '?page=0',
  '?page=-1',
  '?page=two',
  '?page=',
  '?page=1.0',
  '?page=%201%20',
  '?page=1_0',
  '?per_page=x',
  '?per_page=0',
  '?page=99',
  '?page=99999999999999999999',
]

sameOnAll('pages are as in Flask-SQLAlchemy:', [
  program(
    'of a select, whatever the arguments',
    `${TODOS}
${ARGUMENTS.map(([python]) => `say(fails(lambda: db.paginate(select, ${python})) or show(db.paginate(select, ${python})))`).join('\n')}
context.pop()
`,
    async (say) => {
      const { app, db, Todo } = await todos()
      await app.appContext().run(async () => {
        const select = db.select(Todo).orderBy(Todo.c.id)
        for (const [, options] of ARGUMENTS) {
          const failure = await fails(() => db.paginate(select, options))
          say(failure ?? show(await db.paginate(select, options)))
        }
      })
    },
  ),
  program(
    'of a query, whatever the arguments',
    `${TODOS}
${ARGUMENTS.map(([python]) => `say(fails(lambda: query.paginate(${python})) or show(query.paginate(${python})))`).join('\n')}
context.pop()
`,
    async (say) => {
      const { app, Todo } = await todos()
      await app.appContext().run(async () => {
        const query = Todo.query.orderBy(Todo.c.id)
        for (const [, options] of ARGUMENTS) {
          const failure = await fails(() => query.paginate(options))
          say(failure ?? show(await query.paginate(options)))
        }
      })
    },
  ),
  program(
    'of a request, whose arguments count where no others are given',
    `${TODOS}
context.pop()
@app.get("/lenient", defaults={"error_out": False, "more": {}})
@app.get("/capped", defaults={"error_out": True, "more": {"max_per_page": 100}})
@app.get("/own", defaults={"error_out": True, "more": {"page": 3, "per_page": 4}})
@app.get("/", defaults={"error_out": True, "more": {}})
def index(error_out, more):
    return show(db.paginate(select, error_out=error_out, **more))
for path in "/", "/lenient", "/capped", "/own":
    for args in ${JSON.stringify(QUERIES)}:
        if args.endswith("999") and path != "/own":
            continue
        reply = app.test_client().get(path + args)
        say(path + args, reply.status_code, reply.json)
`,
    async (say) => {
      const { app, db, Todo } = await todos()
      const paths: Record<string, object> = {
        '/': {},
        '/lenient': { errorOut: false },
        '/capped': { maxPerPage: 100 },
        '/own': { page: 3, perPage: 4 },
      }
      for (const [path, options] of Object.entries(paths)) {
        app.get(path, { endpoint: path.slice(1) || 'index' }, async () => {
          const select = db.select(Todo).orderBy(Todo.c.id)
          return show(await db.paginate(select, options))
        })
      }
      for (const path of Object.keys(paths)) {
        for (const args of QUERIES) {
          if (args.endsWith('999') && path !== '/own') continue
          const reply = await app.testClient().get(path + args)
          say(path + args, reply.statusCode, reply.json)
        }
      }
    },
  ),
  program(
    'lead to the ones before and after, which are not counted again',
    `${TODOS}
page = db.paginate(select, page=2, per_page=100)
say(show(page.prev()), show(page.next()), show(page.next().next()), fails(lambda: page.next().next(error_out=True)))
page = query.paginate(page=1, per_page=50, count=False)
say(show(page.prev()), fails(lambda: page.prev(error_out=True)), show(page.next()))
page.total = 250
say(show(page), show(page.next()))
context.pop()
`,
    async (say) => {
      const { app, db, Todo } = await todos()
      await app.appContext().run(async () => {
        const select = db.select(Todo).orderBy(Todo.c.id)
        const second = await db.paginate(select, { page: 2, perPage: 100 })
        const third = await second.next()
        say(show(await second.prev()), show(third), show(await third.next()))
        say(await fails(() => third.next({ errorOut: true })))
        const query = Todo.query.orderBy(Todo.c.id)
        const page = await query.paginate({ page: 1, perPage: 50, count: false })
        say(show(await page.prev()), await fails(() => page.prev({ errorOut: true })))
        say(show(await page.next()))
        page.total = 250
        say(show(page), show(await page.next()))
      })
    },
  ),
  program(
    'have numbers for a page selector',
    `${TODOS}
for page in 1, 2, 7, 12, 25:
    p = db.paginate(select, page=page, per_page=10)
    say(list(p.iter_pages()), list(p.iter_pages(left_edge=1, left_current=1, right_current=1, right_edge=1)))
    say(list(p.iter_pages(left_edge=0, right_edge=0)), list(p.iter_pages(left_edge=9, left_current=0, right_current=20)))
say(list(db.paginate(select.where(Todo.id < 0)).iter_pages()), show(db.paginate(select.where(Todo.id < 0))))
context.pop()
`,
    async (say) => {
      const { app, db, Todo } = await todos()
      await app.appContext().run(async () => {
        const select = db.select(Todo).orderBy(Todo.c.id)
        for (const page of [1, 2, 7, 12, 25]) {
          const p = await db.paginate(select, { page, perPage: 10 })
          say(
            p.iterPages(),
            p.iterPages({ leftEdge: 1, leftCurrent: 1, rightCurrent: 1, rightEdge: 1 }),
            p.iterPages({ leftEdge: 0, rightEdge: 0 }),
            p.iterPages({ leftEdge: 9, leftCurrent: 0, rightCurrent: 20 }),
          )
        }
        const none = await db.paginate(select.where(Todo.c.id.lt(0)))
        say(none.iterPages(), show(none))
      })
    },
  ),
  program(
    'of parents with children hold each parent once',
    `
app, db = make()
class Parent(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    children = db.relationship("Child")
class Child(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    parent_id = db.Column(db.ForeignKey(Parent.id))
with app.app_context():
    db.create_all()
    db.session.add_all([Parent(children=[Child(), Child()]) for _ in range(5)])
    db.session.commit()
    eager = db.joinedload(Parent.children)
    for p in db.paginate(db.select(Parent).options(eager).order_by(Parent.id), per_page=3), Parent.query.options(eager).order_by(Parent.id).paginate(page=2, per_page=3):
        say(p.total, [[one.id, len(one.children)] for one in p])
`,
    async (say) => {
      const { app, db } = make()
      class Parent extends db.Model<Parent>() {
        id = db.Column(db.Integer, { primaryKey: true })
        children = db.relationship(() => Child)
      }
      class Child extends db.Model<Child>() {
        id = db.Column(db.Integer, { primaryKey: true })
        parentId = db.Column<number>('parent_id', db.ForeignKey('parent.id'))
      }
      await app.appContext().run(async () => {
        await db.createAll()
        for (let i = 0; i < 5; i++) {
          db.session.add(new Parent({ children: [new Child(), new Child()] }))
        }
        await db.session.commit()
        const eager = db.joinedload(Parent.c.children)
        const statement = db.select(Parent).options(eager).orderBy(Parent.c.id)
        const query = Parent.query.options(eager).orderBy(Parent.c.id)
        for (const page of [
          await db.paginate(statement, { perPage: 3 }),
          await query.paginate({ page: 2, perPage: 3 }),
        ]) {
          say(
            page.total,
            [...page].map(({ id, children }) => [id, children.length]),
          )
        }
      })
    },
  ),
])

describe('a page', () => {
  it('keeps the upper bound of its size for the pages next to it, as Flask-SQLAlchemy 3.1', async () => {
    const { app, db, Todo } = await todos()
    await app.appContext().run(async () => {
      const page = await db.paginate(db.select(Todo), { perPage: 200, maxPerPage: 40 })
      expect([page.perPage, page.maxPerPage]).toEqual([40, 40])
      const next = await page.next()
      expect([next.perPage, next.maxPerPage, next.items.length]).toEqual([40, 40, 40])
    })
  })

  it('made by hand knows no others', async () => {
    const page = new Pagination({ page: 2, perPage: 2, items: ['c'], total: 3 })
    expect([page.first, page.last, page.hasPrev, page.hasNext]).toEqual([3, 3, true, false])
    await expect(page.prev()).rejects.toThrow(TypeError)
  })
})
