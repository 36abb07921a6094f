import type { CompiledQuery, QueryResult } from 'kysely'
import type { Dialect } from '../../dialects/dialect.ts'
import type { Connection } from '../../dialects/engine.ts'
import type { Processor } from '../../types/type-engine.ts'
import type { InstanceState } from '../mapping/state.ts'
import type { LoadContext } from './context.ts'
import type { EntityLoader, RawRow } from './entity-loader.ts'
import { LoadRun } from './load-run.ts'
import { RowBuffer } from './result.ts'
import type { RowShape } from './row.ts'

/** A column selected alone. */
export interface ScalarReader {
  readonly rowKey: string
  readonly process: Processor | null
  readonly seesNull: boolean
}

/** One place of a row: an entity or a value. */
export type PlaceReader = EntityLoader | ScalarReader

/** A compiled SELECT together with what makes objects of its rows. */
export class SelectPlan {
  readonly query: CompiledQuery<RawRow>
  readonly dialect: Dialect
  readonly shape: RowShape
  /** Joined collections repeat the rows of their parents. */
  readonly multiplied: boolean
  /** Whether the statement does nothing but read rows. */
  readonly reads: boolean
  readonly #places: readonly PlaceReader[]
  readonly #entity: EntityLoader | null
  readonly #scalar: ScalarReader | null

  constructor(parts: {
    query: CompiledQuery<RawRow>
    dialect: Dialect
    shape: RowShape
    multiplied: boolean
    reads: boolean
    places: readonly PlaceReader[]
  }) {
    this.query = parts.query
    this.dialect = parts.dialect
    this.shape = parts.shape
    this.multiplied = parts.multiplied
    this.reads = parts.reads
    this.#places = parts.places
    const only = parts.places.length === 1 ? parts.places[0] : undefined
    this.#entity = only && isEntity(only) ? only : null
    this.#scalar = only && !isEntity(only) ? only : null
  }

  /** Whether each row has one value: then no tuple is made unless it is asked for. */
  get flat(): boolean {
    return this.#places.length === 1
  }

  /** The loader of the only entity. */
  get entity(): EntityLoader | null {
    return this.#entity
  }

  /** Runs the query of this plan, with its values. */
  execute(
    connection: Connection,
    query: CompiledQuery<RawRow> = this.query,
  ): Promise<QueryResult<RawRow>> {
    return this.reads ? connection.read(query) : connection.execute(query)
  }

  /** A run of this plan. */
  begin(context: LoadContext, populateExisting: boolean): LoadRun {
    return new LoadRun(context, this.dialect, populateExisting)
  }

  /** The objects and values of rows: one item each where {@link flat}, else tuples. */
  read(run: LoadRun, rows: readonly RawRow[]): unknown[] {
    const count = rows.length
    const entity = this.#entity
    if (entity !== null && this.multiplied) return readOnce(entity, run, rows)
    const items: unknown[] = new Array(count)
    if (entity !== null) {
      for (let index = 0; index < count; index++) {
        items[index] = objectOf(entity.read(run, rows[index] as RawRow))
      }
      return items
    }
    const scalar = this.#scalar
    if (scalar !== null) {
      for (let index = 0; index < count; index++)
        items[index] = scalarOf(rows[index] as RawRow, scalar)
      return items
    }
    for (let index = 0; index < count; index++)
      items[index] = this.#tuple(run, rows[index] as RawRow)
    return items
  }

  /** The values of rows without entities, as plain arrays. */
  readValues(rows: readonly RawRow[]): unknown[][] {
    const places = this.#places as readonly ScalarReader[]
    return rows.map((row) => places.map((place) => scalarOf(row, place)))
  }

  /** {@link read}, and the further statements of eager loading. */
  buffer(run: LoadRun, rows: readonly RawRow[]): RowBuffer | Promise<RowBuffer> {
    const buffer = new RowBuffer(this.read(run, rows), this.flat, this.shape, this.multiplied)
    const more = run.finish()
    return more === undefined ? buffer : more.then(() => buffer)
  }

  #tuple(run: LoadRun, row: RawRow): unknown[] {
    const places = this.#places
    const tuple = this.shape.emptyRow()
    for (let index = 0; index < places.length; index++) {
      const place = places[index] as PlaceReader
      tuple[index] = isEntity(place) ? objectOf(place.read(run, row)) : scalarOf(row, place)
    }
    return tuple
  }
}

/** Rows of one entity usually follow each other; it is given once for them. `unique()` finds the rest. */
function readOnce(entity: EntityLoader, run: LoadRun, rows: readonly RawRow[]): unknown[] {
  const items: unknown[] = []
  let last: InstanceState | null | undefined
  for (const row of rows) {
    const state = entity.read(run, row)
    if (state === last) continue
    last = state
    items.push(objectOf(state))
  }
  return items
}

function isEntity(place: PlaceReader): place is EntityLoader {
  return 'mapper' in place
}

function objectOf(state: InstanceState | null): object | null {
  return state === null ? null : state.obj
}

function scalarOf(row: RawRow, place: ScalarReader): unknown {
  const value = row[place.rowKey]
  if (place.process === null) return value === undefined ? null : value
  if ((value === null || value === undefined) && !place.seesNull) return null
  return place.process(value)
}
