import { CompiledQuery } from 'kysely'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/create-engine.ts'
import type { Engine, StatementEvent } from '../../../../compat/sqlalchemy/dialects/engine.ts'
import { and } from '../../../../compat/sqlalchemy/expression/literals.ts'
import {
  declareColumn,
  declareDeferred,
  declareRelationship,
} from '../../../../compat/sqlalchemy/orm/mapping/declare.ts'
import { createModelBase } from '../../../../compat/sqlalchemy/orm/mapping/model-base.ts'
import { Registry } from '../../../../compat/sqlalchemy/orm/mapping/registry.ts'
import { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { Column } from '../../../../compat/sqlalchemy/schema/column.ts'
import { ForeignKeyConstraint } from '../../../../compat/sqlalchemy/schema/constraints.ts'
import { ForeignKey } from '../../../../compat/sqlalchemy/schema/foreign-key.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'
import { Table } from '../../../../compat/sqlalchemy/schema/table.ts'
import * as types from '../../../../compat/sqlalchemy/types/index.ts'

const metadata = new MetaData()
let current: Session | undefined
const registry = new Registry({
  metadataFor: () => metadata,
  queryOf: (model) => (current as Session).query(model as never),
})
// biome-ignore lint/suspicious/noExplicitAny: models of this suite are used untyped
export const Model = createModelBase(registry) as any
const column = declareColumn as (...args: unknown[]) => never
const relationship = declareRelationship as (...args: unknown[]) => never

export const postTags = new Table(
  'post_tag',
  metadata,
  new Column('post_id', types.Integer, new ForeignKey('post.id'), { primaryKey: true }),
  new Column('tag_id', types.Integer, new ForeignKey('tag.id'), { primaryKey: true }),
)

export class User extends Model {
  id = column(types.Integer, { primaryKey: true })
  name = column(types.String(80))
  age = column(types.Integer)
  active = column(types.Boolean)
  joined = column('joined_at', types.DateTime)
  bio = declareDeferred(column(types.Text))
  posts = relationship(() => Post, { backPopulates: 'author', orderBy: () => Post.c.id })
  profile = relationship(() => Profile, { uselist: false, backPopulates: 'user' })
}
export class Profile extends Model {
  id = column(types.Integer, { primaryKey: true })
  userId = column('user_id', types.Integer, new ForeignKey('user.id'))
  site = column(types.String(80))
  user = relationship(() => User, { backPopulates: 'profile' })
}
export class Post extends Model {
  id = column(types.Integer, { primaryKey: true })
  title = column(types.String(80))
  meta = column(types.JSON)
  authorId = column('author_id', types.Integer, new ForeignKey('user.id'))
  author = relationship(() => User, { backPopulates: 'posts' })
  comments = relationship(() => Comment, {
    backPopulates: 'post',
    orderBy: () => Comment.c.id.desc(),
  })
  tags = relationship(() => Tag, {
    secondary: postTags,
    backPopulates: 'posts',
    orderBy: () => Tag.c.name,
  })
  longComments = relationship(() => Comment, {
    viewonly: true,
    orderBy: () => Comment.c.id,
    primaryjoin: () => and(Comment.c.postId.eq(Post.c.id), Comment.c.id.gt(4)),
  })
}
export class Comment extends Model {
  id = column(types.Integer, { primaryKey: true })
  text = column(types.String(80))
  postId = column('post_id', types.Integer, new ForeignKey('post.id'))
  post = relationship(() => Post, { backPopulates: 'comments' })
}
export class Tag extends Model {
  id = column(types.Integer, { primaryKey: true })
  name = column(types.String(80))
  posts = relationship(() => Post, {
    secondary: postTags,
    backPopulates: 'tags',
    orderBy: () => Post.c.id,
  })
}
/** Refers to itself; its children come with it, two rounds deep. */
export class Node extends Model {
  id = column(types.Integer, { primaryKey: true })
  name = column(types.String(80))
  parentId = column('parent_id', types.Integer, new ForeignKey('node.id'))
  parent = relationship(() => Node, { remoteSide: () => [Node.c.id], backPopulates: 'children' })
  children = relationship(() => Node, {
    backPopulates: 'parent',
    lazy: 'joined',
    joinDepth: 2,
    orderBy: () => Node.c.id,
  })
}
/** A composite key and a reference to one. */
export class Shelf extends Model {
  room = column(types.String(10), { primaryKey: true })
  number = column(types.Integer, { primaryKey: true })
  label = column(types.String(80))
  books = relationship(() => Book, { backPopulates: 'shelf', orderBy: () => Book.c.id })
}
export class Book extends Model {
  static tableArgs = [new ForeignKeyConstraint(['room', 'number'], ['shelf.room', 'shelf.number'])]
  id = column(types.Integer, { primaryKey: true })
  title = column(types.String(80))
  room = column(types.String(10))
  number = column(types.Integer)
  shelf = relationship(() => Shelf, { backPopulates: 'books' })
}
/** Single-table inheritance. */
export class Employee extends Model {
  static mapperArgs: object = { polymorphicOn: 'type', polymorphicIdentity: 'employee' }
  id = column(types.Integer, { primaryKey: true })
  type = column(types.String(20))
  name = column(types.String(80))
  reports = relationship(() => Report, { backPopulates: 'employee', orderBy: () => Report.c.id })
}
export class Manager extends Employee {
  static override mapperArgs: object = { polymorphicIdentity: 'manager' }
  budget = column(types.Integer)
}
export class Engineer extends Employee {
  static override mapperArgs: object = { polymorphicIdentity: 'engineer' }
  language = column(types.String(20))
}
export class Report extends Model {
  id = column(types.Integer, { primaryKey: true })
  text = column(types.String(80))
  employeeId = column('employee_id', types.Integer, new ForeignKey('employee.id'))
  employee = relationship(() => Employee, { backPopulates: 'reports' })
}
registry.register(
  User,
  Profile,
  Post,
  Comment,
  Tag,
  Node,
  Shelf,
  Book,
  Employee,
  Manager,
  Engineer,
  Report,
)

export const SCHEMA = `
create table user (id integer primary key, name varchar(80), age integer, active boolean, joined_at datetime, bio text);
create table profile (id integer primary key, user_id integer references user(id), site varchar(80));
create table post (id integer primary key, title varchar(80), meta json, author_id integer references user(id));
create table comment (id integer primary key, text varchar(80), post_id integer references post(id));
create table tag (id integer primary key, name varchar(80));
create table post_tag (post_id integer references post(id), tag_id integer references tag(id), primary key (post_id, tag_id));
create table node (id integer primary key, name varchar(80), parent_id integer references node(id));
create table shelf (room varchar(10), number integer, label varchar(80), primary key (room, number));
create table book (id integer primary key, title varchar(80), room varchar(10), number integer, foreign key (room, number) references shelf (room, number));
create table employee (id integer primary key, type varchar(20), name varchar(80), budget integer, language varchar(20));
create table report (id integer primary key, text varchar(80), employee_id integer references employee(id));
`

/** The same rows each time; truth values and the reserved word are written as the database wants them. */
const rowsWith = (user: string, yes: string, no: string): string => `
insert into ${user} values (1,'ada',36,${yes},'1815-12-10 12:00:00.000000','first'),(2,'bob',20,${no},null,'second'),
 (3,'cyd',20,${yes},'2020-01-02 03:04:05.000000',null),(4,'dan',null,null,null,null);
insert into profile values (1,1,'ada.example'),(2,3,'cyd.example');
insert into post values (1,'one','{"a":1}',1),(2,'two',null,1),(3,'three','[1,2]',2),(4,'four',null,null),(5,'five',null,1);
insert into comment values (1,'c1',1),(2,'c2',1),(3,'c3',3),(4,'c4',5),(5,'c5',5),(6,'c6',5),(7,'lost',null);
insert into tag values (1,'red'),(2,'green'),(3,'blue');
insert into post_tag values (1,1),(1,2),(2,2),(3,3),(3,1),(5,2),(5,1),(5,3);
insert into node values (1,'root',null),(2,'left',1),(3,'right',1),(4,'leaf',2),(5,'deep',4);
insert into shelf values ('a',1,'a1'),('a',2,'a2'),('b',1,'b1');
insert into book values (1,'x','a',1),(2,'y','a',1),(3,'z','b',1),(4,'w',null,null),(5,'v','a',null);
insert into employee values (1,'employee','eve',null,null),(2,'manager','max',100,null),(3,'engineer','eli',null,'c'),(4,'engineer','una',null,'ada');
insert into report values (1,'r1',2),(2,'r2',3),(3,'r3',3);
`

export const ROWS: string = rowsWith('user', '1', '0')

/** A session over a database in memory, and the statements that were run. */
export class Blog {
  readonly engine: Engine
  readonly session: Session
  readonly statements: StatementEvent[] = []

  constructor(engine: Engine) {
    this.engine = engine
    this.session = new Session({ bind: engine })
    current = this.session
  }

  /** The SQL that was run since the last time. */
  sql(): string[] {
    return this.statements.splice(0).map(({ sql }) => sql)
  }

  /** What hand-written SQL gives. */
  async raw(sql: string): Promise<Record<string, unknown>[]> {
    const connection = await this.session.connection()
    const { rows } = await connection.execute(CompiledQuery.raw(sql))
    this.statements.pop()
    return rows.map((row) => ({ ...row }))
  }

  async close(): Promise<void> {
    await this.session.close()
    await this.engine.dispose()
  }
}

/** A blog with the rows of {@link ROWS}. */
export async function openBlog(uri = 'sqlite://'): Promise<Blog> {
  const engine = createEngine(uri)
  const connection = await engine.connect()
  const run = async (script: string): Promise<void> => {
    for (const sql of script.split(';')) {
      if (sql.trim() !== '') await connection.execute(CompiledQuery.raw(sql))
    }
  }
  if (uri.startsWith('sqlite')) await run(SCHEMA + ROWS)
  else {
    await metadata.createAll(engine)
    await run(rowsWith(engine.dialect.quote('user'), 'true', 'false'))
  }
  await connection.close()
  const blog = new Blog(engine)
  engine.on('statement', (event) => blog.statements.push(event))
  return blog
}
