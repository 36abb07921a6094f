// Compile-time facts about statements: this file is checked by tsc and never run.
import type { ColumnElement, Select } from '../../../../compat/sqlalchemy/expression/index.ts'
import {
  caseWhen,
  func,
  literal,
  select,
  union,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import type { Equal, Expect } from '../../../types/assert.ts'

declare class User {
  id: number
  name: string
  age: number | null
  greet(): string
}
declare class Post {
  id: number
  title: string
  author: User | null | Promise<User | null>
}
declare const U: {
  id: ColumnElement<number, 'id'>
  name: ColumnElement<string, 'name'>
  age: ColumnElement<number | null, 'age'>
}
declare const P: { id: ColumnElement<number, 'id'>; title: ColumnElement<string, 'title'> }

type RowOf<S> = S extends Select<infer V, infer _N, infer _E> ? V : never
type NamesOf<S> = S extends Select<infer _V, infer N, infer _E> ? N : never

// A row has the values of what is selected, in its order.
const two = select(U.id, U.name)
type _two = Expect<Equal<RowOf<typeof two>, [number, string]>>
const entity = select(User)
type _entity = Expect<Equal<RowOf<typeof entity>, [User]>>
const mixed = select(User, U.age, func.count(), literal('x').label('tag'))
type _mixed = Expect<Equal<RowOf<typeof mixed>, [User, number | null, number, string]>>

// And by name, where there is one.
const named = select(U.id, U.age.label('years'), func.count())
type _names = Expect<Equal<NamesOf<typeof named>['years'], number | null>>
type _id = Expect<Equal<NamesOf<typeof named>['id'], number>>
// @ts-expect-error: nothing is called so
type _none = NamesOf<typeof named>['count']

// Methods keep the row.
const filtered = select(User)
  .where(U.age.gt(3).and(U.name.like('a%')))
  .orderBy(U.id.desc())
  .limit(3)
type _filtered = Expect<Equal<RowOf<typeof filtered>, [User]>>
const more = two.addColumns(U.age)
type _more = Expect<Equal<RowOf<typeof more>, [number, string, number | null]>>
const other = two.withOnlyColumns(U.age)
type _other = Expect<Equal<RowOf<typeof other>, [number | null]>>

// An entity that is outer-joined may be missing; the one it is joined to is not.
const outer = select(User, Post).outerjoin(Post)
type _outer = Expect<Equal<RowOf<typeof outer>, [User, Post | null]>>
const inner = select(User, Post).join(Post)
type _inner = Expect<Equal<RowOf<typeof inner>, [User, Post]>>
const full = select(User, Post).fullJoin(Post)
type _full = Expect<Equal<RowOf<typeof full>, [User | null, Post | null]>>

// filterBy knows the entity, and the entity of the last join.
select(User).filterBy({ name: 'ada', age: null })
select(User).filterBy({ id: U.age })
// @ts-expect-error: no such attribute
select(User).filterBy({ usrname: 'ada' })
// @ts-expect-error: not a text
select(User).filterBy({ name: 3 })
// @ts-expect-error: a method is no column
select(User).filterBy({ greet: null })
select(User).join(Post).filterBy({ title: 'x', author: null })
// @ts-expect-error: the post is meant, as in SQLAlchemy
select(User).join(Post).filterBy({ name: 'ada' })

// Operators take values of the column's type, NULL and expressions of it.
U.name.eq('x').and(U.age.eq(null), U.age.eq(U.id))
// @ts-expect-error: a number is no text
U.name.eq(3)
// @ts-expect-error: a text is no number
U.age.in(['a'])
// @ts-expect-error: another type's column
U.name.eq(U.id)
// @ts-expect-error: the pattern of LIKE is text
U.name.like(3)
// @ts-expect-error: an undefined value is a mistake, not NULL
U.name.eq(undefined)

// Functions have the types of their values.
type ValueOf<E> = E extends ColumnElement<infer T, infer _N> ? T : never
const total = func.sum(U.id)
type _total = Expect<Equal<ValueOf<typeof total>, number | null>>
const known = func.coalesce(U.age, 0)
type _known = Expect<Equal<ValueOf<typeof known>, number>>
const text = func.lower(U.name)
type _text = Expect<Equal<ValueOf<typeof text>, string>>
const words = caseWhen([[U.age.lt(18), 'minor']], { else: 'adult' })
type _words = Expect<Equal<ValueOf<typeof words>, string>>
const maybe = caseWhen([[U.age.lt(18), 1]])
type _maybe = Expect<Equal<ValueOf<typeof maybe>, number | null>>
// @ts-expect-error: lower() is for text
func.lower(U.id)

// A subquery and a CTE have the columns of the selection.
const sub = select(U.id, func.count().label('n')).subquery()
type _n = Expect<Equal<ValueOf<typeof sub.c.n>, number>>
sub.c.n.gt(3)
// @ts-expect-error: n is a number
sub.c.n.gt('3')
const one = select(P.title).scalarSubquery()
type _one = Expect<Equal<ValueOf<typeof one>, string>>
U.name.eq(one)
// @ts-expect-error: a title is no age
U.age.eq(one)
U.id.in(select(P.id))

// All members of a union are of one shape.
const both = union(select(U.id), select(P.id))
const name: readonly string[] = both.selectedColumns
void name

// What is no column, entity or table cannot be selected, joined or ordered by.
// @ts-expect-error: a text is not SQL
select('id')
// @ts-expect-error: nor a condition
select(User).where('1 = 1')
// @ts-expect-error: rows are counted in whole numbers
select(User).limit('3')
