import { func } from '../../../../compat/sqlalchemy/expression/func.ts'
import { and } from '../../../../compat/sqlalchemy/expression/literals.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { aliased } from '../../../../compat/sqlalchemy/orm/declarative.ts'
import {
  containsEager,
  defaultload,
  defer,
  immediateload,
  joinedload,
  Load,
  lazyload,
  loadOnly,
  noload,
  raiseload,
  selectinload,
  subqueryload,
  undefer,
} from '../../../../compat/sqlalchemy/orm/loading/options.ts'
import {
  type Blog,
  Book,
  Comment,
  Employee,
  Engineer,
  Manager,
  Node,
  Post,
  Profile,
  Report,
  Shelf,
  Tag,
  User,
} from './blog.ts'

// biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
type Any = any

/** What a case has at hand, under the names of oracle.py. */
export interface Tools {
  readonly blog: Blog
  readonly session: Any
  entities(statement: Any, options?: object): Promise<unknown[]>
  rows(statement: Any): Promise<unknown[]>
  query(...what: unknown[]): Any
}

/** A query in SQLAlchemy and the same one here. */
export interface Case {
  readonly python: string
  readonly ours: (tools: Tools) => Promise<unknown>
}

const of = (python: string, ours: Case['ours']): Case => ({ python, ours })
const U = User.c as Any
const P = Post.c as Any
const C = Comment.c as Any
const T = Tag.c as Any
const N = Node.c as Any
const author = (): Any => aliased(User as Any)

export const CASES: readonly Case[] = [
  of('entities(select(User).order_by(User.id))', (t) => t.entities(select(User).orderBy(U.id))),
  of('entities(select(User).options(joinedload(User.posts)))', (t) =>
    t.entities(select(User).options(joinedload(U.posts))),
  ),
  of('entities(select(User).options(joinedload(User.posts)).order_by(User.name.desc()))', (t) =>
    t.entities(select(User).options(joinedload(U.posts)).orderBy(U.name.desc())),
  ),
  of('entities(select(User).options(selectinload(User.posts)).order_by(User.id))', (t) =>
    t.entities(select(User).options(selectinload(U.posts)).orderBy(U.id)),
  ),
  of('entities(select(User).options(subqueryload(User.posts)).order_by(User.id))', (t) =>
    t.entities(select(User).options(subqueryload(U.posts)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts).joinedload(Post.tags)).order_by(User.id))',
    (t) => t.entities(select(User).options(joinedload(U.posts).joinedload(P.tags)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts).selectinload(Post.tags)).order_by(User.id))',
    (t) => t.entities(select(User).options(joinedload(U.posts).selectinload(P.tags)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(selectinload(User.posts).joinedload(Post.tags)).order_by(User.id))',
    (t) => t.entities(select(User).options(selectinload(U.posts).joinedload(P.tags)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(selectinload(User.posts).selectinload(Post.tags).selectinload(Tag.posts)).order_by(User.id))',
    (t) =>
      t.entities(
        select(User)
          .options(selectinload(U.posts).selectinload(P.tags).selectinload(T.posts))
          .orderBy(U.id),
      ),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts), joinedload(User.profile)).order_by(User.id))',
    (t) =>
      t.entities(select(User).options(joinedload(U.posts), joinedload(U.profile)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(selectinload(User.posts), selectinload(User.profile)).order_by(User.id))',
    (t) =>
      t.entities(
        select(User).options(selectinload(U.posts), selectinload(U.profile)).orderBy(U.id),
      ),
  ),
  of('entities(select(User).options(joinedload(User.posts)).order_by(User.name).limit(2))', (t) =>
    t.entities(select(User).options(joinedload(U.posts)).orderBy(U.name).limit(2)),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts)).order_by(User.name).limit(2).offset(1))',
    (t) => t.entities(select(User).options(joinedload(U.posts)).orderBy(U.name).limit(2).offset(1)),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts).joinedload(Post.comments)).order_by(func.lower(User.name).desc(), User.age).limit(3))',
    (t) =>
      t.entities(
        select(User)
          .options(joinedload(U.posts).joinedload(P.comments))
          .orderBy(func.lower(U.name).desc(), U.age)
          .limit(3),
      ),
  ),
  of(
    'entities(select(User).join(User.posts).options(joinedload(User.posts)).where(Post.title == "two").order_by(User.id).limit(5))',
    (t) =>
      t.entities(
        select(User)
          .join(U.posts)
          .options(joinedload(U.posts))
          .where(P.title.eq('two'))
          .orderBy(U.id)
          .limit(5),
      ),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts)).distinct().order_by(User.age, User.id))',
    (t) => t.entities(select(User).options(joinedload(U.posts)).distinct().orderBy(U.age, U.id)),
  ),
  of('entities(select(Post).options(joinedload(Post.author)).order_by(Post.id).limit(3))', (t) =>
    t.entities(select(Post).options(joinedload(P.author)).orderBy(P.id).limit(3)),
  ),
  of(
    'entities(select(Post).options(joinedload(Post.author, innerjoin=True)).order_by(Post.id))',
    (t) =>
      t.entities(
        select(Post)
          .options(joinedload(P.author, { innerjoin: true }))
          .orderBy(P.id),
      ),
  ),
  of(
    'entities(select(Post).options(joinedload(Post.author).joinedload(User.profile)).order_by(Post.id))',
    (t) =>
      t.entities(select(Post).options(joinedload(P.author).joinedload(U.profile)).orderBy(P.id)),
  ),
  of('entities(select(Post).options(selectinload(Post.author)).order_by(Post.id))', (t) =>
    t.entities(select(Post).options(selectinload(P.author)).orderBy(P.id)),
  ),
  of(
    'entities(select(Post).options(selectinload(Post.author).selectinload(User.profile)).order_by(Post.id))',
    (t) =>
      t.entities(
        select(Post).options(selectinload(P.author).selectinload(U.profile)).orderBy(P.id),
      ),
  ),
  of('entities(select(Post).options(immediateload(Post.author)).order_by(Post.id))', (t) =>
    t.entities(select(Post).options(immediateload(P.author)).orderBy(P.id)),
  ),
  of('entities(select(User).options(immediateload(User.posts)).order_by(User.id))', (t) =>
    t.entities(select(User).options(immediateload(U.posts)).orderBy(U.id)),
  ),
  of(
    'entities(select(Post).options(joinedload(Post.tags), selectinload(Post.comments)).order_by(Post.id.desc()))',
    (t) =>
      t.entities(
        select(Post).options(joinedload(P.tags), selectinload(P.comments)).orderBy(P.id.desc()),
      ),
  ),
  of(
    'entities(select(Tag).options(selectinload(Tag.posts).joinedload(Post.author)).order_by(Tag.id))',
    (t) =>
      t.entities(select(Tag).options(selectinload(T.posts).joinedload(P.author)).orderBy(T.id)),
  ),
  of(
    'entities(select(Tag).options(joinedload(Tag.posts).selectinload(Post.author)).order_by(Tag.id).limit(2))',
    (t) =>
      t.entities(
        select(Tag).options(joinedload(T.posts).selectinload(P.author)).orderBy(T.id).limit(2),
      ),
  ),
  of('entities(select(Post).options(joinedload(Post.longComments)).order_by(Post.id))', (t) =>
    t.entities(select(Post).options(joinedload(P.longComments)).orderBy(P.id)),
  ),
  of('entities(select(Post).options(selectinload(Post.longComments)).order_by(Post.id))', (t) =>
    t.entities(select(Post).options(selectinload(P.longComments)).orderBy(P.id)),
  ),
  of(
    'entities(select(Post).options(noload(Post.tags), noload(Post.author)).order_by(Post.id))',
    (t) => t.entities(select(Post).options(noload(P.tags), noload(P.author)).orderBy(P.id)),
  ),
  of('entities(select(User).options(load_only(User.name)).order_by(User.id))', (t) =>
    t.entities(select(User).options(loadOnly(U.name)).orderBy(U.id)),
  ),
  of('entities(select(User).options(defer(User.name), undefer(User.bio)).order_by(User.id))', (t) =>
    t.entities(select(User).options(defer(U.name), undefer(U.bio)).orderBy(U.id)),
  ),
  of('entities(select(User).options(undefer("*")).order_by(User.id))', (t) =>
    t.entities(select(User).options(undefer('*')).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts).load_only(Post.title)).order_by(User.id))',
    (t) => t.entities(select(User).options(joinedload(U.posts).loadOnly(P.title)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(selectinload(User.posts).defer(Post.meta)).order_by(User.id))',
    (t) => t.entities(select(User).options(selectinload(U.posts).defer(P.meta)).orderBy(U.id)),
  ),
  of(
    'entities(select(User).options(load_only(User.name), joinedload(User.posts)).order_by(User.id).limit(3))',
    (t) =>
      t.entities(
        select(User).options(loadOnly(U.name), joinedload(U.posts)).orderBy(U.id).limit(3),
      ),
  ),
  of(
    'entities(select(Post).options(load_only(Post.title), selectinload(Post.tags)).order_by(Post.id))',
    (t) => t.entities(select(Post).options(loadOnly(P.title), selectinload(P.tags)).orderBy(P.id)),
  ),
  of(
    'entities(select(User).options(defaultload(User.posts).joinedload(Post.tags), joinedload(User.posts)).order_by(User.id))',
    (t) =>
      t.entities(
        select(User)
          .options(defaultload(U.posts).joinedload(P.tags), joinedload(U.posts))
          .orderBy(U.id),
      ),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts).options(joinedload(Post.tags), selectinload(Post.comments), defer(Post.meta))).order_by(User.id))',
    (t) =>
      t.entities(
        select(User)
          .options(
            joinedload(U.posts).options(
              joinedload(P.tags),
              selectinload(P.comments),
              defer(P.meta),
            ),
          )
          .orderBy(U.id),
      ),
  ),
  of(
    'entities(select(User).join(User.posts).options(contains_eager(User.posts)).where(Post.id > 1).order_by(User.id, Post.id))',
    (t) =>
      t.entities(
        select(User)
          .join(U.posts)
          .options(containsEager(U.posts))
          .where(P.id.gt(1))
          .orderBy(U.id, P.id),
      ),
  ),
  of(
    'entities(select(Post).join(Post.author).options(contains_eager(Post.author).joinedload(User.profile)).order_by(Post.id))',
    (t) =>
      t.entities(
        select(Post)
          .join(P.author)
          .options(containsEager(P.author).joinedload(U.profile))
          .orderBy(P.id),
      ),
  ),
  of(
    'then(aliased(User), lambda a: entities(select(Post).join(Post.author.of_type(a)).options(contains_eager(Post.author.of_type(a))).where(a.age > 20).order_by(Post.id)))',
    (t) => {
      const a = author()
      return t.entities(
        select(Post)
          .join(P.author.ofType(a))
          .options(containsEager(P.author.ofType(a)))
          .where(a.c.age.gt(20))
          .orderBy(P.id),
      )
    },
  ),
  of(
    'then(aliased(User), lambda a: entities(select(a).options(joinedload(a.posts)).order_by(a.id)))',
    (t) => {
      const a = author()
      return t.entities(select(a).options(joinedload(a.c.posts)).orderBy(a.c.id))
    },
  ),
  of(
    'then(aliased(User), lambda a: entities(select(a).options(selectinload(a.posts)).order_by(a.id).limit(2)))',
    (t) => {
      const a = author()
      return t.entities(select(a).options(selectinload(a.c.posts)).orderBy(a.c.id).limit(2))
    },
  ),
  of('entities(select(Node).order_by(Node.id))', (t) => t.entities(select(Node).orderBy(N.id))),
  of('entities(select(Node).where(Node.name == "root"))', (t) =>
    t.entities(select(Node).where(N.name.eq('root'))),
  ),
  of('entities(select(Node).options(lazyload(Node.children)).order_by(Node.id))', (t) =>
    t.entities(select(Node).options(lazyload(N.children)).orderBy(N.id)),
  ),
  of(
    'entities(select(Node).options(selectinload(Node.children).selectinload(Node.children)).where(Node.id == 1))',
    (t) =>
      t.entities(
        select(Node).options(selectinload(N.children).selectinload(N.children)).where(N.id.eq(1)),
      ),
  ),
  of(
    'entities(select(Node).options(lazyload(Node.children), joinedload(Node.parent).joinedload(Node.parent)).where(Node.id == 5))',
    (t) =>
      t.entities(
        select(Node)
          .options(lazyload(N.children), joinedload(N.parent).joinedload(N.parent))
          .where(N.id.eq(5)),
      ),
  ),
  of('entities(select(Shelf).options(joinedload(Shelf.books)).order_by(Shelf.label))', (t) =>
    t.entities(select(Shelf).options(joinedload(Shelf.c.books)).orderBy(Shelf.c.label)),
  ),
  of('entities(select(Shelf).options(selectinload(Shelf.books)).order_by(Shelf.label))', (t) =>
    t.entities(select(Shelf).options(selectinload(Shelf.c.books)).orderBy(Shelf.c.label)),
  ),
  of('entities(select(Book).options(selectinload(Book.shelf)).order_by(Book.id))', (t) =>
    t.entities(select(Book).options(selectinload(Book.c.shelf)).orderBy(Book.c.id)),
  ),
  of('entities(select(Book).options(joinedload(Book.shelf)).order_by(Book.id))', (t) =>
    t.entities(select(Book).options(joinedload(Book.c.shelf)).orderBy(Book.c.id)),
  ),
  of('entities(select(Employee).order_by(Employee.id))', (t) =>
    t.entities(select(Employee).orderBy(Employee.c.id)),
  ),
  of('entities(select(Engineer).order_by(Engineer.id))', (t) =>
    t.entities(select(Engineer).orderBy((Engineer as Any).c.id)),
  ),
  of('entities(select(Manager).options(joinedload(Manager.reports)))', (t) =>
    t.entities(select(Manager).options(joinedload((Manager as Any).c.reports))),
  ),
  of(
    'entities(select(Employee).options(selectinload(Employee.reports)).order_by(Employee.id))',
    (t) =>
      t.entities(select(Employee).options(selectinload(Employee.c.reports)).orderBy(Employee.c.id)),
  ),
  of('entities(select(Report).options(joinedload(Report.employee)).order_by(Report.id))', (t) =>
    t.entities(select(Report).options(joinedload(Report.c.employee)).orderBy(Report.c.id)),
  ),
  of('entities(select(Report).options(selectinload(Report.employee)).order_by(Report.id))', (t) =>
    t.entities(select(Report).options(selectinload(Report.c.employee)).orderBy(Report.c.id)),
  ),
  of('rows(select(User, Post).join(Post, Post.authorId == User.id).order_by(Post.id))', (t) =>
    t.rows(select(User, Post).join(Post, P.authorId.eq(U.id)).orderBy(P.id)),
  ),
  of(
    'rows(select(User, Post).outerjoin(Post, Post.authorId == User.id).options(joinedload(User.profile), selectinload(Post.tags)).order_by(User.id, Post.id))',
    (t) =>
      t.rows(
        select(User, Post)
          .outerjoin(Post, P.authorId.eq(U.id))
          .options(joinedload(U.profile), selectinload(P.tags))
          .orderBy(U.id, P.id),
      ),
  ),
  of(
    'rows(select(User.name, func.count(Post.id)).outerjoin(User.posts).group_by(User.name).order_by(User.name))',
    (t) =>
      t.rows(select(U.name, func.count(P.id)).outerjoin(U.posts).groupBy(U.name).orderBy(U.name)),
  ),
  of(
    'rows(select(User.name, User).options(selectinload(User.posts)).where(and_(User.age > 1, User.active == True)).order_by(User.id))',
    (t) =>
      t.rows(
        select(U.name, User)
          .options(selectinload(U.posts))
          .where(and(U.age.gt(1), U.active.eq(true)))
          .orderBy(U.id),
      ),
  ),
  of(
    'entities(select(User).options(joinedload(User.posts.and_(Post.id > 1))).order_by(User.id))',
    (t) =>
      t.entities(
        select(User)
          .options(joinedload(U.posts.and(P.id.gt(1))))
          .orderBy(U.id),
      ),
  ),
  of(
    'entities(select(User).options(selectinload(User.posts.and_(Post.id > 1))).order_by(User.id))',
    (t) =>
      t.entities(
        select(User)
          .options(selectinload(U.posts.and(P.id.gt(1))))
          .orderBy(U.id),
      ),
  ),
  of(
    'then(entities(select(User).options(lazyload(User.posts.and_(Post.id > 1))).order_by(User.id)), lambda us: us[0].posts)',
    async (t) => {
      const us = (await t.entities(
        select(User)
          .options(lazyload(U.posts.and(P.id.gt(1))))
          .orderBy(U.id),
      )) as Any[]
      return us[0].posts
    },
  ),
  of('session.get(User, 1)', (t) => t.session.get(User, 1)),
  of('session.get(Shelf, ("a", 2))', (t) => t.session.get(Shelf, ['a', 2])),
  of('session.get(User, 1, options=[joinedload(User.posts)])', (t) =>
    t.session.get(User, 1, { options: [joinedload(U.posts)] }),
  ),
  of('session.get(Manager, 3)', (t) => t.session.get(Manager, 3)),
  of('session.get(User, 99)', (t) => t.session.get(User, 99)),
  of('session.get(User, 1).posts', async (t) => (await t.session.get(User, 1)).posts),
  of('session.get(Post, 5).tags', async (t) => (await t.session.get(Post, 5)).tags),
  of('session.get(Post, 5).longComments', async (t) => (await t.session.get(Post, 5)).longComments),
  of('session.get(Post, 4).author', async (t) => (await t.session.get(Post, 4)).author),
  of('session.get(Book, 1).shelf', async (t) => (await t.session.get(Book, 1)).shelf),
  of('session.get(Node, 5).parent', async (t) => (await t.session.get(Node, 5)).parent),
  of('session.get(Profile, 1).user', async (t) => (await t.session.get(Profile, 1)).user),
  of(
    'then(session.get(User, 1), lambda u: [session.get(Post, 1).author is u, session.get(Post, 2).author is u])',
    async (t) => {
      const u = await t.session.get(User, 1)
      return [
        (await (await t.session.get(Post, 1)).author) === u,
        (await (await t.session.get(Post, 2)).author) === u,
      ]
    },
  ),
  of(
    'then(session.get(Comment, 1), lambda c: entities(select(Comment).options(selectinload(Comment.post).joinedload(Post.author)).order_by(Comment.id)))',
    async (t) => {
      await t.session.get(Comment, 1)
      return t.entities(
        select(Comment).options(selectinload(C.post).joinedload(P.author)).orderBy(C.id),
      )
    },
  ),
  of('query(User).filter_by(age=20).order_by(User.id).all()', (t) =>
    t.query(User).filterBy({ age: 20 }).orderBy(U.id).all(),
  ),
  of('query(User).join(User.posts).order_by(User.id).all()', (t) =>
    t.query(User).join(U.posts).orderBy(U.id).all(),
  ),
  of('query(User).options(joinedload(User.posts)).order_by(User.name).first()', (t) =>
    t.query(User).options(joinedload(U.posts)).orderBy(U.name).first(),
  ),
  of('query(User).join(User.posts).count()', (t) => t.query(User).join(U.posts).count()),
  of('query(User).options(joinedload(User.posts)).limit(3).count()', (t) =>
    t.query(User).options(joinedload(U.posts)).limit(3).count(),
  ),
  of('query(User.age).distinct().count()', (t) => t.query(U.age).distinct().count()),
  of('query(User.name, Post.title).join(User.posts).order_by(Post.id).all()', (t) =>
    t.query(U.name, P.title).join(U.posts).orderBy(P.id).all(),
  ),
  of(
    'query(User).filter(User.id == 1).union(query(User).filter(User.id > 2)).order_by(User.id).all()',
    (t) =>
      t
        .query(User)
        .filter(U.id.eq(1))
        .union(t.query(User).filter(U.id.gt(2)))
        .orderBy(U.id)
        .all(),
  ),
  of('query(Post).order_by(Post.id)[1:3]', (t) => t.query(Post).orderBy(P.id).slice(1, 3).all()),
  of('query(User).with_entities(User.id).order_by(User.id).all()', (t) =>
    t.query(User).withEntities(U.id).orderBy(U.id).all(),
  ),
  of('query(query(User).filter(User.name == "ada").exists()).scalar()', (t) =>
    t.query(t.query(User).filter(U.name.eq('ada')).exists()).scalar(),
  ),
  of('query(User.id).filter(User.id == 99).scalar()', (t) =>
    t.query(U.id).filter(U.id.eq(99)).scalar(),
  ),
  of(
    'then(session.get(User, 2), lambda u: [query(User).filter(User.age == 20).update({"age": User.age + 1}), u])',
    async (t) => {
      const u = await t.session.get(User, 2)
      return [
        await t
          .query(User)
          .filter(U.age.eq(20))
          .update({ age: U.age.add(1) }),
        u,
      ]
    },
  ),
  of(
    'then(session.get(User, 2), lambda u: [query(User).filter(User.name.like("b%")).update({"age": 7}, synchronize_session="fetch"), u])',
    async (t) => {
      const u = await t.session.get(User, 2)
      return [
        await t
          .query(User)
          .filter(U.name.like('b%'))
          .update({ age: 7 }, { synchronizeSession: 'fetch' }),
        u,
      ]
    },
  ),
  of(
    'then(session.get(User, 2), lambda u: [query(User).filter(User.age == 20).update({"age": 7}, synchronize_session=False), u])',
    async (t) => {
      const u = await t.session.get(User, 2)
      return [
        await t.query(User).filter(U.age.eq(20)).update({ age: 7 }, { synchronizeSession: false }),
        u,
      ]
    },
  ),
  of(
    'then(session.get(Comment, 7), lambda c: [query(Comment).filter(Comment.post == None).delete(), c in session, session.get(Comment, 7)])',
    async (t) => {
      const c = await t.session.get(Comment, 7)
      return [
        await t.query(Comment).filter(C.post.eq(null)).delete(),
        t.session.contains(c),
        await t.session.get(Comment, 7),
      ]
    },
  ),
  of('query(Manager).update({"budget": 5})', (t) => t.query(Manager).update({ budget: 5 })),
  of('then(entities(select(User).options(raiseload("*"))), lambda us: us[0].posts)', async (t) => {
    const [u] = (await t.entities(select(User).options(raiseload('*')))) as Any[]
    return u.posts
  }),
  of(
    'then(entities(select(User).options(joinedload(User.posts), raiseload("*")).order_by(User.id)), lambda us: us[0].posts[0].tags)',
    async (t) => {
      const us = (await t.entities(
        select(User).options(joinedload(U.posts), raiseload('*')).orderBy(U.id),
      )) as Any[]
      return us[0].posts[0].tags
    },
  ),
  of(
    'then(entities(select(User).options(joinedload(User.posts), Load(User).raiseload("*")).order_by(User.id)), lambda us: us[0].posts[0].tags)',
    async (t) => {
      const us = (await t.entities(
        select(User).options(joinedload(U.posts), new Load(User).raiseload('*')).orderBy(U.id),
      )) as Any[]
      return us[0].posts[0].tags
    },
  ),
  of(
    'then(entities(select(User).options(lazyload(User.posts).raiseload(Post.tags)).order_by(User.id)), lambda us: us[0].posts[0].tags)',
    async (t) => {
      const us = (await t.entities(
        select(User).options(lazyload(U.posts).raiseload(P.tags)).orderBy(U.id),
      )) as Any[]
      return (await us[0].posts)[0].tags
    },
  ),
  of(
    'then(entities(select(User).options(lazyload(User.posts).joinedload(Post.tags)).order_by(User.id)), lambda us: us[0].posts)',
    async (t) => {
      const us = (await t.entities(
        select(User).options(lazyload(U.posts).joinedload(P.tags)).orderBy(U.id),
      )) as Any[]
      return us[0].posts
    },
  ),
  of(
    'then(session.get(User, 1), lambda u: then(entities(select(Post).options(raiseload(Post.author))), lambda ps: ps[0].author))',
    async (t) => {
      await t.session.get(User, 1)
      const ps = (await t.entities(select(Post).options(raiseload(P.author)))) as Any[]
      return ps[0].author
    },
  ),
  of(
    'then(session.get(User, 1), lambda u: then(entities(select(Post).options(raiseload(Post.author, sql_only=True)).order_by(Post.id)), lambda ps: ps[0].author))',
    async (t) => {
      await t.session.get(User, 1)
      const ps = (await t.entities(
        select(Post)
          .options(raiseload(P.author, { sqlOnly: true }))
          .orderBy(P.id),
      )) as Any[]
      return ps[0].author
    },
  ),
  of('entities(select(Post).options(joinedload(User.posts)))', (t) =>
    t.entities(select(Post).options(joinedload(U.posts))),
  ),
  of('entities(select(User).options(joinedload(User.posts).joinedload(User.posts)))', (t) =>
    t.entities(select(User).options(joinedload(U.posts).joinedload(U.posts))),
  ),
  of('entities(select(User).options(joinedload(User.name)))', (t) =>
    t.entities(select(User).options(joinedload(U.name))),
  ),
  of('entities(select(User).options(defer(User.posts)))', (t) =>
    t.entities(select(User).options(defer(U.posts))),
  ),
  of('rows(select(User.id).options(joinedload(User.posts)))', (t) =>
    t.rows(select(U.id).options(joinedload(U.posts))),
  ),
  of('session.scalars(select(User).options(joinedload(User.posts))).all()', (t) =>
    t.session.scalars(select(User).options(joinedload(U.posts))).all(),
  ),
  of('query(User).one()', (t) => t.query(User).one()),
  of('query(User).filter(User.id == 99).one()', (t) => t.query(User).filter(U.id.eq(99)).one()),
  of('query(User).one_or_none()', (t) => t.query(User).oneOrNone()),
  of('query(User).limit(3).filter(User.id == 1)', async (t) =>
    t.query(User).limit(3).filter(U.id.eq(1)).all(),
  ),
  of('query(User).limit(3).update({"age": 1})', async (t) =>
    t.query(User).limit(3).update({ age: 1 }),
  ),
  of('query(User).join(User.posts).delete()', async (t) => t.query(User).join(U.posts).delete()),
  of('query(User).get((1, 2))', async (t) => t.query(User).get([1, 2])),
  of('query(User).filter(User.id == 1).get(1)', async (t) =>
    t.query(User).filter(U.id.eq(1)).get(1),
  ),
]
