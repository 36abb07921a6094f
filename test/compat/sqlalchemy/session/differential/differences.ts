import {
  type InstanceState,
  isRelatedList,
  stateOf,
} from '../../../../../compat/sqlalchemy/orm/mapping/state.ts'
import type { Session } from '../../../../../compat/sqlalchemy/orm/session/session.ts'
import type { StepRecord } from './program.ts'

/*
 * Every deliberate difference between this package's session and SQLAlchemy's that the comparison allows for. All else
 * must be equal.
 *
 * 1. Values stay readable after a commit or rollback (JavaScript cannot load while an attribute is read): `asExpired`
 *    gives up what the session knows to be stale, `demand` reads again what SQLAlchemy reads at the access.
 * 2. What is loaded by I/O is awaited: the interpreter awaits a list before it changes it, where SQLAlchemy loads it at
 *    the access.
 * 3. `session.dirty` leaves out objects whose values are again what they were, or were set to what they are:
 *    SQLAlchemy's own is "optimistic". Ours lies between its modified objects and its dirty ones (`bracket`).
 * 4. A column that was not set is NULL in memory after its INSERT; SQLAlchemy has no value for it and gives None
 *    (`know_nulls` of interpreter.py).
 *    Likewise a list that was read before its owner had a row is empty in memory; SQLAlchemy loads it (NULLs and empty
 *    lists are left out of the loaded values; `unreadLists`).
 * 5. When an object moves from one one-to-one relationship to another, its former partner forgets it at once. SQLAlchemy
 *    leaves the old value there until it expires, which would be never for values that stay readable (the one-to-one
 *    relationship of schemas.ts has no other side).
 *    Likewise an object leaves the lists and the attributes of others when its deletion is flushed (`withoutDead`), so
 *    that adding these does not meet it (`ENDS`; the comparison ends there).
 * 6. An expired object keeps its primary key, by which it is read again (`KEYS`). SQLAlchemy reads the whole row again
 *    for it, when the object is flushed for instance; here the rest is still to be read (`valuesDiffer`, `demandDirty`).
 * 7. Deleted objects are detached after each commit, as SQLAlchemy's documentation has it; its code leaves that out where
 *    `expire_on_commit` is false (and at `close` and `expunge_all`; `detach_deleted` of interpreter.py).
 * 8. A foreign key of which a part is NULL refers to nothing: known here without the SELECT of SQLAlchemy and the
 *    autoflush before it (`pair` of schemas.ts sets both parts).
 * 9. A pending object that is moved from one parent to another along a 'delete-orphan' cascade stays pending. SQLAlchemy
 *    takes it out of the session, and warns at the flush that it will not be written (`OracleSession` of interpreter.py).
 * 10. SQLAlchemy refuses to flush some rows that refer to themselves (CircularDependencyError); here they are written, and
 *    the comparison of such a program ends there.
 * 11. An object whose key was changed in the transaction that inserted it is transient after the rollback; SQLAlchemy
 *    leaves it the key and so calls it detached (`step` of interpreter.py).
 * 12. New rows of one table are inserted by one statement, at whose end the database checks foreign keys: such a row may
 *    refer to another of them by a number set by hand (`ENDS`; the comparison ends there).
 * 13. Which new rows of a tree that do not depend on each other come first is not defined (`numbered` of schemas.ts).
 * 14. A list does not hold an object twice that was put in from both sides; SQLAlchemy's does until it is loaded again.
 * 15. Deleting a deleted object again does nothing; SQLAlchemy sends another DELETE, and warns that it found no row. Nor are
 *    changes of deleted objects compared (`alive`).
 * 16. refresh() takes names of relationships, as in SQLAlchemy 2; 1.4 takes names of columns only.
 * 17. An object that is given to another which the same flush deletes has nobody; SQLAlchemy writes the key of the deleted
 *    row, which the database refuses (`ENDS`; the comparison ends there).
 * 18. Of trees, SQLAlchemy forgets that a new object takes the place of a deleted one with the same key, and that a doomed
 *    object was given to a parent (no keys are set in trees; `#stays` and `#moved` of interpreter.ts).
 * 19. A bulk UPDATE makes columns with an `onupdate` be read again; SQLAlchemy 1.4 does not (the interpreters set them).
 * 20. A query of a base class reads the columns of its subclasses, too, and a refresh the discriminator; SQLAlchemy reads
 *    them at the first access.
 * 21. Errors of Python itself have JavaScript's names (`pythonError`).
 */

/** Primary keys, which an expired object keeps here, and the columns of single-table inheritance (see 6 and 20). */
const KEYS: ReadonlySet<string> = new Set(['id', 'hall', 'place', 'kind', 'tricks', 'lives'])

const CIRCLE = 'CircularDependencyError'
/** Errors of SQLAlchemy after which a program is not followed further: see 5, 10, 12 and 17. */
const ENDS: readonly RegExp[] = [
  /^Circular dependency detected/,
  // Rows that refer to each other by numbers, and to rows that the same flush deletes.
  /FOREIGN KEY constraint failed\n\[SQL: INSERT INTO (node|folder) /,
  /FOREIGN KEY constraint failed\n\[SQL: DELETE FROM /,
  /has been deleted. {2}Use the make_transient/,
  // An object that was expired in a savepoint, and is transient after the rollback.
  /cannot be refreshed - it's not {2}persistent/,
]

/** The name and text of an error as SQLAlchemy has them. */
export function pythonError(error: Error): { error: string; message: string } {
  const { name, message } = error
  if (name !== 'RangeError') return { error: name, message }
  return { error: message.startsWith('pop') ? 'IndexError' : 'ValueError', message }
}

/**
 * Takes the column values of objects without rows after an error: what a failed flush had given them depends on the order
 * of tables, which is not defined where they do not refer to each other (`scrub` of interpreter.py).
 */
export function scrub(
  objects: Iterable<object>,
  fixed: (entity: object) => readonly string[],
): void {
  for (const entity of objects) {
    const state = stateOf(entity)
    if (state.status !== 'transient') continue
    const keep = fixed(entity)
    for (const key of Object.keys(state.dict)) if (!keep.includes(key)) delete state.dict[key]
  }
}

/** Gives up all values that the session knows to be stale, as SQLAlchemy does at once. */
export function asExpired(session: Session): void {
  for (const state of session.identityMap.values()) {
    if (!state.expired) continue
    const keys = new Set([...Object.keys(state.dict), ...Object.keys(state.related ?? {})])
    for (const { key } of state.mapper.primaryKey) keys.delete(key)
    // What was changed since is no old value.
    for (const key of Object.keys({ ...state.originals, ...state.relatedOriginals }))
      keys.delete(key)
    for (const key in state.related) {
      const value = state.related[key]
      if (isRelatedList(value) && value.changed) keys.delete(key)
    }
    state.forget(keys)
  }
}

/** Reads the row of a persistent object again where SQLAlchemy would: all columns that are missing. */
export async function demand(
  session: Session,
  entity: object,
  besides: ReadonlySet<string> = new Set(),
): Promise<void> {
  const { status, mapper, dict } = stateOf(entity)
  if (status !== 'persistent') return
  const missing = mapper.columns.filter(({ key }) => !(key in dict) && !besides.has(key))
  if (missing.length === 0) return
  const names = missing.map(({ key }) => key)
  await session.refresh(entity, names).catch((error: Error) => {
    // SQLAlchemy's name for a row that an attribute does not find.
    if (error.message.startsWith('Could not refresh')) error.name = 'ObjectDeletedError'
    throw error
  })
}

/** Empty lists of an object that got its row: SQLAlchemy loads them when they are read again (see 4). */
export function unreadLists(entity: object, lived: ReadonlyMap<object, ReadonlySet<string>>): void {
  for (const [key, value] of Object.entries(stateOf(entity).related ?? {})) {
    if (!isRelatedList(value) || !value.loaded || lived.get(entity)?.has(key)) continue
    if (value.length === 0) value.reset()
  }
}

/** Whether an object's row was not deleted by an earlier flush of this transaction. */
export function alive(entity: object): boolean {
  return stateOf(entity).status !== 'deleted'
}

/** Any change of an object begins a transaction in SQLAlchemy, one to the same value (see 3) as well. */
export function beginFor(session: Session, entity: object): void {
  if (stateOf(entity).session === session.core) void session.core.transaction
}

/** Before a delete: SQLAlchemy loads what the cascade reaches at once; here the flush does. */
export async function demandCascade(
  session: Session,
  entity: object,
  seen: Set<object> = new Set(),
): Promise<void> {
  const state = stateOf(entity)
  if (seen.has(entity) || state.status !== 'persistent') return
  seen.add(entity)
  for (const { key, cascade, passiveDeletes } of state.mapper.relationships.values()) {
    if (!cascade.has('delete')) continue
    const value = state.related?.[key]
    const loaded = isRelatedList(value) ? value.loaded : value !== undefined
    if (!loaded && passiveDeletes) continue
    if (!loaded) await demand(session, entity)
    const found = await (state.obj as Record<string, unknown>)[key]
    for (const child of Array.isArray(found) ? found : found ? [found as object] : []) {
      await demandCascade(session, child, seen)
    }
  }
}

/** Before a flush: SQLAlchemy reads expired rows again for their primary keys, after it has set foreign keys. */
export async function demandDirty(session: Session): Promise<void> {
  for (const entity of session.dirty) {
    const { mapper, relatedOriginals } = stateOf(entity)
    const keys = Object.keys(relatedOriginals ?? {}).flatMap((key) =>
      (mapper.relationships.get(key)?.pairs ?? []).map(({ local }) => local.key),
    )
    await demand(session, entity, new Set(keys))
  }
}

/** Whether an attribute is (part of) the primary key. */
export function isKey({ mapper }: InstanceState, key: string): boolean {
  return mapper.primaryKey.some((property) => property.key === key)
}

/** The first difference between two transcripts, or null. */
export function difference(
  ours: readonly StepRecord[],
  theirs: readonly StepRecord[],
): { step: number; field: string; ours: unknown; theirs: unknown } | null {
  for (const [step, mine] of ours.entries()) {
    const other = theirs[step] as StepRecord
    if (other.error !== mine.error && ENDS.some((text) => text.test(other.message ?? '')))
      return null
    if (mine.error === CIRCLE && other.error !== CIRCLE) return null
    // How much was written before the database refused is nothing that lasts.
    const failed = mine.error !== undefined && other.error !== undefined
    if (failed) mine.sql = other.sql = []
    if (failed) mine.changes = other.changes = 0
    for (const field of [
      'skipped',
      'error',
      'result',
      'new',
      'deleted',
      'sql',
      'changes',
      'rows',
    ] as const) {
      if (differs(mine[field] ?? null, other[field] ?? null)) {
        return {
          step,
          field,
          ours: field === 'error' ? [mine.error, mine.message, mine.result] : mine[field],
          theirs: field === 'error' ? [other.error, other.message, other.result] : other[field],
        }
      }
    }
    const bracket =
      other.modified.every((label) => mine.dirty.includes(label)) &&
      mine.dirty.every((label) => other.dirty.includes(label))
    if (!bracket) {
      return { step, field: 'dirty', ours: mine.dirty, theirs: [other.modified, other.dirty] }
    }
    for (const label of new Set([...Object.keys(mine.objects), ...Object.keys(other.objects)])) {
      const [left, right] = [mine.objects[label], other.objects[label]]
      // Objects without a row, before and after: what they keep of it is nobody's.
      const gone = left?.[0] === 'deleted' || mine.takenBack?.includes(label)
      if (gone && left?.[0] === right?.[0]) continue
      if (
        left?.[0] !== right?.[0] ||
        valuesDiffer(
          withoutDead(left?.[1], mine),
          withoutDead(right?.[1], other),
          mine.unread?.includes(label) ?? false,
        )
      ) {
        return { step, field: label, ours: left, theirs: right }
      }
    }
  }
  return null
}

function withoutDead(
  values: Record<string, unknown> | undefined,
  { objects }: StepRecord,
): Record<string, unknown> {
  const lives = (value: unknown): boolean => {
    const state = typeof value === 'string' ? objects[value]?.[0] : undefined
    return state !== 'deleted' && state !== 'detached'
  }
  const found: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(values ?? {})) {
    const kept = Array.isArray(value) ? value.filter(lives) : value
    if (lives(value) && !(Array.isArray(kept) && kept.length === 0)) found[key] = kept
  }
  return found
}

function valuesDiffer(
  ours: Record<string, unknown>,
  theirs: Record<string, unknown>,
  unread: boolean,
): boolean {
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].some((key) => {
    // A list that ours knows since before its owner had a row.
    if (Array.isArray(ours[key]) && theirs[key] === undefined) return false
    if (KEYS.has(key) && theirs[key] === undefined) return false
    // The reverse: a list is compared where both have read it.
    if (Array.isArray(theirs[key]) && ours[key] === undefined) return false
    if (unread && ours[key] === undefined) return false
    return differs(ours[key] ?? null, theirs[key] ?? null)
  })
}

function differs(left: unknown, right: unknown): boolean {
  return JSON.stringify(sorted(left)) !== JSON.stringify(sorted(right))
}

/** Keys in one order, and the primary key left out where nothing else is known. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  )
}
