// Compile-time facts about what queries give: this file is checked by tsc and never run.
import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { joinedload } from '../../../../compat/sqlalchemy/orm/loading/options.ts'
import type { Query } from '../../../../compat/sqlalchemy/orm/loading/query.ts'
import type { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import type { Equal, Expect } from '../../../types/assert.ts'
import { mappingDb } from '../mapping/mapping-db.ts'

const db = mappingDb()

class User extends db.Model<User>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(80), { nullable: false })
  age = db.Column(db.Integer)
  posts = db.relationship(() => Post, { backPopulates: 'author' })
}

class Post extends db.Model<Post>() {
  id = db.Column(db.Integer, { primaryKey: true })
  title = db.Column(db.String(80), { nullable: false })
  authorId = db.Column(db.Integer, db.ForeignKey('user.id'))
  author = db.relationship(() => User, { backPopulates: 'posts', uselist: false })
}

declare const session: Session

export async function results(): Promise<void> {
  // Entities.
  const users = await session.scalars(select(User)).all()
  type _users = Expect<Equal<typeof users, User[]>>
  const eager = await session
    .scalars(select(User).options(joinedload(User.c.posts)))
    .unique()
    .all()
  type _eager = Expect<Equal<typeof eager, User[]>>
  const one = await session.scalars(select(User).filterBy({ name: 'ada' })).oneOrNone()
  type _one = Expect<Equal<typeof one, User | null>>
  const got = await session.get(User, 1)
  type _got = Expect<Equal<typeof got, User | null>>

  // Rows: a tuple that has names.
  const row = await session.execute(select(User.c.id, User.c.name)).one()
  const [id, name] = row
  type _id = Expect<Equal<typeof id, number>>
  type _name = Expect<Equal<typeof name, string>>
  type _named = Expect<Equal<typeof row.name, string>>
  const counted = (await session.execute(select(User.c.name, func.count().label('total')))).all()
  type _total = Expect<Equal<(typeof counted)[number]['total'], number>>
  type _second = Expect<Equal<(typeof counted)[number][1], number>>
  const joined = await session.execute(select(User, Post).join(User.c.posts)).first()
  type _user = Expect<Equal<NonNullable<typeof joined>[0], User>>
  type _post = Expect<Equal<NonNullable<typeof joined>[1], Post>>
  const total = await session.scalar(select(func.count()).selectFrom(User))
  type _scalar = Expect<Equal<typeof total, number | null>>
  const ages = await session.scalars(select(User.c.age)).all()
  type _ages = Expect<Equal<typeof ages, (number | null)[]>>

  // Queries.
  const query = session.query(User)
  type _query = Expect<Equal<typeof query, Query<User, User>>>
  const found = await query.filterBy({ name: 'ada' }).orderBy(User.c.id).all()
  type _found = Expect<Equal<typeof found, User[]>>
  const first = await query.first()
  type _first = Expect<Equal<typeof first, User | null>>
  const sure = await query.getOr404(1)
  type _sure = Expect<Equal<typeof sure, User>>
  const pair = await session.query(User.c.id, Post).join(Post).first()
  type _pairId = Expect<Equal<NonNullable<typeof pair>[0], number>>
  type _pairPost = Expect<Equal<NonNullable<typeof pair>[1], Post>>
  const only = await query.withEntities(User.c.name).all()
  type _only = Expect<Equal<(typeof only)[number]['name'], string>>

  // @ts-expect-error no such column
  query.filterBy({ nmae: 'ada' })
  // @ts-expect-error a number is expected
  query.filterBy({ age: 'old' })
  // @ts-expect-error no such name in the row
  row.nmae
}
