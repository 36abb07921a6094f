import { describe, expect, it } from 'vitest'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import type { RelationshipProperty } from '../../../../compat/sqlalchemy/orm/mapping/relationship-property.ts'
import { ForeignKeyConstraint } from '../../../../compat/sqlalchemy/schema/constraints.ts'
import { type MappingDb, mappingDb } from './mapping-db.ts'

// biome-ignore lint/suspicious/noExplicitAny: attributes that the class does not declare are looked at
type Any = any

function property(model: Any, key: string): RelationshipProperty {
  const found = mapperOf(model as never).relationships.get(key)
  if (!found) throw new Error(`no relationship ${key}`)
  return found
}

const pairsOf = (relationship: RelationshipProperty): string[] =>
  relationship.pairs.map(({ local, remote }) => `${local} = ${remote}`)

function blog(db: MappingDb, options: object = {}, other: object = {}) {
  class User extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(20))
    posts = db.relationship(() => Post, { backPopulates: 'author', ...options }) as Any
  }
  class Post extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    title = db.Column(db.String(20))
    authorId = db.Column(db.Integer, db.ForeignKey('user.id'))
    author = db.relationship(() => User, { backPopulates: 'posts', ...other }) as Any
  }
  return { User, Post }
}

describe('relationship()', () => {
  it('finds its direction from the foreign keys', () => {
    const { User, Post } = blog(mappingDb())
    const posts = property(User, 'posts')
    const author = property(Post, 'author')
    expect([posts.direction, posts.uselist, pairsOf(posts)]).toEqual([
      'ONETOMANY',
      true,
      ['user.id = post.authorId'],
    ])
    expect([author.direction, author.uselist, pairsOf(author)]).toEqual([
      'MANYTOONE',
      false,
      ['post.authorId = user.id'],
    ])
    expect([posts.backPopulates, author.backPopulates]).toEqual([author, posts])
    expect([String(posts), String(author)]).toEqual(['User.posts', 'Post.author'])
    expect(posts.customJoin).toBe(false)
  })

  it('takes the target as a function, a class or a class name', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
      byFunction = db.relationship(() => User, { uselist: false })
      byClass = db.relationship(User, { uselist: false })
      byName = db.relationship('User')
    }
    for (const key of ['byFunction', 'byClass', 'byName']) {
      expect(property(Post, key).target).toBe(mapperOf(User))
    }
  })

  it('names a class that is not there', () => {
    const db = mappingDb()
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      user = db.relationship('Usr')
    }
    expect(() => mapperOf(Post)).toThrow(
      "When initializing mapper mapped class Post->post, expression 'Usr' failed to locate a name ('Usr').",
    )
    // The same answer at the second attempt.
    expect(() => mapperOf(Post)).toThrow("failed to locate a name ('Usr')")
  })

  it('makes the other side with backref', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      posts = db.relationship(() => Post, { backref: db.backref('author', { lazy: 'joined' }) })
    }
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
    }
    const user = new User()
    const post = new Post({ author: user }) as Any
    expect(property(Post, 'author').lazy).toBe('joined')
    expect(property(Post, 'author').direction).toBe('MANYTOONE')
    expect([post.author, user.posts.length]).toEqual([user, 1])
    expect(property(User, 'posts').backPopulates).toBe(property(Post, 'author'))
  })

  it('finds a backref of a class nobody touched', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
      user = db.relationship(() => User, { backref: 'posts', uselist: false })
    }
    const user = new User() as Any
    expect(user.posts.length).toBe(0)
    expect(String((User as Any).c.posts)).toBe('User.posts')
    void Post
  })

  it('is one to one with uselist: false', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      profile = db.relationship(() => Profile, { uselist: false, backPopulates: 'user' })
    }
    class Profile extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
      user = db.relationship(() => User, { backPopulates: 'profile', uselist: false })
    }
    const [ada, grace, profile] = [new User(), new User(), new Profile()]
    ada.profile = profile
    expect(profile.user).toBe(ada)
    grace.profile = profile
    expect([profile.user, ada.profile]).toEqual([grace, null])
  })

  it('is many to many through a table, both sides in step', () => {
    const db = mappingDb()
    const tags = db.Table(
      'post_tag',
      db.Column('post_id', db.Integer, db.ForeignKey('post.id'), { primaryKey: true }),
      db.Column('tag_id', db.Integer, db.ForeignKey('tag.id'), { primaryKey: true }),
    )
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      tags = db.relationship(() => Tag, { secondary: tags, backPopulates: 'posts' })
      named = db.relationship('Tag', { secondary: 'post_tag', viewonly: true })
    }
    class Tag extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      posts = db.relationship(() => Post, { secondary: () => tags, backPopulates: 'tags' })
    }
    const relationship = property(Post, 'tags')
    expect([relationship.direction, relationship.secondary]).toEqual(['MANYTOMANY', tags])
    expect(pairsOf(relationship)).toEqual(['post.id = post_tag.post_id'])
    expect(relationship.secondaryPairs.map(({ local, remote }) => `${local} = ${remote}`)).toEqual([
      'tag.id = post_tag.tag_id',
    ])
    expect(property(Post, 'named').secondary).toBe(tags)
    const [post, tag] = [new Post(), new Tag()]
    post.tags.append(tag)
    expect([...tag.posts]).toEqual([post])
    tag.posts.remove(post)
    expect(post.tags.length).toBe(0)
  })

  it('is a tree with remoteSide', () => {
    const db = mappingDb()
    class Node extends db.Model<Node>() {
      id = db.Column(db.Integer, { primaryKey: true })
      parentId = db.Column(db.Integer, db.ForeignKey('node.id'))
      children = db.relationship(() => Node, { backPopulates: 'parent' })
      parent = db.relationship(() => Node, {
        backPopulates: 'children',
        remoteSide: 'id',
        uselist: false,
      })
      byColumn = db.relationship(() => Node, {
        remoteSide: () => Node.c.id,
        uselist: false,
        viewonly: true,
      })
      byField = db.relationship(() => Node, {
        remoteSide: [this.id as never],
        uselist: false,
        viewonly: true,
      })
      byName = db.relationship('Node', { remoteSide: '[Node.id]', viewonly: true })
    }
    expect([property(Node, 'children').direction, property(Node, 'parent').direction]).toEqual([
      'ONETOMANY',
      'MANYTOONE',
    ])
    for (const key of ['byColumn', 'byField', 'byName']) {
      expect(property(Node, key).direction).toBe('MANYTOONE')
    }
    const root = new Node({ children: [new Node(), new Node()] })
    expect(root.children.map((node) => node.parent)).toEqual([root, root])
  })

  it('is a tree with a backref', () => {
    const db = mappingDb()
    class Node extends db.Model<Node>() {
      id = db.Column(db.Integer, { primaryKey: true })
      parentId = db.Column(db.Integer, db.ForeignKey('node.id'))
      children = db.relationship(() => Node, {
        backref: db.backref('parent', { remoteSide: 'id' }),
      })
    }
    expect(property(Node, 'parent').direction).toBe('MANYTOONE')
    expect(pairsOf(property(Node, 'parent'))).toEqual(['node.parentId = node.id'])
  })

  it('joins a table with itself through another', () => {
    const db = mappingDb()
    const followers = db.Table(
      'followers',
      db.Column('follower_id', db.Integer, db.ForeignKey('user.id'), { primaryKey: true }),
      db.Column('followed_id', db.Integer, db.ForeignKey('user.id'), { primaryKey: true }),
    )
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      followed = db.relationship(() => User, {
        secondary: followers,
        primaryjoin: () => followers.c.follower_id?.eq(User.c.id),
        secondaryjoin: () => followers.c.followed_id?.eq(User.c.id),
        backref: 'followers',
      })
    }
    const followed = property(User, 'followed')
    expect([pairsOf(followed), followed.secondaryPairs.map(String).length]).toEqual([
      ['user.id = followers.follower_id'],
      1,
    ])
    expect(pairsOf(property(User, 'followers'))).toEqual(['user.id = followers.followed_id'])
    const [ada, grace] = [new User(), new User()]
    ada.followed.append(grace)
    expect([...(grace as Any).followers]).toEqual([ada])
  })

  it('has composite keys', () => {
    const db = mappingDb()
    class Hall extends db.Model {
      city = db.Column(db.String(9), { primaryKey: true })
      name = db.Column(db.String(9), { primaryKey: true })
      seats = db.relationship(() => Seat, { backPopulates: 'hall' })
    }
    class Seat extends db.Model {
      static tableArgs = [
        new ForeignKeyConstraint(['city', 'hallName'], ['hall.city', 'hall.name']),
      ]
      id = db.Column(db.Integer, { primaryKey: true })
      city = db.Column(db.String(9))
      hallName = db.Column(db.String(9))
      hall = db.relationship(() => Hall, { backPopulates: 'seats', uselist: false })
    }
    expect(pairsOf(property(Hall, 'seats'))).toEqual([
      'hall.city = seat.city',
      'hall.name = seat.hallName',
    ])
    const mapper = mapperOf(Hall)
    expect(mapper.identityKey(['a', 'b,c'])).not.toBe(mapper.identityKey(['a,b', 'c']))
    expect(mapper.identityKey(['a', 'b'])).toBe(mapper.identityKeyOf({ city: 'a', name: 'b' }))
    expect(mapper.identityKeyOf({ city: 'a' })).toBe(null)
  })

  it('chooses among several foreign keys with foreignKeys', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    class Post extends db.Model<Post>() {
      id = db.Column(db.Integer, { primaryKey: true })
      authorId = db.Column(db.Integer, db.ForeignKey('user.id'))
      editorId = db.Column(db.Integer, db.ForeignKey('user.id'))
      author = db.relationship(() => User, { foreignKeys: 'authorId', uselist: false })
      editor = db.relationship(() => User, { foreignKeys: () => [Post.c.editorId], uselist: false })
      either = db.relationship(() => User, {
        foreignKeys: 'Post.editorId',
        backref: 'edited',
        uselist: false,
      })
    }
    expect(pairsOf(property(Post, 'author'))).toEqual(['post.authorId = user.id'])
    expect(pairsOf(property(Post, 'editor'))).toEqual(['post.editorId = user.id'])
    expect(pairsOf(property(User, 'edited'))).toEqual(['user.id = post.editorId'])
  })

  it('takes a join condition of its own', () => {
    const db = mappingDb()
    class User extends db.Model<User>() {
      id = db.Column(db.Integer, { primaryKey: true })
      drafts = db.relationship(() => Post, {
        primaryjoin: () => User.c.id.eq(Post.c.userId).and(Post.c.draft.is(true)),
        viewonly: true,
      })
    }
    class Post extends db.Model<Post>() {
      id = db.Column(db.Integer, { primaryKey: true })
      draft = db.Column(db.Boolean)
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
    }
    const drafts = property(User, 'drafts')
    expect([drafts.customJoin, pairsOf(drafts), [...drafts.cascade]]).toEqual([
      true,
      ['user.id = post.userId'],
      ['merge'],
    ])
  })

  it('orders by attributes, names and functions', () => {
    const db = mappingDb()
    class User extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      posts = db.relationship(() => Post, { orderBy: 'Post.title.desc()' })
      others = db.relationship(() => Post, {
        orderBy: () => [Post.c.title, Post.c.id.desc()],
        viewonly: true,
      })
    }
    class Post extends db.Model<Post>() {
      id = db.Column(db.Integer, { primaryKey: true })
      title = db.Column(db.String(9))
      userId = db.Column(db.Integer, db.ForeignKey('user.id'))
    }
    expect(property(User, 'posts').orderBy.length).toBe(1)
    expect(property(User, 'others').orderBy.length).toBe(2)
  })

  it('reads cascades and lazy kinds', () => {
    const { User, Post } = blog(
      mappingDb(),
      { cascade: 'all, delete-orphan', lazy: true },
      { lazy: 'joined' },
    )
    const posts = property(User, 'posts')
    expect([...posts.cascade].sort()).toEqual([
      'delete',
      'delete-orphan',
      'expunge',
      'merge',
      'refresh-expire',
      'save-update',
    ])
    expect([posts.lazy, property(Post, 'author').lazy]).toEqual(['select', 'joined'])
    expect([...property(Post, 'author').cascade]).toEqual(['save-update', 'merge'])
  })

  it('refuses options that it does not have', () => {
    const db = mappingDb()
    expect(() => db.relationship('X', { lazzy: 'joined' } as never)).toThrow(
      "relationship() got an unexpected option 'lazzy'",
    )
  })

  it('is an association object where a class stands in the middle', () => {
    const db = mappingDb()
    class Parent extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      children = db.relationship(() => Link, { backPopulates: 'parent' })
    }
    class Link extends db.Model<Link>() {
      parentId = db.Column(db.Integer, db.ForeignKey('parent.id'), { primaryKey: true })
      childId = db.Column(db.Integer, db.ForeignKey('child.id'), { primaryKey: true })
      note = db.Column(db.String(20))
      parent = db.relationship(() => Parent, { backPopulates: 'children', uselist: false })
      child = db.relationship(() => Child, { backPopulates: 'parents', uselist: false })
    }
    class Child extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      parents = db.relationship(() => Link, { backPopulates: 'child' })
    }
    const [parent, child] = [new Parent(), new Child()]
    const link = new Link({ note: 'first', child, parent })
    expect([parent.children[0], child.parents[0]]).toEqual([link, link])
  })
})
