import { stateOf, tryStateOf } from '../../../../../compat/sqlalchemy/orm/mapping/state.ts'
import type { Session } from '../../../../../compat/sqlalchemy/orm/session/session.ts'
import { alive } from './differences.ts'
import type { ModelClass, Models } from './models.ts'
import { fitted } from './operations.ts'
import type { Ref, Relations, Values } from './program.ts'
import { type ColumnSpec, type ModelSpec, rootOf, wholeModel } from './schemas.ts'

/** An object as the interpreter uses it. */
export type Entity = Record<string, unknown>

/** Thrown where an operation has nothing to work on. */
export class Skip extends Error {}

/** The objects of a program, by labels and by the numbers that operations name them with. */
export class World {
  readonly labels: Map<object, string> = new Map()
  /** Lists that SQLAlchemy has since before their owner had a row. */
  readonly lived: Map<object, Set<string>> = new Map()
  readonly #lists = new Map<string, object[]>()
  readonly #models: Models
  readonly #session: Session

  constructor(models: Models, session: Session) {
    this.#models = models
    this.#session = session
    for (const { name } of models.spec.models) this.#lists.set(rootOf(models.spec, name), [])
  }

  keep(entity: object): object {
    if (this.labels.has(entity)) return entity
    const root = this.rootOf(entity)
    const list = this.#lists.get(root) as object[]
    this.labels.set(entity, `${root}${list.length}`)
    list.push(entity)
    return entity
  }

  keepLoaded(): void {
    const order = [...this.#lists.keys()]
    const found = [...this.#session.identityMap.values()]
      .filter(({ obj }) => !this.labels.has(obj))
      .map((state) => ({
        state,
        order: order.indexOf(this.rootOf(state.obj)),
        key: state.mapper.primaryKeyOf(state.dict) as number[],
      }))
    found.sort(
      (a, b) =>
        a.order - b.order ||
        (a.key[0] as number) - (b.key[0] as number) ||
        (a.key[1] ?? 0) - (b.key[1] ?? 0),
    )
    for (const { state } of found) this.keep(state.obj)
    for (const entity of this.#session.new) this.keep(entity)
  }

  rootOf(entity: object): string {
    return rootOf(this.#models.spec, entity.constructor.name)
  }

  label(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.label(item))
    if (tryStateOf(value)) return this.labels.get(value as object) ?? '?'
    return value === undefined ? null : value
  }

  ref([name, number]: Ref): Entity {
    const some = this.all(name)
    if (some.length === 0) throw new Skip()
    return some[number % some.length] as Entity
  }

  /** Whether a node of a tree waits for another parent. */
  moved(entity: object): boolean {
    const { numbered, relationships } = this.specOf(entity)
    const above = relationships.find(({ many }) => !many)
    const { relatedOriginals } = stateOf(entity)
    if (stateOf(entity).key === null) return false
    return numbered === true && relatedOriginals !== null && `${above?.key}` in relatedOriginals
  }

  touch(entity: object, key: string): void {
    const keys = this.lived.get(entity) ?? new Set()
    this.lived.set(entity, keys.add(key))
  }

  stays(entity: object): boolean {
    return alive(entity) && !this.#session.deleted.has(entity)
  }

  alive(ref: Ref): Entity {
    const entity = this.ref(ref)
    if (!alive(entity)) throw new Skip()
    return entity
  }

  all(name: string): readonly object[] {
    return this.#lists.get(rootOf(this.#models.spec, name)) as object[]
  }

  spec(name: string): ModelSpec {
    return wholeModel(this.#models.spec, name)
  }

  specOf(entity: object): ModelSpec {
    return this.spec(entity.constructor.name)
  }

  values(name: string, values: Values): Entity {
    const { columns } = this.spec(name)
    const found: Entity = {}
    for (const [number, value] of values) {
      const column = columns[number % columns.length] as ColumnSpec
      if (column.fixed) continue
      found[column.key] = fitted(column, value)
      if (column.pair) found[column.pair] = fitted(column, value)
    }
    return found
  }

  relations(name: string, relations: Relations): Entity {
    const some = this.spec(name).relationships
    const found: Entity = {}
    for (const [number, targets] of relations) {
      if (some.length === 0) break
      const each = some[number % some.length] as (typeof some)[number]
      const candidates = this.all(each.target).filter((it) => this.stays(it))
      if (candidates.length === 0) continue
      const objects = targets.map((n) => candidates[n % candidates.length] as object)
      found[each.key] = each.many ? [...new Set(objects)] : (objects[0] ?? null)
    }
    return found
  }

  make(name: string, values: Values, relations: Relations): object {
    const model = this.#models.classes.get(name) as ModelClass
    const given = this.values(name, values)
    for (const { key, pk } of this.spec(name).columns) if (pk) given[key] ??= undefined
    if (this.spec(name).numbered) given.id ??= 10 + this.all(name).length
    const related = this.relations(name, relations)
    const made = this.keep(new model({ ...given, ...related }))
    for (const key in related) this.touch(made, key)
    return made
  }

  keys(entity: object): string[] {
    const { columns, relationships } = this.specOf(entity)
    return [...columns, ...relationships].map(({ key }) => key)
  }

  names(entity: object, numbers: readonly number[]): string[] {
    const { columns, relationships } = this.specOf(entity)
    const keys = [...columns.filter(({ pk }) => !pk), ...relationships].map(({ key }) => key)
    return [...new Set(numbers.map((n) => keys[n % keys.length] as string))]
  }
}
