import {
  and,
  bindparam,
  type Condition,
  caseWhen,
  cast,
  column,
  extract,
  false_,
  func,
  literal,
  literalColumn,
  namedFunction,
  not,
  null_,
  or,
  type Selectable,
  type SelectBase,
  select,
  text,
  true_,
  tuple,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { Float, Integer } from '../../../../compat/sqlalchemy/types/numbers.ts'
import { String_ } from '../../../../compat/sqlalchemy/types/strings.ts'
import { D, E } from './company.ts'

/** Python, the same in TypeScript, and the databases it cannot run on, with the reason. */
export type Case = readonly [
  python: string,
  typescript: () => SelectBase,
  not?: Readonly<Record<string, string>>,
]

const ids = (condition: Condition) => select(E.id).where(condition).orderBy(E.id)
const where = (python: string, make: () => Condition, not?: Case[2]): Case => [
  `select(E.id).where(${python}).order_by(E.id)`,
  () => ids(make()),
  not,
]
const value = (python: string, make: () => Selectable, not?: Case[2]): Case => [
  `select(E.id, ${python}).order_by(E.id)`,
  () => select(E.id, make()).orderBy(E.id),
  not,
]
const backslash = {
  postgresql: 'the backslash escapes in LIKE by default there',
  mariadb: 'the backslash escapes in LIKE by default there',
}

export const EXPRESSIONS: readonly Case[] = [
  // comparisons
  where('E.age == 29', () => E.age.eq(29)),
  where('E.age != 29', () => E.age.ne(29)),
  where('E.age > 36', () => E.age.gt(36)),
  where('E.age >= 36', () => E.age.ge(36)),
  where('E.age < 36', () => E.age.lt(36)),
  where('E.age <= 36', () => E.age.le(36)),
  where('E.age > 35.5', () => E.age.gt(35.5)),
  where('E.age == None', () => E.age.eq(null)),
  where('E.age != None', () => E.age.ne(null)),
  where('E.age.is_(None)', () => E.age.is(null)),
  where('E.age.is_not(None)', () => E.age.isNot(null)),
  where('E.active.is_(True)', () => E.active.is(true)),
  where('E.active.is_not(True)', () => E.active.isNot(true)),
  where('E.active.is_(False)', () => E.active.is(false)),
  where('E.active == True', () => E.active.eq(true)),
  where('E.active != True', () => E.active.ne(true)),
  where('E.age.is_distinct_from(29)', () => E.age.isDistinctFrom(29)),
  where('E.age.is_not_distinct_from(None)', () => E.age.isNotDistinctFrom(null)),
  where('~(E.age == 29)', () => E.age.eq(29).not()),
  where('~(E.age > 36)', () => not(E.age.gt(36))),
  where('~E.age.is_(None)', () => E.age.isNull().not()),
  where('E.name == "O\'Hara"', () => E.name.eq("O'Hara")),
  where('E.name == "back\\\\slash"', () => E.name.eq('back\\slash')),
  where('E.manager_id == E.dept_id', () => E.manager_id.eq(E.dept_id)),
  where('E.hired > datetime.datetime(2020, 2, 1)', () =>
    E.hired.gt(new Date('2020-02-01T00:00:00Z')),
  ),
  where('E.active', () => E.active),
  where('~E.active', () => E.active.not()),
  // logic
  where('and_(E.age > 20, E.age < 50)', () => and(E.age.gt(20), E.age.lt(50))),
  where('or_(E.age < 20, E.age > 50)', () => or(E.age.lt(20), E.age.gt(50))),
  where('(E.age < 20) | (E.age > 50) & (E.active == True)', () =>
    E.age.lt(20).or(E.age.gt(50).and(E.active.eq(true))),
  ),
  where('((E.age < 20) | (E.age > 50)) & (E.dept_id != None)', () =>
    E.age.lt(20).or(E.age.gt(50)).and(E.dept_id.isNotNull()),
  ),
  where('~((E.age < 20) | (E.age > 50))', () => E.age.lt(20).or(E.age.gt(50)).not()),
  where('~and_(E.age > 20, E.active == True)', () => and(E.age.gt(20), E.active.eq(true)).not()),
  where('~~(E.age == 29)', () => E.age.eq(29).not().not()),
  where('true()', () => true_()),
  where('false()', () => false_()),
  where('and_(true(), E.id > 5)', () => and(true_(), E.id.gt(5))),
  where('or_(false(), E.id > 5)', () => or(false_(), E.id.gt(5))),
  where('(E.age > 30) == (E.salary > 4500)', () => E.age.gt(30).eq(E.salary.gt(4500) as never)),
  // in
  where('E.id.in_([1, 3, 5])', () => E.id.in([1, 3, 5])),
  where('E.id.in_([])', () => E.id.in([])),
  where('E.age.in_([])', () => E.age.in([])),
  where('E.id.not_in([1, 3, 5])', () => E.id.notIn([1, 3, 5])),
  where('E.age.not_in([29])', () => E.age.notIn([29])),
  where('E.age.not_in([])', () => E.age.notIn([])),
  where('~E.age.in_([])', () => E.age.in([]).not()),
  where('~E.id.in_([1, 2])', () => E.id.in([1, 2]).not()),
  where('E.name.in_(["Ada", "50%", "\\"; drop table emp"])', () =>
    E.name.in(['Ada', '50%', '"; drop table emp']),
  ),
  where('E.age.in_([29, None])', () => E.age.in([29, null])),
  where('tuple_(E.dept_id, E.manager_id).in_([(1, 1), (3, 2)])', () =>
    tuple(E.dept_id, E.manager_id).in([
      [1, 1],
      [3, 2],
    ]),
  ),
  where('E.dept_id.in_(select(D.id).where(D.name.like("%e%")))', () => E.dept_id.in(deptsWithE())),
  where('E.dept_id.not_in(select(D.id).where(D.name.like("%e%")))', () =>
    E.dept_id.notIn(deptsWithE()),
  ),
  // between
  where('E.age.between(29, 45)', () => E.age.between(29, 45)),
  where('~E.age.between(29, 45)', () => E.age.between(29, 45).not()),
  where('E.age.between(E.id, 36)', () => E.age.between(E.id, 36)),
  where('(E.age + 1).between(E.id * 2, 40) & (E.id > 1)', () =>
    E.age.add(1).between(E.id.mul(2), 40).and(E.id.gt(1)),
  ),
  // like
  where('E.name.like("%a%")', () => E.name.like('%a%'), { postgresql: 'LIKE heeds case there' }),
  where('E.name.not_like("%a%")', () => E.name.notLike('%a%'), {
    postgresql: 'LIKE heeds case there',
  }),
  where('E.name.ilike("%A%")', () => E.name.ilike('%A%')),
  where('E.name.not_ilike("%A%")', () => E.name.notIlike('%A%')),
  where('~E.name.ilike("%A%")', () => E.name.ilike('%A%').not()),
  where('E.name.like("50/%", escape="/")', () => E.name.like('50/%', { escape: '/' })),
  where('E.name.like("Dan#_iel", escape="#")', () => E.name.like('Dan#_iel', { escape: '#' })),
  where('E.name.like("50\\\\%", escape="\\\\")', () => E.name.like('50\\%', { escape: '\\' })),
  where('E.name.like("50\'%", escape="\'")', () => E.name.like("50'%", { escape: "'" })),
  where('E.name.like("%\\\\%")', () => E.name.like('%\\%'), backslash),
  where('E.name.contains("ar")', () => E.name.contains('ar'), {
    postgresql: 'LIKE heeds case there',
  }),
  where('E.name.contains("_")', () => E.name.contains('_')),
  where('E.name.contains("_", autoescape=True)', () => E.name.contains('_', { autoescape: true })),
  where('E.name.contains("%", autoescape=True)', () => E.name.contains('%', { autoescape: true })),
  where('E.name.contains("%_/", autoescape=True, escape="!")', () =>
    E.name.contains('%_/', { autoescape: true, escape: '!' }),
  ),
  where('E.name.startswith("Da")', () => E.name.startswith('Da')),
  where('E.name.startswith("50%", autoescape=True)', () =>
    E.name.startswith('50%', { autoescape: true }),
  ),
  where('E.name.endswith("l")', () => E.name.endswith('l')),
  where('E.name.contains(func.lower("AR"))', () => E.name.contains(func.lower('AR'))),
  where('~E.name.contains("a")', () => E.name.contains('a').not(), {
    postgresql: 'LIKE heeds case there',
  }),
  where('("x" + E.name).like("x5%")', () => literal('x').concat(E.name).like('x5%')),
  // arithmetic
  value('E.age + 1', () => E.age.add(1)),
  value('E.age - 1', () => E.age.sub(1)),
  value('E.age * 2', () => E.age.mul(2)),
  value('E.age / 7', () => E.age.div(7), { mariadb: '/ gives a fraction there' }),
  value('E.salary / 4', () => E.salary.div(4)),
  value('E.age % 7', () => E.age.mod(7)),
  value('-E.age', () => E.age.neg()),
  value('-(E.age + 1)', () => E.age.add(1).neg()),
  value('(E.age - 1) - (E.id - 2)', () => E.age.sub(1).sub(E.id.sub(2))),
  value('E.age - 1 - E.id', () => E.age.sub(1).sub(E.id)),
  value('(E.age + 1) * (E.id + 2)', () => E.age.add(1).mul(E.id.add(2))),
  value('E.age + E.id * 2', () => E.age.add(E.id.mul(2))),
  value('100 - E.age', () => literal(100).sub(E.age)),
  value('E.age * 1.5', () => E.age.mul(1.5)),
  value('E.id + E.age * E.id - E.age % (E.id + 1)', () =>
    E.id.add(E.age.mul(E.id)).sub(E.age.mod(E.id.add(1))),
  ),
  value('E.age.op("&")(12)', () => E.age.op('&')(12)),
  value('E.age.op("|")(E.id)', () => E.age.op('|')(E.id)),
  value('E.age.op("<<")(2) + 1', () => E.age.op('<<')(2).add(1)),
  // text
  value('E.name + "!"', () => E.name.add('!')),
  value('E.name.concat("!").concat(E.name)', () => E.name.concat('!').concat(E.name)),
  value('E.name + " " + cast(E.age, String(10))', () =>
    E.name.concat(' ').concat(cast(E.age, String_(10))),
  ),
  value('func.lower(E.name)', () => func.lower(E.name)),
  value('func.upper(E.name)', () => func.upper(E.name)),
  value('func.length(E.name)', () => func.length(E.name)),
  value('func.substr(E.name, 2, 2)', () => func.substr(E.name, 2, 2)),
  value('func.replace(E.name, "a", "-")', () => func.replace(E.name, 'a', '-')),
  value('func.trim("  x ")', () => func.trim('  x ')),
  value('func.ltrim(E.name)', () => func.ltrim(E.name)),
  value('func.abs(E.salary)', () => func.abs(E.salary)),
  value('func.round(E.salary)', () => func.round(E.salary), {
    postgresql: 'halves are rounded to even',
    mariadb: 'halves are rounded otherwise',
  }),
  value('func.coalesce(E.name, "nobody")', () => func.coalesce(E.name, 'nobody')),
  value('func.coalesce(E.age, E.manager_id, 0)', () => func.coalesce(E.age, E.manager_id, 0)),
  value('func.nullif(E.age, 29)', () => func.nullif(E.age, 29)),
  where('func.lower(E.name) == "ada"', () => func.lower(E.name).eq('ada')),
  where('func.instr(E.name, "a") > 1', () => namedFunction('instr', Integer)(E.name, 'a').gt(1), {
    postgresql: 'has no instr()',
    mariadb: 'instr() ignores case there',
  }),
  // cast, extract, literals
  value('cast(E.salary, Integer)', () => cast(E.salary, Integer), {
    postgresql: 'rounds',
    mariadb: 'rounds',
  }),
  value('cast(E.age, String(10))', () => cast(E.age, String_(10))),
  value('cast("12", Integer) + E.id', () => cast('12', Integer).add(E.id)),
  value('cast(E.age, Float) / 8', () => cast(E.age, Float).div(8)),
  value('type_coerce(E.active, Integer)', () => E.active.typeCoerce(Integer), {
    postgresql: 'booleans are no numbers there',
  }),
  value('extract("year", E.hired)', () => extract('year', E.hired)),
  value('extract("month", E.hired)', () => extract('month', E.hired)),
  value('extract("day", E.hired)', () => extract('day', E.hired)),
  value('extract("hour", E.hired)', () => extract('hour', E.hired)),
  value('literal(5)', () => literal(5)),
  value('literal("it\'s")', () => literal("it's")),
  value('literal(1.25)', () => literal(1.25)),
  value('literal(True)', () => literal(true)),
  value('null()', () => null_()),
  value('literal_column("1 + 1")', () => literalColumn('1 + 1')),
  value('E.age > 30', () => E.age.gt(30)),
  value('E.age.is_(None)', () => E.age.isNull()),
  value('(E.age > 30) & (E.salary > 4500)', () => E.age.gt(30).and(E.salary.gt(4500))),
  value('E.name.collate("NOCASE") == "ADA"', () => E.name.collate('NOCASE').eq('ADA'), {
    postgresql: 'no such collation',
    mariadb: 'no such collation',
  }),
  // case
  value('case((E.age < 30, "young"), (E.age < 50, "middle"), else_="old")', () =>
    caseWhen(
      [
        [E.age.lt(30), 'young'],
        [E.age.lt(50), 'middle'],
      ],
      { else: 'old' },
    ),
  ),
  value('case((E.age < 30, 1))', () => caseWhen([[E.age.lt(30), 1]])),
  value('case({1: "one", 2: "two"}, value=E.dept_id, else_="many")', () =>
    caseWhen(
      [
        [1, 'one'],
        [2, 'two'],
      ],
      { value: E.dept_id, else: 'many' },
    ),
  ),
  value('case((E.age < 30, E.age), else_=E.id + 100) + 1', () =>
    caseWhen([[E.age.lt(30), E.age]], { else: E.id.add(100) }).add(1),
  ),
  where('case((E.age < 30, True), else_=False) == True', () =>
    caseWhen([[E.age.lt(30), true]], { else: false }).eq(true),
  ),
  // json
  value('E.data["level"]', () => E.data.at('level'), {
    mariadb: "its JSON null is the text 'null'",
  }),
  value('E.data["tags"]', () => E.data.at('tags')),
  value('E.data[("tags", 1)]', () => E.data.at('tags', 1), {
    mariadb: 'mysql2 parses JSON by itself here; the engine tells it not to',
  }),
  value('E.data["level"].as_integer()', () => E.data.at('level').asInteger()),
  value('E.data["ratio"].as_float()', () => E.data.at('ratio').asFloat()),
  value('E.data["a.b"].as_string()', () => E.data.at('a.b').asString()),
  value('E.data["*"].as_string()', () => E.data.at('*').asString()),
  value('E.data[("deep", "er", "est")].as_string()', () =>
    E.data.at('deep', 'er', 'est').asString(),
  ),
  value('E.data[2]', () => E.data.at(2)),
  value('E.data[(2, "k")].as_string()', () => E.data.at(2, 'k').asString()),
  value('E.data["ok"].as_boolean()', () => E.data.at('ok').asBoolean()),
  where('E.data["level"].as_integer() > 2', () => E.data.at('level').asInteger().gt(2)),
  where('E.data["a.b"].as_string() == "dot"', () => E.data.at('a.b').asString().eq('dot')),
  // text
  where('text("age > :low and age < :high").bindparams(low=20, high=40)', () =>
    text('age > :low and age < :high').bindparams({ low: 20, high: 40 }),
  ),
  where('E.age > bindparam("low", 40)', () =>
    E.age.gt(bindparam('low', { value: 40, type: Integer })),
  ),
  [
    'select(column("name")).select_from(emp).where(column("age") > 40).order_by(column("id"))',
    () =>
      select(column('name'))
        .selectFrom(E.id.table as never)
        .where(column('age', Integer).gt(40))
        .orderBy(column('id')),
  ],
]

function deptsWithE(): SelectBase {
  return select(D.id).where(D.name.ilike('%e%'))
}
