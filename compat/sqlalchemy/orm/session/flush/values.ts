import { FlushError } from '../../../errors.ts'
import { instanceText } from '../../mapping/repr.ts'
import type { InstanceState } from '../../mapping/state.ts'
import type { SyncPair } from './key-pairs.ts'

/** Whether two column values are the same to the database. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object')
    return Number.isNaN(a) && Number.isNaN(b)
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  return false
}

/** Sets a column's value as the flush decides it: no validator, no event. */
export function setColumn(state: InstanceState, key: string, value: unknown): void {
  const { dict } = state
  if (dict[key] === value && key in dict) return
  if (state.key !== null) state.recordOriginal(key)
  dict[key] = value
  if (
    state.originals !== null &&
    key in state.originals &&
    sameValue(state.originals[key], value)
  ) {
    state.settle(key)
  }
}

/** The value the database has: the one before changes that are not flushed. */
export function storedValue(state: InstanceState, key: string): unknown {
  const before = state.originals?.[key]
  return before === undefined ? state.dict[key] : before
}

/** Copies a key to the object that refers to it. */
export function populate(
  source: InstanceState,
  dest: InstanceState,
  pairs: readonly SyncPair[],
): void {
  for (const pair of pairs) setColumn(dest, pair.dest, source.dict[pair.source] ?? null)
}

/**
 * Sets a foreign key to NULL.
 *
 * @throws FlushError when it is part of the primary key.
 */
export function clearKeys(dest: InstanceState, pairs: readonly SyncPair[]): void {
  for (const { dest: key, destColumn } of pairs) {
    const value = dest.dict[key]
    if (destColumn.primaryKey && value !== null && value !== undefined) {
      throw new FlushError(
        `Dependency rule tried to blank-out primary key column '${destColumn}' on instance ` +
          `'${instanceText(dest)}'`,
      )
    }
    setColumn(dest, key, null)
  }
}
