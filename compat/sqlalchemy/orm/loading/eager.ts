import type { Dialect } from '../../dialects/dialect.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import type { InstanceState } from '../mapping/state.ts'
import type { EagerLoad } from './entity-loader.ts'
import { refreshState } from './identity-load.ts'
import { identityColumns, keyOf, localValues, missingKeys } from './key-values.ts'
import { findToOne, lazyLoad } from './lazy-load.ts'
import type { LoadRun } from './load-run.ts'
import type { EagerLoadFactory, PlanStart } from './plan-select.ts'
import { setRelated } from './related.ts'
import { parentColumns, type RelatedPlan, relatedPlan } from './related-plan.ts'

/** The most parents of one statement, as SQLAlchemy's. */
const CHUNK = 500

/** The loader of a relationship that a further statement loads. */
export const eagerLoadOf: EagerLoadFactory = (property, strategy, parent) => {
  if (strategy === 'immediate') return new ImmediateLoad(property)
  return new SelectinLoad(property, {
    node: parent.node?.nodeOf(property.key) ?? null,
    path: [...parent.path, property],
  })
}

/** Plans of relationships without options below them, by the way that led there. */
const shared = new WeakMap<RelationshipProperty, Map<string, RelatedPlan>>()

function sharedPlans(property: RelationshipProperty): Map<string, RelatedPlan> {
  let known = shared.get(property)
  if (known === undefined) {
    known = new Map()
    shared.set(property, known)
  }
  return known
}

/** `WHERE key IN (…)` over the keys of all parents. */
class SelectinLoad implements EagerLoad {
  readonly property: RelationshipProperty
  readonly #start: PlanStart
  readonly #plans: Map<string, RelatedPlan>
  readonly #way: string

  constructor(property: RelationshipProperty, start: PlanStart) {
    this.property = property
    this.#start = start
    this.#plans = start.node === null ? sharedPlans(property) : new Map()
    this.#way = start.path.join(' ')
  }

  async load(run: LoadRun, states: readonly InstanceState[]): Promise<void> {
    const { property } = this
    const columns = parentColumns(property)
    const parents = new Map<unknown, InstanceState[]>()
    const keys: unknown[][] = []
    for (const state of states) {
      if (this.#fromIdentityMap(run, state)) continue
      const missing = missingKeys(state, columns)
      if (missing.length > 0) await refreshState(run.context, state, missing)
      const values = localValues(state, columns, property.direction !== 'MANYTOONE')
      if (values === null) {
        setRelated(state, property, [])
        continue
      }
      const key = keyOf(values)
      const same = parents.get(key)
      if (same) same.push(state)
      else {
        parents.set(key, [state])
        keys.push(values)
      }
    }
    const size = Math.min(CHUNK, Math.floor(run.dialect.maxParameters / columns.length))
    for (let at = 0; at < keys.length; at += size) {
      await this.#chunk(run, keys.slice(at, at + size), parents)
    }
  }

  async #chunk(
    run: LoadRun,
    keys: readonly unknown[][],
    parents: ReadonlyMap<unknown, readonly InstanceState[]>,
  ): Promise<void> {
    const { property } = this
    const related = this.#plan(run.dialect, keys.length)
    const { query, each, plan, count } = related
    const values = keys.length === 1 ? (keys[0] as unknown[]) : keys.flat()
    const width = values.length / keys.length
    // A statement serves several counts of keys; the last key fills it up.
    while (values.length < count * width) values.push(...(keys.at(-1) as unknown[]))
    const connection = await run.context.connection(property.target)
    const { rows } = await plan.execute(connection, query.fill(values))
    const inner = plan.begin(run.context, run.populateExisting)
    const found = new Map<unknown, object[]>()
    each(inner, rows, (item, key) => {
      const items = found.get(key)
      if (items === undefined) found.set(key, [item])
      // Joined collections of the target repeat its rows, one after the other.
      else if (!plan.multiplied || !items.includes(item)) items.push(item)
    })
    await inner.finish()
    for (const values of keys) {
      const key = keyOf(values)
      const items = found.get(key) ?? []
      const states = parents.get(key) ?? []
      for (const state of states) {
        // Each parent's list is its own.
        setRelated(state, property, states.length === 1 ? items : [...items])
      }
    }
  }

  #plan(dialect: Dialect, keys: number): RelatedPlan & { count: number } {
    const count = Math.min(roundUp(keys), CHUNK)
    const name = `${dialect.name} ${count} ${this.#way}`
    let plan = this.#plans.get(name)
    if (plan === undefined) {
      plan = relatedPlan(this.property, dialect, this.#start, count)
      this.#plans.set(name, plan)
    }
    return { ...plan, count }
  }

  /** A to-one whose target the session has, and nothing more is to be loaded of it. */
  #fromIdentityMap(run: LoadRun, state: InstanceState): boolean {
    if (this.#start.node !== null || run.populateExisting) return false
    if (identityColumns(this.property) === null) return false
    const target = findToOne(run.context, state, this.property, true)
    if (target === undefined) return false
    setRelated(state, this.property, target === null ? [] : [target])
    return true
  }
}

/** Few enough statements to keep, and little to fill up: exact to 10, then by tens, then by fifties. */
function roundUp(count: number): number {
  const step = count <= 10 ? 1 : count <= 100 ? 10 : 50
  return Math.ceil(count / step) * step
}

/** A statement for each parent whose related entity the session does not have. */
class ImmediateLoad implements EagerLoad {
  readonly property: RelationshipProperty

  constructor(property: RelationshipProperty) {
    this.property = property
  }

  async load(run: LoadRun, states: readonly InstanceState[]): Promise<void> {
    for (const state of states)
      await lazyLoad(run.context, state, this.property, { immediate: true })
  }
}
