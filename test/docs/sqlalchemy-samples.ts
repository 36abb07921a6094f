import * as sqlalchemy from '../../compat/sqlalchemy/index.ts'
import { MAPPER_EVENTS } from '../../compat/sqlalchemy/orm/mapping/mapper-events.ts'
import { SESSION_EVENTS } from '../../compat/sqlalchemy/orm/session/session-events.ts'

const {
  Inspector,
  MappingResult,
  Pagination,
  Query,
  Result,
  ScalarResult,
  Session,
  SQLAlchemy: Extension,
} = sqlalchemy

const real = new Extension()

class User extends real.Model<User>() {
  id = real.Column(real.Integer, { primaryKey: true })
  posts = real.relationship(() => Post)
}
class Post extends real.Model<Post>() {
  id = real.Column(real.Integer, { primaryKey: true })
  userId = real.Column<number>('user_id', real.ForeignKey('user.id'))
}

/** A `db` whose session can be looked at without an app. */
const db: object = Object.create(real, { session: { value: new Session() } })

const named = (names: Iterable<string>): Record<string, true> =>
  Object.fromEntries([...names].map((name) => [name, true]))

const info: sqlalchemy.QueryInfo = {
  statement: '',
  parameters: [],
  startTime: 0,
  endTime: 0,
  duration: 0,
  location: '',
}

/** What the names in the tables of Flask-SQLAlchemy and SQLAlchemy start with. */
export const SQLALCHEMY_SAMPLES: Readonly<Record<string, unknown>> = {
  attributeEvents: named(['set', 'append', 'remove']),
  column: User.c.id,
  db,
  info,
  inspector: Inspector.prototype,
  mapperEvents: named(MAPPER_EVENTS),
  mappingResult: MappingResult.prototype,
  metadata: real.metadata,
  pagination: new Pagination({ page: 1, perPage: 1 }),
  posts: User.c.posts,
  query: Query.prototype,
  result: Result.prototype,
  scalarResult: ScalarResult.prototype,
  select: real.select(User),
  sessionEvents: named(SESSION_EVENTS),
  table: User.table,
  User,
}

/** The entry itself. */
export const SQLALCHEMY: Readonly<Record<string, unknown>> = sqlalchemy
