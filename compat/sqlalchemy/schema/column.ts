import type { Expression, OperationNode, TableNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { ColumnElement, type FromSource } from '../expression/element.ts'
import { tableNode as namedTableNode, referenceNode } from '../expression/nodes.ts'
import type { StatementShape } from '../expression/shape.ts'
import {
  isTypeArgument,
  NULLTYPE,
  type TypeArgument,
  type TypeEngine,
  toType,
} from '../types/type-engine.ts'
import { type ColumnDefault, Computed, type DefaultKind, defaultKind, Identity } from './default.ts'
import { ForeignKey } from './foreign-key.ts'
import type { Table } from './table.ts'

/** Options of {@link Column}: SQLAlchemy's keyword arguments in camelCase. */
export interface ColumnOptions<T = unknown> {
  readonly primaryKey?: boolean
  /** Default: true, except for primary keys. */
  readonly nullable?: boolean
  readonly unique?: boolean
  readonly index?: boolean
  /** Used by INSERT where no value is given. */
  readonly default?: ColumnDefault<T>
  /** Used by UPDATE where no value is given. */
  readonly onupdate?: ColumnDefault<T>
  /** DEFAULT in CREATE TABLE: a string literal, or an SQL expression. */
  readonly serverDefault?: string | Expression<unknown>
  /** Tells that the database changes the value at UPDATE, so that it is read back. */
  readonly serverOnupdate?: string | Expression<unknown> | boolean
  /** Whether the database numbers the key. `'auto'`: a single integer primary key that refers to nothing. */
  readonly autoincrement?: boolean | 'auto' | 'ignore_fk'
  readonly comment?: string
  /** The name under `table.c`, when it is not the column's. */
  readonly key?: string
  readonly info?: Record<string, unknown>
  readonly doc?: string
  /** SQL text or expression of a column the database computes. */
  readonly computed?: string | Expression<unknown> | Computed
  readonly identity?: Identity
}

/** What may follow name and type. */
export type ColumnItem = ForeignKey | Computed | Identity

type Rest<T> = readonly (ColumnItem | ColumnOptions<T> | undefined)[]

/** A table's column; in statements, an expression for its value. */
export class Column<T = unknown, Name extends string = string> extends ColumnElement<T, Name> {
  override readonly name: Name
  readonly options: ColumnOptions<T>
  /** Part of the primary key: by its own option, or by the table's `PrimaryKeyConstraint`. */
  primaryKey: boolean
  nullable: boolean
  readonly unique: boolean
  readonly index: boolean
  readonly default: ColumnDefault<T> | undefined
  readonly defaultKind: DefaultKind | null
  readonly onupdate: ColumnDefault<T> | undefined
  readonly onupdateKind: DefaultKind | null
  readonly serverDefault: string | Expression<unknown> | undefined
  readonly serverOnupdate: ColumnOptions['serverOnupdate']
  readonly autoincrement: boolean | 'auto' | 'ignore_fk'
  readonly comment: string | null
  readonly computed: Computed | null
  readonly identity: Identity | null
  readonly info: Record<string, unknown>
  readonly foreignKeys: readonly ForeignKey[]
  /** The table it belongs to, or null while it has none. */
  table: Table | null = null
  readonly #key: string
  #type: TypeEngine<T>
  #node: OperationNode | undefined
  readonly #bare: OperationNode

  /**
   * `new Column('name', String(80), { nullable: false })`; the name may be left out where the
   * attribute of a model gives it, the type where a foreign key does.
   * @throws {ArgumentError} for items that have no place in a column.
   */
  constructor(name: Name, type?: TypeArgument<T> | ColumnItem | ColumnOptions<T>, ...rest: Rest<T>)
  constructor(type?: TypeArgument<T> | ColumnItem | ColumnOptions<T>, ...rest: Rest<T>)
  constructor(...args: unknown[]) {
    super()
    const parts = columnArguments(args)
    const options = parts.options as ColumnOptions<T>
    this.options = options
    this.name = parts.name as Name
    this.#key = options.key ?? parts.name
    this.#bare = referenceNode(null, parts.name)
    this.#type = parts.type as TypeEngine<T>
    this.primaryKey = options.primaryKey ?? false
    this.nullable = options.nullable ?? !this.primaryKey
    this.unique = options.unique ?? false
    this.index = options.index ?? false
    this.default = options.default ?? undefined
    this.defaultKind = this.default === undefined ? null : defaultKind(this.default)
    this.onupdate = options.onupdate ?? undefined
    this.onupdateKind = this.onupdate === undefined ? null : defaultKind(this.onupdate)
    this.serverDefault = options.serverDefault
    this.serverOnupdate = options.serverOnupdate
    this.autoincrement = options.autoincrement ?? 'auto'
    this.comment = options.comment ?? null
    this.computed = parts.computed
    this.identity = parts.identity
    this.info = options.info ?? {}
    this.foreignKeys = parts.foreignKeys
    for (const foreignKey of parts.foreignKeys) foreignKey.parent ??= this
    if (this.computed && (this.serverDefault !== undefined || this.default !== undefined)) {
      throw new ArgumentError('A generated column cannot specify a serverDefault or a default')
    }
  }

  /** The name under `table.c`. */
  override get key(): string {
    return this.#key
  }

  /** The column's type; one that was left out is the type of the column referred to. */
  override get type(): TypeEngine<T> {
    if (this.#type === (NULLTYPE as TypeEngine) && this.foreignKeys[0] && this.table) {
      this.#type = this.foreignKeys[0].column.type as TypeEngine<T>
    }
    return this.#type
  }

  /** Whether a type was given, or a foreign key can give one. */
  get typed(): boolean {
    return this.#type !== (NULLTYPE as TypeEngine)
  }

  /** `table.column`, the name alone without a table. */
  override toString(): string {
    return this.table ? `${this.table.fullname}.${this.name}` : this.name
  }

  override describe(shape: StatementShape): boolean {
    return this.table !== null && shape.add(this)
  }

  override toOperationNode(): OperationNode {
    if (!this.table) return this.#bare
    this.#node ??= referenceNode(tableNode(this.table), this.name)
    return this.#node
  }

  override collectFroms(into: Set<FromSource>): void {
    if (this.table) into.add(this.table)
  }

  /** Whether one of the keys of this column refers to the other. */
  references(column: Column): boolean {
    return this.foreignKeys.some((foreignKey) => foreignKey.column === column)
  }

  /** The same column without a table, for another table; a name can be given to one without. */
  copy(changes: { name?: string; key?: string } = {}): Column<T> {
    const name = changes.name ?? this.name
    const key = changes.key ?? (this.key === this.name ? undefined : this.key)
    const items: unknown[] = this.foreignKeys.map((foreignKey) => foreignKey.copy())
    if (this.computed) items.push(this.computed)
    if (this.identity) items.push(this.identity)
    const { computed: _, identity: __, ...options } = this.options
    const args = [name, this.#type, ...items, { ...options, ...(key === undefined ? {} : { key }) }]
    return Reflect.construct(Column, args)
  }

  /** @internal Called by the table that takes the column in. */
  attachTo(table: Table): void {
    if (this.table && this.table !== table) {
      throw new ArgumentError(
        `Column object '${this.name}' already assigned to Table '${this.table.name}'`,
      )
    }
    if (this.name === '') {
      throw new ArgumentError(
        'Column must be constructed with a non-blank name or assign a non-blank .name before ' +
          'adding to a Table.',
      )
    }
    this.table = table
    this.#node = undefined
  }
}

/** A table as Kysely names it. */
export function tableNode(table: Pick<Table, 'name' | 'schema'>): TableNode {
  return namedTableNode(table.name, table.schema)
}

interface ColumnParts {
  name: string
  type: TypeEngine
  options: ColumnOptions
  foreignKeys: ForeignKey[]
  computed: Computed | null
  identity: Identity | null
}

function columnArguments(args: readonly unknown[]): ColumnParts {
  const parts: ColumnParts = {
    name: '',
    type: NULLTYPE,
    options: {},
    foreignKeys: [],
    computed: null,
    identity: null,
  }
  let rest = args.filter((argument) => argument !== undefined && argument !== null)
  if (typeof rest[0] === 'string') {
    parts.name = rest[0]
    rest = rest.slice(1)
  }
  if (isTypeArgument(rest[0])) {
    parts.type = toType(rest[0])
    rest = rest.slice(1)
  }
  for (const [index, item] of rest.entries()) {
    if (item instanceof ForeignKey) parts.foreignKeys.push(item)
    else if (item instanceof Computed) parts.computed = item
    else if (item instanceof Identity) parts.identity = item
    else if (index === rest.length - 1 && isOptions(item)) parts.options = item
    else
      throw new ArgumentError(
        `'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got ${String(item)}`,
      )
  }
  const { computed, identity } = parts.options
  if (computed !== undefined) {
    parts.computed = computed instanceof Computed ? computed : new Computed(computed)
  }
  parts.identity ??= identity ?? null
  return parts
}

const OPTION_NAMES: ReadonlySet<string> = new Set([
  'primaryKey',
  'nullable',
  'unique',
  'index',
  'default',
  'onupdate',
  'serverDefault',
  'serverOnupdate',
  'autoincrement',
  'comment',
  'key',
  'info',
  'doc',
  'computed',
  'identity',
])

function isOptions(item: unknown): item is ColumnOptions {
  if (typeof item !== 'object' || item === null) return false
  const prototype = Object.getPrototypeOf(item)
  if (prototype !== Object.prototype && prototype !== null) return false
  for (const name of Object.keys(item)) {
    if (!OPTION_NAMES.has(name)) {
      throw new ArgumentError(`Column got an unknown option: '${name}'`)
    }
  }
  return true
}
