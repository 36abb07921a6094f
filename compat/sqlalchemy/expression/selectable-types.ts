import type { Expression } from 'kysely'
import type { ColumnElement } from './element.ts'
import type { kInstance } from './entity.ts'
import type { FromClause } from './from-clause.ts'

/** A class with rows. Its statics carry `[kEntity]`; TypeScript cannot ask for that here. */
// biome-ignore lint/suspicious/noExplicitAny: any constructor may be a model's
export type EntityClass<E extends object = object> = abstract new (...args: any[]) => E

/** An alias of an entity: `aliased(User)`. */
export interface EntityAliasLike<out E extends object = object> {
  readonly [kInstance]?: E
}

/** What `select()` takes. */
export type Selectable =
  | Expression<unknown>
  | FromClause
  | EntityClass
  | EntityAliasLike
  | null
  | boolean
  | number

/** The value a selected thing gives in a row. */
export type SelectedValue<S> =
  S extends Expression<infer T>
    ? T
    : S extends { readonly [kInstance]?: infer E extends object }
      ? E
      : S extends EntityClass<infer E>
        ? E
        : S extends null | boolean | number
          ? S
          : unknown

/** A row's values. A selected table stands for all its columns, so nothing is known of the length. */
export type SelectedValues<S extends readonly unknown[]> = FromClause extends S[number]
  ? // biome-ignore lint/suspicious/noExplicitAny: the columns of a plain table are not typed
    any[]
  : { -readonly [I in keyof S]: SelectedValue<S[I]> }

type NameAndValue<S> =
  S extends ColumnElement<infer T, infer Name>
    ? string extends Name
      ? never
      : Name extends ''
        ? never
        : { name: Name; value: T }
    : never

/** A row's values by name. */
export type SelectedNames<S extends readonly unknown[]> = {
  readonly [P in NameAndValue<S[number]> as P['name']]: P['value']
}

/** The entity `filterBy` speaks of: the first one. */
export type FirstEntity<S extends readonly unknown[]> = S extends readonly [infer F, ...infer R]
  ? F extends EntityClass<infer E>
    ? E
    : F extends { readonly [kInstance]?: infer E extends object }
      ? E
      : FirstEntity<R>
  : unknown

/** The entity of a join's target; `Otherwise` for a table. */
export type EntityOf<S, Otherwise = unknown> =
  S extends EntityClass<infer E>
    ? E
    : S extends { readonly [kInstance]?: infer E extends object }
      ? E
      : Otherwise

/** A row after an outer join of `E`: its entity may be missing. */
export type WithNullable<V extends readonly unknown[], E> = {
  [I in keyof V]: Same<V[I], E> extends true ? V[I] | null : V[I]
}

/** A row after a full or right join: each entity may be missing. */
export type AllNullable<V extends readonly unknown[]> = {
  [I in keyof V]: V[I] extends object ? V[I] | null : V[I]
}

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

// biome-ignore lint/suspicious/noExplicitAny: any function
type AnyFunction = (...args: any[]) => unknown

/** The names and values of `filterBy`. */
export type FilterValues<E> = unknown extends E
  ? Record<string, unknown>
  : {
      readonly [K in keyof E as E[K] extends AnyFunction ? never : K]?:
        | FilterValue<E[K]>
        | Expression<unknown>
        | null
    }

/** A lazy relationship is compared with the entity it gives. */
type FilterValue<T> = T extends PromiseLike<unknown> ? Awaited<T> : T

/** The columns of a subquery. */
export type SubqueryColumns<N> = {
  readonly [K in keyof N & string]: ColumnElement<N[K], K>
}
