import type { Alias } from '../expression/alias.ts'
import type { ColumnElement, Condition } from '../expression/element.ts'
import type { EntityInfo, JoinInfo, kEntity, kInstance, kJoin } from '../expression/entity.ts'
import type { FromClause } from '../expression/from-clause.ts'
import type { FilterValues } from '../expression/selectable-types.ts'
import type { Column, ColumnItem, ColumnOptions } from '../schema/column.ts'
import type { MetaData } from '../schema/metadata.ts'
import type { Table } from '../schema/table.ts'
import type { TypeArgument, TypeEngine } from '../types/type-engine.ts'
import type { Query, QueryClass } from './loading/query.ts'
import type { MapperArgs, TableArgs } from './mapping/class-options.ts'
import type { ColumnPropertyOptions, RelationshipOptions, Thunk } from './mapping/declare.ts'
import type { EventHub, kEvents } from './mapping/event-hub.ts'
import type { InstrumentedAttribute } from './mapping/instrumented.ts'
import type { Mapper } from './mapping/mapper.ts'
import type { RuntimeModelBase } from './mapping/model-base.ts'
import type { RelatedList } from './mapping/related-list.ts'
import type { RelationshipProperty } from './mapping/relationship-property.ts'
import type { AppenderQuery } from './session/appender.ts'

/**
 * The types of models, made from the classes themselves: a field's type is its column's value, so instances,
 * constructors, `filterBy` and `User.c` need no declarations of their own.
 */

/** A to-one relationship: the object when it is loaded, else a promise of it. `await` is right for both. */
export type Lazy<T> = T | Promise<T>

/** A model class of instances of `E`. */
// biome-ignore lint/suspicious/noExplicitAny: any constructor may be a model's
export type ModelLike<E extends object = object> = abstract new (...args: any[]) => E

// biome-ignore lint/suspicious/noExplicitAny: any function
type AnyFunction = (...args: any[]) => unknown

type IsAny<T> = 0 extends 1 & T ? true : false

/** The names of a model's attributes: everything but methods. */
export type AttributeKeys<T> = {
  [K in keyof T]: T[K] extends AnyFunction ? (IsAny<T[K]> extends true ? K : never) : K
}[keyof T] &
  string

type InitValue<V> =
  IsAny<V> extends true
    ? V
    : V extends RelatedList<infer E> | AppenderQuery<infer E>
      ? Iterable<E>
      : V extends Promise<unknown>
        ? never
        : V

/** What a model's constructor takes: any of its attributes, as SQLAlchemy's default constructor. */
export type Init<T> = {
  readonly [K in AttributeKeys<T>]?: InitValue<T[K]> | ColumnElement | undefined
}

type Criterion<E> = Condition | FilterValues<E>

/** `User.c.posts`: a relationship in statements. */
export interface RelationshipExpression<E extends object = object> {
  readonly key: string
  readonly mapper: Mapper
  readonly property: RelationshipProperty
  readonly parentEntity: EntityInfo | null
  readonly ofEntity: EntityInfo | null
  readonly criteria: readonly ColumnElement[]
  readonly [kInstance]?: E
  readonly [kEvents]: EventHub
  [kJoin](target?: FromClause | EntityInfo): JoinInfo
  /** Whether there is a related row that meets the criteria: for to-many. */
  any(...criteria: readonly Criterion<E>[]): ColumnElement<boolean>
  /** Whether there is the related row and it meets the criteria: for to-one. */
  has(...criteria: readonly Criterion<E>[]): ColumnElement<boolean>
  /** Whether the collection holds the object. */
  contains(instance: E): ColumnElement<boolean>
  eq(instance: E | null): ColumnElement<boolean>
  ne(instance: E | null): ColumnElement<boolean>
  is(instance: E | null): ColumnElement<boolean>
  isNot(instance: E | null): ColumnElement<boolean>
  isNull(): ColumnElement<boolean>
  isNotNull(): ColumnElement<boolean>
  /** The same relationship to an alias or a subclass of its target. */
  ofType<S extends object>(entity: ModelLike<S> | AliasedModel<S>): RelationshipExpression<S>
  /** The same relationship with more conditions, for joins and loader options. */
  and(...criteria: readonly Condition[]): RelationshipExpression<E>
}

type AttributeOf<V, K extends string> =
  IsAny<V> extends true
    ? // biome-ignore lint/suspicious/noExplicitAny: nothing is known of it
      any
    : [V] extends [RelatedList<infer E> | AppenderQuery<infer E>]
      ? RelationshipExpression<E>
      : [Extract<V, Promise<unknown>>] extends [never]
        ? InstrumentedAttribute<V, K>
        : RelationshipExpression<Extract<Awaited<V>, object>>

/** `User.c`: a model's attributes in statements. */
export type Columns<T> = { readonly [K in AttributeKeys<T>]: AttributeOf<T[K], K> }

/** What every model instance has. */
export interface ModelBase {
  /** `<User 1>`; `<User (transient 1)>` without a row. */
  toString(): string
}

/**
 * Static members that a model class may define. `db.Model` does not declare them, so that no `override` is
 * asked for; `static tableArgs = […] satisfies ModelSettings['tableArgs']` has them checked.
 */
export interface ModelSettings {
  /** The table's name; made from the class's name when there is none. SQLAlchemy's `__tablename__`. */
  readonly tablename?: string
  /** Constraints, indexes and table options: `__table_args__`. */
  readonly tableArgs?: TableArgs
  /** Options of the mapper: `__mapper_args__`. */
  readonly mapperArgs?: MapperArgs | ((modelClass: ModelLike) => MapperArgs)
  /** The key of `SQLALCHEMY_BINDS`: `__bind_key__`. */
  readonly bindKey?: string | null
  /** The class only serves as a base: `__abstract__`. */
  readonly abstract?: boolean
  /** The class of `User.query`; `db.Query` otherwise. */
  readonly queryClass?: QueryClass
}

/** The static side of a model whose instances are `T`. `B`: what instances have from the base class. */
export interface ModelOf<T, B extends object = ModelBase> {
  new (values?: Init<T>): B
  readonly query: Query<T>
  /** The attributes in statements: `User.c.name.eq('ada')`. */
  readonly c: Columns<T>
  /** The model's table: `__table__`. */
  readonly table: Table
  readonly metadata: MetaData
  readonly mapper: Mapper
  [kEntity](): EntityInfo
}

/**
 * `db.Model`: extend it, or call it for static members of the right type. `M`: what instances have from the
 * option `modelClass`.
 */
export interface ModelAny<M extends object = ModelBase> {
  // biome-ignore lint/suspicious/noExplicitAny: without a type argument nothing is known of the class
  new (values?: Record<string, any>): M
  /** `class User extends db.Model<User>()` types `User.query`, `User.c` and the constructor. */
  <T>(): ModelOf<T, M>
  /** The same over another base: `class Manager extends db.Model<Manager, typeof Employee>(Employee)`. */
  <T, B extends ModelLike>(base: B): ModelOf<T, InstanceType<B>>
  // biome-ignore lint/suspicious/noExplicitAny: without a type argument nothing is known of the class
  readonly query: Query<any>
  // biome-ignore lint/suspicious/noExplicitAny: without a type argument nothing is known of the class
  readonly c: any
  readonly table: Table
  readonly metadata: MetaData
  readonly mapper: Mapper
  [kEntity](): EntityInfo
}

/** `createModelBase` as applications see it. */
export function typedModelBase<M extends object>(base: RuntimeModelBase): ModelAny<M> {
  return base as unknown as ModelAny<M>
}

/** A model under another name in one statement. */
export interface AliasedModel<T extends object = object> {
  readonly c: Columns<T>
  readonly mapper: Mapper
  readonly [kInstance]?: T
  [kEntity](): EntityInfo
}

type Item<T> = ColumnItem | ColumnOptions<T> | undefined

/** Whether options (the last of the arguments) exclude null. */
type NeverNull<R extends readonly unknown[]> = R extends readonly [...unknown[], infer O]
  ? O extends { readonly nullable: true }
    ? false
    : O extends { readonly nullable: false } | { readonly primaryKey: true }
      ? true
      : false
  : false

/** The value of a column: `null` too, unless `nullable: false` or `primaryKey: true` is said. */
export type ColumnValue<T, R extends readonly unknown[]> = NeverNull<R> extends true ? T : T | null

/**
 * `db.Column(type, …foreign keys, options)` as the field of a model: the field's type is the column's value.
 * With a name first: `db.Column('user_id', db.Integer)`. Where the type is left to a foreign key, say it:
 * `db.Column<number>(db.ForeignKey('user.id'))`.
 */
export interface ColumnFunction {
  <T, const R extends readonly Item<NoInfer<T>>[]>(
    type: TypeArgument<T>,
    ...rest: R
  ): ColumnValue<T, R>
  <T, const R extends readonly Item<NoInfer<T>>[]>(
    name: string,
    type: TypeArgument<T>,
    ...rest: R
  ): ColumnValue<T, R>
  // biome-ignore lint/suspicious/noExplicitAny: the type is that of the column referred to
  <T = any>(...items: readonly [ColumnItem, ...Item<T>[]]): T | null
  // biome-ignore lint/suspicious/noExplicitAny: the type is that of the column referred to
  <T = any>(name: string, ...items: readonly [ColumnItem, ...Item<T>[]]): T | null
}

/** The columns of a `db.Table` of which nothing is said. */
export type TableColumns = Readonly<Record<string, unknown>>

/** Columns of these names and value types: `table.c.user_id`. */
interface WithColumns<C> {
  readonly c: { readonly [K in keyof C & string]: ColumnElement<C[K], K> }
}

/** A table whose columns have the names and types of `C`, and so have its aliases. */
export type TableOf<C> = string extends keyof C
  ? Table
  : WithColumns<C> & { alias(name?: string): WithColumns<C> & Alias } & Table

type ToOne = RelationshipOptions & { readonly uselist: false }

type AsQuery = RelationshipOptions & { readonly lazy: 'dynamic' | 'write_only' }

// Two classes name each other in their fields. Asking for the prototype, and not for a constructor, keeps
// TypeScript from needing the one's fields for the other's.
interface WithPrototype<E> {
  readonly prototype: E
}

/**
 * `db.relationship(() => Post, options)` as the field of a model. TypeScript cannot see the foreign keys:
 * `uselist: false` tells it that there is one object at most. What `backref` makes on the other class is declared
 * there: `declare author: Lazy<User | null>`.
 */
export interface RelationshipFunction {
  <E extends object>(target: () => WithPrototype<E>, options: ToOne): Lazy<E | null>
  <E extends object>(target: () => WithPrototype<E>, options: AsQuery): AppenderQuery<E>
  <E extends object>(target: () => WithPrototype<E>, options?: RelationshipOptions): RelatedList<E>
  <E extends object>(target: WithPrototype<E>, options: ToOne): Lazy<E | null>
  <E extends object>(target: WithPrototype<E>, options: AsQuery): AppenderQuery<E>
  <E extends object>(target: WithPrototype<E>, options?: RelationshipOptions): RelatedList<E>
  // biome-ignore lint/suspicious/noExplicitAny: a name tells no type
  (target: string, options?: RelationshipOptions): any
}

/**
 * `db.columnProperty(expression)`: an SQL expression that is read with the row, or a column with options. A
 * function may use the class's own attributes; its type has to be said:
 * `db.columnProperty<string>(() => User.c.first.concat(User.c.last))`.
 */
export interface ColumnPropertyFunction {
  <T>(expression: ColumnElement<T>, options?: ColumnPropertyOptions): T
  // biome-ignore lint/suspicious/noExplicitAny: a function's result may depend on the field it makes
  <T = any>(expression: Thunk, options?: ColumnPropertyOptions): T
  /** A column field: `db.columnProperty(db.Column(db.Text), { deferred: true })`. */
  <T>(column: T, options?: ColumnPropertyOptions): T
}

/** `db.deferred(db.Column(db.Text))`. */
export type DeferredFunction = <T>(column: T, options?: ColumnPropertyOptions) => T

/** `db.synonym('name')`; the type has to be said. */
// biome-ignore lint/suspicious/noExplicitAny: a name tells no type
export type SynonymFunction = <T = any>(name: string) => T

/** The column behind an attribute or the attribute itself, for options that take either. */
export type ColumnLike = Column | InstrumentedAttribute

/** The value type of a column type. */
export type ValueType<A> = A extends TypeEngine<infer T> ? T : never
