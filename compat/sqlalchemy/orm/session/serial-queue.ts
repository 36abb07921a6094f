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
  #waiting: (() => void)[] | null = null

  /** Whether a unit of work is running. */
  get busy(): boolean {
    return this.#busy
  }

  /**
   * Runs `work` when it is its turn: at once when nothing runs, or when the running unit itself asks.
   *
   * @param alone says, when the turn comes, that `work` will not call code that might use the queue: then
   *   nothing need be carried along
   */
  run<T>(work: () => Promise<T>, alone?: () => boolean): Promise<T> {
    if (!this.#busy) return this.#start(work, alone)
    for (let unit = current.getStore(); unit; unit = unit.outer) {
      if (unit.queue === this && unit.active) return work()
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting ??= []
      this.#waiting.push(() => this.#start(work, alone).then(resolve, reject))
    })
  }

  async #start<T>(work: () => Promise<T>, alone: (() => boolean) | undefined): Promise<T> {
    this.#busy = true
    if (alone?.() === true) {
      try {
        return await work()
      } finally {
        this.#next()
      }
    }
    const unit: Unit = { queue: this, outer: current.getStore(), active: true }
    try {
      return await current.run(unit, work)
    } finally {
      // What the unit left running behind it is no longer inside.
      unit.active = false
      this.#next()
    }
  }

  #next(): void {
    const next = this.#waiting?.shift()
    if (next) next()
    else this.#busy = false
  }
}
