import { TimeoutError } from '../errors.ts'
import type { EngineOptions, PoolStatus } from './engine.ts'

/** How the pool's connections are made and looked after. */
export interface PoolSource<C> {
  open(): Promise<C>
  close(connection: C): void
  isAlive(connection: C): boolean
  ping(connection: C): Promise<void>
  /** Whether what only reads sees the same outside a transaction as inside. */
  readsOutside(connection: C): boolean
  /** Whether an idle connection keeps the process running. */
  keepAlive(connection: C, busy: boolean): void
}

/** One connection in the pool's care. */
export class PoolEntry<C> {
  readonly connection: C
  readonly generation: number
  readonly openedAt: number = performance.now()
  /** Thrown away instead of being given back. */
  broken = false
  /** How often it was handed out. */
  uses = 0
  /** Whether what only reads needs no transaction. */
  readonly readsOutside: boolean

  constructor(connection: C, generation: number, readsOutside: boolean) {
    this.readsOutside = readsOutside
    this.connection = connection
    this.generation = generation
  }
}

interface Waiter<C> {
  resolve(entry: PoolEntry<C> | null): void
  readonly timer: NodeJS.Timeout
}

/** SQLAlchemy's QueuePool: `poolSize` connections kept, `maxOverflow` more for a moment. */
export class QueuePool<C> implements PoolStatus {
  readonly #source: PoolSource<C>
  readonly #size: number
  readonly #maxOverflow: number
  readonly #timeout: number
  readonly #recycle: number
  readonly #prePing: boolean
  readonly #lifo: boolean
  readonly #idle: PoolEntry<C>[] = []
  readonly #waiting: Waiter<C>[] = []
  #open = 0
  #generation = 0

  constructor(source: PoolSource<C>, options: EngineOptions) {
    this.#source = source
    this.#size = options.poolSize ?? 5
    this.#maxOverflow = options.maxOverflow ?? 10
    this.#timeout = options.poolTimeout ?? 30
    this.#recycle = options.poolRecycle ?? -1
    this.#prePing = options.poolPrePing ?? false
    this.#lifo = options.poolUseLifo ?? false
  }

  get size(): number {
    return this.#size
  }

  get checkedIn(): number {
    return this.#idle.length
  }

  get checkedOut(): number {
    return this.#open - this.#idle.length
  }

  /** Negative while fewer connections than the size are open, as SQLAlchemy counts. */
  get overflow(): number {
    return this.#open - this.#size
  }

  /** @throws {TimeoutError} when none is given back in time. */
  async acquire(): Promise<PoolEntry<C>> {
    const deadline = performance.now() + this.#timeout * 1000
    for (;;) {
      const entry =
        this.#takeIdle() ?? (this.#full ? await this.#wait(deadline) : await this.#openNew())
      // A connection fresh from the server needs no test.
      if (!entry || (entry.uses > 0 && !(await this.#usable(entry)))) continue
      entry.uses++
      this.#source.keepAlive(entry.connection, true)
      return entry
    }
  }

  /** Takes a connection back; a broken one, or one too many, is closed. */
  release(entry: PoolEntry<C>, discard = false): void {
    const stale = entry.generation !== this.#generation || !this.#source.isAlive(entry.connection)
    const full = this.#size > 0 && this.#idle.length >= this.#size
    const waiter = discard || entry.broken || stale ? undefined : this.#nextWaiter()
    if (waiter) waiter.resolve(entry)
    else if (discard || entry.broken || stale || full) this.#drop(entry)
    else {
      this.#source.keepAlive(entry.connection, false)
      this.#idle.push(entry)
    }
  }

  /** A connection broke: those opened before are suspect and not used again. */
  invalidate(): void {
    this.#generation++
  }

  /** Closes what is idle; what is in use is closed when it comes back. */
  dispose(): void {
    this.#generation++
    for (const entry of this.#idle.splice(0)) this.#drop(entry)
  }

  #takeIdle(): PoolEntry<C> | undefined {
    return this.#lifo ? this.#idle.pop() : this.#idle.shift()
  }

  async #usable(entry: PoolEntry<C>): Promise<boolean> {
    const age = (performance.now() - entry.openedAt) / 1000
    const old = this.#recycle >= 0 && age > this.#recycle
    if (old || entry.generation !== this.#generation || !this.#source.isAlive(entry.connection)) {
      this.#drop(entry)
      return false
    }
    if (!this.#prePing) return true
    try {
      await this.#source.ping(entry.connection)
      return true
    } catch {
      this.#drop(entry)
      this.invalidate()
      return false
    }
  }

  get #full(): boolean {
    if (this.#size === 0 || this.#maxOverflow < 0) return false
    return this.#open >= this.#size + this.#maxOverflow
  }

  async #openNew(): Promise<PoolEntry<C>> {
    this.#open++
    try {
      const connection = await this.#source.open()
      return new PoolEntry(connection, this.#generation, this.#source.readsOutside(connection))
    } catch (error) {
      this.#open--
      // Whoever waits has the place that did not work out.
      this.#nextWaiter()?.resolve(null)
      throw error
    }
  }

  #wait(deadline: number): Promise<PoolEntry<C> | null> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<C> = {
        resolve,
        timer: setTimeout(
          () => {
            this.#waiting.splice(this.#waiting.indexOf(waiter), 1)
            reject(
              new TimeoutError(
                `QueuePool limit of size ${this.#size} overflow ${this.#maxOverflow} reached, ` +
                  `connection timed out, timeout ${this.#timeout.toFixed(2)}`,
              ),
            )
          },
          Math.max(0, deadline - performance.now()),
        ),
      }
      this.#waiting.push(waiter)
    })
  }

  #nextWaiter(): Waiter<C> | undefined {
    const waiter = this.#waiting.shift()
    if (waiter) clearTimeout(waiter.timer)
    return waiter
  }

  #drop(entry: PoolEntry<C>): void {
    this.#open--
    try {
      this.#source.close(entry.connection)
    } finally {
      this.#nextWaiter()?.resolve(null)
    }
  }
}
