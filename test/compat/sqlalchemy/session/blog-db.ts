import type { Engine } from '../../../../compat/sqlalchemy/dialects/engine.ts'
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import type { RelatedList } from '../../../../compat/sqlalchemy/orm/mapping/related-list.ts'
import { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import type { SessionOptions } from '../../../../compat/sqlalchemy/orm/session/session-core.ts'
import type { TestDatabase } from '../databases.ts'
import { mappingDb } from '../mapping/mapping-db.ts'

type Many<T extends object> = RelatedList<T>

export interface UserRow {
  id: number
  name: string
  age: number | null
  posts: Many<PostRow>
  profile: ProfileRow | null
}
export interface PostRow {
  id: number
  title: string
  userId: number | null
  author: UserRow | null
  tags: Many<TagRow>
}
export interface TagRow {
  id: number
  label: string
  posts: Many<PostRow>
}
export interface ProfileRow {
  id: number
  bio: string | null
  userId: number | null
  user: UserRow | null
}
export interface NodeRow {
  id: number
  name: string
  parentId: number | null
  parent: NodeRow | null
  children: Many<NodeRow>
}
export interface PageRow {
  id: number
  text: string
  version: number
}

export type Model<T> = new (values?: { [K in keyof T]?: unknown }) => T

/** Users with posts (kept when the user goes), one profile (goes with the user), tags, a tree, a versioned page. */
export interface BlogModels {
  readonly User: Model<UserRow>
  readonly Post: Model<PostRow>
  readonly Tag: Model<TagRow>
  readonly Profile: Model<ProfileRow>
  readonly Node: Model<NodeRow>
  readonly Page: Model<PageRow>
}

export function blogModels(): BlogModels & { db: ReturnType<typeof mappingDb> } {
  const db = mappingDb()
  const postTag = db.Table(
    'post_tag',
    db.Column('post_id', db.Integer, db.ForeignKey('post.id'), { primaryKey: true }),
    db.Column('tag_id', db.Integer, db.ForeignKey('tag.id'), { primaryKey: true }),
  )
  class User extends db.Model {
    static tablename = 'users'
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(50), { unique: true, nullable: false })
    age = db.Column(db.Integer)
    posts = db.relationship(() => Post, {
      backPopulates: 'author',
      orderBy: () => (Post as unknown as { c: { id: object } }).c.id,
    })
    profile = db.relationship(() => Profile, {
      backPopulates: 'user',
      uselist: false,
      cascade: 'all, delete-orphan',
    })
  }
  class Post extends db.Model {
    static tablename = 'post'
    id = db.Column(db.Integer, { primaryKey: true })
    title = db.Column(db.String(50), { nullable: false })
    userId = db.Column(db.Integer, db.ForeignKey('users.id'))
    author = db.relationship(() => User, { backPopulates: 'posts' })
    tags = db.relationship(() => Tag, { secondary: postTag, backPopulates: 'posts' })
  }
  class Tag extends db.Model {
    static tablename = 'tag'
    id = db.Column(db.Integer, { primaryKey: true })
    label = db.Column(db.String(50), { nullable: false })
    posts = db.relationship(() => Post, { secondary: postTag, backPopulates: 'tags' })
  }
  class Profile extends db.Model {
    static tablename = 'profile'
    id = db.Column(db.Integer, { primaryKey: true })
    bio = db.Column(db.String(50))
    userId = db.Column(db.Integer, db.ForeignKey('users.id'))
    user = db.relationship(() => User, { backPopulates: 'profile' })
  }
  class Node extends db.Model {
    static tablename = 'node'
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(50), { nullable: false })
    parentId = db.Column(db.Integer, db.ForeignKey('node.id'))
    parent = db.relationship(() => Node, {
      backPopulates: 'children',
      remoteSide: () => (Node as unknown as { c: { id: object } }).c.id,
    })
    children = db.relationship(() => Node, {
      backPopulates: 'parent',
      cascade: 'all, delete-orphan',
    })
  }
  class Page extends db.Model {
    static tablename = 'page'
    static mapperArgs = { versionIdCol: 'version' }
    id = db.Column(db.Integer, { primaryKey: true })
    text = db.Column(db.String(50), { nullable: false })
    version = db.Column(db.Integer, { nullable: false })
  }
  return { db, User, Post, Tag, Profile, Node, Page } as unknown as BlogModels & {
    db: ReturnType<typeof mappingDb>
  }
}

/** A fresh database with the blog's tables, the statements sent to it, and sessions on it. */
export interface BlogDb extends BlogModels {
  readonly engine: Engine
  /** The SQL since the last call, without what opens and ends transactions. */
  sql(): string[]
  session(options?: SessionOptions): Session
  rows(table: string): Promise<Record<string, unknown>[]>
  /** Runs a statement past the session. */
  raw(sql: string): Promise<Record<string, unknown>[]>
  close(): Promise<void>
}

export async function blogDb(database?: TestDatabase): Promise<BlogDb> {
  const { db, ...models } = blogModels()
  const uri = database ? await database.create() : 'sqlite://'
  // With keys checked at once, a wrong order of statements shows.
  const options = uri.startsWith('sqlite')
    ? { connectArgs: { pragmas: { foreign_keys: 'on' } } }
    : {}
  const engine = createEngine(uri, options)
  const statements: string[] = []
  engine.on('statement', ({ sql }) => statements.push(sql))
  await db.metadata.createAll(engine)
  const sessions: Session[] = []
  const raw = async (sql: string): Promise<Record<string, unknown>[]> => {
    const connection = await engine.connect()
    try {
      const { CompiledQuery } = await import('kysely')
      return (await connection.execute(CompiledQuery.raw(sql))).rows
    } finally {
      await connection.close()
    }
  }
  return {
    ...models,
    engine,
    sql: () =>
      statements.splice(0).filter((sql) => /^(insert|update|delete|select|with)/i.test(sql)),
    session(options = {}) {
      const session = new Session({ bind: engine, ...options })
      sessions.push(session)
      return session
    },
    raw,
    rows: (table) => raw(`select * from ${table} order by 1, 2`),
    async close() {
      for (const session of sessions) await session.close()
      await engine.dispose()
      if (database) await database.drop(uri)
    },
  }
}
