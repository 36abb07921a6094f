import { CompiledQuery } from 'kysely'
import type { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import type { BlogDb, NodeRow, PageRow, PostRow, ProfileRow, TagRow, UserRow } from './blog-db.ts'
import type { World } from './random-world.ts'

// Three readings of the same rows in one form: from the model, by SQL, and as objects.

/** What the database must hold. */
export function expectedOf({ users, posts, tags, profiles, nodes, pages }: World): unknown {
  return {
    users: [...users].map(([number, { age }]) => `${number} ${age}`).sort(),
    posts: [...posts].map(([number, { author }]) => `${number} by ${author}`).sort(),
    tags: [...tags].map(([number, { revision }]) => `${number}#${revision}`).sort(),
    links: [...posts]
      .flatMap(([number, post]) => post.tags.map((tag) => `${number} ${tag}`))
      .sort(),
    profiles: [...profiles].map(([number, { user }]) => `${number} of ${user}`).sort(),
    nodes: [...nodes].map(([number, { parent }]) => `${number} under ${parent}`).sort(),
    pages: [...pages].map(([number, { revision }]) => `${number}#${revision}`).sort(),
  }
}

/** What the database holds, read by plain SQL on the session's own connection. */
export async function readBySql(blog: BlogDb, session: Session): Promise<unknown> {
  const connection = await session.connection()
  const read = async (sql: string): Promise<Record<string, unknown>[]> =>
    (await connection.execute(CompiledQuery.raw(sql))).rows
  const q = (name: string): string => blog.engine.dialect.quote(name)
  return {
    users: (await read('select * from users')).map((row) => `${row.name} ${row.age}`).sort(),
    posts: (
      await read(
        `select p.title as title, u.name as author from post p left join users u on u.id = p.${q('userId')}`,
      )
    )
      .map((row) => `${row.title} by ${row.author}`)
      .sort(),
    tags: (await read('select * from tag')).map((row) => `${row.label}`).sort(),
    links: (
      await read(
        'select p.title as title, t.label as label from post_tag l join post p on p.id = l.post_id join tag t on t.id = l.tag_id',
      )
    )
      .map((row) => `${row.title} ${`${row.label}`.split('#')[0]}`)
      .sort(),
    profiles: (
      await read(
        `select p.bio as bio, u.name as name from profile p left join users u on u.id = p.${q('userId')}`,
      )
    )
      .map((row) => `${row.bio} of ${row.name}`)
      .sort(),
    nodes: (
      await read(
        `select n.name as name, m.name as above from node n left join node m on m.id = n.${q('parentId')}`,
      )
    )
      .map((row) => `${row.name} under ${row.above}`)
      .sort(),
    pages: (await read('select * from page')).map((row) => `${row.text}`).sort(),
  }
}

/** What the database holds, read as objects by a session of its own. */
export async function readByObjects(blog: BlogDb): Promise<unknown> {
  const session = blog.session()
  const { User, Post, Tag, Profile, Node, Page } = blog
  const all = async <T>(model: unknown): Promise<T[]> =>
    (await session.query(model as never).all()) as T[]
  const database = {
    users: (await all<UserRow>(User)).map(({ name, age }) => `${name} ${age}`).sort(),
    posts: [] as string[],
    tags: (await all<TagRow>(Tag)).map(({ label }) => label).sort(),
    links: [] as string[],
    profiles: [] as string[],
    nodes: [] as string[],
    pages: (await all<PageRow>(Page)).map(({ text }) => text).sort(),
  }
  for (const post of await all<PostRow>(Post)) {
    database.posts.push(`${post.title} by ${(await post.author)?.name ?? null}`)
    for (const tag of await post.tags)
      database.links.push(`${post.title} ${tag.label.split('#')[0]}`)
  }
  for (const profile of await all<ProfileRow>(Profile)) {
    database.profiles.push(`${profile.bio} of ${(await profile.user)?.name ?? null}`)
  }
  for (const node of await all<NodeRow>(Node)) {
    database.nodes.push(`${node.name} under ${(await node.parent)?.name ?? null}`)
  }
  for (const list of Object.values(database)) list.sort()
  await session.close()
  return database
}
