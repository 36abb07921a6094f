import type { QueryClass } from './orm/loading/query.ts'
import type { Model } from './orm/mapping/model-base.ts'
import type { Session } from './orm/session/session.ts'
import type { SessionOptions } from './orm/session/session-core.ts'
import type { ModelBase } from './orm/typing.ts'
import type { MetaData } from './schema/metadata.ts'
import type { ScopeFunction } from './session-scope.ts'

/** Options of the sessions: SQLAlchemy's, and what makes them. */
export interface ScopedSessionOptions extends Omit<SessionOptions, 'bind' | 'binds'> {
  /** A class that extends `Session`: Python's `class_`. */
  readonly class?: typeof Session
  /** Tells which session is meant by its value; otherwise there is one for each app context. */
  readonly scopefunc?: ScopeFunction
}

/** Options of `new SQLAlchemy(app, options)`. */
export interface SQLAlchemyOptions<M extends object = ModelBase> {
  /** The metadata of models without a bind key, for instance with a naming convention. */
  readonly metadata?: MetaData
  readonly sessionOptions?: ScopedSessionOptions
  /** The class of `User.query`, `db.session.query()` and dynamic relationships; it extends `Query`. */
  readonly queryClass?: QueryClass
  /** What `db.Model` extends: a class that extends `Model`, with methods or columns for all models. */
  readonly modelClass?: (new (...args: ConstructorParameters<typeof Model>) => M) & typeof Model
  /** Defaults of the options of every engine. */
  readonly engineOptions?: object
  /** Whether `bustapi shell` has the models and `db`. Default true. */
  readonly addModelsToShell?: boolean
  /** Makes no table names from class names: each model says its own. Default false. */
  readonly disableAutonaming?: boolean
}
