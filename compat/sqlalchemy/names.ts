import * as exc from './errors.ts'
import {
  and,
  asc,
  bindparam,
  caseWhen,
  cast,
  delete_,
  desc,
  distinct,
  except,
  exceptAll,
  exists,
  extract,
  false_,
  func,
  insert,
  intersect,
  intersectAll,
  literal,
  literalColumn,
  not,
  null_,
  nullsFirst,
  nullsLast,
  or,
  select,
  text,
  true_,
  tuple,
  typeCoerce,
  union,
  unionAll,
  update,
  values,
} from './expression/index.ts'
import {
  aliased,
  column,
  columnProperty,
  deferred,
  relationship,
  synonym,
} from './orm/declarative.ts'
import * as loaders from './orm/loading/options.ts'
import { backref, type Thunk } from './orm/mapping/declare.ts'
import { event } from './orm/mapping/event.ts'
import { flagModified, inspectInstance } from './orm/mapping/inspect.ts'
import { validates } from './orm/mapping/validates.ts'
import { NativeType } from './reflection/native-type.ts'
import * as schema from './schema/index.ts'
import * as types from './types/index.ts'

/** A class as a function too: Python's classes need no `new`. */
const called =
  <A extends unknown[], T>(Class: new (...args: A) => T): ((...args: A) => T) =>
  (...args) =>
    new Class(...args)

/** The type classes by their names. */
type ColumnTypes = Omit<
  typeof types,
  'BoundValue' | 'isTypeArgument' | 'NULLTYPE' | 'storedType' | 'toType'
>
const columnTypes: ColumnTypes = types

type LoaderOptions = Omit<typeof loaders, 'Load'>
const { Load: _class, ...loaderOptions }: typeof loaders = loaders

/** A foreign key; its target is `'table.column'`, a column, or a function that gives an attribute. */
function ForeignKey(
  target: schema.ForeignKeyTarget | Thunk,
  options?: schema.ForeignKeyOptions,
): schema.ForeignKey {
  return new schema.ForeignKey(target as schema.ForeignKeyTarget, options)
}

const REST = {
  NativeType,
  exc,

  Column: column,
  mappedColumn: column,
  relationship,
  backref,
  columnProperty,
  deferred,
  synonym,
  aliased,
  validates,
  event,
  inspect: inspectInstance,
  flagModified,

  ForeignKey,
  CheckConstraint: called(schema.CheckConstraint),
  Computed: called(schema.Computed),
  ForeignKeyConstraint: called(schema.ForeignKeyConstraint),
  Identity: called(schema.Identity),
  Index: called(schema.Index),
  MetaData: schema.MetaData,
  PrimaryKeyConstraint: called(schema.PrimaryKeyConstraint),
  UniqueConstraint: called(schema.UniqueConstraint),

  and,
  asc,
  bindparam,
  case: caseWhen,
  cast,
  delete: delete_,
  desc,
  distinct,
  except,
  exceptAll,
  exists,
  extract,
  false: false_,
  func,
  insert,
  intersect,
  intersectAll,
  literal,
  literalColumn,
  not,
  null: null_,
  nullsFirst,
  nullsLast,
  or,
  select,
  text,
  true: true_,
  tuple,
  typeCoerce,
  union,
  unionAll,
  update,
  values,
} as const

/** What a `db` object has under SQLAlchemy's names, as Flask-SQLAlchemy's has. */
export interface Names extends ColumnTypes, LoaderOptions, Rest {}

type Rest = typeof REST

/** The values of {@link Names}. */
export const NAMES: Names = { ...columnTypes, ...(loaderOptions satisfies LoaderOptions), ...REST }
