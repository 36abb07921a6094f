import fc from 'fast-check'
import { rootOf, SCHEMAS, type SchemaSpec } from './schemas.ts'

/** An object: the n-th of its class's, counted round. */
export type Ref = readonly [name: string, number: number]
/** A column by its number, and a value that is fitted to its type. */
export type Values = readonly (readonly [column: number, value: number | null])[]
/** A relationship by its number, and objects of its target by theirs. */
export type Relations = readonly (readonly [relationship: number, targets: readonly number[]])[]

/** One operation: its name, then its arguments. What each does is in both interpreters. */
export type Operation =
  | readonly ['quiet', Operation]
  | readonly ['new', string, Values, Relations, boolean]
  | readonly ['add' | 'delete' | 'expunge' | 'makeTransient' | 'isModified' | 'contains', Ref]
  | readonly ['addAll', readonly Ref[]]
  | readonly ['set', Ref, number, number | null]
  | readonly ['relate', Ref, number, string, readonly number[]]
  | readonly ['flush' | 'commit' | 'rollback' | 'close' | 'expireAll' | 'expungeAll']
  | readonly ['beginNested' | 'nestedCommit' | 'nestedRollback']
  | readonly ['expire' | 'refresh', Ref, readonly number[]]
  | readonly ['merge', Ref, boolean]
  | readonly ['mergeNew', string, Values, Relations]
  | readonly ['get', string, readonly number[]]
  | readonly ['query', string, Values, boolean]
  | readonly ['count', string, Values]
  | readonly ['update', string, Values, Values, Synchronize]
  | readonly ['deleteRows', string, Values, Synchronize]
  | readonly ['read' | 'history', Ref, number]

export type Synchronize = 'fetch' | 'evaluate' | false

export interface Program {
  readonly schema: string
  /** The session's `expire_on_commit`. */
  readonly expire: boolean
  readonly ops: readonly Operation[]
}

/** What an interpreter writes down after an operation. */
export interface StepRecord {
  result?: unknown
  skipped?: boolean
  error?: string
  message?: string
  new: string[]
  dirty: string[]
  /** Those of `dirty` that differ from their rows. */
  modified: string[]
  deleted: string[]
  /** By label: the state and the loaded values. */
  objects: Record<string, [state: string, values: Record<string, unknown>]>
  /** Those of which not all is read; only ours says so. */
  unread?: string[]
  /** Those that have lost their row; only ours says so. */
  takenBack?: string[]
  /** Kinds of statements that wrote. */
  sql: string[]
  /** How many rows were written. */
  changes: number
  /** All tables; null where nothing was written. */
  rows: Record<string, unknown[][]> | null
}

const small = fc.integer({ min: 0, max: 7 })
const value = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 1, arbitrary: fc.constant(null) },
)
const synchronize = fc.constantFrom<Synchronize>('fetch', 'evaluate', false)
const how = fc.constantFrom('append', 'append', 'remove', 'replace', 'clear', 'insert', 'pop')

function operation(schema: SchemaSpec): fc.Arbitrary<Operation> {
  const name = fc.constantFrom(...schema.models.map((model) => model.name))
  const root = fc.constantFrom(...new Set(schema.models.map((model) => rootOf(schema, model.name))))
  const ref: fc.Arbitrary<Ref> = fc.tuple(root, small)
  const values = (maxLength: number): fc.Arbitrary<Values> =>
    fc.array(fc.tuple(small, value), { maxLength })
  const targets = fc.array(small, { maxLength: 3 })
  const relations: fc.Arbitrary<Relations> = fc.array(fc.tuple(small, targets), { maxLength: 2 })
  const numbers = fc.array(small, { maxLength: 2 })
  const op = <const T extends readonly fc.Arbitrary<unknown>[]>(
    weight: number,
    title: Operation[0],
    ...parts: T
  ): fc.WeightedArbitrary<Operation> => ({
    weight,
    arbitrary: fc.tuple(fc.constant(title), ...parts) as unknown as fc.Arbitrary<Operation>,
  })
  const plain = fc.oneof(
    op(20, 'new', name, values(4), relations, fc.boolean()),
    op(6, 'add', ref),
    op(2, 'addAll', fc.array(ref, { maxLength: 3 })),
    op(12, 'set', ref, small, value),
    op(20, 'relate', ref, small, how, targets),
    op(7, 'delete', ref),
    op(8, 'flush'),
    op(7, 'commit'),
    op(4, 'rollback'),
    op(3, 'beginNested'),
    op(2, 'nestedCommit'),
    op(3, 'nestedRollback'),
    op(3, 'expire', ref, numbers),
    op(1, 'expireAll'),
    op(3, 'refresh', ref, numbers),
    op(2, 'expunge', ref),
    op(1, 'expungeAll'),
    op(1, 'close'),
    op(4, 'merge', ref, fc.boolean()),
    op(4, 'mergeNew', name, values(5), relations),
    op(3, 'get', name, fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 2, maxLength: 2 })),
    op(5, 'query', name, values(1), fc.boolean()),
    op(1, 'count', name, values(1)),
    op(3, 'update', name, values(1), values(2), synchronize),
    op(2, 'deleteRows', name, values(1), synchronize),
    op(8, 'read', ref, small),
    op(2, 'makeTransient', ref),
    op(1, 'isModified', ref),
    op(1, 'contains', ref),
    op(3, 'history', ref, small),
  )
  return fc.oneof(
    { weight: 9, arbitrary: plain },
    { weight: 1, arbitrary: plain.map((inner) => ['quiet', inner] as const) },
  )
}

function isAmong(op: Operation, only: ReadonlySet<string>): boolean {
  return only.has(op[0]) && (op[0] !== 'quiet' || isAmong(op[1], only))
}

/** Random programs; `only` limits them to some operations. */
export function programs(
  only: ReadonlySet<string> | null = null,
  maxLength: number = 25,
): fc.Arbitrary<Program> {
  const bySchema = SCHEMAS.map((schema) => {
    const ops = operation(schema)
    return fc.record({
      schema: fc.constant(schema.name),
      expire: fc.boolean(),
      ops: fc.array(only ? ops.filter((op) => isAmong(op, only)) : ops, {
        minLength: 1,
        maxLength,
        size: 'max',
      }),
    })
  })
  return fc.oneof(...bySchema)
}
