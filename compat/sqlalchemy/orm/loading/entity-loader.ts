import type { ColumnElement } from '../../expression/element.ts'
import type { Processor } from '../../types/type-engine.ts'
import type { Mapper } from '../mapping/mapper.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { type InstanceState, isRelatedList } from '../mapping/state.ts'
import type { LoadNode } from './load-node.ts'
import type { LoadRun } from './load-run.ts'
import { isLoaded, setList, setOne } from './related.ts'
import { columnValue, compiledReader, type RowReader } from './row-reader.ts'

/** A row of the driver. */
export type RawRow = Record<string, unknown>

/** One column of an entity and where a row has it. */
export interface LoadedColumn {
  /** The attribute. */
  readonly key: string
  /** The name in the driver's row. */
  readonly rowKey: string
  readonly column: ColumnElement
  readonly process: Processor | null
  readonly seesNull: boolean
}

/** A relationship whose rows are part of the statement. */
export interface JoinedLoad {
  readonly property: RelationshipProperty
  readonly loader: EntityLoader
}

/** A relationship that is loaded by a further statement, right after the rows. */
export interface EagerLoad {
  readonly property: RelationshipProperty
  load(run: LoadRun, states: readonly InstanceState[]): Promise<void>
}

/** What an {@link EntityLoader} is made of. */
export interface EntityLoaderParts {
  readonly mapper: Mapper
  readonly columns: readonly LoadedColumn[]
  /** Whether the driver's row is the entity's values as it is. */
  readonly direct: boolean
  /** Whether no column is left out that a plain query would select. */
  readonly complete: boolean
  readonly options: LoadNode | null
  readonly joined: readonly JoinedLoad[]
  readonly eager: readonly EagerLoad[]
  /** Relationships that are empty without a statement. */
  readonly empty: readonly RelationshipProperty[]
  /** Where a row has the discriminator of single-table inheritance. */
  readonly discriminator: LoadedColumn | null
}

/** After how many rows a loader gets a {@link RowReader} of its own. */
const OFTEN = 100

/** Makes entities of rows. All is decided when the statement is compiled. */
export class EntityLoader {
  readonly mapper: Mapper
  readonly columns: readonly LoadedColumn[]
  readonly eager: readonly EagerLoad[]
  readonly joined: readonly JoinedLoad[]
  readonly #parts: EntityLoaderParts
  readonly #direct: boolean
  readonly #complete: boolean
  readonly #options: LoadNode | null
  readonly #key: LoadedColumn
  readonly #otherKeys: readonly LoadedColumn[]
  readonly #discriminator: LoadedColumn | null
  readonly #variants: Map<unknown, EntityLoader> = new Map()
  /** Whether more is to be done than to make the instance. */
  readonly #follows: boolean
  /** Whether joined collections give an entity several rows, told by one column. */
  readonly #repeats: boolean
  /** Made when it is worth while: most statements that are compiled anew each time have few rows. */
  #reader: RowReader | null = null
  #slowly = 0
  #checkedFor = 0
  #listened = false

  constructor(parts: EntityLoaderParts) {
    this.mapper = parts.mapper
    this.columns = parts.columns
    this.joined = parts.joined
    this.eager = parts.eager
    this.#parts = parts
    this.#direct = parts.direct
    this.#complete = parts.complete
    this.#options = parts.options
    this.#discriminator = parts.discriminator
    const byColumn = new Map(parts.columns.map((column) => [column.key, column]))
    const keys = parts.mapper.primaryKey.map(({ key }) => byColumn.get(key) as LoadedColumn)
    this.#key = keys[0] as LoadedColumn
    this.#otherKeys = keys.slice(1)
    this.#repeats =
      this.#otherKeys.length === 0 && parts.joined.some(({ property }) => property.uselist)
    this.#follows = parts.joined.length > 0 || parts.eager.length > 0 || parts.empty.length > 0
  }

  /** The entity of a row, `null` where an outer join found none. */
  read(run: LoadRun, row: RawRow): InstanceState | null {
    if (this.#discriminator !== null) return this.#readVariant(run, row)
    const keyValue = row[this.#key.rowKey]
    if (keyValue === null || keyValue === undefined) return null
    if (this.#repeats) {
      const last = run.lastOf(this)
      if (last !== undefined && last.keyValue === keyValue) {
        // One more row of the same entity: only the joined ones differ.
        this.#follow(run, row, last.state)
        return last.state
      }
    }
    const key = this.#identity(row, keyValue)
    if (key === null) return null
    let state = run.context.identityMap.get(key)
    if (state === undefined) {
      state = this.mapper.instantiate(this.#direct ? row : this.#values(row))
      state.key = key
      state.session = run.context
      state.status = 'persistent'
      state.loadOptions = this.#options
      run.context.identityMap.set(key, state)
      if (this.#follows) run.noteFresh(state)
      if (this.#listenedTo(run)) this.mapper.events.emit('load', state.obj, run.context)
    } else this.#meet(run, row, state)
    if (this.#repeats) run.noteLast(this, keyValue, state)
    if (this.#follows) this.#follow(run, row, state)
    return state
  }

  /** Whether somebody listens to 'load'; asked once for each run. */
  #listenedTo(run: LoadRun): boolean {
    if (this.#checkedFor !== run.number) {
      this.#checkedFor = run.number
      this.#listened = this.mapper.events.has('load')
    }
    return this.#listened
  }

  #identity(row: RawRow, keyValue: unknown): string | null {
    const { process } = this.#key
    const first = process === null ? keyValue : process(keyValue)
    if (this.#otherKeys.length === 0) return this.mapper.identityKey([first])
    const values = [first]
    for (const { rowKey, process } of this.#otherKeys) {
      const value = row[rowKey]
      if (value === null || value === undefined) return null
      values.push(process === null ? value : process(value))
    }
    return this.mapper.identityKey(values)
  }

  #values(row: RawRow): Record<string, unknown> {
    if (this.#reader !== null) return this.#reader(row)
    this.#slowly += 1
    if (this.#slowly === OFTEN) this.#reader = compiledReader(this.columns)
    const dict: Record<string, unknown> = {}
    for (const column of this.columns) dict[column.key] = columnValue(row, column)
    return dict
  }

  /** A row of an object the session already has. */
  #meet(run: LoadRun, row: RawRow, state: InstanceState): void {
    if (state.expired ? !run.isFresh(state) : run.populateExisting && !run.isFresh(state)) {
      this.#refresh(run, row, state)
      run.noteFresh(state)
      return
    }
    const { dict } = state
    for (const column of this.columns) {
      if (!(column.key in dict)) dict[column.key] = columnValue(row, column)
    }
  }

  #refresh(run: LoadRun, row: RawRow, state: InstanceState): void {
    const { populateExisting } = run
    if (populateExisting) state.originals = null
    const { dict, originals } = state
    for (const column of this.columns) {
      const value = columnValue(row, column)
      // A change that was made since waits for its flush.
      if (originals !== null && column.key in originals) originals[column.key] = value
      else dict[column.key] = value
    }
    this.#forgetRelated(state, populateExisting)
    if (populateExisting) state.relatedOriginals = null
    state.loadOptions = this.#options
    // What the row does not have is still as old as it was.
    if (this.#complete) state.expired = false
    if (this.mapper.events.has('refresh')) {
      this.mapper.events.emit('refresh', state.obj, run.context)
    }
  }

  #forgetRelated(state: InstanceState, changedToo: boolean): void {
    const { related, relatedOriginals } = state
    if (related === null) return
    for (const key in related) {
      const value = related[key]
      if (isRelatedList(value)) {
        if (changedToo || !value.changed) value.reset()
      } else if (changedToo || relatedOriginals === null || !(key in relatedOriginals)) {
        delete related[key]
      }
    }
  }

  #follow(run: LoadRun, row: RawRow, state: InstanceState): void {
    for (const joined of this.#parts.joined) {
      const { property } = joined
      const child = joined.loader.read(run, row)
      if (property.uselist) run.gather(joined, property, state, child)
      else if (run.isFresh(state) || !isLoaded(state, property)) {
        setOne(state, property, child?.obj ?? null)
      }
    }
    for (const property of this.#parts.empty) {
      if (isLoaded(state, property)) continue
      if (property.uselist) setList(state, property, [])
      else setOne(state, property, null)
    }
    if (this.eager.length > 0) run.noteEager(this, state)
  }

  /** Single-table inheritance: the row says which class it is. */
  #readVariant(run: LoadRun, row: RawRow): InstanceState | null {
    const value = columnValue(row, this.#discriminator as LoadedColumn)
    let loader = this.#variants.get(value)
    if (loader === undefined) {
      const keyValue = row[this.#key.rowKey]
      if (keyValue === null || keyValue === undefined) return null
      loader = this.#variant(value)
      this.#variants.set(value, loader)
    }
    return loader.read(run, row)
  }

  #variant(value: unknown): EntityLoader {
    const mapper = value === null ? this.mapper : this.mapper.byIdentity(value)
    const columns = this.columns.filter(
      ({ key }) => mapper.columnByKey.has(key) || mapper.expressions.has(key),
    )
    const has = (property: RelationshipProperty): boolean =>
      mapper.relationships.get(property.key) === property
    return new EntityLoader({
      ...this.#parts,
      mapper,
      columns,
      discriminator: null,
      direct: this.#direct && columns.length === this.columns.length,
      joined: this.joined.filter(({ property }) => has(property)),
      eager: this.eager.filter(({ property }) => has(property)),
      empty: this.#parts.empty.filter(has),
    })
  }
}
