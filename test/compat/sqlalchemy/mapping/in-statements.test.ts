import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { sqliteDialect } from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import { compileSelect } from '../../../../compat/sqlalchemy/expression/compile.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { aliased } from '../../../../compat/sqlalchemy/orm/declarative.ts'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import { createTableText } from '../../../../compat/sqlalchemy/schema/ddl/statements.ts'
import { askOriginal, hasOriginal } from './flask-sqlalchemy.ts'
import { mappingDb } from './mapping-db.ts'

const db = mappingDb()
const postTag = db.Table(
  'post_tag',
  db.Column('post_id', db.Integer, db.ForeignKey('post.id'), { primaryKey: true }),
  db.Column('tag_id', db.Integer, db.ForeignKey('tag.id'), { primaryKey: true }),
)
class User extends db.Model<User>() {
  id = db.Column(db.Integer, { primaryKey: true })
  fullName = db.Column('name', db.String(20))
  chiefId = db.Column('chief_id', db.Integer, db.ForeignKey('user.id'))
  chief = db.relationship(() => User, { remoteSide: 'id', backPopulates: 'staff', uselist: false })
  staff = db.relationship(() => User, { backPopulates: 'chief' })
  posts = db.relationship(() => Post, { backPopulates: 'author' })
}
class Post extends db.Model<Post>() {
  static mapperArgs: object = { polymorphicOn: 'kind', polymorphicIdentity: 'post' }
  id = db.Column(db.Integer, { primaryKey: true })
  title = db.Column(db.String(20))
  kind = db.Column(db.String(9))
  authorId = db.Column('author_id', db.Integer, db.ForeignKey('user.id'))
  author = db.relationship(() => User, { backPopulates: 'posts', uselist: false })
  tags = db.relationship(() => Tag, { secondary: postTag, backPopulates: 'posts' })
}
class Draft extends db.Model<Draft, typeof Post>(Post) {
  static mapperArgs = { polymorphicIdentity: 'draft' }
}
class Tag extends db.Model<Tag>() {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(20))
  posts = db.relationship(() => Post, { secondary: postTag, backPopulates: 'tags' })
}

const ROWS = [
  "INSERT INTO user VALUES (1, 'ada', NULL), (2, 'grace', 1), (3, 'joan', 1), (4, 'karen', 2)",
  `INSERT INTO post (id, title, kind, author_id) VALUES
     (1, 'one', 'post', 1), (2, 'two', 'draft', 1), (3, 'three', 'post', 2), (4, 'four', 'draft', NULL)`,
  "INSERT INTO tag VALUES (1, 'red'), (2, 'blue'), (3, 'grey')",
  'INSERT INTO post_tag VALUES (1, 1), (1, 2), (3, 2)',
]

const dialect = sqliteDialect()
const database = new DatabaseSync(':memory:')
for (const table of db.metadata.sortedTables) database.exec(createTableText(table, dialect))
for (const row of ROWS) database.exec(row)

// biome-ignore lint/suspicious/noExplicitAny: statements of any type
function ids(statement: any): number[] {
  const { query } = compileSelect(statement, dialect)
  const found = database.prepare(query.sql).all(...(query.parameters as SQLInputValue[]))
  return found.map((row) => Object.values(row)[0] as number)
}

function row<T extends object>(model: abstract new (...args: never[]) => T, id: number): T {
  const state = mapperOf(model).instantiate({ id })
  state.key = mapperOf(model).identityKeyOf({ id })
  return state.obj as T
}

const PYTHON = `
post_tag = db.Table('post_tag', db.Column('post_id', db.ForeignKey('post.id'), primary_key=True), db.Column('tag_id', db.ForeignKey('tag.id'), primary_key=True))
class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    full_name = db.Column('name', db.String(20))
    chief_id = db.Column(db.Integer, db.ForeignKey('user.id'))
    chief = db.relationship('User', remote_side='User.id', back_populates='staff')
    staff = db.relationship('User', back_populates='chief')
    posts = db.relationship('Post', back_populates='author')
class Post(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.String(20))
    kind = db.Column(db.String(9))
    author_id = db.Column(db.Integer, db.ForeignKey('user.id'))
    author = db.relationship('User', back_populates='posts')
    tags = db.relationship('Tag', secondary=post_tag, back_populates='posts')
    __mapper_args__ = {'polymorphic_on': 'kind', 'polymorphic_identity': 'post'}
class Draft(Post):
    __mapper_args__ = {'polymorphic_identity': 'draft'}
class Tag(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(20))
    posts = db.relationship('Post', secondary=post_tag, back_populates='tags')
engine = sa.create_engine('sqlite://')
db.metadata.create_all(engine)
session = orm.Session(engine)
for statement in ${JSON.stringify(ROWS)}:
    session.execute(sa.text(statement))
session.commit()
get = session.get
other = orm.aliased(User)
`

const { c: user } = User
const { c: post } = Post
const other = aliased(User, { name: 'other' })

interface Case {
  readonly title: string
  readonly statement: () => unknown
  readonly python: string
  readonly expected: readonly number[]
}

const users = (where: unknown) =>
  select(User)
    .where(where as never)
    .orderBy(user.id)
const posts = (where: unknown) =>
  select(Post)
    .where(where as never)
    .orderBy(post.id)

const CASES: readonly Case[] = [
  {
    title: 'any()',
    statement: () => users(user.posts.any()),
    python: 'select(User).where(User.posts.any()).order_by(User.id)',
    expected: [1, 2],
  },
  {
    title: 'any() with criteria and values',
    statement: () => users(user.posts.any(post.title.like('t%'), { kind: 'draft' })),
    python:
      "select(User).where(User.posts.any(Post.title.like('t%') & (Post.kind == 'draft'))).order_by(User.id)",
    expected: [1],
  },
  {
    title: 'any() negated',
    statement: () => users(user.posts.any().not()),
    python: 'select(User).where(~User.posts.any()).order_by(User.id)',
    expected: [3, 4],
  },
  {
    title: 'any() through an association table',
    statement: () => posts(post.tags.any({ name: 'blue' })),
    python: "select(Post).where(Post.tags.any(name='blue')).order_by(Post.id)",
    expected: [1, 3],
  },
  {
    title: 'any() of a table with itself',
    statement: () => users(user.staff.any({ fullName: 'karen' })),
    python: "select(User).where(User.staff.any(full_name='karen')).order_by(User.id)",
    expected: [2],
  },
  {
    title: 'has()',
    statement: () => posts(post.author.has({ fullName: 'ada' })),
    python: "select(Post).where(Post.author.has(full_name='ada')).order_by(Post.id)",
    expected: [1, 2],
  },
  {
    title: 'has() of a table with itself',
    statement: () => users(user.chief.has({ fullName: 'ada' })),
    python: "select(User).where(User.chief.has(full_name='ada')).order_by(User.id)",
    expected: [2, 3],
  },
  {
    title: 'nested any() and has()',
    statement: () => users(user.posts.any(post.tags.any({ name: 'red' }))),
    python: "select(User).where(User.posts.any(Post.tags.any(name='red'))).order_by(User.id)",
    expected: [1],
  },
  {
    title: 'contains() of one-to-many',
    statement: () => {
      const held = mapperOf(Post).instantiate({ id: 3, authorId: 2 }).obj as Post
      return users(user.posts.contains(held))
    },
    python: 'select(User).where(User.posts.contains(get(Post, 3))).order_by(User.id)',
    expected: [2],
  },
  {
    title: 'contains() of many-to-many',
    statement: () => posts(post.tags.contains(row(Tag, 2))),
    python: 'select(Post).where(Post.tags.contains(get(Tag, 2))).order_by(Post.id)',
    expected: [1, 3],
  },
  {
    title: 'equality with an object',
    statement: () => posts(post.author.eq(row(User, 1))),
    python: 'select(Post).where(Post.author == get(User, 1)).order_by(Post.id)',
    expected: [1, 2],
  },
  {
    title: 'difference from an object',
    statement: () => posts(post.author.ne(row(User, 1))),
    python: 'select(Post).where(Post.author != get(User, 1)).order_by(Post.id)',
    expected: [3, 4],
  },
  {
    title: 'no object at all',
    statement: () => posts(post.author.is(null)),
    python: 'select(Post).where(Post.author == None).order_by(Post.id)',
    expected: [4],
  },
  {
    title: 'some object',
    statement: () => posts(post.author.isNotNull()),
    python: 'select(Post).where(Post.author != None).order_by(Post.id)',
    expected: [1, 2, 3],
  },
  {
    title: 'an empty collection',
    statement: () => users(user.posts.eq(null)),
    python: 'select(User).where(User.posts == None).order_by(User.id)',
    expected: [3, 4],
  },
  {
    title: 'a join along a relationship',
    statement: () => select(User).join(user.posts).orderBy(post.id),
    python: 'select(User).join(User.posts).order_by(Post.id)',
    expected: [1, 1, 2],
  },
  {
    title: 'a join through an association table',
    statement: () => select(Post).join(post.tags).orderBy(Tag.c.id, post.id),
    python: 'select(Post).join(Post.tags).order_by(Tag.id, Post.id)',
    expected: [1, 1, 3],
  },
  {
    title: 'an outer join',
    statement: () => select(User).outerjoin(user.posts).where(post.id.isNull()).orderBy(user.id),
    python: 'select(User).outerjoin(User.posts).where(Post.id == None).order_by(User.id)',
    expected: [3, 4],
  },
  {
    title: 'a join of a table with itself under another name',
    statement: () =>
      select(User)
        .join(user.chief.ofType(other))
        .where(other.c.fullName.eq('ada'))
        .orderBy(user.id),
    python:
      "select(User).join(User.chief.of_type(other)).where(other.full_name == 'ada').order_by(User.id)",
    expected: [2, 3],
  },
  {
    title: 'a join from another name',
    statement: () =>
      select(other).join(other.c.posts).where(post.title.eq('three')).orderBy(other.c.id),
    python: "select(other).join(other.posts).where(Post.title == 'three').order_by(other.id)",
    expected: [2],
  },
  {
    title: 'a join with more conditions',
    statement: () =>
      select(User)
        .join(user.posts.and(post.kind.eq('draft')))
        .orderBy(post.id),
    python: "select(User).join(User.posts.and_(Post.kind == 'draft')).order_by(Post.id)",
    expected: [1],
  },
  {
    title: 'a subclass of a shared table',
    statement: () => select(Draft).orderBy(Draft.c.id),
    python: 'select(Draft).order_by(Draft.id)',
    expected: [2, 4],
  },
  {
    title: 'the base of a shared table',
    statement: () => select(Post).orderBy(post.id),
    python: 'select(Post).order_by(Post.id)',
    expected: [1, 2, 3, 4],
  },
  {
    title: 'a join to a subclass of the target',
    statement: () => select(User).join(user.posts.ofType(Draft)).orderBy(user.id),
    python: 'select(User).join(User.posts.of_type(Draft)).order_by(User.id)',
    expected: [1],
  },
  {
    title: 'any() of a subclass of the target',
    statement: () => users(user.posts.ofType(Draft).any()),
    python: 'select(User).where(User.posts.of_type(Draft).any()).order_by(User.id)',
    expected: [1],
  },
]

describe('relationships in statements', () => {
  for (const { title, statement, expected } of CASES) {
    it(title, () => {
      expect(ids(statement())).toEqual(expected)
    })
  }

  it.runIf(hasOriginal)('give the rows that the real SQLAlchemy gives', () => {
    const list = CASES.map(({ python }) => `session.execute(sa.${python}).scalars().all()`)
    const program = `${PYTHON}\nanswer = [[each.id for each in found] for found in [${list.join(', ')}]]`
    const { programs } = askOriginal({ programs: [program] })
    expect(programs[0]).toEqual({ value: CASES.map(({ expected }) => expected) })
  })

  it('stand beside attributes under the names that these have', () => {
    const { query } = compileSelect(
      select(user.id, user.fullName).orderBy(user.id).limit(1),
      dialect,
    )
    const found = database.prepare(query.sql).all(...(query.parameters as SQLInputValue[]))
    expect(found.map((each) => ({ ...each }))).toEqual([{ id: 1, fullName: 'ada' }])
  })

  it('are refused where they make no sense', () => {
    expect(() => user.posts.has()).toThrow("'has()' not implemented for collections. Use any().")
    expect(() => post.author.any()).toThrow(
      "'any()' not implemented for scalar attributes. Use has().",
    )
    expect(() => post.author.contains(row(User, 1))).toThrow(
      "'contains' not implemented for scalar attributes.  Use eq()",
    )
    expect(() => user.posts.eq(row(Post, 1))).toThrow(
      "Can't compare a collection to an object or collection; use contains() to test for membership.",
    )
  })
})
