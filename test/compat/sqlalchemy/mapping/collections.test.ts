import { describe, expect, it } from 'vitest'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import type { RelatedList } from '../../../../compat/sqlalchemy/orm/mapping/related-list.ts'
import {
  type InstanceState,
  type SessionLike,
  stateOf,
} from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import { mappingDb } from './mapping-db.ts'

// biome-ignore lint/suspicious/noExplicitAny: attributes that the class does not declare are looked at
type Any = any

function blog(options: object = {}, other: object = {}) {
  const db = mappingDb()
  class User extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    posts = db.relationship(() => Post, {
      backPopulates: 'author',
      ...options,
    }) as RelatedList<Post>
  }
  class Post extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    authorId = db.Column(db.Integer, db.ForeignKey('user.id'))
    author = db.relationship(() => User, { backPopulates: 'posts', ...other }) as Any
  }
  return { db, User, Post }
}

interface FakeSession extends SessionLike {
  readonly noted: [instance: object, added: object | null, removed: object | null, echo: boolean][]
  readonly dirty: Set<object>
}

/** A session that knows rows by what it is told. */
function fakeSession(
  load: (state: InstanceState, key: string) => unknown,
  lookup: (state: InstanceState, key: string) => object | null | undefined = () => undefined,
): FakeSession {
  return {
    noted: [],
    dirty: new Set(),
    noteDirty(state) {
      this.dirty.add(state.obj)
    },
    noteRelated(state, _property, added, removed, echo) {
      this.noted.push([state.obj, added, removed, echo])
    },
    identityLookup: (state, property) => lookup(state, property.key),
    async lazyLoad(state, property) {
      const value = load(state, property.key)
      if (property.uselist) property.listOf(state).setLoaded(value as object[])
      else state.related = { ...state.related, [property.key]: value as object }
      return value
    },
    appender: () => ({ appender: true }),
  }
}

function row<T extends object>(
  model: abstract new (...args: never[]) => T,
  dict: Record<string, unknown>,
  session: SessionLike | null,
): T {
  const mapper = mapperOf(model)
  const state = mapper.instantiate(dict)
  state.key = mapper.identityKeyOf(dict)
  state.status = session ? 'persistent' : 'detached'
  state.session = session
  return state.obj as T
}

describe('both sides of a relationship', () => {
  it('are in step at once', () => {
    const { User, Post } = blog()
    const [ada, grace, post] = [new User(), new User(), new Post()]
    ada.posts.append(post)
    expect(post.author).toBe(ada)
    post.author = grace
    expect([[...ada.posts], [...grace.posts]]).toEqual([[], [post]])
    grace.posts.remove(post)
    expect(post.author).toBe(null)
    post.author = ada
    post.author = null
    expect(ada.posts.length).toBe(0)
  })

  it('move an object that is appended elsewhere', () => {
    const { User, Post } = blog()
    const [ada, grace, post] = [new User(), new User(), new Post()]
    ada.posts.append(post)
    grace.posts.append(post)
    expect([ada.posts.length, grace.posts.length, post.author]).toEqual([0, 1, grace])
  })

  it('do not list an object twice', () => {
    const { User, Post } = blog()
    const [ada, post] = [new User(), new Post()]
    post.author = ada
    post.author = ada
    expect(ada.posts.length).toBe(1)
  })

  it('take only objects of the right class', () => {
    const { User, Post } = blog()
    expect(() => new User().posts.append(new User() as Any)).toThrow(
      /Attempting to flush child of type <User at 0x\w+> on collection 'User.posts'/,
    )
    expect(() => new User().posts.append({} as Any)).toThrow("Class 'Object' is not mapped")
    expect(() => new Post({ author: 3 })).toThrow("Class 'number' is not mapped")
    expect(() => new Post({ author: new Post() })).toThrow('Expected an object of type User')
    expect(() => new User({ posts: null })).toThrow(
      'Incompatible collection type: None is not list-like',
    )
  })

  it('stay as they were when a wrong object is refused', () => {
    const { User, Post } = blog()
    const post = new Post()
    const ada = new User({ posts: [post] })
    expect(() => {
      post.author = new Post()
    }).toThrow()
    expect([post.author, [...ada.posts]]).toEqual([ada, [post]])
  })
})

describe('a list', () => {
  it('reads like an array', async () => {
    const { User, Post } = blog()
    const [a, b, c] = [new Post({ id: 1 }), new Post({ id: 2 }), new Post({ id: 3 })]
    const { posts } = new User({ posts: [a, b] })
    posts.insert(0, c)
    expect([...posts]).toEqual([c, a, b])
    expect([posts[0], posts[2], posts[3], posts.at(-1), posts.length]).toEqual([
      c,
      b,
      undefined,
      b,
      3,
    ])
    expect(posts.map((post) => post.id)).toEqual([3, 1, 2])
    expect([posts.includes(a), posts.indexOf(b), posts.find((post) => post.id === 2)]).toEqual([
      true,
      2,
      b,
    ])
    expect(await posts).toEqual([c, a, b])
    expect(Array.isArray(await posts)).toBe(true)
  })

  it('changes like a Python list', () => {
    const { User, Post } = blog()
    const [a, b, c] = [new Post(), new Post(), new Post()]
    const ada = new User()
    ada.posts.extend([a, b])
    expect(ada.posts.pop()).toBe(b)
    expect(b.author).toBe(null)
    ada.posts.splice(0, 1, b, c)
    expect([...ada.posts]).toEqual([b, c])
    expect([a.author, c.author]).toEqual([null, ada])
    ada.posts[0] = a
    expect([...ada.posts]).toEqual([a, c])
    ada.posts = [c, b] as Any
    expect([[...ada.posts], a.author, b.author]).toEqual([[c, b], null, ada])
    ada.posts.clear()
    expect([ada.posts.length, c.author]).toEqual([0, null])
    expect(() => ada.posts.remove(a)).toThrow(new RangeError('list.remove(x): x not in list'))
    expect(() => ada.posts.pop()).toThrow('pop from empty list')
  })

  it('is the same object when it is replaced', () => {
    const { User, Post } = blog()
    const ada = new User({ posts: [new Post()] })
    const { posts } = ada
    ada.posts = [] as Any
    expect(ada.posts).toBe(posts)
    ada.posts = posts
    expect(posts.length).toBe(0)
  })

  it('is loaded by await, once', async () => {
    const { User, Post } = blog()
    const inRow = new Post()
    let loads = 0
    const session = fakeSession(() => {
      loads += 1
      return [inRow]
    })
    const ada = row(User, { id: 1 }, session)
    expect(() => ada.posts.length).toThrow("'User.posts' is not loaded: use 'await'")
    expect(() => [...ada.posts]).toThrow('is not loaded')
    expect(await ada.posts).toEqual([inRow])
    expect(await ada.posts).toEqual([inRow])
    expect([ada.posts.length, loads]).toEqual([1, 1])
  })

  it('takes changes before it is loaded', async () => {
    const { User, Post } = blog()
    const [first, second, added] = [new Post(), new Post(), new Post()]
    const ada = row(
      User,
      { id: 1 },
      fakeSession(() => [first, second]),
    )
    ada.posts.append(added)
    ada.posts.remove(first)
    expect([ada.posts.added, ada.posts.removed, ada.posts.loaded]).toEqual([
      [added],
      [first],
      false,
    ])
    expect(added.author).toBe(ada)
    expect(await ada.posts).toEqual([second, added])
    expect([ada.posts.added, ada.posts.removed, ada.posts.unchanged]).toEqual([
      [added],
      [first],
      [second],
    ])
  })

  it('that is replaced before it is loaded tells that it has to be', async () => {
    const { User, Post } = blog()
    const [first, second, added] = [new Post(), new Post(), new Post()]
    const ada = row(
      User,
      { id: 1 },
      fakeSession(() => [first, second]),
    )
    ada.posts.replace([second, added])
    const list = stateOf(ada).related?.posts as RelatedList
    expect(list.replacesUnloaded).toBe(true)
    list.setLoaded([first, second])
    expect([list.replacesUnloaded, list.added, list.removed]).toEqual([false, [added], [first]])
    expect([...list]).toEqual([second, added])
  })

  it('knows what the database does not have', () => {
    const { User, Post } = blog()
    const [first, second] = [new Post(), new Post()]
    const ada = row(User, { id: 1 }, null)
    const list = mapperOf(User).relationships.get('posts')?.listOf(stateOf(ada)) as RelatedList<Any>
    list.setLoaded([first])
    expect(list.changed).toBe(false)
    list.append(second)
    list.remove(first)
    expect([list.added, list.removed, list.changed]).toEqual([[second], [first], true])
    list.append(first)
    list.remove(second)
    expect([list.added, list.removed, list.changed]).toEqual([[], [], false])
    const before = list.save()
    list.clear()
    list.restore(before)
    expect([...list]).toEqual([first])
    list.append(second)
    list.commit()
    expect([list.changed, list.unchanged]).toEqual([false, [first, second]])
    list.remove(second)
    expect(list.removed).toEqual([second])
    list.reset()
    expect([list.loaded, list.changed]).toEqual([false, false])
  })

  it('cannot be loaded without a session', async () => {
    const { User } = blog()
    const ada = row(User, { id: 1 }, null)
    await expect(ada.posts.load()).rejects.toThrow(
      /Parent instance <User at 0x\w+> is not bound to a Session; lazy load operation of attribute 'posts' cannot proceed/,
    )
  })
})

describe('a to-one relationship', () => {
  it('is a promise until it is loaded', async () => {
    const { User, Post } = blog()
    const ada = new User()
    const post = row(
      Post,
      { id: 1, authorId: 4 },
      fakeSession(() => ada),
    )
    const promise = post.author
    expect(promise).toBeInstanceOf(Promise)
    expect(await promise).toBe(ada)
    expect(post.author).toBe(ada)
  })

  it('is there at once when the session knows the object', () => {
    const { User, Post } = blog()
    const ada = new User()
    const session = fakeSession(
      () => {
        throw new Error('no query is needed')
      },
      (state) => (state.dict.authorId === null ? null : ada),
    )
    expect(row(Post, { id: 1, authorId: 4 }, session).author).toBe(ada)
    expect(row(Post, { id: 2, authorId: null }, session).author).toBe(null)
  })

  it('leaves the list of its former value', () => {
    const { User, Post } = blog()
    const session = fakeSession(
      () => [],
      (_state, key) => (key === 'author' ? ada : undefined),
    )
    const ada = row(User, { id: 4 }, session)
    const grace = row(User, { id: 5 }, session)
    const post = row(Post, { id: 1, authorId: 4 }, session)
    post.author = grace
    expect([ada.posts.removed, grace.posts.added]).toEqual([[post], [post]])
    expect(stateOf(post).relatedOriginals).toEqual({ author: ada })
    post.author = ada
    expect(stateOf(post).relatedOriginals).toBe(null)
    expect(stateOf(ada).modified || stateOf(grace).modified).toBe(false)
  })

  it('tells the session which side the application changed', () => {
    const { User, Post } = blog()
    const session = fakeSession(() => [])
    const ada = row(User, { id: 4 }, session)
    const post = new Post()
    ada.posts.append(post)
    expect(session.noted).toEqual([[ada, post, null, false]])
    session.noted.length = 0
    const other = new Post()
    other.author = ada
    expect(session.noted).toEqual([[ada, other, null, true]])
  })

  it('cannot be loaded without a session', () => {
    const { Post } = blog()
    expect(() => row(Post, { id: 1, authorId: 4 }, null).author).toThrow(
      /lazy load operation of attribute 'author' cannot proceed/,
    )
  })
})

describe('lazy kinds', () => {
  it("'raise' refuses to load", async () => {
    const { User, Post } = blog({ lazy: 'raise' }, { lazy: 'raise' })
    const session = fakeSession(() => [])
    await expect(row(User, { id: 1 }, session).posts.load()).rejects.toThrow(
      "'User.posts' is not available due to lazy='raise'",
    )
    expect(() => row(Post, { id: 1 }, session).author).toThrow(
      "'Post.author' is not available due to lazy='raise'",
    )
  })

  it("'noload' is empty", async () => {
    const { User, Post } = blog({ lazy: 'noload' }, { lazy: null })
    const session = fakeSession(() => [new Post()])
    expect(await row(User, { id: 1 }, session).posts).toEqual([])
    expect(row(Post, { id: 1, authorId: 3 }, session).author).toBe(null)
  })

  it("'dynamic' is the session's query for rows, a list for new objects", () => {
    const { User, Post } = blog({ lazy: 'dynamic' })
    expect(
      row(
        User,
        { id: 1 },
        fakeSession(() => []),
      ).posts,
    ).toEqual({ appender: true })
    const ada = new User()
    ada.posts.append(new Post())
    expect(ada.posts.added.length).toBe(1)
  })
})
