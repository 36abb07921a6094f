import { AsyncLocalStorage } from 'node:async_hooks'

/** One unit of work; code it runs carries it along, for as long as it is active. */
interface Unit {
  readonly queue: SerialQueue
  readonly outer: Unit | undefined
  active: boolean
}

const current = new AsyncLocalStorage<Unit>()

/**
 * Runs units of work one after the other, in the order of the calls. A session belongs to one task at a time
 * in the original; here two overlapping calls must wait for each other instead of meeting in a flush.
 */
export class SerialQueue {
  #busy = false
  readonly #waiting: (() => void)[] = []

  /** Whether a unit of work is running. */
  get busy(): boolean {
    return this.#busy
  }

  /** Runs `work` when it is its turn: at once when nothing runs, or when the running unit itself asks. */
  run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#busy) return this.#start(work)
    for (let unit = current.getStore(); unit; unit = unit.outer) {
      if (unit.queue === this && unit.active) return work()
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => this.#start(work).then(resolve, reject))
    })
  }

  async #start<T>(work: () => Promise<T>): Promise<T> {
    this.#busy = true
    const unit: Unit = { queue: this, outer: current.getStore(), active: true }
    try {
      return await current.run(unit, work)
    } finally {
      // What the unit left running behind it is no longer inside.
      unit.active = false
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy = false
    }
  }
}
