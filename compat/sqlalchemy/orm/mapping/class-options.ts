import { MetaData } from '../../schema/metadata.ts'
import type { TableItem, TableOptions } from '../../schema/table.ts'
import { Table } from '../../schema/table.ts'
import type { ModelClass } from './mapper.ts'

/** `static tableArgs`: constraints and indexes, options last; or options alone; or a function of the class. */
export type TableArgs =
  | readonly (TableItem | TableOptions)[]
  | TableOptions
  | ((modelClass: ModelClass) => readonly (TableItem | TableOptions)[] | TableOptions)

/** `static mapperArgs`: SQLAlchemy's keyword arguments of `mapper()` in camelCase. */
export interface MapperArgs {
  /** The attribute that tells the class of a row. */
  readonly polymorphicOn?: string | object
  readonly polymorphicIdentity?: unknown
  /** The attribute that counts the versions of a row. */
  readonly versionIdCol?: string | object
  /** The next version, given the last; `false`: the database does it. */
  readonly versionIdGenerator?: ((version: unknown) => unknown) | false
  /** Whether values the database makes are read back at once. */
  readonly eagerDefaults?: boolean | 'auto'
  /** Columns of the table that have no attribute. */
  readonly excludeProperties?: readonly string[]
  /** The only columns of the table that have attributes. */
  readonly includeProperties?: readonly string[]
  /** The primary key for the mapper, where the table has none. */
  readonly primaryKey?: readonly (string | object)[]
  readonly confirmDeletedRows?: boolean
  readonly batch?: boolean
}

/** What a model class says of itself in static members. */
export interface ModelStatics {
  readonly tablename?: string
  readonly tableArgs?: TableArgs
  readonly mapperArgs?: MapperArgs | ((modelClass: ModelClass) => MapperArgs)
  readonly bindKey?: string | null
  readonly abstract?: boolean
  readonly table?: unknown
}

/** The class and its bases up to the model base, which is left out. */
export function classChain(modelClass: object, modelBase: object): ModelClass[] {
  const chain: ModelClass[] = []
  let current: object | null = modelClass
  while (current !== null && current !== modelBase) {
    chain.push(current as ModelClass)
    current = Object.getPrototypeOf(current) as object | null
  }
  return chain
}

/** A static member of the class itself. */
export function ownStatic<K extends keyof ModelStatics>(
  modelClass: object,
  name: K,
): ModelStatics[K] | undefined {
  return Object.hasOwn(modelClass, name) ? (modelClass as ModelStatics)[name] : undefined
}

/** The `db.Table` a class names as its own. */
export function ownTable(modelClass: object): Table | null {
  const table = ownStatic(modelClass, 'table')
  return table instanceof Table ? table : null
}

/** The metadata a class names as its own; it counts for more than a bind key. */
export function ownMetadata(modelClass: object): MetaData | null {
  const metadata = Object.getOwnPropertyDescriptor(modelClass, 'metadata')?.value as unknown
  return metadata instanceof MetaData ? metadata : null
}

/**
 * A static member that mixins and abstract bases pass on and mapped classes keep for themselves.
 * `mapped` tells which of the bases are mapped.
 */
export function inheritedStatic<K extends keyof ModelStatics>(
  chain: readonly ModelClass[],
  name: K,
  mapped: (modelClass: ModelClass) => boolean,
): ModelStatics[K] | undefined {
  for (const [index, current] of chain.entries()) {
    if (index > 0 && mapped(current)) return undefined
    const value = ownStatic(current, name)
    if (value !== undefined) return value
  }
  return undefined
}
