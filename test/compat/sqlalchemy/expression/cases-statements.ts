import {
  and,
  bindparam,
  caseWhen,
  cast,
  except,
  exists,
  func,
  intersect,
  literal,
  type SelectBase,
  select,
  union,
  unionAll,
  values,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { Integer } from '../../../../compat/sqlalchemy/types/numbers.ts'
import { String_ } from '../../../../compat/sqlalchemy/types/strings.ts'
import type { Case } from './cases-expressions.ts'
import { D, dept, E, emp, P, project, W, work } from './company.ts'

const noFull = { mariadb: 'has no FULL JOIN' }
const nullsLast = { postgresql: 'NULL is the greatest value there' }
const one = (python: string, make: () => SelectBase, not?: Case[2]): Case => [python, make, not]
// biome-ignore lint/suspicious/noExplicitAny: a table's columns have no types of their own
const boss = (): any => emp.alias('boss')

export const STATEMENTS: readonly Case[] = [
  // from, joins
  one('select(emp).order_by(E.id)', () => select(emp).orderBy(E.id)),
  one('select(E.id, D.name).join(dept).order_by(E.id)', () =>
    select(E.id, D.name).join(dept).orderBy(E.id),
  ),
  one('select(E.name, D.name).join(dept).order_by(E.id)', () =>
    select(E.name, D.name).join(dept).orderBy(E.id),
  ),
  one('select(E.id, D.name).outerjoin(dept).order_by(E.id)', () =>
    select(E.id, D.name).outerjoin(dept).orderBy(E.id),
  ),
  one('select(E.id, D.name).join(dept, isouter=True).order_by(E.id)', () =>
    select(E.id, D.name).join(dept, null, { isouter: true }).orderBy(E.id),
  ),
  one('select(E.id, D.name).join(dept, E.dept_id == D.id).order_by(E.id)', () =>
    select(E.id, D.name).join(dept, E.dept_id.eq(D.id)).orderBy(E.id),
  ),
  one('select(E.id, D.id).join_from(dept, emp).order_by(E.id)', () =>
    select(E.id, D.id).joinFrom(dept, emp).orderBy(E.id),
  ),
  one('select(E.id, D.id).outerjoin_from(dept, emp).order_by(D.id, E.id)', () =>
    select(E.id, D.id).outerjoinFrom(dept, emp).orderBy(D.id, E.id.nullsFirst()),
  ),
  one(
    'select(D.name, func.count(E.id)).select_from(dept).outerjoin(emp).group_by(D.id, D.name).order_by(D.id)',
    () =>
      select(D.name, func.count(E.id))
        .selectFrom(dept)
        .outerjoin(emp)
        .groupBy(D.id, D.name)
        .orderBy(D.id),
  ),
  one(
    'select(E.name, P.title).join(work, work.c.emp_id == E.id).join(project).order_by(E.id, P.id)',
    () => select(E.name, P.title).join(work, W.emp_id.eq(E.id)).join(project).orderBy(E.id, P.id),
  ),
  one(
    'select(E.name, P.title).select_from(emp.join(work).join(project)).order_by(E.id, P.id)',
    () => select(E.name, P.title).selectFrom(emp.join(work).join(project)).orderBy(E.id, P.id),
  ),
  one(
    'select(E.id, P.title).select_from(emp.outerjoin(work.join(project))).order_by(E.id, P.id)',
    () =>
      select(E.id, P.title)
        .selectFrom(emp.outerjoin(work.join(project)))
        .orderBy(E.id, P.id),
  ),
  one('select(E.id, B.name).join(boss, E.manager_id == B.id).order_by(E.id)', () => {
    const b = boss()
    return select(E.id, b.c.name).join(b, E.manager_id.eq(b.c.id)).orderBy(E.id)
  }),
  one(
    'b = emp.alias()\nq = select(E.id, b.c.name).outerjoin(b, E.manager_id == b.c.id).order_by(E.id)',
    () => {
      const b = emp.alias()
      return select(E.id, (b.c as typeof E).name)
        .outerjoin(b, E.manager_id.eq(b.c.id as never))
        .orderBy(E.id)
    },
  ),
  one('select(E.id, D.id).where(E.dept_id == D.id).order_by(E.id)', () =>
    select(E.id, D.id).where(E.dept_id.eq(D.id)).orderBy(E.id),
  ),
  one('select(func.count()).select_from(emp, dept)', () =>
    select(func.count()).selectFrom(emp, dept),
  ),
  one(
    'select(E.id, D.id).join(dept, full=True).order_by(E.id, D.id)',
    () => select(E.id, D.id).fullJoin(dept).orderBy(E.id.nullsFirst(), D.id.nullsFirst()),
    noFull,
  ),
  one('select(E.id, D.id).join(dept, true()).order_by(E.id, D.id)', () =>
    select(E.id, D.id).join(dept, true).orderBy(E.id, D.id),
  ),
  // aggregates, group by, having, distinct
  one('select(func.count())', () => select(func.count())),
  one('select(func.count()).select_from(emp)', () => select(func.count()).selectFrom(emp)),
  one(
    'select(func.count(E.age), func.sum(E.age), func.min(E.age), func.max(E.age), func.avg(E.salary))',
    () =>
      select(
        func.count(E.age),
        func.sum(E.age),
        func.min(E.age),
        func.max(E.age),
        func.avg(E.salary),
      ),
  ),
  one('select(func.count(E.age.distinct()))', () => select(func.count(E.age.distinct()))),
  one('select(func.sum(E.age)).where(E.id > 100)', () =>
    select(func.sum(E.age)).where(E.id.gt(100)),
  ),
  one('select(E.dept_id, func.count()).group_by(E.dept_id).order_by(E.dept_id)', () =>
    select(E.dept_id, func.count()).groupBy(E.dept_id).orderBy(E.dept_id.nullsFirst()),
  ),
  one(
    'select(E.dept_id, func.count().label("n")).group_by(E.dept_id).having(func.count() > 1).order_by(desc("n"), E.dept_id)',
    () =>
      select(E.dept_id, func.count().label('n'))
        .groupBy(E.dept_id)
        .having(func.count().gt(1))
        .orderBy(func.count().desc(), E.dept_id),
  ),
  one(
    'n = func.count().label("n")\nq = select(E.dept_id, n).group_by(E.dept_id).order_by(n.desc(), E.dept_id)',
    () => {
      const n = func.count().label('n')
      return select(E.dept_id, n).groupBy(E.dept_id).orderBy(n.desc(), E.dept_id.nullsFirst())
    },
  ),
  one(
    'select(E.dept_id, func.count().label("n")).where(E.dept_id != None).group_by("dept_id").order_by("n", "dept_id")',
    () =>
      select(E.dept_id, func.count().label('n'))
        .where(E.dept_id.ne(null))
        .groupBy('dept_id')
        .orderBy('n', 'dept_id'),
  ),
  one(
    'a = (E.age / 10).label("decade")\nq = select(a, func.count()).where(E.age != None).group_by(a).order_by("decade")',
    () => {
      const a = E.age.div(10).label('decade')
      return select(a, func.count()).where(E.age.ne(null)).groupBy(a).orderBy('decade')
    },
    { mariadb: '/ gives a fraction there' },
  ),
  one('select(func.group_concat(E.id)).where(E.id < 3)', () =>
    select(func.group_concat(E.id)).where(E.id.lt(3)),
  ),
  one('select(func.group_concat(E.id, "; ")).where(E.id < 2)', () =>
    select(func.group_concat(E.id, '; ')).where(E.id.lt(2)),
  ),
  one('select(func.count().filter(E.age > 30), func.sum(E.salary).filter(E.active == True))', () =>
    select(func.count().filter(E.age.gt(30)), func.sum(E.salary).filter(E.active.eq(true))),
  ),
  one('select(E.age).distinct().order_by(E.age)', () =>
    select(E.age).distinct().orderBy(E.age.nullsFirst()),
  ),
  one('select(E.dept_id, E.age).distinct().order_by(E.dept_id, E.age)', () =>
    select(E.dept_id, E.age).distinct().orderBy(E.dept_id.nullsFirst(), E.age.nullsFirst()),
  ),
  // order, limit
  one('select(E.id).where(E.age != None).order_by(E.age.desc(), E.id)', () =>
    select(E.id).where(E.age.ne(null)).orderBy(E.age.desc(), E.id),
  ),
  one('select(E.id).where(E.age != None).order_by("age", "id")', () =>
    select(E.id).where(E.age.ne(null)).orderBy('age', 'id'),
  ),
  one('select(E.id).order_by(E.age.nulls_first(), E.id)', () =>
    select(E.id).orderBy(E.age.nullsFirst(), E.id),
  ),
  one('select(E.id).order_by(E.age.nulls_last(), E.id.desc())', () =>
    select(E.id).orderBy(E.age.nullsLast(), E.id.desc()),
  ),
  one('select(E.id).order_by(E.age.desc().nulls_last(), E.id)', () =>
    select(E.id).orderBy(E.age.desc().nullsLast(), E.id),
  ),
  one('select(E.id).order_by(E.age.desc().nulls_first(), E.id)', () =>
    select(E.id).orderBy(E.age.desc().nullsFirst(), E.id),
  ),
  one('select(E.id).order_by(case((E.dept_id == 2, 0), else_=1), E.id)', () =>
    select(E.id).orderBy(caseWhen([[E.dept_id.eq(2), 0]], { else: 1 }), E.id),
  ),
  one('select(E.id).order_by(None).order_by(E.id.desc())', () =>
    select(E.id).orderBy(E.age).orderBy(null).orderBy(E.id.desc()),
  ),
  one('select(E.id).order_by(E.id).limit(3)', () => select(E.id).orderBy(E.id).limit(3)),
  one('select(E.id).order_by(E.id).limit(3).offset(2)', () =>
    select(E.id).orderBy(E.id).limit(3).offset(2),
  ),
  one('select(E.id).order_by(E.id).offset(5)', () => select(E.id).orderBy(E.id).offset(5)),
  one('select(E.id).order_by(E.id).slice(1, 4)', () => select(E.id).orderBy(E.id).slice(1, 4)),
  one('select(E.id).order_by(E.id).limit(0)', () => select(E.id).orderBy(E.id).limit(0)),
  // subqueries
  one(
    's = select(E.dept_id, func.count().label("n")).group_by(E.dept_id).subquery()\nq = select(D.name, s.c.n).join(s, s.c.dept_id == D.id).order_by(D.id)',
    () => {
      const s = select(E.dept_id, func.count().label('n')).groupBy(E.dept_id).subquery()
      return select(D.name, s.c.n)
        .join(s, (s.c as never as typeof E).dept_id.eq(D.id))
        .orderBy(D.id)
    },
  ),
  one(
    's = select(E.id, E.name).where(E.age > 30).subquery("old")\nq = select(s).order_by(s.c.id)',
    () => {
      const s = select(E.id, E.name).where(E.age.gt(30)).subquery('old')
      return select(s).orderBy((s.c as never as typeof E).id)
    },
  ),
  one(
    's = select(E.id, D.id, func.count()).join(dept).group_by(E.id, D.id).subquery()\nq = select(func.count()).select_from(s)',
    () => {
      const s = select(E.id, D.id, func.count()).join(dept).groupBy(E.id, D.id).subquery()
      return select(func.count()).selectFrom(s)
    },
  ),
  one(
    'select(E.id, select(D.name).where(D.id == E.dept_id).scalar_subquery().label("d")).order_by(E.id)',
    () =>
      select(E.id, select(D.name).where(D.id.eq(E.dept_id)).scalarSubquery().label('d')).orderBy(
        E.id,
      ),
  ),
  one(
    'select(D.id, select(func.count()).where(E.dept_id == D.id).scalar_subquery()).order_by(D.id)',
    () =>
      select(D.id, select(func.count()).where(E.dept_id.eq(D.id)).scalarSubquery()).orderBy(D.id),
  ),
  one('select(E.id).where(E.age == select(func.max(B.age)).scalar_subquery())', () => {
    const b = boss()
    return select(E.id).where(E.age.eq(select(func.max(b.c.age)).scalarSubquery()))
  }),
  one('select(E.id).where(E.age == select(func.max(E.age)).scalar_subquery())', () =>
    select(E.id).where(E.age.eq(select(func.max(E.age)).scalarSubquery())),
  ),
  one('select(E.id).where(E.id.in_(select(E.manager_id))).order_by(E.id)', () =>
    select(E.id)
      .where(E.id.in(select(E.manager_id)))
      .orderBy(E.id),
  ),
  one(
    'select(E.id, D.id).join(dept).where(select(W.hours).where(W.emp_id == E.id, D.id == 1).exists()).order_by(E.id)',
    () =>
      select(E.id, D.id)
        .join(dept)
        .where(select(W.hours).where(W.emp_id.eq(E.id), D.id.eq(1)).exists())
        .orderBy(E.id),
  ),
  one(
    'select(D.id).where(D.id == select(E.dept_id).where(E.id == 3).correlate_except(emp).scalar_subquery())',
    () =>
      select(D.id).where(
        D.id.eq(select(E.dept_id).where(E.id.eq(3)).correlateExcept(emp).scalarSubquery()),
      ),
  ),
  one(
    'b = emp.alias()\nq = select(E.id).where(E.salary > select(func.avg(b.c.salary)).where(b.c.dept_id == E.dept_id).scalar_subquery()).order_by(E.id)',
    () => {
      const b = emp.alias()
      const c = b.c as typeof E
      return select(E.id)
        .where(
          E.salary.gt(select(func.avg(c.salary)).where(c.dept_id.eq(E.dept_id)).scalarSubquery()),
        )
        .orderBy(E.id)
    },
  ),
  one('select(D.id).where(exists().where(E.dept_id == D.id)).order_by(D.id)', () =>
    select(D.id)
      .where(select(E.id).where(E.dept_id.eq(D.id)).exists())
      .orderBy(D.id),
  ),
  one('select(D.id).where(~exists().where(E.dept_id == D.id)).order_by(D.id)', () =>
    select(D.id)
      .where(exists(select(E.id).where(E.dept_id.eq(D.id))).not())
      .orderBy(D.id),
  ),
  one(
    'select(D.id).where(select(E.id).where(E.dept_id == D.id, E.age > 40).exists()).order_by(D.id)',
    () =>
      select(D.id)
        .where(select(E.id).where(E.dept_id.eq(D.id), E.age.gt(40)).exists())
        .orderBy(D.id),
  ),
  one(
    'select(D.id).where(or_(D.id == 4, select(E.id).where(E.dept_id == D.id, select(W.hours).where(W.emp_id == E.id).exists()).exists())).order_by(D.id)',
    () =>
      select(D.id)
        .where(
          D.id.eq(4).or(
            select(E.id)
              .where(E.dept_id.eq(D.id), select(W.hours).where(W.emp_id.eq(E.id)).exists())
              .exists(),
          ),
        )
        .orderBy(D.id),
  ),
  one(
    'select(D.id).where(D.id.in_(select(E.dept_id).where(E.age > 40).correlate(None))).order_by(D.id)',
    () =>
      select(D.id)
        .where(D.id.in(select(E.dept_id).where(E.age.gt(40)).correlate(null)))
        .orderBy(D.id),
  ),
  one(
    'b = emp.alias()\nq = select(E.id).where(select(func.count()).select_from(b).where(b.c.manager_id == E.id).correlate(emp).scalar_subquery() > 1).order_by(E.id)',
    () => {
      const b = emp.alias()
      return select(E.id)
        .where(
          select(func.count())
            .selectFrom(b)
            .where((b.c as typeof E).manager_id.eq(E.id))
            .correlate(emp)
            .scalarSubquery()
            .gt(1),
        )
        .orderBy(E.id)
    },
  ),
  one('select(E.id, exists().where(W.emp_id == E.id)).order_by(E.id)', () =>
    select(E.id, select(W.hours).where(W.emp_id.eq(E.id)).exists()).orderBy(E.id),
  ),
  one('select(select(func.count()).select_from(emp).scalar_subquery() + 1)', () =>
    select(select(func.count()).selectFrom(emp).scalarSubquery().add(1)),
  ),
  // cte
  one(
    'c = select(E.id, E.age).where(E.age > 30).cte("old")\nq = select(c.c.id).order_by(c.c.id)',
    () => {
      const c = select(E.id, E.age).where(E.age.gt(30)).cte('old')
      return select((c.c as never as typeof E).id).orderBy('id')
    },
  ),
  one(
    'a = select(E.dept_id, func.sum(E.salary).label("total")).group_by(E.dept_id).cte()\nb = select(func.avg(a.c.total).label("mean")).cte()\nq = select(a.c.dept_id).where(a.c.total > select(b.c.mean).scalar_subquery()).order_by(a.c.dept_id)',
    () => {
      const a = select(E.dept_id, func.sum(E.salary).label('total')).groupBy(E.dept_id).cte()
      const c = a.c as never as typeof E & { total: typeof E.age }
      const b = select(func.avg(c.total).label('mean')).cte()
      return select(c.dept_id)
        .where(c.total.gt(select(b.c.mean).scalarSubquery() as never))
        .orderBy(c.dept_id)
    },
  ),
  one(
    't = select(literal(1).label("n")).cte("t", recursive=True)\nt = t.union_all(select(t.c.n + 1).where(t.c.n < 5))\nq = select(t.c.n).order_by(t.c.n)',
    () => {
      const t = select(literal(1).label('n')).cte({ name: 't', recursive: true })
      const all = t.unionAll(select(t.c.n.add(1)).where(t.c.n.lt(5)))
      return select(all.c.n).orderBy(all.c.n)
    },
  ),
  one(
    't = select(E.id, E.manager_id, literal(0).label("depth")).where(E.manager_id == None).cte(recursive=True)\nt = t.union_all(select(E.id, E.manager_id, t.c.depth + 1).where(E.manager_id == t.c.id))\nq = select(t.c.id, t.c.depth).order_by(t.c.id)',
    () => {
      const t = select(E.id, E.manager_id, literal(0).label('depth'))
        .where(E.manager_id.eq(null))
        .cte({ recursive: true })
      const all = t.unionAll(
        select(E.id, E.manager_id, t.c.depth.add(1)).where(
          E.manager_id.eq((t.c as never as typeof E).id),
        ),
      )
      return select((all.c as never as typeof E).id, all.c.depth).orderBy('id')
    },
  ),
  one(
    'c = select(E.id).where(E.id < 4).cte("c")\na = c.alias("a")\nb = c.alias("b")\nq = select(a.c.id, b.c.id).where(a.c.id < b.c.id).order_by(a.c.id, b.c.id)',
    () => {
      const c = select(E.id).where(E.id.lt(4)).cte('c')
      const a = c.alias('a').c as typeof E
      const b = c.alias('b').c as typeof E
      return select(a.id, b.id).where(a.id.lt(b.id)).orderBy(a.id, b.id)
    },
  ),
  one(
    'c = select(D.id).where(D.name != None).cte("c")\nq = select(E.id).where(E.dept_id.in_(select(c.c.id))).order_by(E.id)',
    () => {
      const c = select(D.id).where(D.name.ne(null)).cte('c')
      return select(E.id)
        .where(E.dept_id.in(select((c.c as never as typeof E).id)))
        .orderBy(E.id)
    },
  ),
  // set operations
  one('union(select(E.id).where(E.id < 3), select(E.id).where(E.id < 5)).order_by("id")', () =>
    union(select(E.id).where(E.id.lt(3)), select(E.id).where(E.id.lt(5))).orderBy('id'),
  ),
  one('union_all(select(E.id).where(E.id < 3), select(E.id).where(E.id < 5)).order_by("id")', () =>
    unionAll(select(E.id).where(E.id.lt(3)), select(E.id).where(E.id.lt(5))).orderBy('id'),
  ),
  one('intersect(select(E.id).where(E.id < 3), select(E.id).where(E.id > 1))', () =>
    intersect(select(E.id).where(E.id.lt(3)), select(E.id).where(E.id.gt(1))),
  ),
  one('except_(select(E.id), select(W.emp_id)).order_by("id")', () =>
    except(select(E.id), select(W.emp_id)).orderBy('id'),
  ),
  one('select(E.id).where(E.id < 3).union(select(D.id)).order_by("id").limit(2).offset(1)', () =>
    select(E.id).where(E.id.lt(3)).union(select(D.id)).orderBy('id').limit(2).offset(1),
  ),
  one(
    'u = union(select(E.id, E.name), select(D.id, D.name)).subquery()\nq = select(func.count()).select_from(u)',
    () =>
      select(func.count()).selectFrom(union(select(E.id, E.name), select(D.id, D.name)).subquery()),
  ),
  one(
    'a = select(E.id).order_by(E.id.desc()).limit(2).subquery()\nq = union_all(select(a), select(D.id).where(D.id == 1)).order_by("id")',
    () =>
      unionAll(select(E.id).orderBy(E.id.desc()).limit(2), select(D.id).where(D.id.eq(1))).orderBy(
        'id',
      ),
  ),
  one(
    'u = union(select(E.id).where(E.id < 4), select(E.id).where(E.id == 7)).subquery()\nq = except_(select(u), select(D.id)).order_by("id")',
    () =>
      except(
        union(select(E.id).where(E.id.lt(4)), select(E.id).where(E.id.eq(7))),
        select(D.id),
      ).orderBy('id'),
  ),
  one('union(select(E.id.label("k")), select(D.id)).order_by(desc("k"))', () => {
    const k = E.id.label('k')
    return union(select(k), select(D.id)).orderBy(k.desc())
  }),
  one('select(E.id).where(E.id.in_(union(select(D.id), select(W.emp_id)))).order_by(E.id)', () =>
    select(E.id)
      .where(E.id.in(union(select(D.id), select(W.emp_id))))
      .orderBy(E.id),
  ),
  // windows
  one('select(E.id, func.row_number().over(order_by=E.id.desc())).order_by(E.id)', () =>
    select(E.id, func.row_number().over({ orderBy: E.id.desc() })).orderBy(E.id),
  ),
  one(
    'select(E.id, func.rank().over(partition_by=E.dept_id, order_by=[E.salary.desc(), E.id])).order_by(E.id)',
    () =>
      select(
        E.id,
        func.rank().over({ partitionBy: E.dept_id, orderBy: [E.salary.desc(), E.id] }),
      ).orderBy(E.id),
    nullsLast,
  ),
  one(
    'select(E.id, func.dense_rank().over(order_by=E.salary)).order_by(E.id)',
    () => select(E.id, func.dense_rank().over({ orderBy: E.salary })).orderBy(E.id),
    nullsLast,
  ),
  one('select(E.id, func.sum(E.salary).over(order_by=E.id, rows=(None, 0))).order_by(E.id)', () =>
    select(E.id, func.sum(E.salary).over({ orderBy: E.id, rows: [null, 0] })).orderBy(E.id),
  ),
  one('select(E.id, func.sum(E.id).over(order_by=E.id, rows=(-1, 1))).order_by(E.id)', () =>
    select(E.id, func.sum(E.id).over({ orderBy: E.id, rows: [-1, 1] })).orderBy(E.id),
  ),
  one('select(E.id, func.count().over(partition_by=E.dept_id)).order_by(E.id)', () =>
    select(E.id, func.count().over({ partitionBy: E.dept_id })).orderBy(E.id),
  ),
  one(
    'select(E.id, func.lag(E.id, 1).over(order_by=E.id), func.lead(E.id, 2, 0).over(order_by=E.id)).order_by(E.id)',
    () =>
      select(
        E.id,
        func.lag(E.id, 1).over({ orderBy: E.id }),
        func.lead(E.id, 2, 0).over({ orderBy: E.id }),
      ).orderBy(E.id),
    { mariadb: 'lead() has no third argument there' },
  ),
  one(
    'select(E.id, func.first_value(E.name).over(order_by=E.id), func.ntile(3).over(order_by=E.id)).order_by(E.id)',
    () =>
      select(
        E.id,
        func.first_value(E.name).over({ orderBy: E.id }),
        func.ntile(3).over({ orderBy: E.id }),
      ).orderBy(E.id),
  ),
  one(
    'select(E.id, func.sum(E.id).over(order_by=E.dept_id, range_=(None, 0))).where(E.dept_id != None).order_by(E.id)',
    () =>
      select(E.id, func.sum(E.id).over({ orderBy: E.dept_id, range: [null, 0] }))
        .where(E.dept_id.ne(null))
        .orderBy(E.id),
  ),
  one(
    's = select(E.id, func.row_number().over(partition_by=E.dept_id, order_by=E.id).label("r")).subquery()\nq = select(s.c.id).where(s.c.r == 1).order_by(s.c.id)',
    () => {
      const s = select(
        E.id,
        func.row_number().over({ partitionBy: E.dept_id, orderBy: E.id }).label('r'),
      ).subquery()
      return select((s.c as never as typeof E).id)
        .where(s.c.r.eq(1))
        .orderBy('id')
    },
  ),
  // the rest
  one('select(1, literal("a"), None)', () => select(1, literal('a'), null)),
  one('select(E.id).where(E.age > bindparam("x", 40)).order_by(E.id)', () =>
    select(E.id)
      .where(E.age.gt(bindparam('x', { value: 40 })))
      .orderBy(E.id),
  ),
  one('select(E.id).filter_by(age=29, active=True)', () =>
    select(E.id).filterBy({ age: 29, active: true }),
  ),
  one('select(E.id).join(dept).filter_by(name="Sales").order_by(E.id)', () =>
    select(E.id).join(dept).filterBy({ name: 'Sales' }).orderBy(E.id),
  ),
  one('select(E.id).where(E.age > 20).where(E.age < 40).order_by(E.id)', () =>
    select(E.id).where(E.age.gt(20)).where(E.age.lt(40)).orderBy(E.id),
  ),
  one('select(E.id).with_only_columns(E.name).where(E.id == 1)', () =>
    select(E.id).withOnlyColumns(E.name).where(E.id.eq(1)),
  ),
  one('select(E.id).add_columns(E.name).where(E.id == 1)', () =>
    select(E.id).addColumns(E.name).where(E.id.eq(1)),
  ),
  one('select(E.id).with_for_update().where(E.id == 1)', () =>
    select(E.id).withForUpdate().where(E.id.eq(1)),
  ),
  one('select(E.id).with_for_update(read=True, nowait=True).where(E.id == 1)', () =>
    select(E.id).withForUpdate({ read: true, nowait: true }).where(E.id.eq(1)),
  ),
  one(
    'v = union_all(select(literal(1).label("a"), literal("x").label("b")), select(literal(2), literal("y"))).subquery()\nq = select(v.c.a, v.c.b).order_by(v.c.a)',
    () => {
      const v = values({ a: Integer, b: String_() }, 'v').data([
        [1, 'x'],
        [2, 'y'],
      ])
      return select(v.c.a as never, v.c.b as never).orderBy('a')
    },
  ),
  one('select(E.id.label("a b\\"c")).where(E.id == 1)', () =>
    select(E.id.label('a b"c')).where(E.id.eq(1)),
  ),
  one('select(cast(func.sum(E.age), Integer).label("total")).where(and_(E.id > 1, E.id < 4))', () =>
    select(cast(func.sum(E.age), Integer).label('total')).where(and(E.id.gt(1), E.id.lt(4))),
  ),
]
