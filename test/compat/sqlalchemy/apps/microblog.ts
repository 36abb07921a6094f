import { BustAPI, checkPasswordHash, generatePasswordHash, jsonify, request } from 'bustapi'
import {
  type AppenderQuery,
  IntegrityError,
  type Lazy,
  type Query,
  type RelatedList,
  SQLAlchemy,
} from 'bustapi/sqlalchemy'
import { configure, counting, errorsAsJson, json, Refused } from './common.ts'

/** `microblog.py`, line by line. */
export function createMicroblog(uri: string): { readonly app: BustAPI; readonly db: SQLAlchemy } {
  const db = new SQLAlchemy()

  const followers = db.Table<{ follower_id: number; followed_id: number }>(
    'followers',
    db.Column('follower_id', db.Integer, db.ForeignKey('user.id'), { primaryKey: true }),
    db.Column('followed_id', db.Integer, db.ForeignKey('user.id'), { primaryKey: true }),
  )
  const likes = db.Table<{ user_id: number; post_id: number }>(
    'likes',
    db.Column('user_id', db.Integer, db.ForeignKey('user.id'), { primaryKey: true }),
    db.Column('post_id', db.Integer, db.ForeignKey('post.id'), { primaryKey: true }),
  )
  const postTags = db.Table(
    'post_tags',
    db.Column('post_id', db.Integer, db.ForeignKey('post.id'), { primaryKey: true }),
    db.Column('tag_id', db.Integer, db.ForeignKey('tag.id'), { primaryKey: true }),
  )

  class User extends db.Model<User>() {
    id = db.Column(db.Integer, { primaryKey: true })
    username = db.Column(db.String(64), { index: true, unique: true, nullable: false })
    email = db.Column(db.String(120), { index: true, unique: true })
    passwordHash = db.Column('password_hash', db.String(256))
    about = db.Column(db.String(140), { default: '' })
    posts = db.relationship(() => Post, {
      backref: 'author',
      lazy: 'dynamic',
      cascade: 'all, delete-orphan',
    })
    followed = db.relationship(() => User, {
      secondary: followers,
      primaryjoin: () => followers.c.follower_id.eq(User.c.id),
      secondaryjoin: () => followers.c.followed_id.eq(User.c.id),
      backref: db.backref('followers', { lazy: 'dynamic' }),
      lazy: 'dynamic',
    })
    declare followers: AppenderQuery<User>
    declare liked: RelatedList<Post>

    setPassword(password: string) {
      this.passwordHash = generatePasswordHash(password, 'pbkdf2:sha256:1000')
    }
    checkPassword(password: string) {
      return checkPasswordHash(this.passwordHash ?? '', password)
    }
    async isFollowing(other: User) {
      return (await this.followed.filter(followers.c.followed_id.eq(other.id)).count()) > 0
    }
    async follow(other: User) {
      if (!(await this.isFollowing(other))) this.followed.append(other)
    }
    async unfollow(other: User) {
      if (await this.isFollowing(other)) this.followed.remove(other)
    }
    followedPosts(): Query<Post> {
      const followed = Post.query
        .join(followers, followers.c.followed_id.eq(Post.c.userId))
        .filter(followers.c.follower_id.eq(this.id))
      const own = Post.query.filterBy({ userId: this.id })
      return followed.union(own).orderBy(Post.c.at.desc(), Post.c.id)
    }
  }
  db.validates(User, 'username', (key, value) => {
    if (typeof value !== 'string' || !/^[A-Za-z][A-Za-z0-9_]{1,30}$/.test(value)) {
      throw new Refused(`bad ${key}`)
    }
    return value.toLowerCase()
  })

  class Post extends db.Model<Post>() {
    id = db.Column(db.Integer, { primaryKey: true })
    body = db.Column(db.String(140), { nullable: false })
    at = db.Column(db.Integer, { index: true, nullable: false })
    userId = db.Column('user_id', db.Integer, db.ForeignKey('user.id'), { nullable: false })
    parentId = db.Column('parent_id', db.Integer, db.ForeignKey('post.id'))
    replies = db.relationship(() => Post, {
      backref: db.backref('parent', { remoteSide: 'id' }),
      orderBy: 'Post.at',
    })
    likedBy = db.relationship(() => User, {
      secondary: likes,
      backref: 'liked',
      orderBy: () => User.c.username,
    })
    tags = db.relationship(() => Tag, {
      secondary: postTags,
      backPopulates: 'posts',
      orderBy: 'Tag.name',
    })
    declare author: Lazy<User | null>
    declare parent: Lazy<Post | null>
  }

  class Tag extends db.Model<Tag>() {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(30), { unique: true, nullable: false })
    posts = db.relationship(() => Post, { secondary: postTags, backPopulates: 'tags' })
  }

  const showUser = async (user: User) => ({
    id: user.id,
    username: user.username,
    email: user.email,
    about: user.about,
    followers: await user.followers.count(),
    followed: await user.followed.count(),
    posts: await user.posts.count(),
  })
  const showPost = async (post: Post) => ({
    id: post.id,
    body: post.body,
    at: post.at,
    author: (await post.author)?.username,
    tags: (await post.tags).map((tag) => tag.name),
    likes: (await post.likedBy).map((user) => user.username),
  })
  const byName = (username: string) =>
    User.query.filterBy({ username }).firstOr404(`no ${username}`)
  const getTag = async (name: string) => {
    let tag = await Tag.query.filterBy({ name }).oneOrNone()
    if (tag === null) {
      tag = new Tag({ name })
      db.session.add(tag)
    }
    return tag
  }

  const app = new BustAPI('microblog')
  configure(app, uri)
  db.initApp(app)
  errorsAsJson(app, db)

  app.post('/users', async () => {
    const data = await json()
    const user = new User({ username: data.username ?? null, email: data.email })
    user.setPassword(data.password ?? 'secret')
    db.session.add(user)
    try {
      await db.session.commit()
    } catch (error) {
      if (!(error instanceof IntegrityError)) throw error
      await db.session.rollback()
      return [{ error: 'taken', users: await User.query.count() }, 409]
    }
    return [await showUser(user), 201]
  })

  app.post('/login', async () => {
    const data = await json()
    const user = await User.query.filterBy({ username: data.username }).first()
    if (user === null || !user.checkPassword(data.password)) return [{ error: 'no' }, 401]
    return { id: user.id }
  })

  app.get('/users/<username>', async ({ username }) => showUser(await byName(username)))
  app.get('/users/id/<int:id>', async ({ id }) => showUser(await db.getOr404(User, id)))

  app.patch('/users/<username>', async ({ username }) => {
    const user = await byName(username)
    const before = db.session.isModified(user)
    for (const [key, value] of Object.entries(await json())) {
      if (!['username', 'email', 'about'].includes(key)) throw new Refused(`unknown ${key}`)
      user[key as 'username'] = value as string
    }
    const changed = db.session.isModified(user)
    const dirty = db.session.dirty.has(user)
    await db.session.commit()
    return { user: await showUser(user), before, changed, dirty }
  })

  app.post('/follow', async () => {
    const data = await json()
    const [who, whom] = [await byName(data.who), await byName(data.whom)]
    await (data.undo ? who.unfollow(whom) : who.follow(whom))
    const atOnce = await who.isFollowing(whom)
    await db.session.commit()
    return {
      following: atOnce,
      count: await who.followed.count(),
      back: await whom.isFollowing(who),
    }
  })

  app.get('/followers/<username>', async ({ username }) => {
    const user = await byName(username)
    return {
      followers: (await user.followers.orderBy(User.c.username).all()).map((u) => u.username),
      followed: (await user.followed.orderBy(User.c.username.desc()).limit(2).all()).map(
        (u) => u.username,
      ),
    }
  })

  app.post('/posts', async () => {
    const data = await json()
    const user = await byName(data.username)
    const post = new Post({ body: data.body, at: data.at, author: user })
    if (data.parent) post.parent = await db.getOr404(Post, data.parent)
    for (const [, name = ''] of (data.body ?? '').matchAll(/#(\w+)/g)) {
      const tag = await getTag(name)
      if (!post.tags.includes(tag)) post.tags.append(tag)
    }
    db.session.add(post)
    await db.session.commit()
    return [await showPost(post), 201]
  })

  app.get('/feed/<username>', async ({ username }) => {
    const user = await byName(username)
    const page = await user.followedPosts().paginate({
      perPage: request.args.get('size', 3, Number) ?? 3,
      maxPerPage: 5,
    })
    const items = []
    for (const post of page.items) items.push(await showPost(post))
    return {
      items,
      total: page.total,
      pages: page.pages,
      next: page.nextNum,
      prev: page.prevNum,
    }
  })

  app.get('/explore', async () => {
    const page = await db.paginate(db.select(Post).orderBy(Post.c.at.desc(), Post.c.id), {
      perPage: 2,
    })
    return {
      items: [...page].map((post) => post.id),
      numbers: [...page.iterPages({ leftEdge: 1, rightEdge: 1, leftCurrent: 1, rightCurrent: 1 })],
      first: page.first,
      last: page.last,
    }
  })

  app.get('/search', async () => {
    const q = request.args.get('q', '')
    const found = Post.query
      .join(Post.c.author)
      .filter(db.or(Post.c.body.contains(q, { autoescape: true }), User.c.username.like(`${q}%`)))
      .options(db.containsEager(Post.c.author))
      .orderBy(Post.c.id)
    const [names, statements] = await counting(db, async () => {
      const names = []
      for await (const post of found) names.push([post.id, (await post.author)?.username])
      return names
    })
    return { found: names, statements }
  })

  app.post('/posts/<int:id>/like', async ({ id }) => {
    const post = await db.getOr404(Post, id)
    const user = await byName((await json()).username)
    await post.likedBy
    if (post.likedBy.includes(user)) post.likedBy.remove(user)
    else user.liked.append(post)
    const now = post.likedBy.map((each) => each.username)
    await db.session.commit()
    return { 'at once': now, stored: (await showPost(post)).likes }
  })

  app.get('/popular', async () => {
    const count = db.func.count(likes.c.user_id).label('likes')
    const rows = await db.session
      .execute(
        db
          .select(Post.c.id, Post.c.body, count)
          .outerjoin(likes, likes.c.post_id.eq(Post.c.id))
          .groupBy(Post.c.id, Post.c.body)
          .having(db.func.count(likes.c.user_id).ge(request.args.get('least', 0, Number) ?? 0))
          .orderBy(count.desc(), Post.c.id),
      )
      .all()
    return jsonify(rows.map((row) => ({ id: row.id, body: row.body, likes: row.likes })))
  })

  app.get('/stats', async () => {
    const counts = db.session
      .query(Post.c.userId, db.func.count().label('posts'))
      .groupBy(Post.c.userId)
      .subquery()
    const number = db.func.coalesce(counts.c.posts, 0)
    const rows = await db.session
      .query(
        User.c.username,
        number.label('posts'),
        db.func.rank().over({ orderBy: number.desc() }).label('rank'),
        db.func
          .row_number()
          .over({ orderBy: [number.desc(), User.c.username] })
          .label('row'),
      )
      .outerjoin(counts, User.c.id.eq(counts.c.userId))
      .orderBy('row')
      .all()
    return jsonify(rows.map((row) => [...row]))
  })

  app.get('/mutual/<username>', async ({ username }) => {
    const user = await byName(username)
    const [there, back] = [followers.alias(), followers.alias()]
    const other = db.aliased(User)
    const names = await db.session
      .scalars(
        db
          .select(other.c.username)
          .join(there, there.c.followed_id.eq(other.c.id))
          .join(
            back,
            db.and(back.c.follower_id.eq(other.c.id), back.c.followed_id.eq(there.c.follower_id)),
          )
          .where(there.c.follower_id.eq(user.id))
          .orderBy(other.c.username),
      )
      .all()
    const lonely = await User.query
      .filter(db.not(User.c.followers.any()), db.not(User.c.posts.any()))
      .orderBy(User.c.username)
      .all()
    const writes = await db.session.query(db.exists().where(Post.c.userId.eq(user.id))).scalar()
    return { mutual: names, lonely: lonely.map((each) => each.username), writes: Boolean(writes) }
  })

  app.get('/thread/<int:id>', async ({ id }) => {
    const top = db
      .select(Post.c.id, Post.c.parentId, db.literal(0).label('depth'))
      .where(Post.c.id.eq(id))
      .cte({ name: 'thread', recursive: true })
    const child = db.aliased(Post)
    const tree = top.unionAll(
      db
        .select(child.c.id, child.c.parentId, top.c.depth.add(1))
        .where(child.c.parentId.eq(top.c.id)),
    )
    const rows = await db.session
      .execute(
        db
          .select(Post, tree.c.depth)
          .join(tree, Post.c.id.eq(tree.c.id))
          .orderBy(tree.c.depth, Post.c.id),
      )
      .all()
    const shown = []
    for (const [post, depth] of rows) {
      shown.push({ body: post.body, depth, replies: (await post.replies).length })
    }
    return jsonify(shown)
  })

  app.get('/eager', async () => {
    db.session.expungeAll()
    const [shown, statements] = await counting(db, async () => {
      const posts = await Post.query
        .options(
          db.joinedload(Post.c.author),
          db.selectinload(Post.c.tags).selectinload(Tag.c.posts),
        )
        .orderBy(Post.c.id)
        .limit(4)
        .all()
      return Promise.all(
        posts.map(async (post) => [
          (await post.author)?.username,
          post.tags.map((tag) => tag.name).sort(),
          post.tags.map((tag) => tag.posts.length),
        ]),
      )
    })
    return { shown, statements }
  })

  app.get('/raise', async () => {
    const [post] = await Post.query
      .options(db.raiseload('*'), db.lazyload(Post.c.tags))
      .orderBy(Post.c.id)
      .limit(1)
      .all()
    const tags = (await post?.tags)?.map((tag) => tag.name)
    const liked = (await post?.likedBy)?.length
    return { tags, liked }
  })

  app.delete('/users/<username>', async ({ username }) => {
    const user = await byName(username)
    await db.session.delete(user)
    await db.session.commit()
    return {
      users: await User.query.count(),
      posts: await Post.query.count(),
      follows: await db.session.query(followers).count(),
    }
  })

  app.post('/cleanup', async () => {
    const data = await json()
    const known = await Post.query.all()
    const gone = await Post.query
      .filter(Post.c.body.like(data.like), db.not(Post.c.likedBy.any()))
      .delete({ synchronizeSession: data.sync ?? 'fetch' })
    const left = known.filter((post) => db.session.contains(post)).length
    await db.session.rollback()
    return { gone, 'in session': left, after: await Post.query.count() }
  })

  app.post('/rename', async () => {
    const data = await json()
    const users = await User.query.orderBy(User.c.id).all()
    const count = await User.query
      .filter(User.c.id.gt(data.above))
      .update(
        { about: User.c.username.concat('!'), email: null },
        { synchronizeSession: data.sync ?? 'evaluate' },
      )
    const about = users.map((user) => user.about)
    await db.session.commit()
    // Attributes stay readable after a commit; the next query refreshes them.
    await User.query.all()
    return { count, about, email: users.map((user) => user.email) }
  })

  app.post('/import', async () => {
    const result = []
    for (const item of await json()) {
      try {
        await db.session.beginNested(async () => {
          db.session.add(new User({ username: item.username, email: item.email }))
        })
        result.push('ok')
      } catch (error) {
        if (!(error instanceof IntegrityError)) throw error
        result.push('taken')
      }
    }
    await db.session.commit()
    const users = await User.query.orderBy(User.c.username).all()
    return jsonify({ result, users: users.map((user) => user.username) })
  })

  return { app, db }
}
