import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/** What SQLite says when another has the lock for too long. */
export function busyError(): Error {
  return Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 })
}

interface Waiter {
  readonly take: () => void
  readonly timer: NodeJS.Timeout
}

/** One writer at a time in this process; waiting for it never blocks the event loop. */
export class WriteLock {
  #held = false
  readonly #waiting: Waiter[] = []

  /** Resolves when the lock is the caller's; rejects with SQLite's "database is locked". */
  acquire(timeoutMillis: number): Promise<void> {
    if (!this.#held) {
      this.#held = true
      return Promise.resolve()
    }
    return new Promise((take, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
        reject(busyError())
      }, timeoutMillis)
      const waiter: Waiter = { take, timer }
      this.#waiting.push(waiter)
    })
  }

  release(): void {
    const next = this.#waiting.shift()
    if (next) {
      clearTimeout(next.timer)
      next.take()
    } else this.#held = false
  }
}

const locks = new Map<string, WeakRef<WriteLock>>()

/** The lock of a file, shared by all engines of this process that have it open. */
export function lockOf(path: string): WriteLock {
  const key = canonical(path)
  const known = locks.get(key)?.deref()
  if (known) return known
  const made = new WriteLock()
  locks.set(key, new WeakRef(made))
  return made
}

function canonical(path: string): string {
  const full = resolve(path)
  try {
    return realpathSync(full)
  } catch {
    // The file is not there yet; its directory may be a link all the same.
    try {
      return join(realpathSync(dirname(full)), basename(full))
    } catch {
      return full
    }
  }
}
