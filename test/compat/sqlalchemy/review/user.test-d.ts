// What the author of an app writes, and what has to be caught: checked by tsc and never run.
import {
  type AppenderQuery,
  type Lazy,
  type Pagination,
  type RelatedList,
  SQLAlchemy,
} from 'bustapi/sqlalchemy'
import type { Equal, Expect } from '../../../types/assert.ts'

const db = new SQLAlchemy()

const likes = db.Table<{ user_id: number; post_id: number }>(
  'likes',
  db.Column('user_id', db.Integer, db.ForeignKey('user.id')),
  db.Column('post_id', db.Integer, db.ForeignKey('post.id')),
)

class User extends db.Model<User>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(80), { unique: true, nullable: false })
  age = db.Column(db.Integer)
  balance = db.Column(db.Numeric(10, 2), { nullable: false, default: '0' })
  rate = db.Column(db.Float, { nullable: false })
  views = db.Column(db.BigInteger, { nullable: false })
  role = db.Column(db.Enum('admin', 'member', { name: 'role' }), { nullable: false })
  born = db.Column(db.Date)
  seen = db.Column(db.DateTime({ timezone: true }))
  pause = db.Column(db.Interval)
  photo = db.Column(db.LargeBinary)
  active = db.Column(db.Boolean, { nullable: false, default: true })
  extra = db.Column(db.JSON<{ tags: string[] }>())
  posts = db.relationship(() => Post, { backPopulates: 'author', lazy: 'dynamic' })
  liked = db.relationship(() => Post, { secondary: likes, backref: 'likedBy' })
  profile = db.relationship(() => Profile, { uselist: false })

  get label(): string {
    return `${this.name} (${this.age ?? '?'})`
  }
}

class Post extends db.Model<Post>() {
  id = db.Column(db.Integer, { primaryKey: true })
  title = db.Column(db.String(80), { nullable: false })
  userId = db.Column(db.Integer, db.ForeignKey('user.id'), { nullable: false })
  author = db.relationship(() => User, { backPopulates: 'posts', uselist: false })
  declare likedBy: RelatedList<User>
}

class Profile extends db.Model<Profile>() {
  userId = db.Column(db.Integer, db.ForeignKey('user.id'), { primaryKey: true })
  text = db.Column(db.Text)
}

declare const user: User
declare const post: Post

// ---- instances ----
type _fields = Expect<
  Equal<
    Pick<User, 'id' | 'age' | 'balance' | 'views' | 'role' | 'pause' | 'extra' | 'photo'>,
    {
      id: number
      age: number | null
      balance: string
      views: bigint
      role: 'admin' | 'member'
      pause: number | null
      extra: { tags: string[] } | null
      photo: Uint8Array | null
    }
  >
>
type _posts = Expect<Equal<User['posts'], AppenderQuery<Post>>>
type _profile = Expect<Equal<User['profile'], Lazy<Profile | null>>>
new User({ name: 'ada', role: 'admin', liked: [post], posts: [post], born: null })
new Post({ title: 'x', author: user, likedBy: [user] })
user.role = 'member'
user.extra = { tags: [] }
user.profile = new Profile({ text: 'x' })
// @ts-expect-error: no such role
user.role = 'king'
// @ts-expect-error: a text is no number
user.age = '7'
// @ts-expect-error: a number is no bigint
user.views = 1
// @ts-expect-error: the document has tags
user.extra = { tag: [] }
// @ts-expect-error: no such attribute
user.nmae
// @ts-expect-error: an attribute that is computed is not given
user.label = 'x'
// @ts-expect-error: no such role
new User({ role: 'king' })
// @ts-expect-error: no such attribute
new User({ nmae: 'ada' })
// @ts-expect-error: a list of posts
new User({ liked: [user] })
// @ts-expect-error: a list, and not one of them
new User({ liked: post })
// @ts-expect-error: an author is a user
new Post({ author: post })
// @ts-expect-error: what a Numeric gives is text
user.balance.toFixed(2)
// @ts-expect-error: may be null
user.born.getTime()

// ---- dynamic relationships are queries ----
async function dynamic() {
  type _count = Expect<Equal<Awaited<ReturnType<typeof user.posts.count>>, number>>
  const found = await user.posts.filterBy({ title: 'x' }).orderBy(Post.c.id.desc()).all()
  type _found = Expect<Equal<typeof found, Post[]>>
  const first = await user.posts.filter(Post.c.title.like('a%')).first()
  type _first = Expect<Equal<typeof first, Post | null>>
  user.posts.append(post)
  user.posts.remove(post)
  for await (const each of user.posts) each.title satisfies string
  // @ts-expect-error: posts hold posts
  user.posts.append(user)
  // @ts-expect-error: posts have no such attribute
  user.posts.filterBy({ titel: 'x' })
  // @ts-expect-error: a query has no length
  user.posts.length
}
void dynamic

// ---- queries ----
async function queries() {
  const users = await User.query.filterBy({ name: 'ada', active: true, age: null }).all()
  type _users = Expect<Equal<typeof users, User[]>>
  const one = await User.query.filter(User.c.age.gt(3), User.c.name.ilike('a%')).first()
  type _one = Expect<Equal<typeof one, User | null>>
  const found = await User.query.getOr404(3)
  type _found = Expect<Equal<typeof found, User>>
  const page = await User.query.orderBy(User.c.name, User.c.id.desc()).paginate({ perPage: 3 })
  type _page = Expect<Equal<typeof page, Pagination<User>>>
  const joined = await User.query.join(User.c.posts).filter(Post.c.title.eq('x')).all()
  type _joined = Expect<Equal<typeof joined, User[]>>
  const both = await User.query
    .filterBy({ age: 1 })
    .union(User.query.filterBy({ age: 2 }))
    .all()
  type _both = Expect<Equal<typeof both, User[]>>
  await User.query.filter(User.c.id.in([1, 2])).update({ age: 3, name: User.c.name.concat('!') })
  await User.query.filter(User.c.posts.any({ title: 'x' })).delete({ synchronizeSession: 'fetch' })
  await Post.query.filter(Post.c.author.has(User.c.age.isNull())).count()
  await Post.query.filter(Post.c.author.eq(user)).exists()
  await User.query.options(db.joinedload(User.c.liked).selectinload(Post.c.likedBy)).all()
  await User.query.filter(User.c.born.between(new Date(), new Date())).all()
  // @ts-expect-error: no such attribute
  User.query.filterBy({ nmae: 'ada' })
  // @ts-expect-error: an age is a number
  User.query.filterBy({ age: '3' })
  // @ts-expect-error: an age is a number
  User.query.filter(User.c.age.gt('3'))
  // @ts-expect-error: a date is no text
  User.query.filter(User.c.born.gt('2026-01-01'))
  // @ts-expect-error: no such role
  User.query.filter(User.c.role.eq('king'))
  // @ts-expect-error: roles are texts
  User.query.filter(User.c.role.in([1]))
  // @ts-expect-error: no such attribute
  User.query.orderBy(User.c.nmae)
  // @ts-expect-error: a condition is no text
  User.query.filter('age > 3')
  // @ts-expect-error: no such attribute
  User.query.update({ nmae: 'x' })
  // @ts-expect-error: an age is a number
  User.query.update({ age: 'x' })
  // @ts-expect-error: a count is a number
  User.query.limit('3')
  // @ts-expect-error: posts have no such attribute
  User.c.posts.any({ titel: 'x' })
  // @ts-expect-error: an author is a user
  Post.c.author.eq(post)
  // @ts-expect-error: no such strategy
  User.query.delete({ synchronizeSession: 'always' })
  // @ts-expect-error: a promise is no user
  User.query.first().name
}
void queries

// ---- numbers of all kinds beside each other ----
function numbers() {
  const total = User.c.age.mul(User.c.balance)
  type _total = Expect<Equal<NonNullable<(typeof total)['expressionType']>, number | string>>
  User.c.balance.gt(10)
  User.c.balance.between(1, 10)
  User.c.balance.mul(2).add('0.50')
  User.c.balance.lt(db.select(db.func.avg(User.c.balance)).scalarSubquery())
  User.c.views.add(1)
  User.c.rate.mul(User.c.age).gt(User.c.views)
  User.c.name.add('!')
  // @ts-expect-error: a date is no number
  User.c.age.add(new Date())
  // @ts-expect-error: a truth value is no number
  User.c.age.mul(true)
  // @ts-expect-error: a date is not compared with a number
  User.c.born.gt(3)
  // @ts-expect-error: nor with a column of numbers
  User.c.born.lt(User.c.age)
}
void numbers

// ---- select ----
async function selects() {
  const rows = await db.session.execute(db.select(User.c.id, User.c.name.label('who'))).all()
  const [row] = rows
  if (row) {
    row.id satisfies number
    row.who satisfies string
    row[1] satisfies string
    const [id, who] = row
    id satisfies number
    who satisfies string
    // @ts-expect-error: no such column
    row.name
    // @ts-expect-error: an id is a number
    row.id satisfies string
  }
  const people = await db.session.scalars(db.select(User).where(User.c.age.isNot(null))).all()
  type _people = Expect<Equal<typeof people, User[]>>
  const count = await db.session.scalar(db.select(db.func.count()).selectFrom(User))
  type _count = Expect<Equal<typeof count, number | null>>
  const pairs = await db.session.execute(db.select(User, Post).join(User.c.posts)).all()
  type _pair = Expect<Equal<[(typeof pairs)[0][0], (typeof pairs)[0][1]], [User, Post]>>
  const maybe = await db.session.execute(db.select(User, Post).outerjoin(Post)).all()
  type _maybe = Expect<Equal<[(typeof maybe)[0][0], (typeof maybe)[0][1]], [User, Post | null]>>
  const page = await db.paginate(db.select(User))
  type _page = Expect<Equal<typeof page, Pagination<User>>>
  const got = await db.session.get(User, 3)
  type _got = Expect<Equal<typeof got, User | null>>
  const merged = await db.session.merge(user)
  type _merged = Expect<Equal<typeof merged, User>>
  const counts = db.session
    .query(Post.c.userId, db.func.count().label('posts'))
    .groupBy(Post.c.userId)
    .subquery()
  counts.c.posts.gt(3)
  User.c.id.eq(counts.c.userId)
  const liking = likes.alias()
  db.select(User).join(liking, liking.c.user_id.eq(User.c.id)).where(likes.c.post_id.gt(3))
  const other = db.aliased(User)
  db.select(User.c.name, other.c.name).join(other, other.c.age.gt(User.c.age))
  db.select(User).where(db.exists().where(Post.c.userId.eq(User.c.id)).not())
  db.select(db.case([[User.c.age.lt(18), 'minor']], { else: 'adult' }).label('group'))
  db.func.rank().over({ partitionBy: User.c.role, orderBy: User.c.age.desc() })
  db.update(User).where(User.c.id.eq(1)).values({ name: 'x' })
  db.delete(Post).where(Post.c.id.in(db.select(Post.c.id).where(Post.c.title.eq('x'))))
  // @ts-expect-error: an expression is wanted
  db.select('name')
  // @ts-expect-error: a number is no text
  counts.c.posts.gt('x')
  // @ts-expect-error: a column that is not said may not be there
  likes.c.user.eq(1)
  // @ts-expect-error: a user's id is a number
  likes.c.user_id.eq('1')
  // @ts-expect-error: aliases have the attributes of their class
  other.c.nmae
  // @ts-expect-error: a class or an alias is aliased, not an instance
  db.aliased(user)
  // @ts-expect-error: a statement is no text
  db.session.execute('SELECT 1')
  // @ts-expect-error: nobody adds a text
  db.session.add('x')
  // @ts-expect-error: windows are ordered by expressions
  db.func.rank().over({ orderBy: 'age' })
}
void selects
