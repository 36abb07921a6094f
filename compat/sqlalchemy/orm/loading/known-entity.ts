import type { Dialect } from '../../dialects/dialect.ts'
import type { CompiledStatement } from '../../expression/compile.ts'
import type { EntityColumn, EntityInfo } from '../../expression/entity.ts'
import type { SelectParts } from '../../expression/select-parts.ts'
import type { Mapper } from '../mapping/mapper.ts'
import { mapperOfInfo } from './entity-info.ts'
import type { EntityLoader } from './entity-loader.ts'
import { RowShape } from './row.ts'
import { SelectPlan } from './select-plan.ts'

/** What all statements that select just one class, without loader options, have in common. */
export class KnownEntity {
  readonly info: EntityInfo
  /** How many classes shared the table when it was made. */
  readonly family: number
  readonly columnsOf: () => readonly EntityColumn[]
  readonly #loader: EntityLoader
  readonly #shape: RowShape
  readonly #dialect: Dialect

  constructor(
    info: EntityInfo,
    columns: readonly EntityColumn[],
    loader: EntityLoader,
    dialect: Dialect,
  ) {
    this.info = info
    this.family = mapperOfInfo(info).selfAndDescendants.length
    this.columnsOf = () => columns
    this.#loader = loader
    this.#shape = new RowShape([info.name ?? info.from.name])
    this.#dialect = dialect
  }

  /** The plan of one such statement. */
  planFor({ query, reads }: CompiledStatement): SelectPlan {
    return new SelectPlan({
      query,
      dialect: this.#dialect,
      shape: this.#shape,
      multiplied: false,
      reads,
      places: [this.#loader],
    })
  }
}

const known = new WeakMap<Mapper, Map<Dialect, KnownEntity>>()

/** What is known of a statement's only entity, if it has been met before. */
export function knownEntity(parts: SelectParts, dialect: Dialect): KnownEntity | undefined {
  const { items } = parts
  const entity = items[0]?.entity
  if (items.length !== 1 || !entity || parts.options.length > 0) return undefined
  const mapper = mapperOfInfo(entity)
  const found = known.get(mapper)?.get(dialect)
  if (found === undefined || found.info.from !== entity.from) return undefined
  // A subclass came in since: there are more columns.
  if (mapper.subclasses.length > 0 || found.family > 1) {
    if (mapper.selfAndDescendants.length !== found.family) return undefined
  }
  return found
}

/** Keeps what was found out about a class. */
export function rememberEntity(dialect: Dialect, entity: KnownEntity): void {
  const mapper = mapperOfInfo(entity.info)
  let byDialect = known.get(mapper)
  if (byDialect === undefined) {
    byDialect = new Map()
    known.set(mapper, byDialect)
  }
  byDialect.set(dialect, entity)
}
