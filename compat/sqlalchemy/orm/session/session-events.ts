import { EventHub } from '../mapping/event-hub.ts'

/** The names of session events, in SQLAlchemy's order of documentation. */
export const SESSION_EVENTS = [
  'beforeCommit',
  'afterCommit',
  'afterRollback',
  'afterSoftRollback',
  'beforeFlush',
  'afterFlush',
  'afterFlushPostexec',
  'afterBegin',
  'afterTransactionCreate',
  'afterTransactionEnd',
  'beforeAttach',
  'afterAttach',
  'transientToPending',
  'pendingToTransient',
  'persistentToTransient',
  'pendingToPersistent',
  'detachedToPersistent',
  'loadedAsPersistent',
  'persistentToDeleted',
  'deletedToPersistent',
  'deletedToDetached',
  'persistentToDetached',
  'afterBulkUpdate',
  'afterBulkDelete',
  'doOrmExecute',
] as const

export type SessionEvent = (typeof SESSION_EVENTS)[number]

const NAMES: ReadonlySet<string> = new Set(SESSION_EVENTS)

/** A place for listeners of session events: of one session, or of all that a factory makes. */
export function sessionHub(target: string): EventHub {
  return new EventHub(target, NAMES)
}

/** Calls the listeners of a session: those of its classes first. */
export class SessionEvents {
  readonly #inherited: readonly EventHub[]
  #own: EventHub | null = null

  constructor(inherited: readonly EventHub[]) {
    this.#inherited = inherited
  }

  /** The place for listeners of this session alone; few sessions have any. */
  get own(): EventHub {
    this.#own ??= sessionHub('Session')
    return this.#own
  }

  /** Whether anybody listens. */
  has(event: SessionEvent): boolean {
    if (this.#own?.has(event)) return true
    for (const hub of this.#inherited) if (hub.has(event)) return true
    return false
  }

  /** Calls the listeners of an event that cannot wait. */
  fire(event: SessionEvent, ...args: unknown[]): void {
    for (const hub of this.#inherited) hub.emit(event, ...args)
    this.#own?.emit(event, ...args)
  }

  /** Calls the listeners one after the other, each after the promise of the one before. */
  async dispatch(event: SessionEvent, ...args: unknown[]): Promise<void> {
    for (const hub of this.#inherited) await hub.emitAsync(event, ...args)
    await this.#own?.emitAsync(event, ...args)
  }
}
