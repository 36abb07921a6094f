import { inspect } from 'node:util'
import {
  abort,
  type BustAPI,
  currentApp,
  getCurrentObject,
  hasAppContext,
  RuntimeError,
} from '../../src/index.ts'
import type { AnyKysely, Engine } from './dialects/engine.ts'
import { type Engines, makeEngines } from './engines.ts'
import { MultipleResultsFound, NoResultFound, UnboundExecutionError } from './errors.ts'
import { select } from './expression/index.ts'
import type { SelectBase } from './expression/select-base.ts'
import type { SQLAlchemyOptions } from './extension-options.ts'
import { registerDbCommands } from './migrations/index.ts'
import { NAMES, type Names } from './names.ts'
import { Query, type QueryClass } from './orm/loading/query.ts'
import { registerQueryHelpers } from './orm/loading/query-helpers.ts'
import type { FirstOf } from './orm/loading/result.ts'
import type { RelationshipOptions } from './orm/mapping/declare.ts'
import type { EventHub } from './orm/mapping/event-hub.ts'
import type { Mapper, ModelClass } from './orm/mapping/mapper.ts'
import { createModelBase, type Model } from './orm/mapping/model-base.ts'
import { Registry } from './orm/mapping/registry.ts'
import type { AppenderQuery } from './orm/session/appender.ts'
import { type GetOptions, Session } from './orm/session/session.ts'
import { sessionHub } from './orm/session/session-events.ts'
import {
  type ModelAny,
  type ModelBase,
  type ModelLike,
  type TableColumns,
  type TableOf,
  typedModelBase,
} from './orm/typing.ts'
import { type PaginateOptions, paginate, statementPages } from './paginate.ts'
import type { Pagination } from './pagination.ts'
import { reflectMetadata } from './reflection/reflect.ts'
import { MetaData } from './schema/metadata.ts'
import { Table, type TableOptions } from './schema/table.ts'
import { type ScopedSession, SessionScope, scopedSession, sessionClass } from './session-scope.ts'
import { trackModifications } from './track-modifications.ts'

/** Which tables: those of one bind key (null: the default database), of several, or of all. */
export type BindKeys = string | null | readonly (string | null)[]

const ALL_BINDS = '__all__'

registerQueryHelpers({
  notFound: (description) => abort(404, description ?? undefined),
  paginate: (source, options) => paginate(source, options as PaginateOptions),
})

/** Options of the `…Or404` functions. */
export interface NotFoundOptions {
  /** The text of the error page. */
  readonly description?: string | null
}

// biome-ignore lint/correctness/noUnusedVariables: both declarations need the same parameters
export interface SQLAlchemy<M extends object = ModelBase> extends Names {}

/**
 * Models, sessions and engines of an app (Flask-SQLAlchemy's `SQLAlchemy`): `new SQLAlchemy(app)`, or
 * `db.initApp(app)` later. It also has SQLAlchemy's names: `db.Column`, `db.select`, `db.Integer`.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the names are put on the prototype below
export class SQLAlchemy<M extends object = ModelBase> {
  /** The base class of models: `class User extends db.Model<User>() {…}`. */
  readonly Model: ModelAny<M>
  /** The class of `User.query`, `db.session.query()` and dynamic relationships. */
  readonly Query: QueryClass
  /** The session of the active app context. */
  readonly session: ScopedSession
  /** Tables by bind key. */
  readonly metadatas: Map<string | null, MetaData> = new Map()
  readonly #registry: Registry
  readonly #options: SQLAlchemyOptions<M>
  readonly #engines = new WeakMap<BustAPI, Engines>()
  readonly #hub: EventHub = sessionHub('db.session')
  readonly #scope: SessionScope
  #tracks = false

  constructor(app?: BustAPI | null, options: SQLAlchemyOptions<M> = {}) {
    const { metadata, modelClass, queryClass = Query, sessionOptions = {} } = options
    const { class: Base = Session, scopefunc, ...rest } = sessionOptions
    this.#options = options
    this.Query = queryClass
    if (metadata !== undefined) this.#adopt(null, metadata)
    this.#registry = new Registry({
      metadataFor: (bindKey) => this.#metadataFor(bindKey),
      queryOf: (of) => this.#queryOf(of),
      autonaming: !options.disableAutonaming,
    })
    const base = createModelBase(this.#registry, modelClass as typeof Model | undefined)
    Object.defineProperty(base, 'queryClass', { value: queryClass, writable: true })
    this.Model = typedModelBase<M>(base)
    const Made = sessionClass(Base, this.#hub)
    const getBind = (mapper: Mapper | null, table: Table | null): Engine =>
      sessionOptions.getBind?.(mapper, table) ?? this.#bindOf(mapper, table)
    const settings = { queryCls: queryClass, ...rest, getBind }
    this.#scope = new SessionScope(() => {
      // Without an app that has engines no session is made.
      void this.engines
      return new Made(settings)
    }, scopefunc)
    this.session = scopedSession(this.#scope, this.#hub)
    this.#metadataFor(null)
    if (app !== undefined && app !== null) this.initApp(app)
  }

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
    app.teardownAppcontext(() => this.#scope.remove())
    registerDbCommands(app, this)
    if (app.config.setdefault('SQLALCHEMY_TRACK_MODIFICATIONS', false) && !this.#tracks) {
      this.#tracks = true
      trackModifications(this.#hub)
    }
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
   * A table without a model; `{ bindKey }` puts it into another database, a `MetaData` after the name anywhere.
   * `db.Table<{ user_id: number }>(…)` tells the types of its columns.
   */
  Table<C extends object = TableColumns>(name: string, ...items: unknown[]): TableOf<C> {
    return this.#table(name, items) as unknown as TableOf<C>
  }

  #table(name: string, items: readonly unknown[]): Table {
    const [metadata] = items
    if (metadata instanceof MetaData)
      return new Table(name, metadata, ...(items.slice(1) as never[]))
    const last = items.at(-1)
    if (typeof last !== 'object' || last === null || !Object.hasOwn(last, 'bindKey')) {
      return new Table(name, this.#metadataFor(null), ...(items as never[]))
    }
    const { bindKey, ...options } = last as TableOptions & { bindKey: string | null }
    return new Table(name, this.#metadataFor(bindKey), ...(items.slice(0, -1) as never[]), options)
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

  /** As `session.get`, whose options it takes, but a row that is not there is a 404. */
  async getOr404<T extends object>(
    entity: ModelLike<T>,
    ident: unknown,
    { description, ...options }: NotFoundOptions & GetOptions = {},
  ): Promise<T> {
    const found = await this.session.get(entity as never, ident as never, options)
    return (found ?? abort(404, description ?? undefined)) as T
  }

  /** The first column of the first row; a 404 when there is no row. */
  async firstOr404<V extends readonly unknown[], N>(
    statement: SelectBase<V, N>,
    { description }: NotFoundOptions = {},
  ): Promise<NonNullable<FirstOf<V>>> {
    const found = await this.session.execute(statement).scalar()
    return (found ?? abort(404, description ?? undefined)) as NonNullable<FirstOf<V>>
  }

  /** The first column of the only row; a 404 when there is none, or more than one. */
  async oneOr404<V extends readonly unknown[], N>(
    statement: SelectBase<V, N>,
    { description }: NotFoundOptions = {},
  ): Promise<FirstOf<V>> {
    try {
      return (await this.session.execute(statement).scalarOne()) as FirstOf<V>
    } catch (error) {
      if (error instanceof NoResultFound || error instanceof MultipleResultsFound) {
        return abort(404, description ?? undefined)
      }
      throw error
    }
  }

  /** One page of a statement that selects one entity. */
  async paginate<V extends readonly unknown[], N>(
    statement: SelectBase<V, N>,
    options: PaginateOptions = {},
  ): Promise<Pagination<FirstOf<V>>> {
    return paginate(statementPages<FirstOf<V>>(this.session(), statement as never), options)
  }

  /** A lazy relationship whose value is a query that objects are appended to. */
  dynamicLoader<E extends object>(
    target: string | (() => { readonly prototype: E }),
    options: RelationshipOptions = {},
  ): AppenderQuery<E> {
    return NAMES.relationship(target as never, { ...options, lazy: 'dynamic' } as never) as never
  }

  /** `<SQLAlchemy sqlite:///notes.db>` in an app context; the URI has no password. */
  toString(): string {
    const { name } = this.constructor
    if (!hasAppContext()) return `<${name}>`
    const more = this.engines.size > 1 ? ` +${this.engines.size - 1}` : ''
    return `<${name} ${this.engine.url}${more}>`
  }

  [inspect.custom](): string {
    return this.toString()
  }

  #queryOf(modelClass: ModelClass): unknown {
    const { queryClass: Made } = modelClass as unknown as { queryClass: QueryClass }
    const { core } = this.session()
    return new Made(() => core, select(modelClass as never) as never)
  }

  #bindOf(mapper: Mapper | null, table: Table | null): Engine {
    const info = (table ?? mapper?.table)?.metadata.info
    const key = info && 'bindKey' in info ? info.bindKey : mapper?.bindKey
    return this.#engineOf((key ?? null) as string | null)
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
    for (const key of bindKey === ALL_BINDS ? this.#keysInUse() : [bindKey].flat()) {
      await run(this.#metadataFor(key as string | null), this.#engineOf(key as string | null))
    }
  }

  /** All bind keys; not the default one in an app that has other databases only and no tables outside them. */
  #keysInUse(): (string | null)[] {
    const idle = !this.engines.has(null) && Object.keys(this.metadata.tables).length === 0
    return [...this.metadatas.keys()].filter((key) => key !== null || !idle)
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

Object.assign(SQLAlchemy.prototype, NAMES)
