import {
  type DmlStatement,
  delete_,
  func,
  insert,
  select,
  update,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { D, dept, E, emp, P, project, W, work } from './company.ts'

/** Python and the same in TypeScript; both are followed by the table's rows. */
export type DmlCase = readonly [
  python: string,
  typescript: () => DmlStatement,
  not?: Readonly<Record<string, string>>,
]

const noReturning = { mariadb: 'has no RETURNING here' }
const conflict = { mariadb: 'has ON DUPLICATE KEY instead' }

export const DML: readonly DmlCase[] = [
  [
    'insert(project).values(id=9, title="New")',
    () => insert(project).values({ id: 9, title: 'New' }),
  ],
  [
    'insert(project).values([{"id": 9, "title": "a"}, {"id": 10, "title": None}])',
    () =>
      insert(project).values([
        { id: 9, title: 'a' },
        { id: 10, title: null },
      ]),
  ],
  [
    'insert(project).values(id=9, title="\'; drop table project; --")',
    () => insert(project).values({ id: 9, title: "'; drop table project; --" }),
  ],
  [
    'insert(emp).values(id=20, name="x", active=True, data={"k": [1, None]}, hired=datetime.datetime(2024, 1, 2, 3, 4, 5))',
    () =>
      insert(emp).values({
        id: 20,
        name: 'x',
        active: true,
        data: { k: [1, null] },
        hired: new Date('2024-01-02T03:04:05Z'),
      }),
  ],
  [
    'insert(project).values(id=select(func.max(P.id)).scalar_subquery() + 1, title=func.upper("abc"))',
    () =>
      insert(project).values({
        id: select(func.max(P.id)).scalarSubquery().add(1),
        title: func.upper('abc'),
      }),
    { mariadb: 'cannot read the table it inserts into' },
  ],
  [
    'insert(project).from_select(["id", "title"], select(D.id + 10, D.name).where(D.id < 3))',
    () =>
      insert(project).fromSelect(['id', 'title'], select(D.id.add(10), D.name).where(D.id.lt(3))),
  ],
  [
    'c = select(D.id).where(D.id > 2).cte("c")\nq = insert(project).from_select(["id"], select(c.c.id + 20))',
    () => {
      const c = select(D.id).where(D.id.gt(2)).cte('c')
      return insert(project).fromSelect(['id'], select((c.c as never as typeof D).id.add(20)))
    },
  ],
  [
    'sqlite.insert(dept).values(id=1, name="x").on_conflict_do_nothing()',
    () => insert(dept).values({ id: 1, name: 'x' }).onConflictDoNothing(),
  ],
  [
    'sqlite.insert(dept).values(id=1, name="x").on_conflict_do_nothing(index_elements=["id"])',
    () =>
      insert(dept)
        .values({ id: 1, name: 'x' })
        .onConflictDoNothing({ indexElements: ['id'] }),
  ],
  [
    'i = sqlite.insert(dept).values(id=1, name="x")\nq = i.on_conflict_do_update(index_elements=["id"], set_={"name": i.excluded.name})',
    () => {
      const i = insert(dept).values({ id: 1, name: 'x' })
      return i.onConflictDoUpdate({ indexElements: ['id'], set: { name: i.excluded.name } })
    },
    conflict,
  ],
  [
    'i = sqlite.insert(dept).values([{"id": 1, "name": "x"}, {"id": 8, "name": "y"}])\nq = i.on_conflict_do_update(index_elements=[D.id], set_={"name": D.name + i.excluded.name}, where=D.id < 5)',
    () => {
      const i = insert(dept).values([
        { id: 1, name: 'x' },
        { id: 8, name: 'y' },
      ])
      return i.onConflictDoUpdate({
        indexElements: [D.id],
        set: { name: D.name.concat(i.excluded.name as never) },
        where: D.id.lt(5),
      })
    },
    conflict,
  ],
  ['update(emp).values(age=1)', () => update(emp).values({ age: 1 })],
  [
    'update(emp).where(E.id == 1).values(age=E.age + 1, name="Z")',
    () =>
      update(emp)
        .where(E.id.eq(1))
        .values({ age: E.age.add(1), name: 'Z' }),
  ],
  [
    'update(emp).where(E.age > 30, E.active == True).values(salary=E.salary * 2)',
    () =>
      update(emp)
        .where(E.age.gt(30), E.active.eq(true))
        .values({ salary: E.salary.mul(2) }),
  ],
  [
    'update(emp).where(E.id == 1).values(name=None, active=False)',
    () => update(emp).where(E.id.eq(1)).values({ name: null, active: false }),
  ],
  [
    'update(emp).values(name=select(D.name).where(D.id == E.dept_id).scalar_subquery())',
    () => update(emp).values({ name: select(D.name).where(D.id.eq(E.dept_id)).scalarSubquery() }),
  ],
  [
    'update(emp).where(E.dept_id.in_(select(D.id).where(D.name == "Sales"))).values(age=0)',
    () =>
      update(emp)
        .where(E.dept_id.in(select(D.id).where(D.name.eq('Sales'))))
        .values({ age: 0 }),
  ],
  [
    'update(emp).where(select(W.hours).where(W.emp_id == E.id).exists()).values(age=0)',
    () =>
      update(emp)
        .where(select(W.hours).where(W.emp_id.eq(E.id)).exists())
        .values({ age: 0 }),
  ],
  ['delete(work)', () => delete_(work)],
  ['delete(work).where(W.hours == None)', () => delete_(work).where(W.hours.eq(null))],
  [
    'delete(work).where(W.emp_id.in_(select(E.id).where(E.age > 40)))',
    () => delete_(work).where(W.emp_id.in(select(E.id).where(E.age.gt(40)))),
  ],
  [
    'delete(work).where(select(E.id).where(E.id == W.emp_id, E.age > 40).exists())',
    () => delete_(work).where(select(E.id).where(E.id.eq(W.emp_id), E.age.gt(40)).exists()),
  ],
  ['delete(work).where(W.hours.in_([]))', () => delete_(work).where(W.hours.in([]))],
  [
    'delete(work).where((W.hours > 5) & ~(W.project_id == 1))',
    () => delete_(work).where(W.hours.gt(5).and(W.project_id.eq(1).not())),
  ],
]

/** With RETURNING, which SQLAlchemy 1.4 does not have on SQLite: the rows are written out here. */
export const RETURNING: readonly (readonly [
  name: string,
  typescript: () => DmlStatement,
  rows: readonly (readonly unknown[])[],
  not?: Readonly<Record<string, string>>,
])[] = [
  [
    'insert',
    () => insert(project).values({ id: 19, title: 'New' }).returning(P.id, P.title),
    [[19, 'New']],
  ],
  [
    'insert of several, an expression',
    () =>
      insert(project)
        .values([
          { id: 8, title: 'a' },
          { id: 9, title: 'b' },
        ])
        .returning(P.id.add(1), func.upper(P.title).label('t')),
    [
      [9, 'A'],
      [10, 'B'],
    ],
  ],
  [
    'insert with a refused row',
    () =>
      insert(dept)
        .values([
          { id: 1, name: 'x' },
          { id: 9, name: 'y' },
        ])
        .onConflictDoNothing()
        .returning(D.id),
    [[9]],
    conflict,
  ],
  [
    'update',
    () =>
      update(emp)
        .where(E.id.in([1, 2]))
        .values({ age: E.age.add(1) })
        .returning(E.id, E.age),
    [
      [1, 37],
      [2, 46],
    ],
    noReturning,
  ],
  [
    'update with another table',
    () =>
      update(emp)
        .where(E.dept_id.eq(D.id), D.name.eq('Legal'))
        .values({ name: D.name })
        .returning(E.id, E.name),
    [
      [6, 'Legal'],
      [7, 'Legal'],
    ],
    noReturning,
  ],
  [
    'delete',
    () => delete_(work).where(W.emp_id.eq(2)).returning(W.project_id, W.hours),
    [
      [1, 5],
      [2, 7],
    ],
  ],
]
