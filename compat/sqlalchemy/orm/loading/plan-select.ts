import type { Dialect } from '../../dialects/dialect.ts'
import { InvalidRequestError } from '../../errors.ts'
import { Alias } from '../../expression/alias.ts'
import {
  type CompiledStatement,
  type CompileOptions,
  compileSelect,
  type ResultColumn,
  type ResultItem,
} from '../../expression/compile.ts'
import { conjunction } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import { AND } from '../../expression/operators.ts'
import { Select } from '../../expression/select.ts'
import type { SelectBase } from '../../expression/select-base.ts'
import type { JoinStep, SelectItem, SelectParts, SortItem } from '../../expression/select-parts.ts'
import type { Column } from '../../schema/column.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { adapt } from './adapt.ts'
import { aliasEntity, columnsFrom, mapperOfInfo, withAllColumns } from './entity-info.ts'
import { type EagerLoad, EntityLoader, type LoadedColumn } from './entity-loader.ts'
import { type EntitySpec, type LoadPath, plannedLoads, selectedColumns } from './entity-spec.ts'
import { KnownEntity, knownEntity, rememberEntity } from './known-entity.ts'
import type { LoadNode, Strategy } from './load-node.ts'
import { plainPlan, readerOf } from './plan-plain.ts'
import { localSideOf, relationshipJoin } from './relationship-join.ts'
import { rootNodes } from './root-options.ts'
import { RowShape } from './row.ts'
import { type PlaceReader, SelectPlan } from './select-plan.ts'
import { wrapLimited } from './wrap-limited.ts'

/** Where planning begins when it is not a statement of the application. */
export interface PlanStart {
  /** Options of the first entity, instead of those of the statement. */
  readonly node: LoadNode | null
  readonly path: LoadPath
}

/** Makes the loader of a relationship that a further statement loads. */
export type EagerLoadFactory = (
  property: RelationshipProperty,
  strategy: Strategy,
  parent: PlanStart,
) => EagerLoad

let eagerLoad: EagerLoadFactory = () => {
  throw new InvalidRequestError('bustapi/sqlalchemy was not loaded through its index.')
}

/** Called once from above this file with what `eager.ts` has: its statements are planned here as well. */
export function registerEagerLoads(factory: EagerLoadFactory): void {
  eagerLoad = factory
}

/**
 * Compiles a SELECT and decides how each of its rows becomes objects.
 *
 * @param open whether the parameters are to be the expressions that hold the values, for one plan to serve many
 */
export function planSelect(
  statement: SelectBase,
  dialect: Dialect,
  parameters?: Readonly<Record<string, unknown>>,
  start?: PlanStart,
  open = false,
): SelectPlan {
  const { parts } = statement
  const options = { open, ...(parameters ? { parameters } : null) }
  const known = start === undefined ? knownEntity(parts, dialect) : undefined
  if (known !== undefined) {
    const compiled = compileSelect(statement, dialect, { ...options, columnsOf: known.columnsOf })
    return known.planFor(compiled)
  }
  if (statement instanceof Select && parts.items.some(({ entity }) => entity !== null)) {
    return new Planner(parts, dialect, start).plan(options)
  }
  // Refuses options: there is no entity they could be for.
  rootNodes(parts.options, [])
  return plainPlan(compileSelect(statement, dialect, options), dialect)
}

class Planner {
  readonly #dialect: Dialect
  readonly #start: PlanStart | undefined
  #parts: SelectParts
  readonly #items: SelectItem[]
  readonly #joins: JoinStep[] = []
  readonly #orders: SortItem[] = []
  readonly #specs: (EntitySpec | null)[] = []
  #multiplied = false

  constructor(parts: SelectParts, dialect: Dialect, start: PlanStart | undefined) {
    this.#dialect = dialect
    this.#start = start
    this.#parts = parts
    this.#items = [...parts.items]
  }

  plan(options: CompileOptions): SelectPlan {
    const original = this.#items.map((item) => item.entity)
    const nodes = this.#start ? [this.#start.node] : rootNodes(this.#parts.options, original)
    const names = this.#wrap(original, nodes)
    const count = this.#items.length
    for (let index = 0; index < count; index++) {
      const entity = (this.#items[index] as SelectItem).entity
      this.#specs[index] = entity
        ? this.#spec(entity, nodes[index] ?? null, this.#start?.path ?? [], true)
        : null
    }
    const compiled = compileSelect(this.#statement(), this.#dialect, {
      ...options,
      columnsOf: (entity, index) => this.#specs[index]?.columns ?? entity.columns,
    })
    const loaders = new Map<EntitySpec, EntityLoader>()
    // Children stand behind their parents, so their loaders are made first.
    for (let index = compiled.items.length - 1; index >= 0; index--) {
      const spec = this.#specs[index]
      const item = compiled.items[index] as ResultItem
      if (spec) loaders.set(spec, this.#loader(spec, item, loaders, compiled.plainEntity))
    }
    const places = compiled.items
      .slice(0, count)
      .map((item, index) => this.#place(item, this.#specs[index] ?? null, loaders))
    this.#remember(compiled, loaders)
    return new SelectPlan({
      query: compiled.query,
      dialect: this.#dialect,
      shape: new RowShape(names ?? compiled.items.slice(0, count).map((item) => item.name)),
      multiplied: this.#multiplied,
      reads: compiled.reads,
      places,
    })
  }

  /** The loader of one entity without options serves all statements of its class. */
  #remember(compiled: CompiledStatement, loaders: ReadonlyMap<EntitySpec, EntityLoader>): void {
    const [spec] = this.#specs
    if (!spec || this.#specs.length !== 1 || this.#start || spec.node || !compiled.plainEntity)
      return
    if (this.#parts.options.length > 0 || spec.info.from !== spec.mapper.entity.from) return
    const loader = loaders.get(spec) as EntityLoader
    rememberEntity(this.#dialect, new KnownEntity(spec.info, spec.columns, loader, this.#dialect))
  }

  /** A limit counts entities, not the rows of joined collections: it goes into a subquery. */
  #wrap(
    entities: readonly (EntityInfo | null)[],
    nodes: readonly (LoadNode | null)[],
  ): readonly string[] | null {
    const parts = this.#parts
    const nests = parts.limit || parts.offset || parts.distinct || parts.groupBy.length > 0
    if (!nests) return null
    const path = this.#start?.path ?? []
    const joinsMany = entities.some(
      (entity, index) =>
        entity !== null &&
        joinsCollection(mapperOfInfo(entity), nodes[index] ?? null, path, path.length),
    )
    if (!joinsMany) return null
    const wrapped = wrapLimited(parts, nodes, this.#dialect)
    this.#parts = wrapped.parts
    this.#items.splice(0, this.#items.length, ...wrapped.parts.items)
    return wrapped.names
  }

  #statement(): Select {
    const { orderBy } = this.#parts
    return new Select({
      ...this.#parts,
      items: this.#items,
      joins: [...this.#parts.joins, ...this.#joins],
      orderBy: this.#orders.length > 0 ? [...orderBy, ...this.#orders] : orderBy,
    })
  }

  #spec(given: EntityInfo, node: LoadNode | null, path: LoadPath, inner: boolean): EntitySpec {
    const info = withAllColumns(given)
    const mapper = mapperOfInfo(info)
    const loads = plannedLoads(mapper, node, path, this.#start?.path.length)
    const needed = new Set<Column>()
    for (const { property } of loads) for (const { local } of property.pairs) needed.add(local)
    const { columns, complete } = selectedColumns(info, node, needed)
    const spec: EntitySpec = {
      info,
      mapper,
      node,
      path,
      columns,
      complete,
      joined: [],
      eager: [],
      empty: [],
    }
    for (const { property, strategy } of loads) {
      if (strategy === 'noload') spec.empty.push(property)
      else if (strategy === 'joined' || strategy === 'contains') {
        const child =
          strategy === 'joined'
            ? this.#join(spec, property, inner)
            : this.#contained(spec, property)
        spec.joined.push({ property, spec: child })
        if (property.uselist) this.#multiplied = true
      } else spec.eager.push({ property, strategy })
    }
    return spec
  }

  /** Adds an entity whose columns come with the others'. */
  #append(
    entity: EntityInfo,
    parent: EntitySpec,
    property: RelationshipProperty,
    inner: boolean,
  ): EntitySpec {
    const index = this.#items.length
    this.#items.push({ entity, source: entity, element: null })
    const node = parent.node?.nodeOf(property.key) ?? null
    // Reserved before the children of the child take the next places.
    this.#specs[index] = null
    const spec = this.#spec(entity, node, [...parent.path, property], inner)
    this.#specs[index] = spec
    return spec
  }

  #contained(parent: EntitySpec, property: RelationshipProperty): EntitySpec {
    const alias = parent.node?.relationships.get(property.key)?.alias
    return this.#append(alias ?? property.target.entity, parent, property, false)
  }

  #join(parent: EntitySpec, property: RelationshipProperty, innerSoFar: boolean): EntitySpec {
    const load = parent.node?.relationships.get(property.key)
    const innerjoin = load?.innerjoin ?? Boolean(property.innerjoin)
    // An inner join behind an outer one would lose the rows the outer one kept.
    const inner = innerjoin && innerSoFar
    const kind = inner ? 'inner' : 'left'
    const entity = load?.alias ?? aliasEntity(property.target)
    const secondary = property.secondary ? new Alias(property.secondary) : null
    const local = localSideOf(parent.info)
    const { onclause, secondaryOn } = relationshipJoin(property, local, entity.from, secondary)
    const left = parent.info.from
    const last = secondaryOn ?? onclause
    const ofTarget = columnsFrom(entity.from)
    const criteria = (load?.node.criteria ?? []).map((each) => adapt(each, ofTarget))
    const conditions = [last, ...(entity.criteria ? [entity.criteria] : []), ...criteria]
    const on = conditions.length > 1 ? conjunction(AND, conditions) : last
    if (secondary && secondaryOn) {
      this.#joins.push({ kind, target: secondary, on: onclause, left, entity: null })
      this.#joins.push({ kind, target: entity.from, on, left: secondary, entity: null })
    } else this.#joins.push({ kind, target: entity.from, on, left, entity: null })
    if (property.uselist) {
      const ofSecondary = secondary ? columnsFrom(secondary) : () => undefined
      for (const item of property.orderBy) {
        this.#orders.push(adapt(item, (it) => ofTarget(it) ?? ofSecondary(it)))
      }
    }
    return this.#append(entity, parent, property, inner)
  }

  #loader(
    spec: EntitySpec,
    item: ResultItem,
    loaders: ReadonlyMap<EntitySpec, EntityLoader>,
    plainEntity: boolean,
  ): EntityLoader {
    const columns = spec.columns.map(({ key, column }, index): LoadedColumn => {
      const rowKey = item.columns[index]?.key as string
      return { key, rowKey, column, ...readerOf(column, this.#dialect) }
    })
    const { mapper } = spec
    const discriminator =
      mapper.polymorphicOn !== null && mapper.subclasses.length > 0
        ? (columns.find(({ key }) => key === mapper.polymorphicOn?.key) ?? null)
        : null
    const start = { node: spec.node, path: spec.path }
    return new EntityLoader({
      mapper,
      columns,
      direct:
        plainEntity &&
        columns.every(({ key, rowKey, process }) => key === rowKey && process === null),
      complete: spec.complete,
      options: spec.node,
      joined: spec.joined.map(({ property, spec: child }) => ({
        property,
        loader: loaders.get(child) as EntityLoader,
      })),
      eager: spec.eager.map(({ property, strategy }) => eagerLoad(property, strategy, start)),
      empty: spec.empty,
      discriminator,
    })
  }

  #place(
    item: ResultItem,
    spec: EntitySpec | null,
    loaders: ReadonlyMap<EntitySpec, EntityLoader>,
  ): PlaceReader {
    if (spec) return loaders.get(spec) as EntityLoader
    const [column] = item.columns as [ResultColumn]
    return { rowKey: column.key, ...readerOf(column.element, this.#dialect) }
  }
}

function joinsCollection(
  mapper: EntitySpec['mapper'],
  node: LoadNode | null,
  path: LoadPath,
  before: number,
): boolean {
  return plannedLoads(mapper, node, path, before).some(({ property, strategy }) => {
    if (strategy !== 'joined' && strategy !== 'contains') return false
    if (strategy === 'joined' && property.uselist) return true
    const below = node?.nodeOf(property.key) ?? null
    return joinsCollection(property.target, below, [...path, property], before)
  })
}
