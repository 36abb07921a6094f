import { InvalidRequestError } from '../../errors.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import { instanceText } from '../mapping/repr.ts'
import type { InstanceState, InstanceStatus, SessionLike } from '../mapping/state.ts'
import type { SessionEvent } from './session-events.ts'

/** The session as its objects know it. */
export interface ObjectsOwner extends SessionLike {
  /** A number for messages. */
  readonly hashKey: string
  /** Whether anybody listens to an event. */
  hears(event: SessionEvent): boolean
  /** An object changed its status. */
  changed(event: SessionEvent, state: InstanceState): void
}

// Objects whose rows were deleted in a committed transaction: they cannot come back by add().
const buried = new WeakSet<InstanceState>()

/** What a session holds: known rows, rows to be, rows to be deleted, changed objects. */
export class SessionObjects {
  /** The persistent objects by identity key. */
  readonly identityMap: Map<string, InstanceState> = new Map()
  /** Pending objects in the order they were added. */
  readonly pending: Set<InstanceState> = new Set()
  /** Persistent objects marked for deletion by the next flush. */
  readonly doomed: Set<InstanceState> = new Set()
  /** Persistent objects that were changed; some of them back to what they were. */
  readonly touched: Set<InstanceState> = new Set()
  /** Persistent objects that lost a parent they cannot be without, and by which relationship. */
  readonly orphans: Map<InstanceState, RelationshipProperty> = new Map()
  readonly #owner: ObjectsOwner

  constructor(owner: ObjectsOwner) {
    this.#owner = owner
  }

  /** Whether the object is pending or persistent here. */
  contains(state: InstanceState): boolean {
    return (
      state.session === this.#owner && (state.status === 'pending' || state.status === 'persistent')
    )
  }

  /** `session.add` for one object, without its cascade. */
  save(state: InstanceState): void {
    if (this.contains(state)) {
      this.doomed.delete(state)
      return
    }
    this.#assertFree(state)
    if (state.status === 'deleted' || buried.has(state)) {
      throw new InvalidRequestError(
        `Instance '${instanceText(state)}' has been deleted.  Use the makeTransient() function to send ` +
          'this object back to the transient state.',
      )
    }
    if (state.key === null) {
      this.#owner.changed('beforeAttach', state)
      state.session = this.#owner
      state.status = 'pending'
      this.pending.add(state)
      this.#owner.changed('afterAttach', state)
      this.#owner.changed('transientToPending', state)
    } else this.attach(state)
  }

  /** Takes in an object that has a row: one of another session that let go of it. */
  attach(state: InstanceState): void {
    this.#assertFree(state)
    const key = state.key as string
    const known = this.identityMap.get(key)
    if (known !== undefined && known !== state) {
      throw new InvalidRequestError(
        `Can't attach instance ${instanceText(state)}; another instance with key ${key} is already ` +
          'present in this session.',
      )
    }
    this.#owner.changed('beforeAttach', state)
    state.session = this.#owner
    state.status = 'persistent'
    this.identityMap.set(key, state)
    if (state.modified) this.touched.add(state)
    this.#owner.changed('afterAttach', state)
    this.#owner.changed('detachedToPersistent', state)
  }

  /** Lets go of an object, which keeps its values. */
  release(state: InstanceState, status: InstanceStatus): void {
    const was = state.status
    this.pending.delete(state)
    this.doomed.delete(state)
    this.touched.delete(state)
    this.orphans.delete(state)
    if (state.key !== null && this.identityMap.get(state.key) === state) {
      this.identityMap.delete(state.key)
    }
    state.session = null
    state.status = status
    if (status === 'transient') {
      state.key = null
      state.expired = false
    }
    const event = RELEASE_EVENTS[`${was} ${status}`]
    if (event) this.#owner.changed(event, state)
  }

  /** Whether it holds nothing at all. */
  get empty(): boolean {
    return this.identityMap.size === 0 && this.pending.size === 0
  }

  /** Lets go of all objects, which keep their values. */
  releaseAll(): void {
    const { pending, identityMap } = this
    if (this.#owner.hears('pendingToTransient') || this.#owner.hears('persistentToDetached')) {
      for (const state of [...pending]) this.release(state, 'transient')
      for (const state of [...identityMap.values()]) this.release(state, 'detached')
      return
    }
    for (const state of pending) {
      state.session = null
      state.status = 'transient'
      state.key = null
      state.expired = false
    }
    for (const state of identityMap.values()) {
      state.session = null
      state.status = 'detached'
    }
    for (const held of [pending, identityMap, this.doomed, this.touched, this.orphans]) {
      if (held.size > 0) held.clear()
    }
  }

  /** A pending object has its row. */
  inserted(state: InstanceState): void {
    this.pending.delete(state)
    state.status = 'persistent'
    this.identityMap.set(state.key as string, state)
    this.#owner.changed('pendingToPersistent', state)
  }

  /** A row was deleted; the object waits for the end of the transaction. */
  removed(state: InstanceState): void {
    this.doomed.delete(state)
    this.touched.delete(state)
    this.orphans.delete(state)
    if (this.identityMap.get(state.key as string) === state) {
      this.identityMap.delete(state.key as string)
    }
    state.status = 'deleted'
    this.#owner.changed('persistentToDeleted', state)
  }

  /** The deletion was committed. */
  bury(state: InstanceState): void {
    buried.add(state)
    this.release(state, 'detached')
  }

  /** The deletion was rolled back. */
  revive(state: InstanceState): void {
    state.status = 'persistent'
    state.session = this.#owner
    this.identityMap.set(state.key as string, state)
    this.#owner.changed('deletedToPersistent', state)
  }

  /** A primary key changed. */
  rekey(state: InstanceState, key: string): void {
    if (state.key !== null && this.identityMap.get(state.key) === state) {
      this.identityMap.delete(state.key)
    }
    state.key = key
    this.identityMap.set(key, state)
  }

  #assertFree(state: InstanceState): void {
    const other = state.session as ObjectsOwner | null
    if (other !== null && other !== this.#owner) {
      throw new InvalidRequestError(
        `Object '${instanceText(state)}' is already attached to session '${other.hashKey}' ` +
          `(this is '${this.#owner.hashKey}')`,
      )
    }
  }
}

const RELEASE_EVENTS: Readonly<Record<string, SessionEvent>> = {
  'pending transient': 'pendingToTransient',
  'persistent transient': 'persistentToTransient',
  'persistent detached': 'persistentToDetached',
  'deleted detached': 'deletedToDetached',
  'deleted transient': 'persistentToTransient',
}

/** Lets an object that was deleted, or let go of by its session, be added again as a new row. */
export function makeTransient(state: InstanceState, release: (state: InstanceState) => void): void {
  if (state.session !== null) release(state)
  buried.delete(state)
  state.key = null
  state.status = 'transient'
  state.expired = false
  state.originals = null
  state.stale = null
}
