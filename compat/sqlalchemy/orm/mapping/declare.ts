import { ArgumentError } from '../../errors.ts'
import { ColumnElement } from '../../expression/element.ts'
import { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { FIELD_MARKER, FieldMarker, isRepeated } from './construction.ts'
import type { LazyKind } from './relationship-property.ts'

/** A class, its name, or a function that gives either. */
export type RelationshipTarget = string | object | (() => unknown)

/** Columns of an option: attributes, names (`'Node.id'`, or `'id'` of this class), or a function. */
export type ColumnsOption = string | object | readonly (string | object)[] | (() => unknown)

/**
 * A function without arguments whose result TypeScript is not to look at: within the fields of a class that
 * result may depend on the types of these very fields.
 */
export interface Thunk {
  readonly call: unknown
  readonly bind: unknown
}

/** A join condition, or a function that gives it when it names classes that are defined later. */
export type JoinOption = ColumnElement<unknown> | Thunk

/** Options of `relationship()`: SQLAlchemy's keyword arguments in camelCase. */
export interface RelationshipOptions {
  /** The association table of many-to-many: a `db.Table`, its name, or a function that gives it. */
  readonly secondary?: Table | string | object | (() => unknown)
  readonly primaryjoin?: JoinOption
  readonly secondaryjoin?: JoinOption
  readonly foreignKeys?: ColumnsOption
  readonly remoteSide?: ColumnsOption
  readonly uselist?: boolean
  readonly orderBy?: ColumnsOption | false
  /** The attribute of the other class that is the other side. */
  readonly backPopulates?: string
  /** Makes the other side: its name, or `backref(name, options)`. */
  readonly backref?: string | BackrefDeclaration
  /** `'all, delete-orphan'` and its kin; `false`: none. */
  readonly cascade?: string | false
  readonly lazy?: LazyKind | boolean | null
  readonly passiveDeletes?: boolean | 'all'
  readonly passiveUpdates?: boolean
  readonly viewonly?: boolean
  readonly singleParent?: boolean
  readonly postUpdate?: boolean
  readonly innerjoin?: boolean | 'nested' | 'unnested'
  readonly joinDepth?: number
  readonly overlaps?: string
  readonly syncBackref?: boolean
  readonly info?: Record<string, unknown>
  readonly doc?: string
}

const RELATIONSHIP_OPTIONS: ReadonlySet<string> = new Set([
  'secondary',
  'primaryjoin',
  'secondaryjoin',
  'foreignKeys',
  'remoteSide',
  'uselist',
  'orderBy',
  'backPopulates',
  'backref',
  'cascade',
  'lazy',
  'passiveDeletes',
  'passiveUpdates',
  'viewonly',
  'singleParent',
  'postUpdate',
  'innerjoin',
  'joinDepth',
  'overlaps',
  'syncBackref',
  'info',
  'doc',
])

function checkOptions(options: object, caller: string): void {
  for (const name of Object.keys(options)) {
    if (!RELATIONSHIP_OPTIONS.has(name)) {
      throw new TypeError(`${caller}() got an unexpected option '${name}'`)
    }
  }
}

/** What `relationship()` says, until the mapper makes a relationship of it. */
export class RelationshipDeclaration {
  readonly target: RelationshipTarget
  readonly options: RelationshipOptions

  constructor(target: RelationshipTarget, options: RelationshipOptions) {
    this.target = target
    this.options = options
  }
}

/** What `backref()` says. */
export class BackrefDeclaration {
  readonly name: string
  readonly options: RelationshipOptions

  constructor(name: string, options: RelationshipOptions) {
    this.name = name
    this.options = options
  }
}

/** A column or SQL expression with loading options. */
export class ExpressionDeclaration {
  readonly expression: ColumnElement | (() => ColumnElement)
  readonly deferred: boolean
  readonly group: string | null

  constructor(
    expression: ColumnElement | (() => ColumnElement),
    deferred: boolean,
    group: string | null,
  ) {
    this.expression = expression
    this.deferred = deferred
    this.group = group
  }
}

/** Another name of an attribute. */
export class SynonymDeclaration {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }
}

export type FieldDeclaration =
  | Column
  | RelationshipDeclaration
  | ExpressionDeclaration
  | SynonymDeclaration

/** Whether a field's value declares an attribute. */
export function isDeclaration(value: unknown): value is FieldDeclaration {
  return (
    value instanceof Column ||
    value instanceof RelationshipDeclaration ||
    value instanceof ExpressionDeclaration ||
    value instanceof SynonymDeclaration
  )
}

/** Whether a value assigned to a mapped attribute is only its declaration again. */
export function isRepeatedDeclaration(value: unknown): boolean {
  return (
    value === FIELD_MARKER ||
    value instanceof FieldMarker ||
    (value instanceof Column && value.table === null) ||
    value instanceof RelationshipDeclaration ||
    value instanceof ExpressionDeclaration ||
    value instanceof SynonymDeclaration
  )
}

/** Makes a column, or nothing while an instance is constructed. Typed by `orm/typing.ts`. */
export function declareColumn(...args: unknown[]): unknown {
  return isRepeated() ? FIELD_MARKER : Reflect.construct(Column, args)
}

/** `relationship(target, options)`. */
export function declareRelationship(
  target: RelationshipTarget,
  options: RelationshipOptions = {},
): unknown {
  if (isRepeated()) return FIELD_MARKER
  checkOptions(options, 'relationship')
  return new RelationshipDeclaration(target, options)
}

/** `backref(name, options)`: the other side, with options of its own. */
export function backref(name: string, options: RelationshipOptions = {}): BackrefDeclaration {
  checkOptions(options, 'backref')
  return new BackrefDeclaration(name, options)
}

/** Options of `columnProperty` and `deferred`. */
export interface ColumnPropertyOptions {
  readonly deferred?: boolean
  readonly group?: string
}

/** `columnProperty(expression)`: a column with options, or an SQL expression to read. */
export function declareColumnProperty(
  expression: unknown,
  options: ColumnPropertyOptions = {},
): unknown {
  if (isRepeated() || expression instanceof FieldMarker) return FIELD_MARKER
  if (!(expression instanceof ColumnElement) && typeof expression !== 'function') {
    throw new ArgumentError(`Column expression expected, got ${String(expression)}`)
  }
  return new ExpressionDeclaration(
    expression as ColumnElement | (() => ColumnElement),
    options.deferred ?? false,
    options.group ?? null,
  )
}

/** `deferred(column)`: loaded only when it is asked for. */
export function declareDeferred(column: unknown, options: ColumnPropertyOptions = {}): unknown {
  return declareColumnProperty(column, { ...options, deferred: true })
}

/** `synonym('name')`: another name of an attribute. */
export function declareSynonym(name: string): unknown {
  return isRepeated() ? FIELD_MARKER : new SynonymDeclaration(name)
}
