import {
  type BustAPI,
  currentApp,
  getCurrentObject,
  hasAppContext,
  Signal,
} from '../../src/index.ts'
import type { EventHub } from './orm/mapping/event-hub.ts'
import { tryStateOf } from './orm/mapping/state.ts'
import type { Session } from './orm/session/session.ts'

/** What happened to a model: Flask-SQLAlchemy's pair of instance and operation. */
export type ModelChange = readonly [instance: object, operation: 'insert' | 'update' | 'delete']

/** What the signals are sent with. */
export interface ModelChanges {
  readonly changes: readonly ModelChange[]
}

/**
 * Sent by the app after a commit that wrote models, when `SQLALCHEMY_TRACK_MODIFICATIONS` is set. The commit
 * waits for receivers that return a promise.
 */
export const modelsCommitted: Signal<ModelChanges> = new Signal(
  'models-committed',
  'Sent after the session is committed if there were changed models in the session.',
)

/** As {@link modelsCommitted}, before the commit. */
export const beforeModelsCommitted: Signal<ModelChanges> = new Signal(
  'before-models-committed',
  'Works as models-committed, but is sent before the commit takes place.',
)

/** What is known of the transaction of one session. */
class Tracked {
  /** By identity key, or by the object itself while it has no row. */
  readonly changes = new Map<unknown, ModelChange>()
  flushing = false

  note(instance: object, operation: ModelChange[1]): void {
    this.changes.set(tryStateOf(instance)?.key ?? instance, [instance, operation])
  }
}

/** The active app, when it wants modifications to be tracked. */
function trackingApp(): BustAPI | null {
  if (!hasAppContext()) return null
  const app = getCurrentObject(currentApp)
  return app.config.SQLALCHEMY_TRACK_MODIFICATIONS ? app : null
}

/** Makes the sessions of a hub send the signals. */
export function trackModifications(hub: EventHub): void {
  const sessions = new WeakMap<Session, Tracked>()
  const trackedOf = (session: Session): Tracked => {
    const known = sessions.get(session)
    if (known !== undefined) return known
    const made = new Tracked()
    sessions.set(session, made)
    return made
  }
  const record = (session: Session): void => {
    if (trackingApp() === null) return
    const tracked = trackedOf(session)
    for (const instance of session.new) tracked.note(instance, 'insert')
    for (const instance of session.dirty) tracked.note(instance, 'update')
    for (const instance of session.deleted) tracked.note(instance, 'delete')
  }
  const send = async (signal: Signal<ModelChanges>, session: Session): Promise<void> => {
    const app = trackingApp()
    const { changes } = trackedOf(session)
    if (app !== null && changes.size > 0) {
      await signal.sendAsync(app, { changes: [...changes.values()] })
    }
  }
  const forget = (session: Session): void => {
    const tracked = trackedOf(session)
    tracked.changes.clear()
    tracked.flushing = false
  }

  hub.listen('beforeFlush', (session: Session) => {
    trackedOf(session).flushing = true
    record(session)
  })
  // Rows that a cascade deletes are found by the flush, where they were not loaded before.
  hub.listen('persistentToDeleted', (session: Session, instance: object) => {
    const tracked = trackedOf(session)
    if (tracked.flushing && trackingApp() !== null) tracked.note(instance, 'delete')
  })
  hub.listen('afterFlushPostexec', (session: Session) => {
    trackedOf(session).flushing = false
  })
  hub.listen('beforeCommit', async (session: Session) => {
    record(session)
    if (trackingApp() !== null && session.deleted.size > 0) await session.flush()
    await send(beforeModelsCommitted, session)
  })
  hub.listen('afterCommit', async (session: Session) => {
    await send(modelsCommitted, session)
    if (trackingApp() !== null) forget(session)
  })
  hub.listen('afterRollback', forget)
  hub.listen('afterSoftRollback', forget)
}
