import { ArgumentError, LoaderStrategyException } from '../../errors.ts'
import type { ColumnElement } from '../../expression/element.ts'
import { type EntityInfo, isEntitySource, isJoinSource, kEntity } from '../../expression/entity.ts'
import type { StatementShape } from '../../expression/shape.ts'
import { Column } from '../../schema/column.ts'
import { Mapper } from '../mapping/mapper.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import type { ColumnChoice, LoadNode, Strategy } from './load-node.ts'

/** The part of a relationship attribute (`User.c.posts`) that options use. */
export interface RelationshipAttributeLike {
  readonly property: RelationshipProperty
  /** The entity it was taken from, when that is an alias: `aliased(User).c.posts`. */
  readonly parentEntity?: EntityInfo | null
  /** The alias of `User.c.posts.ofType(alias)`. */
  readonly ofEntity?: EntityInfo | null
  /** The conditions of `User.c.posts.and(…)`. */
  readonly criteria?: readonly ColumnElement[]
}

/** The part of a column attribute (`User.c.name`) that options use. */
export interface ColumnAttributeLike {
  readonly key: string
  readonly mapper?: Mapper | null
}

/** An attribute as options take it, or `'*'`. */
export type LoadKey = object | '*'

/** Options of `joinedload`. */
export interface JoinedloadOptions {
  /** JOIN instead of LEFT OUTER JOIN: the related row is known to exist. */
  readonly innerjoin?: boolean
}
/** Options of `raiseload`. */
export interface RaiseloadOptions {
  /** Only loads that would need a statement raise. */
  readonly sqlOnly?: boolean
}
/** Options of `defer` and `loadOnly`. */
export interface DeferOptions {
  /** Reading the attribute raises until it is loaded by a query. */
  readonly raiseload?: boolean
}
/** Options of `containsEager`. */
export interface ContainsEagerOptions {
  /** The alias of the target that was joined. */
  readonly alias?: object
}

/** Where an option begins: any entity of a mapper, or just one alias. */
export type Root = Mapper | EntityInfo

interface Action {
  readonly root: Root | null
  /** From the root to the entity the action is about. */
  readonly path: readonly RelationshipProperty[]
  /** The attribute, for messages. */
  readonly subject: string
  apply(node: LoadNode): void
}

const NAMES: Readonly<Record<Strategy, string>> = {
  joined: 'joined loader',
  selectin: 'selectin loader',
  subquery: 'subquery loader',
  select: 'lazy loader',
  immediate: 'immediate loader',
  raise: 'raise loader',
  raise_on_sql: 'raise loader',
  noload: 'no loader',
  dynamic: 'dynamic loader',
  write_only: 'write only loader',
  contains: 'joined loader',
}

/**
 * A loader option: how relationships and columns of a query's entities are loaded, as SQLAlchemy's `Load`.
 * Immutable; each method gives an option that says more. `new Load(User)` begins at an entity.
 */
export class Load {
  #actions: readonly Action[] = []
  #path: readonly RelationshipProperty[] = []
  #root: Root | null
  /** What tells it from other options; null where only the option itself does. */
  #shape: readonly unknown[] | null = []

  /** `entity`: a model class or alias; without one, the entity is that of the first attribute. */
  constructor(entity: object | null = null) {
    this.#root = entity === null ? null : entityRoot(entity)
  }

  /** LEFT OUTER JOIN in the same statement. */
  joinedload(key: LoadKey, options: JoinedloadOptions = {}): Load {
    return this.#relationship(key, 'joined', { innerjoin: options.innerjoin ?? null })
  }
  /** One more statement for all parents: `WHERE … IN (…)`. */
  selectinload(key: LoadKey): Load {
    return this.#relationship(key, 'selectin')
  }
  /** Done as {@link selectinload}. */
  subqueryload(key: LoadKey): Load {
    return this.#relationship(key, 'subquery')
  }
  /** When it is first awaited. */
  lazyload(key: LoadKey): Load {
    return this.#relationship(key, 'select')
  }
  /** One statement for each parent, at once; what the session knows needs none. */
  immediateload(key: LoadKey): Load {
    return this.#relationship(key, 'immediate')
  }
  /** Reading it raises `InvalidRequestError`. */
  raiseload(key: LoadKey, options: RaiseloadOptions = {}): Load {
    return this.#relationship(key, options.sqlOnly ? 'raise_on_sql' : 'raise')
  }
  /** Empty, without a statement. */
  noload(key: LoadKey): Load {
    return this.#relationship(key, 'noload')
  }
  /** As the mapper says; to go on from there. */
  defaultload(key: LoadKey): Load {
    return this.#relationship(key, null)
  }
  /** The rows are in the query: it joins the relationship itself. */
  containsEager(key: LoadKey, options: ContainsEagerOptions = {}): Load {
    const alias = options.alias === undefined ? null : entityOf(options.alias)
    return this.#relationship(key, 'contains', { alias })
  }

  /** No other columns than these and the primary key. */
  loadOnly(...keys: readonly (object | DeferOptions)[]): Load {
    const { attributes, options } = splitOptions(keys)
    const names = attributes.map((key) => this.#columnKey(key))
    const raises = options.raiseload ?? false
    return this.#columns(
      (node) => {
        node.only = new Set([...(node.only ?? []), ...names])
        node.onlyRaises = raises
      },
      ['only', raises, names.length, ...names],
      attributes[0],
    )
  }
  /** Leaves a column out. */
  defer(key: LoadKey, options: DeferOptions = {}): Load {
    return this.#column(key, options.raiseload ? 'raise' : 'defer')
  }
  /** Selects a column that the mapper defers. */
  undefer(key: LoadKey): Load {
    return this.#column(key, 'load')
  }
  /** Selects the deferred columns of a group. */
  undeferGroup(name: string): Load {
    return this.#columns((node) => node.groups.add(name), ['group', name])
  }

  /** Several options below this place: `joinedload(A.c.b).options(joinedload(B.c.c), defer(B.c.x))`. */
  options(...options: readonly Load[]): Load {
    const below = options.flatMap((option) => option.#actions.map((action) => this.#below(action)))
    const shapes = options.map((option) => option.#shape)
    const shape = shapes.some((it) => it === null)
      ? null
      : ['options', shapes.length, ...shapes.flatMap((it) => [it?.length, ...(it ?? [])])]
    return this.#with([...this.#actions, ...below], this.#path, shape)
  }

  /** @internal Adds what tells the option from others to a statement's shape; false where nothing does. */
  describe(shape: StatementShape): boolean {
    if (this.#shape === null || !(this.#root === null || this.#root instanceof Mapper)) return false
    return shape.add(this.#root, this.#shape.length, ...this.#shape)
  }

  /** @internal Writes what the option says into the nodes of the entities it begins at. */
  applyTo(find: (root: Root | null, subject: string) => LoadNode): void {
    for (const action of this.#actions) {
      if (action instanceof Wildcard && action.root === null) continue
      let node = find(action.root, action.subject)
      for (const property of action.path) node = node.at(property.key).node
      action.apply(node)
    }
  }

  /** @internal The wildcard of a whole query, if this option is one. */
  get everywhere(): Strategy | null {
    if (this.#root !== null || this.#path.length > 0) return null
    for (const action of this.#actions) {
      if (action instanceof Wildcard && action.path.length === 0) return action.strategy
    }
    return null
  }

  #relationship(
    key: LoadKey,
    strategy: Strategy | null,
    extra: { innerjoin?: boolean | null; alias?: EntityInfo | null } = {},
  ): Load {
    if (key === '*') {
      if (strategy === null) throw new ArgumentError("defaultload('*') says nothing.")
      return this.#with(
        [...this.#actions, new Wildcard(this.#root, this.#path, strategy)],
        this.#path,
        ['*', strategy],
      )
    }
    const attribute = relationshipAttribute(key, strategy)
    const { property } = attribute
    this.#checkLink(property)
    const alias = extra.alias ?? attribute.ofEntity ?? null
    const { criteria = [] } = attribute
    // The first attribute says where the option begins.
    const root = this.#root ?? attribute.parentEntity ?? property.parent
    const action: Action = {
      root,
      path: this.#path,
      subject: String(property),
      apply(node) {
        const load = node.at(property.key)
        if (strategy !== null) {
          load.strategy = strategy
          load.innerjoin = extra.innerjoin ?? null
        }
        if (alias !== null) load.alias = alias
        if (criteria.length > 0) load.node.criteria = criteria
      },
    }
    const shape =
      alias === null && criteria.length === 0 ? [property, strategy, extra.innerjoin ?? null] : null
    return this.#with([...this.#actions, action], [...this.#path, property], shape, root)
  }

  #checkLink(property: RelationshipProperty): void {
    const last = this.#path.at(-1)
    if (!last) return
    const { target } = last
    if (target.isA(property.parent) || property.parent.isA(target)) return
    throw new ArgumentError(`Attribute "${property}" does not link from element "${target}".`)
  }

  #column(key: LoadKey, choice: ColumnChoice): Load {
    if (key === '*') {
      return this.#columns(
        (node) => {
          node.otherColumns = choice
        },
        ['columns', choice],
      )
    }
    const name = this.#columnKey(key)
    return this.#columns((node) => node.columns.set(name, choice), ['column', name, choice], key)
  }

  #columns(apply: (node: LoadNode) => void, shape: readonly unknown[], key?: object): Load {
    const root = this.#root ?? (key ? mapperOfColumn(key) : null)
    const action = { root, path: this.#path, subject: key ? describe(key) : '*', apply }
    return this.#with([...this.#actions, action], this.#path, shape, root)
  }

  #columnKey(key: object): string {
    if (isJoinSource(key)) {
      const { property } = key as unknown as RelationshipAttributeLike
      throw new LoaderStrategyException(
        `Can't apply "deferred column loader" strategy to property "${property}", which is a ` +
          '"relationship property"; this loader strategy is intended to be used with a "column property".',
      )
    }
    const name = (key as Partial<ColumnAttributeLike>).key
    if (typeof name !== 'string' || name === '') {
      throw new ArgumentError(
        `mapped attribute expected for loader option argument; got: ${String(key)}`,
      )
    }
    return name
  }

  #below(action: Action): Action {
    const path = [...this.#path, ...action.path]
    return { path, root: this.#root, subject: action.subject, apply: (node) => action.apply(node) }
  }

  #with(
    actions: readonly Action[],
    path: readonly RelationshipProperty[],
    shape: readonly unknown[] | null,
    root: Root | null = this.#root,
  ): Load {
    const load = new Load()
    load.#shape = shape === null || this.#shape === null ? null : [...this.#shape, ...shape]
    load.#actions = actions
    load.#path = path
    load.#root = root
    return load
  }
}

/** `raiseload('*')` and its kin. */
class Wildcard implements Action {
  readonly root: Root | null
  readonly path: readonly RelationshipProperty[]
  readonly subject: string = '*'
  readonly strategy: Strategy

  constructor(root: Root | null, path: readonly RelationshipProperty[], strategy: Strategy) {
    this.root = root
    this.path = path
    this.strategy = strategy
  }

  apply(node: LoadNode): void {
    node.otherRelationships = this.strategy
  }
}

function relationshipAttribute(key: object, strategy: Strategy | null): RelationshipAttributeLike {
  if (isJoinSource(key) && 'property' in key) return key as unknown as RelationshipAttributeLike
  const name = (key as Partial<ColumnAttributeLike>).key
  const mapper = mapperOfColumn(key)
  if (name !== undefined && (mapper || key instanceof Column)) {
    const owner = mapper?.modelClass.name ?? (key as Column).table?.name
    throw new LoaderStrategyException(
      `Can't apply "${NAMES[strategy ?? 'select']}" strategy to property "${owner}.${name}", which is a ` +
        '"column property"; this loader strategy is intended to be used with a "relationship property".',
    )
  }
  throw new ArgumentError(
    `mapped attribute expected for loader option argument; got: ${String(key)}`,
  )
}

function describe(key: object): string {
  const mapper = mapperOfColumn(key)
  const name = (key as Partial<ColumnAttributeLike>).key ?? String(key)
  return mapper ? `${mapper.modelClass.name}.${name}` : name
}

function mapperOfColumn(key: object): Mapper | null {
  return (key as Partial<ColumnAttributeLike>).mapper ?? null
}

function entityOf(entity: object): EntityInfo {
  if (isEntitySource(entity)) return entity[kEntity]()
  throw new ArgumentError(`mapped class or alias expected, got: ${String(entity)}`)
}

function entityRoot(entity: object): Root {
  const info = entityOf(entity)
  return info.name === undefined || typeof entity === 'function' ? (info.mapper as Mapper) : info
}

function splitOptions(keys: readonly (object | DeferOptions)[]): {
  attributes: readonly object[]
  options: DeferOptions
} {
  const last = keys.at(-1)
  if (last && Object.getPrototypeOf(last) === Object.prototype) {
    return { attributes: keys.slice(0, -1), options: last as DeferOptions }
  }
  return { attributes: keys, options: {} }
}

/** LEFT OUTER JOIN in the same statement. Several attributes are a chain. */
export function joinedload(...keys: readonly (LoadKey | JoinedloadOptions)[]): Load {
  const { attributes, options } = splitOptions(keys as readonly object[])
  return chain(attributes, (load, key) => load.joinedload(key, options as JoinedloadOptions))
}
/** One more statement for all parents. Several attributes are a chain. */
export function selectinload(...keys: readonly LoadKey[]): Load {
  return chain(keys, (load, key) => load.selectinload(key))
}
/** Done as {@link selectinload}. */
export function subqueryload(...keys: readonly LoadKey[]): Load {
  return chain(keys, (load, key) => load.subqueryload(key))
}
/** When it is first awaited. */
export function lazyload(...keys: readonly LoadKey[]): Load {
  return chain(keys, (load, key) => load.lazyload(key))
}
/** One statement for each parent, at once. */
export function immediateload(...keys: readonly LoadKey[]): Load {
  return chain(keys, (load, key) => load.immediateload(key))
}
/** Reading the relationship raises; `raiseload('*')`: all that no other option names. */
export function raiseload(key: LoadKey, options: RaiseloadOptions = {}): Load {
  return new Load().raiseload(key, options)
}
/** Empty, without a statement. */
export function noload(...keys: readonly LoadKey[]): Load {
  return chain(keys, (load, key) => load.noload(key))
}
/** As the mapper says; to go on from there. */
export function defaultload(...keys: readonly LoadKey[]): Load {
  return chain(keys, (load, key) => load.defaultload(key))
}
/** The query joins the relationship itself; its rows are used. */
export function containsEager(...keys: readonly (LoadKey | ContainsEagerOptions)[]): Load {
  const { attributes, options } = splitOptions(keys as readonly object[])
  return chain(attributes, (load, key) => load.containsEager(key, options as ContainsEagerOptions))
}
/** No other columns of the entity than these and the primary key. */
export function loadOnly(...keys: readonly (object | DeferOptions)[]): Load {
  return new Load().loadOnly(...keys)
}
/** Leaves a column out. */
export function defer(key: LoadKey, options: DeferOptions = {}): Load {
  return new Load().defer(key, options)
}
/** Selects a column that the mapper defers. */
export function undefer(key: LoadKey): Load {
  return new Load().undefer(key)
}
/** Selects the deferred columns of a group. */
export function undeferGroup(name: string): Load {
  return new Load().undeferGroup(name)
}

function chain(keys: readonly LoadKey[], step: (load: Load, key: LoadKey) => Load): Load {
  return keys.reduce<Load>(step, new Load())
}
