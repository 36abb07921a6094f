// Compile-time facts about models: this file is checked by tsc and never run.
import { aliased } from '../../../../compat/sqlalchemy/orm/declarative.ts'
import type { InstrumentedAttribute } from '../../../../compat/sqlalchemy/orm/mapping/instrumented.ts'
import type { RelatedList } from '../../../../compat/sqlalchemy/orm/mapping/related-list.ts'
import type { Lazy, RelationshipExpression } from '../../../../compat/sqlalchemy/orm/typing.ts'
import type { Equal, Expect } from '../../../types/assert.ts'
import { mappingDb } from '../mapping/mapping-db.ts'

const db = mappingDb()

class User extends db.Model<User>() {
  static readonly tablename = 'users'
  id = db.Column(db.Integer, { primaryKey: true })
  username = db.Column(db.String(80), { unique: true, nullable: false })
  email = db.Column(db.String(120))
  active = db.Column(db.Boolean, { nullable: false, default: true })
  since = db.Column('member_since', db.DateTime, { default: () => new Date() })
  settings = db.Column(db.JSON)
  posts = db.relationship(() => Post, { backPopulates: 'author' })
  greet() {
    return `Hello ${this.username}`
  }
}

class Post extends db.Model<Post>() {
  id = db.Column(db.Integer, { primaryKey: true })
  title = db.Column(db.String(80), { nullable: false })
  userId = db.Column(db.Integer, db.ForeignKey('users.id'), { nullable: false })
  editorId = db.Column(db.Integer, db.ForeignKey('users.id', { ondelete: 'CASCADE' }))
  ownerId = db.Column<number>(db.ForeignKey('users.id'))
  author = db.relationship(() => User, { backPopulates: 'posts', uselist: false })
}

// The type of a field is the value of its column.
const user = new User({ username: 'ada', active: false })
type _id = Expect<Equal<typeof user.id, number>>
type _username = Expect<Equal<typeof user.username, string>>
type _email = Expect<Equal<typeof user.email, string | null>>
type _active = Expect<Equal<typeof user.active, boolean>>
type _since = Expect<Equal<typeof user.since, Date | null>>
type _posts = Expect<Equal<typeof user.posts, RelatedList<Post>>>

const post = new Post({ title: 'On engines', author: user })
type _userId = Expect<Equal<typeof post.userId, number>>
type _editorId = Expect<Equal<typeof post.editorId, number | null>>
type _ownerId = Expect<Equal<typeof post.ownerId, number | null>>
type _author = Expect<Equal<typeof post.author, Lazy<User | null>>>

// `await` is right whether a relationship is loaded or not.
async function read(): Promise<void> {
  const author = await post.author
  type _awaited = Expect<Equal<typeof author, User | null>>
  const posts = await user.posts
  type _list = Expect<Equal<typeof posts, Post[]>>
  for (const each of user.posts) each.title satisfies string
  user.posts[0]?.title satisfies string | undefined
}
void read

// Constructors take any of the attributes, and nothing else.
new User()
new User({ username: 'ada', posts: [post], email: null })
new User({ posts: user.posts })
// @ts-expect-error: no such attribute
new User({ usrname: 'ada' })
// @ts-expect-error: a name is a text
new User({ username: 1 })
// @ts-expect-error: a username is never null
new User({ username: null })
// @ts-expect-error: a method is no attribute
new User({ greet: () => '' })
// @ts-expect-error: a list of posts holds posts
new User({ posts: [user] })
// @ts-expect-error: an author is a user
new Post({ author: post })
new Post({ author: null })

user.username = 'lovelace'
// @ts-expect-error: a username is never null
user.username = null
user.email = null
post.author = user
post.author = null
// @ts-expect-error: an author is a user
post.author = post
user.posts.append(post)
// @ts-expect-error: a post is wanted
user.posts.append(user)

// Attributes in statements.
type _nameColumn = Expect<Equal<typeof User.c.username, InstrumentedAttribute<string, 'username'>>>
type _emailColumn = Expect<
  Equal<typeof User.c.email, InstrumentedAttribute<string | null, 'email'>>
>
type _postsColumn = Expect<Equal<typeof User.c.posts, RelationshipExpression<Post>>>
type _authorColumn = Expect<Equal<typeof Post.c.author, RelationshipExpression<User>>>
User.c.username.eq('ada')
User.c.email.eq(null)
// @ts-expect-error: a name is compared with a text
User.c.username.eq(1)
// @ts-expect-error: no such attribute
User.c.usrname
// @ts-expect-error: a method is no attribute
User.c.greet
User.c.posts.any({ title: 'On engines' })
User.c.posts.any(Post.c.title.like('On%'), Post.c.id.gt(3))
// @ts-expect-error: posts have no such attribute
User.c.posts.any({ titel: 'On engines' })
Post.c.author.has({ username: 'ada' })
Post.c.author.eq(user)
Post.c.author.is(null)
// @ts-expect-error: an author is a user
Post.c.author.eq(post)
User.c.posts.contains(post)
// @ts-expect-error: a post is wanted
User.c.posts.contains(user)

const writer = aliased(User, { name: 'writer' })
type _aliasColumn = Expect<
  Equal<typeof writer.c.username, InstrumentedAttribute<string, 'username'>>
>
Post.c.author.ofType(writer).and(writer.c.active.is(true))

// Without a type argument the class works the same; its statics know nothing of it.
class Plain extends db.Model {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(20))
}
const plain = new Plain({ name: 'x' })
type _plainName = Expect<Equal<typeof plain.name, string | null>>
Plain.c.name.eq('x')

// A subclass has statics of its own type through the function form.
class Employee extends db.Model<Employee>() {
  id = db.Column(db.Integer, { primaryKey: true })
  kind = db.Column(db.String(20), { nullable: false })
  static readonly mapperArgs = { polymorphicOn: 'kind', polymorphicIdentity: 'employee' }
}
class Manager extends db.Model<Manager, typeof Employee>(Employee) {
  static readonly mapperArgs = { polymorphicOn: 'kind', polymorphicIdentity: 'manager' }
  budget = db.Column(db.Integer)
}
const manager = new Manager({ budget: 3 })
type _kind = Expect<Equal<typeof manager.kind, string>>
type _budget = Expect<Equal<typeof manager.budget, number | null>>
Manager.c.budget.gt(2)
const employee: Employee = manager
void employee

// Trees and many-to-many.
class Node extends db.Model<Node>() {
  id = db.Column(db.Integer, { primaryKey: true })
  parentId = db.Column(db.Integer, db.ForeignKey('node.id'))
  children = db.relationship(() => Node, { backPopulates: 'parent' })
  parent = db.relationship(() => Node, {
    backPopulates: 'children',
    remoteSide: 'id',
    uselist: false,
  })
}
const root = new Node({ children: [new Node(), new Node()] })
type _children = Expect<Equal<typeof root.children, RelatedList<Node>>>
type _parent = Expect<Equal<typeof root.parent, Lazy<Node | null>>>

// Functions in a class's fields may name the class itself, and classes below.
class Author extends db.Model<Author>() {
  id = db.Column(db.Integer, { primaryKey: true })
  first = db.Column(db.String(20), { nullable: false })
  name = db.columnProperty<string>(() => Author.c.first.concat('!'))
  books = db.relationship(() => Book, {
    primaryjoin: () => Author.c.id.eq(Book.c.authorId),
    orderBy: () => [Book.c.title.desc(), Book.c.id],
    foreignKeys: () => Book.c.authorId,
  })
}
class Book extends db.Model<Book>() {
  id = db.Column(db.Integer, { primaryKey: true })
  title = db.Column(db.String(80), { nullable: false })
  text = db.deferred(db.Column(db.Text))
  authorId = db.Column(
    db.Integer,
    db.ForeignKey(() => Author.c.id),
  )
}
type _books = Expect<Equal<Author['books'], RelatedList<Book>>>
type _authorName = Expect<Equal<Author['name'], string>>
type _text = Expect<Equal<Book['text'], string | null>>
