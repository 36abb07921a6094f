import { abort, type BustAPI, currentApp, getCurrentObject, RuntimeError } from '../../src/index.ts'
import type { AnyKysely, Engine } from './dialects/engine.ts'
import { type Engines, makeEngines } from './engines.ts'
import { MultipleResultsFound, NoResultFound, UnboundExecutionError } from './errors.ts'
import type { SelectBase } from './expression/select-base.ts'
import { registerDbCommands } from './migrations/index.ts'
import { NAMES, type Names } from './names.ts'
import type { Query } from './orm/loading/query.ts'
import { registerQueryHelpers } from './orm/loading/query-helpers.ts'
import type { FirstOf } from './orm/loading/result.ts'
import type { EventHub } from './orm/mapping/event-hub.ts'
import type { Mapper, ModelClass } from './orm/mapping/mapper.ts'
import { createModelBase } from './orm/mapping/model-base.ts'
import { Registry } from './orm/mapping/registry.ts'
import { Session } from './orm/session/session.ts'
import type { SessionOptions } from './orm/session/session-core.ts'
import {
  type ModelAny,
  type ModelLike,
  type TableColumns,
  type TableOf,
  typedModelBase,
} from './orm/typing.ts'
import { type PageSource, type PaginateOptions, paginate } from './paginate.ts'
import type { Pagination } from './pagination.ts'
import { reflectMetadata } from './reflection/reflect.ts'
import { MetaData } from './schema/metadata.ts'
import { Table, type TableOptions } from './schema/table.ts'
import { type ScopedSession, SessionScope, scopedSession } from './session-scope.ts'

/** Options of {@link SQLAlchemy}. */
export interface SQLAlchemyOptions {
  /** The metadata of models without a bind key, for instance with a naming convention. */
  readonly metadata?: MetaData
  /** Options of the sessions. */
  readonly sessionOptions?: Omit<SessionOptions, 'bind' | 'binds' | 'getBind' | 'events'>
  /** Defaults of the engine options. */
  readonly engineOptions?: object
  /** Whether `bustapi shell` has the models and `db`. Default true. */
  readonly addModelsToShell?: boolean
}

/** Which tables: those of one bind key (null: the default database), of several, or of all. */
export type BindKeys = string | null | readonly (string | null)[]

const ALL_BINDS = '__all__'

registerQueryHelpers({
  notFound: (description) => abort(404, description ?? undefined),
  paginate: (source, options) => paginate(source, options as PaginateOptions),
})

export interface SQLAlchemy extends Names {}

/**
 * Models, sessions and engines of an app (Flask-SQLAlchemy's `SQLAlchemy`): `new SQLAlchemy(app)`, or
 * `db.initApp(app)` later. It also has SQLAlchemy's names: `db.Column`, `db.select`, `db.Integer`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the names are put on the prototype below
export class SQLAlchemy {
  /** The base class of models: `class User extends db.Model<User>() {…}`. */
  readonly Model: ModelAny
  /** The session of the active app context. */
  readonly session: ScopedSession
  /** Tables by bind key. */
  readonly metadatas: Map<string | null, MetaData> = new Map()
  readonly #registry: Registry
  readonly #options: SQLAlchemyOptions
  readonly #engines = new WeakMap<BustAPI, Engines>()

  constructor(app?: BustAPI | null, options: SQLAlchemyOptions = {}) {
    this.#options = options
    if (options.metadata !== undefined) this.#adopt(null, options.metadata)
    this.#registry = new Registry({
      metadataFor: (bindKey) => this.#metadataFor(bindKey),
      queryOf: (modelClass) => this.session.query(modelClass as never),
    })
    this.Model = typedModelBase(createModelBase(this.#registry))
    const scope: SessionScope = new SessionScope(() => this.#makeSession(scope.events))
    this.session = scopedSession(scope)
    this.#metadataFor(null)
    this.#remove = () => scope.remove()
    if (app !== undefined && app !== null) this.initApp(app)
  }

  readonly #remove: () => Promise<void> | undefined

  /**
   * Makes the engines that the app's configuration asks for and ends each context's session with it.
   * @throws {RuntimeError} when the app has such an extension, or is configured without a database
   */
  initApp(app: BustAPI): void {
    if ('sqlalchemy' in app.extensions) {
      throw new RuntimeError(
        "A 'SQLAlchemy' instance has already been registered on this Flask app. Import and use that instance instead.",
      )
    }
    const engines = makeEngines(app, this.#options.engineOptions ?? {})
    app.extensions.sqlalchemy = this
    this.#engines.set(app, engines)
    for (const key of engines.keys()) this.#metadataFor(key)
    app.teardownAppcontext(() => this.#remove())
    registerDbCommands(app, this)
    if (this.#options.addModelsToShell !== false) {
      app.shellContextProcessor(() => ({ ...this.#models(), db: this }))
    }
  }

  /** Names model classes beforehand; otherwise a class is known when it is first used. */
  register(...modelClasses: ModelLike[]): void {
    this.#registry.register(...(modelClasses as unknown as ModelClass[]))
  }

  /** The tables of the default database. */
  get metadata(): MetaData {
    return this.#metadataFor(null)
  }

  /** The engines of the active app by bind key; `null` is the default one. */
  get engines(): Engines {
    const engines = this.#engines.get(getCurrentObject(currentApp))
    if (engines === undefined) {
      throw new RuntimeError(
        "The current Flask app is not registered with this 'SQLAlchemy' instance. Did you forget to call 'init_app', or did you create multiple 'SQLAlchemy' instances?",
      )
    }
    return engines
  }

  /** The default engine of the active app. */
  get engine(): Engine {
    return this.#engineOf(null)
  }

  /** Kysely inside the session's transaction on the default database. */
  get kysely(): AnyKysely {
    return this.session.kysely
  }

  /**
   * A table without a model; `{ bindKey }` puts it into another database. `db.Table<{ user_id: number }>(…)`
   * tells the types of its columns.
   */
  Table<C extends object = TableColumns>(name: string, ...items: unknown[]): TableOf<C> {
    const last = items.at(-1)
    const bindKey =
      typeof last === 'object' && last !== null && Object.hasOwn(last, 'bindKey')
        ? (last as { bindKey: string | null }).bindKey
        : null
    const rest =
      bindKey === null ? items : [...items.slice(0, -1), withoutBindKey(last as TableOptions)]
    const table: unknown = new Table(name, this.#metadataFor(bindKey), ...(rest as never[]))
    return table as TableOf<C>
  }

  /** Makes the tables that are not there yet, of all databases or of some. */
  async createAll(bindKey: BindKeys = ALL_BINDS): Promise<void> {
    await this.#forBinds(bindKey, (metadata, engine) => metadata.createAll(engine))
  }

  /** Drops the tables, of all databases or of some. */
  async dropAll(bindKey: BindKeys = ALL_BINDS): Promise<void> {
    await this.#forBinds(bindKey, (metadata, engine) => metadata.dropAll(engine))
  }

  /** Reads the tables that the databases have. */
  async reflect(bindKey: BindKeys = ALL_BINDS): Promise<void> {
    await this.#forBinds(bindKey, (metadata, engine) => reflectMetadata(metadata, engine))
  }

  /** As `session.get`, but a row that is not there is a 404. */
  async getOr404<T extends object>(
    entity: ModelLike<T>,
    ident: unknown,
    options: { description?: string | null } = {},
  ): Promise<T> {
    const found = await this.session.get(entity as never, ident as never)
    return (found ?? abort(404, options.description ?? undefined)) as T
  }

  /** The first column of the first row; a 404 when there is no row. */
  async firstOr404<V extends readonly unknown[], N>(
    statement: SelectBase<V, N>,
    options: { description?: string | null } = {},
  ): Promise<NonNullable<FirstOf<V>>> {
    const found = await this.session.execute(statement).scalar()
    return (found ?? abort(404, options.description ?? undefined)) as NonNullable<FirstOf<V>>
  }

  /** The first column of the only row; a 404 when there is none, or more than one. */
  async oneOr404<V extends readonly unknown[], N>(
    statement: SelectBase<V, N>,
    options: { description?: string | null } = {},
  ): Promise<FirstOf<V>> {
    try {
      return (await this.session.execute(statement).scalarOne()) as FirstOf<V>
    } catch (error) {
      if (error instanceof NoResultFound || error instanceof MultipleResultsFound) {
        return abort(404, options.description ?? undefined)
      }
      throw error
    }
  }

  /** One page of a statement that selects one entity. */
  async paginate<V extends readonly unknown[], N>(
    statement: SelectBase<V, N>,
    options: PaginateOptions = {},
  ): Promise<Pagination<FirstOf<V>>> {
    const { func, select } = NAMES
    const source: PageSource<FirstOf<V>> = {
      items: async (limit, offset) => {
        const page = (statement as unknown as Limitable).limit(limit).offset(offset)
        return (await this.session
          .scalars(page as never)
          .unique()
          .all()) as FirstOf<V>[]
      },
      count: async () => {
        const counted = (statement as unknown as Limitable).orderBy(null).subquery()
        return Number(await this.session.scalar(select(func.count()).selectFrom(counted)))
      },
    }
    return paginate(source, options)
  }

  /** A lazy relationship whose value is a query. */
  dynamicLoader(...args: Parameters<Names['relationship']>): Query<object> {
    const [target, options] = args as unknown as [never, object | undefined]
    return NAMES.relationship(target, { ...options, lazy: 'dynamic' } as never) as never
  }

  #makeSession(events: EventHub): Session {
    const engines = this.engines
    const getBind = (mapper: Mapper | null, table: Table | null): Engine => {
      const key = mapper?.bindKey ?? (table?.metadata.info.bindKey as string | null | undefined)
      return engines.get(key ?? null) ?? this.#engineOf(key ?? null)
    }
    return new Session({ ...this.#options.sessionOptions, getBind, events })
  }

  #engineOf(bindKey: string | null): Engine {
    const engine = this.engines.get(bindKey)
    if (engine !== undefined) return engine
    const message = `Bind key '${bindKey}' is not in 'SQLALCHEMY_BINDS' config.`
    throw new UnboundExecutionError(
      bindKey === null ? `'SQLALCHEMY_DATABASE_URI' config is not set. ${message}` : message,
    )
  }

  async #forBinds(
    bindKey: BindKeys,
    run: (metadata: MetaData, engine: Engine) => unknown,
  ): Promise<void> {
    this.#registry.complete()
    const keys =
      bindKey === ALL_BINDS
        ? [...this.metadatas.keys()].filter((key) => key !== null || this.engines.has(null))
        : [bindKey].flat()
    for (const key of keys as (string | null)[])
      await run(this.#metadataFor(key), this.#engineOf(key))
  }

  #metadataFor(bindKey: string | null): MetaData {
    const known = this.metadatas.get(bindKey)
    if (known !== undefined) return known
    const namingConvention = this.metadatas.get(null)?.namingConvention
    return this.#adopt(
      bindKey,
      new MetaData(namingConvention === undefined ? {} : { namingConvention }),
    )
  }

  #adopt(bindKey: string | null, metadata: MetaData): MetaData {
    metadata.info.bindKey = bindKey
    metadata.onComplete = () => this.#registry.complete()
    this.metadatas.set(bindKey, metadata)
    return metadata
  }

  #models(): Record<string, unknown> {
    this.#registry.complete()
    return Object.fromEntries(
      this.#registry.mappers.map(({ modelClass }) => [modelClass.name, modelClass]),
    )
  }
}

/** What every statement with rows can do, whatever it selects. */
interface Limitable {
  limit(count: number): Limitable
  offset(count: number): Limitable
  orderBy(nothing: null): Limitable
  subquery(): never
}

function withoutBindKey({ bindKey: _out, ...options }: TableOptions & { bindKey?: unknown }) {
  return options as TableOptions
}

Object.assign(SQLAlchemy.prototype, NAMES)
