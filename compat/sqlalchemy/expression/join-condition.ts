import { AmbiguousForeignKeysError, NoForeignKeysError } from '../errors.ts'
import type { ColumnElement } from './element.ts'
import { type FromClause, foreignKeysOf } from './from-base.ts'

/** Equalities of one foreign key constraint between two FROMs. */
type Pairs = [left: ColumnElement, right: ColumnElement][]

/** The constraints that link the two, in either direction. */
function links(left: FromClause, right: FromClause): Pairs[] {
  const found = new Map<unknown, Pairs>()
  const collect = (from: FromClause, to: FromClause, swap: boolean) => {
    for (const column of from.columns) {
      for (const key of foreignKeysOf(column)) {
        const target = to.corresponding(key.column)
        if (!target) continue
        const pairs = found.get(key.constraint ?? key) ?? []
        pairs.push(swap ? [target, column] : [column, target])
        found.set(key.constraint ?? key, pairs)
      }
    }
  }
  collect(right, left, true)
  // A table joined with itself would otherwise be found in both directions.
  if (left !== right) collect(left, right, false)
  return [...found.values()]
}

/** Whether a foreign key leads from one to the other. */
export function canJoin(left: FromClause, right: FromClause): boolean {
  return links(left, right).length > 0
}

/**
 * The condition of a join by foreign keys.
 * @throws {NoForeignKeysError} when there is none.
 * @throws {AmbiguousForeignKeysError} when several lead from one to the other.
 */
export function joinCondition(left: FromClause, right: FromClause): ColumnElement<boolean> {
  // The table joined last is asked first, as in SQLAlchemy.
  const last = left.parts[1]
  let found = last ? links(last, right) : []
  if (found.length === 0) found = links(left, right)
  const names = [left.toString(), right.toString()]
  if (found.length === 0) {
    throw new NoForeignKeysError(
      `Can't find any foreign key relationships between '${names[0]}' and '${names[1]}'.`,
    )
  }
  if (found.length > 1) {
    throw new AmbiguousForeignKeysError(
      `Can't determine join between '${names[0]}' and '${names[1]}'; tables have more than one ` +
        "foreign key constraint relationship between them. Please specify the 'onclause' of this " +
        'join explicitly.',
    )
  }
  const [first, ...others] = (found[0] as Pairs).map(([a, b]) => a.eq(b))
  return others.length ? (first as ColumnElement<boolean>).and(...others) : (first as never)
}
