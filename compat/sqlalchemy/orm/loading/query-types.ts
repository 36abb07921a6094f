import type {
  EntityAliasLike,
  EntityClass,
  SubqueryColumns,
} from '../../expression/selectable-types.ts'
import type { Row } from './row.ts'

/** A row as a tuple that also has names: `row[0]`, `row.id`. */
export type RowOf<V extends readonly unknown[], N = unknown> = V &
  Omit<N, keyof unknown[]> &
  Pick<Row, '_mapping' | '_asdict' | '_fields' | '_tuple'>

/** What a query of these things gives: entities for one entity, rows for everything else. */
export type QueryItem<
  S extends readonly unknown[],
  V extends readonly unknown[],
  N,
> = S extends readonly [EntityClass<infer E>]
  ? E
  : S extends readonly [EntityAliasLike<infer E>]
    ? E
    : RowOf<V, N>

/** The columns of a query as a subquery: the names of its rows. */
export type ColumnsOf<T> = T extends readonly unknown[] & Pick<Row, '_mapping'>
  ? SubqueryColumns<Omit<T, keyof unknown[] | keyof Row | `${number}`>>
  : unknown
