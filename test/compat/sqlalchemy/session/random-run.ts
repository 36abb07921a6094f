import type { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import type { SessionTransaction } from '../../../../compat/sqlalchemy/orm/session/session-transaction.ts'
import { Random } from '../../../support/random.ts'
import type { BlogDb, NodeRow, PageRow, PostRow, ProfileRow, TagRow, UserRow } from './blog-db.ts'
import { expectedOf, readByObjects, readBySql } from './random-readings.ts'
import {
  emptyWorld,
  type Kind,
  type NodeRecord,
  type Numbered,
  type PostRecord,
  type ProfileRecord,
  type TagRecord,
  type UserRecord,
  type World,
} from './random-world.ts'

/** What a check found: `rows` of the database and of the model. */
export interface Comparison {
  readonly database: unknown
  readonly model: unknown
}

/** Is told what the database and the model hold. */
type Check = (found: Comparison) => void

/** One random life of a session. */
export class RandomRun {
  readonly log: string[] = []
  world: World = emptyWorld()
  #committed: World = emptyWorld()
  readonly #savepoints: { transaction: SessionTransaction; world: World }[] = []
  readonly #handles = new Map<string, object>()
  readonly #random: Random
  readonly #blog: BlogDb
  readonly #session: Session
  #last = 0
  // A list that is replaced without having been loaded tells the other side at the next flush only.
  #replaced = false

  constructor(blog: BlogDb, seed: number) {
    this.#blog = blog
    this.#random = new Random(seed)
    this.#session = blog.session()
  }

  /** Does `steps` operations, then commits; `check` compares after each flush. */
  async run(steps: number, check: Check): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      const flushed = await this.#step()
      if (flushed) await this.#compare(check)
    }
    await this.#commit()
    await this.#compare(check)
    check({ database: await readByObjects(this.#blog), model: expectedOf(this.world) })
  }

  async #compare(check: Check): Promise<void> {
    check({
      database: await readBySql(this.#blog, this.#session),
      model: expectedOf(this.world),
    })
  }

  // ---- records and their objects ----

  #number(): number {
    this.#last += 1
    return this.#last
  }

  #keep(kind: Kind, number: number, object: object): void {
    this.#handles.set(`${kind}${number}`, object)
  }

  #drop(kind: Kind, number: number): void {
    this.#handles.delete(`${kind}${number}`)
  }

  async #object<T>(kind: Kind, number: number): Promise<T> {
    const known = this.#handles.get(`${kind}${number}`)
    if (known) return known as T
    const { User, Post, Tag, Profile, Node, Page } = this.#blog
    const models = {
      users: User,
      posts: Post,
      tags: Tag,
      profiles: Profile,
      nodes: Node,
      pages: Page,
    }
    const { id } = this.world[kind].get(number) as Numbered
    const found = await this.#session.get(models[kind] as new () => object, id)
    if (found === null) throw new Error(`${kind} ${number} with id ${id} is not there`)
    this.#keep(kind, number, found)
    return found as T
  }

  /** A flush may happen inside `get`: ids of what was pending are then known. */
  #learnIds(): void {
    for (const kind of Object.keys(this.world) as Kind[]) {
      for (const [number, record] of this.world[kind]) {
        const object = this.#handles.get(`${kind}${number}`) as { id?: number } | undefined
        if (object?.id !== undefined && object.id !== null) record.id = object.id
      }
    }
  }

  #any(kind: Kind): number | undefined {
    return this.#random.pick([...this.world[kind].keys()])
  }

  // ---- operations ----

  /** Gives whether the database must now be as the model. */
  async #step(): Promise<boolean> {
    const random = this.#random
    const roll = random.below(100)
    if (this.#replaced && roll >= 30 && roll < 78) await this.#flush()
    if (roll < 22) return this.#add()
    if (roll < 30) return this.#change()
    if (roll < 42) return this.#movePost()
    if (roll < 52) return this.#editTags()
    if (roll < 58) return this.#moveProfile()
    if (roll < 66) return this.#moveNode()
    if (roll < 74) return this.#delete()
    if (roll < 78) return this.#read()
    if (roll < 80) return this.#merge()
    if (roll < 88) return this.#flush()
    if (roll < 91) return this.#beginNested()
    if (roll < 93) return this.#release()
    if (roll < 95) return this.#rollbackNested()
    if (roll < 97) return this.#commit()
    if (roll < 98) return this.#rollback()
    return this.#forget()
  }

  async #add(): Promise<boolean> {
    const random = this.#random
    const number = this.#number()
    const kind = random.pick([
      'users',
      'posts',
      'posts',
      'tags',
      'profiles',
      'nodes',
      'pages',
    ] as const) as Kind
    const { User, Post, Tag, Profile, Node, Page } = this.#blog
    const session = this.#session
    const text = `${number}`
    this.log.push(`add ${kind} ${number}`)
    if (kind === 'users') {
      const user = new User({ name: text, age: number })
      this.world.users.set(number, { id: null, age: number })
      session.add(user)
      this.#keep(kind, number, user)
    } else if (kind === 'tags') {
      const tag = new Tag({ label: `${text}#0` })
      this.world.tags.set(number, { id: null, revision: 0 })
      session.add(tag)
      this.#keep(kind, number, tag)
    } else if (kind === 'pages') {
      const page = new Page({ text: `${text}#0` })
      this.world.pages.set(number, { id: null, revision: 0 })
      session.add(page)
      this.#keep(kind, number, page)
    } else if (kind === 'posts') {
      const author = random.chance(0.6) ? this.#any('users') : undefined
      const user = author === undefined ? null : await this.#object<UserRow>('users', author)
      const post = new Post({ title: text })
      const tagNumbers = random.chance(0.4)
        ? [this.#any('tags')].filter((it) => it !== undefined)
        : []
      for (const tag of tagNumbers) post.tags.append(await this.#object<TagRow>('tags', tag))
      if (user && random.chance(0.5)) {
        user.posts.append(post)
        this.log.push(`  appended to user ${author}`)
      } else {
        if (user) post.author = user
        session.add(post)
        if (user) this.log.push(`  author ${author}`)
      }
      this.world.posts.set(number, { id: null, author: author ?? null, tags: tagNumbers })
      this.#keep(kind, number, post)
    } else if (kind === 'profiles') {
      const owner = this.#any('users')
      if (owner === undefined) return false
      const user = await this.#object<UserRow>('users', owner)
      const profile = new Profile({ bio: text })
      this.#orphanProfileOf(owner)
      user.profile = profile
      this.log.push(`  of user ${owner}`)
      this.world.profiles.set(number, { id: null, user: owner })
      this.#keep(kind, number, profile)
    } else {
      const above = random.chance(0.7) ? this.#any('nodes') : undefined
      const node = new Node({ name: text })
      if (above !== undefined) {
        const parent = await this.#object<NodeRow>('nodes', above)
        if (random.chance(0.5)) parent.children.append(node)
        else node.parent = parent
        this.log.push(`  under ${above}`)
      }
      session.add(node)
      this.world.nodes.set(number, { id: null, parent: above ?? null })
      this.#keep(kind, number, node)
    }
    return false
  }

  async #change(): Promise<boolean> {
    const kind = this.#random.pick(['users', 'tags', 'pages'] as const) as
      | 'users'
      | 'tags'
      | 'pages'
    const number = this.#any(kind)
    if (number === undefined) return false
    this.log.push(`change ${kind} ${number}`)
    if (kind === 'users') {
      const user = await this.#object<UserRow>(kind, number)
      const age = this.#random.chance(0.2) ? null : this.#random.below(50)
      user.age = age
      ;(this.world.users.get(number) as UserRecord).age = age
      return false
    }
    const record = this.world[kind].get(number) as TagRecord
    record.revision += 1
    const text = `${number}#${record.revision}`
    if (kind === 'tags') (await this.#object<TagRow>(kind, number)).label = text
    else (await this.#object<PageRow>(kind, number)).text = text
    return false
  }

  async #movePost(): Promise<boolean> {
    const random = this.#random
    const number = this.#any('posts')
    if (number === undefined) return false
    const record = this.world.posts.get(number) as PostRecord
    const post = await this.#object<PostRow>('posts', number)
    const to = random.chance(0.75) ? this.#any('users') : undefined
    const how = random.below(4)
    this.log.push(`move post ${number} from ${record.author} to ${to} by ${how}`)
    if (to !== undefined) {
      const user = await this.#object<UserRow>('users', to)
      if (how === 0) post.author = user
      else if (how === 1) {
        if (record.author !== to) user.posts.append(post)
      } else if (how === 2) {
        const posts = await user.posts
        if (!posts.includes(post)) user.posts.append(post)
      } else {
        // The whole list is replaced, loaded or not.
        user.posts = [post] as never
        this.#replaced = true
        for (const other of this.world.posts.values()) if (other.author === to) other.author = null
      }
      record.author = to
      return false
    }
    if (record.author !== null && how === 1) {
      const user = await this.#object<UserRow>('users', record.author)
      user.posts.remove(post)
    } else post.author = null
    record.author = null
    return false
  }

  async #editTags(): Promise<boolean> {
    const random = this.#random
    const number = this.#any('posts')
    const label = this.#any('tags')
    if (number === undefined || label === undefined) return false
    const record = this.world.posts.get(number) as PostRecord
    const post = await this.#object<PostRow>('posts', number)
    const tag = await this.#object<TagRow>('tags', label)
    const has = record.tags.includes(label)
    const how = random.below(3)
    this.log.push(`${has ? 'untag' : 'tag'} post ${number} ${label} by ${how}`)
    if (how === 2) {
      post.tags = (has ? [] : [tag]) as never
      this.#replaced = true
      record.tags = has ? [] : [label]
    } else if (has) {
      if (how === 0) post.tags.remove(tag)
      else tag.posts.remove(post)
      record.tags = record.tags.filter((it) => it !== label)
    } else {
      if (how === 0) post.tags.append(tag)
      else tag.posts.append(post)
      record.tags = [...record.tags, label]
    }
    return false
  }

  /** Another profile takes the place: the old one has no user and is deleted. */
  #orphanProfileOf(user: number): void {
    for (const [number, profile] of this.world.profiles) {
      if (profile.user !== user) continue
      this.log.push(`  profile ${number} is an orphan`)
      this.world.profiles.delete(number)
      this.#drop('profiles', number)
    }
  }

  async #moveProfile(): Promise<boolean> {
    const number = this.#any('profiles')
    const to = this.#any('users')
    if (number === undefined || to === undefined) return false
    const record = this.world.profiles.get(number) as ProfileRecord
    if (record.user === to) return false
    const profile = await this.#object<ProfileRow>('profiles', number)
    const user = await this.#object<UserRow>('users', to)
    this.log.push(`move profile ${number} from ${record.user} to ${to}`)
    this.#orphanProfileOf(to)
    if (this.#random.chance(0.5)) profile.user = user
    else user.profile = profile
    record.user = to
    return false
  }

  async #moveNode(): Promise<boolean> {
    const number = this.#any('nodes')
    if (number === undefined) return false
    const record = this.world.nodes.get(number) as NodeRecord
    const to = this.#random.chance(0.9) ? this.#any('nodes') : undefined
    const node = await this.#object<NodeRow>('nodes', number)
    if (to === undefined) {
      // A pending node would take persistent ones below it out of the session with it.
      if (record.parent === null || record.id === null) return false
      this.log.push(`orphan node ${number}`)
      // A parent nobody knows of does not notice the loss, as in SQLAlchemy.
      await node.parent
      node.parent = null
      this.#forgetTree(number)
      return false
    }
    if (this.#below(number).has(to)) return false
    this.log.push(`move node ${number} from ${record.parent} to ${to}`)
    const parent = await this.#object<NodeRow>('nodes', to)
    if (this.#random.chance(0.5)) node.parent = parent
    else if (record.parent !== to) parent.children.append(node)
    record.parent = to
    return false
  }

  #below(number: number): Set<number> {
    const found = new Set([number])
    for (const above of found) {
      for (const [other, { parent }] of this.world.nodes) if (parent === above) found.add(other)
    }
    return found
  }

  #forgetTree(number: number): void {
    for (const each of this.#below(number)) {
      this.world.nodes.delete(each)
      this.#drop('nodes', each)
    }
  }

  async #delete(): Promise<boolean> {
    const kind = this.#random.pick([
      'users',
      'posts',
      'tags',
      'nodes',
      'pages',
      'profiles',
    ] as const) as Kind
    const number = this.#any(kind)
    if (number === undefined) return false
    const { id } = this.world[kind].get(number) as Numbered
    if (id === null) return false
    // An object that was put into a list and is deleted before the flush stays, as in SQLAlchemy.
    if (kind === 'posts' || kind === 'nodes') await this.#flush()
    const object = await this.#object(kind, number)
    this.log.push(`delete ${kind} ${number}`)
    this.#session.delete(object as object)
    this.world[kind].delete(number)
    this.#drop(kind, number)
    if (kind === 'users') {
      for (const post of this.world.posts.values()) if (post.author === number) post.author = null
      this.#orphanProfileOf(number)
    }
    if (kind === 'tags') {
      for (const post of this.world.posts.values()) {
        post.tags = post.tags.filter((tag) => tag !== number)
      }
    }
    if (kind === 'nodes') {
      for (const each of this.#below(number)) {
        this.world.nodes.delete(each)
        this.#drop('nodes', each)
      }
    }
    // What the cascade of a delete does to objects in memory shows after the flush.
    return this.#flush()
  }

  /** Reads relationships: loading must not lose changes. */
  async #read(): Promise<boolean> {
    const number = this.#any('users')
    if (number === undefined) return false
    this.log.push(`read user ${number}`)
    const user = await this.#object<UserRow>('users', number)
    const posts = (await user.posts).map((post) => Number(post.title)).sort((a, b) => a - b)
    const expected = [...this.world.posts]
      .filter(([, post]) => post.author === number)
      .map(([post]) => post)
      .sort((a, b) => a - b)
    this.#same(posts, expected, `posts of user ${number}`)
    const label = this.#any('tags')
    if (label !== undefined) {
      const tag = await this.#object<TagRow>('tags', label)
      const tagged = (await tag.posts).map((post) => Number(post.title)).sort((a, b) => a - b)
      const wanted = [...this.world.posts]
        .filter(([, post]) => post.tags.includes(label))
        .map(([post]) => post)
        .sort((a, b) => a - b)
      this.#same(tagged, wanted, `posts of tag ${label}`)
    }
    const child = this.#any('nodes')
    if (child !== undefined) {
      const node = await this.#object<NodeRow>('nodes', child)
      const parent = await node.parent
      const { parent: above } = this.world.nodes.get(child) as NodeRecord
      this.#same(parent === null ? null : Number(parent.name), above, `parent of node ${child}`)
    }
    return false
  }

  #same(found: unknown, expected: unknown, what: string): void {
    if (JSON.stringify(found) === JSON.stringify(expected)) return
    throw new Error(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expected)}`)
  }

  async #merge(): Promise<boolean> {
    const number = this.#any('users')
    if (number === undefined) return false
    const record = this.world.users.get(number) as UserRecord
    if (record.id === null) return false
    const user = await this.#object<UserRow>('users', number)
    this.log.push(`merge user ${number}`)
    record.age = this.#random.below(90)
    const copy = new this.#blog.User({ id: record.id, name: `${number}`, age: record.age })
    const merged = await this.#session.merge(copy)
    this.#learnIds()
    if (merged !== user) throw new Error(`merge of user ${number} gave another object`)
    return false
  }

  async #flush(): Promise<boolean> {
    this.log.push('flush')
    await this.#session.flush()
    this.#replaced = false
    this.#learnIds()
    return true
  }

  async #beginNested(): Promise<boolean> {
    if (this.#savepoints.length >= 3) return false
    this.log.push('begin nested')
    const transaction = await this.#session.beginNested()
    this.#learnIds()
    this.#savepoints.push({ transaction, world: structuredClone(this.world) })
    return true
  }

  async #release(): Promise<boolean> {
    const last = this.#savepoints.pop()
    if (!last) return false
    this.log.push('release')
    await last.transaction.commit()
    this.#learnIds()
    return true
  }

  async #rollbackNested(): Promise<boolean> {
    const last = this.#savepoints.pop()
    if (!last) return false
    this.log.push('rollback nested')
    await last.transaction.rollback()
    this.#goBackTo(last.world)
    return true
  }

  async #commit(): Promise<boolean> {
    this.log.push('commit')
    await this.#session.commit()
    this.#learnIds()
    this.#savepoints.length = 0
    this.#committed = structuredClone(this.world)
    return true
  }

  async #rollback(): Promise<boolean> {
    this.log.push('rollback')
    await this.#session.rollback()
    this.#savepoints.length = 0
    this.#goBackTo(this.#committed)
    return true
  }

  #goBackTo(world: World): void {
    this.world = structuredClone(world)
    for (const key of [...this.#handles.keys()]) {
      const [, kind, number] = /^(\D+)(\d+)$/.exec(key) as unknown as [string, Kind, string]
      if (!this.world[kind].has(Number(number))) this.#handles.delete(key)
    }
    // Column values are again what they were, without a query.
    for (const [number, { age }] of this.world.users) {
      const user = this.#handles.get(`users${number}`) as UserRow | undefined
      if (user) this.#same(user.age, age, `age of user ${number} after a rollback`)
    }
  }

  /** The session starts anew, or reads everything again. */
  async #forget(): Promise<boolean> {
    await this.#flush()
    const how = this.#random.below(2)
    this.log.push(how === 0 ? 'expunge all' : 'expire all')
    if (how === 0) {
      // A savepoint's objects would be out of its reach.
      if (this.#savepoints.length > 0) return true
      await this.#commit()
      this.#session.expungeAll()
      this.#handles.clear()
    } else {
      this.#session.expireAll()
      this.#handles.clear()
    }
    return true
  }
}
