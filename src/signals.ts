import type { MaybePromise } from './types.ts'

/** What a signal is sent with (Python's keyword arguments). */
export type SignalArguments = Readonly<Record<string, unknown>>

/** Called when a signal is sent. A promise that it returns is for the sender to await. */
export type Receiver<Kwargs = SignalArguments> = (sender: unknown, kwargs: Kwargs) => unknown

/** What one receiver returned. */
export type SignalResult<Kwargs = SignalArguments> = [receiver: Receiver<Kwargs>, result: unknown]

/** The part of an app that sends signals without waiting. */
export interface TellingApp {
  readonly logger: { exception(message: string, error: unknown): void }
}

/** Stops what it was returned for when disposed of, as at the end of a `using` block. */
export interface Undo {
  [Symbol.dispose](): void
}

/** Where a receiver is connected; leaving `sender` out means: to any. */
export interface ConnectOptions {
  /** Compared as `Object.is` does; objects are held weakly. */
  readonly sender?: unknown
}

interface Connection<Kwargs> {
  readonly receiver: Receiver<Kwargs>
  readonly toAny: boolean
  readonly objects: WeakSet<object>
  readonly primitives: ReadonlySet<unknown>
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function'

const isFrom = <Kwargs>(connection: Connection<Kwargs>, sender: unknown): boolean =>
  connection.toAny ||
  (isObject(sender) ? connection.objects.has(sender) : connection.primitives.has(sender))

/**
 * Tells whoever is connected that something happened (blinker's `Signal`). Receivers are held
 * strongly and called in the order in which they were connected.
 */
export class Signal<Kwargs = SignalArguments> {
  /** The name within its namespace; empty for a signal without one. */
  readonly name: string
  /** What it tells. */
  readonly doc: string | null
  /** Whether at least one receiver is connected: look here before making arguments for `send`. */
  hasReceivers = false
  /** Whether `send` does nothing; see `muted`. */
  isMuted = false
  // Replaced, never changed: whoever is iterating over it is not disturbed.
  #connections: readonly Connection<Kwargs>[] = []

  constructor(name = '', doc: string | null = null) {
    this.name = name
    this.doc = doc
  }

  /**
   * Calls `receiver` whenever the signal is sent, or only when `sender` sends it.
   * @returns the receiver
   */
  connect<F extends Receiver<Kwargs>>(receiver: F, options: ConnectOptions = {}): F {
    const known = this.#connections.find((connection) => connection.receiver === receiver)
    const connection = joined(known, receiver, options)
    this.#replace(
      known === undefined
        ? [...this.#connections, connection]
        : this.#connections.map((other) => (other === known ? connection : other)),
    )
    return receiver
  }

  /** A function, for use as a decorator, that connects what it is given to one sender. */
  connectVia(sender: unknown): <F extends Receiver<Kwargs>>(receiver: F) => F {
    return (receiver) => this.connect(receiver, { sender })
  }

  /**
   * Connects `receiver` until the result is disposed of: `using connection = signal.connectedTo(f)`.
   * With `body`, connects it while that runs and returns what it returns.
   */
  connectedTo(receiver: Receiver<Kwargs>, options?: ConnectOptions): Undo
  connectedTo<T>(receiver: Receiver<Kwargs>, options: ConnectOptions, body: () => T): T
  connectedTo<T>(
    receiver: Receiver<Kwargs>,
    options: ConnectOptions = {},
    body?: () => T,
  ): T | Undo {
    this.connect(receiver, options)
    const undo: Undo = { [Symbol.dispose]: () => this.disconnect(receiver) }
    return body === undefined ? undo : during(undo, body)
  }

  /**
   * Makes `send` do nothing until the result is disposed of: `using quiet = signal.muted()`. With
   * `body`, while that runs.
   */
  muted(): Undo
  muted<T>(body: () => T): T
  muted<T>(body?: () => T): T | Undo {
    this.isMuted = true
    const undo: Undo = {
      [Symbol.dispose]: () => {
        this.isMuted = false
      },
    }
    return body === undefined ? undo : during(undo, body)
  }

  /** Calls `receiver` no more, or no more for this sender. */
  disconnect(receiver: Receiver<Kwargs>, options: ConnectOptions = {}): void {
    const known = this.#connections.find((connection) => connection.receiver === receiver)
    if (known === undefined) return
    if (!('sender' in options)) {
      this.#replace(this.#connections.filter((connection) => connection !== known))
    } else if (isObject(options.sender)) known.objects.delete(options.sender)
    else {
      const primitives = new Set(known.primitives)
      primitives.delete(options.sender)
      const left = { ...known, primitives }
      this.#replace(this.#connections.map((other) => (other === known ? left : other)))
    }
  }

  #replace(connections: readonly Connection<Kwargs>[]): void {
    this.#connections = connections
    this.hasReceivers = connections.length > 0
  }

  /** Whether anything would be called for this sender. */
  hasReceiversFor(sender: unknown): boolean {
    return this.#connections.some((connection) => isFrom(connection, sender))
  }

  /** The receivers that are called for this sender, in order. */
  receiversFor(sender: unknown): Receiver<Kwargs>[] {
    return this.#connections
      .filter((connection) => isFrom(connection, sender))
      .map((connection) => connection.receiver)
  }

  /**
   * Calls all receivers for this sender; what one throws ends it. Promises are in the results:
   * await them, or use `sendAsync`.
   */
  send(sender: unknown = null, kwargs: Kwargs = {} as Kwargs): SignalResult<Kwargs>[] {
    if (this.isMuted || !this.hasReceivers) return []
    return this.receiversFor(sender).map((receiver) => [receiver, receiver(sender, kwargs)])
  }

  /**
   * Calls all receivers for an app that does not wait for them; a promise that rejects is logged,
   * since an unhandled one would end the process.
   */
  tell(app: TellingApp, kwargs: Kwargs = {} as Kwargs): void {
    for (const [, result] of this.send(app, kwargs)) {
      if (!isObject(result) || !('then' in result)) continue
      const failed = (error: unknown): void =>
        app.logger.exception(`Exception in a receiver of '${this.name}'`, error)
      ;(result as Promise<unknown>).then(undefined, failed)
    }
  }

  /** Calls all receivers for this sender one after the other, awaiting each. */
  async sendAsync(
    sender: unknown = null,
    kwargs: Kwargs = {} as Kwargs,
  ): Promise<SignalResult<Kwargs>[]> {
    const results: SignalResult<Kwargs>[] = []
    if (this.isMuted) return results
    for (const receiver of this.receiversFor(sender)) {
      results.push([receiver, await receiver(sender, kwargs)])
    }
    return results
  }

  /** Calls all receivers for this sender; a promise only when one of them returned one. */
  emit(sender: unknown, kwargs: Kwargs = {} as Kwargs): MaybePromise<void> {
    let pending: unknown[] | null = null
    for (const [, result] of this.send(sender, kwargs)) {
      if (isObject(result) && 'then' in result) {
        pending ??= []
        pending.push(result)
      }
    }
    if (pending !== null) return Promise.all(pending).then(() => undefined)
  }
}

function joined<Kwargs>(
  known: Connection<Kwargs> | undefined,
  receiver: Receiver<Kwargs>,
  options: ConnectOptions,
): Connection<Kwargs> {
  const objects = known?.objects ?? new WeakSet()
  const primitives = new Set(known?.primitives)
  const toAny = !('sender' in options)
  if (!toAny && isObject(options.sender)) objects.add(options.sender)
  else if (!toAny) primitives.add(options.sender)
  return { receiver, toAny: toAny || (known?.toAny ?? false), objects, primitives }
}

function during<T>(undo: Undo, body: () => T): T {
  let result: T
  try {
    result = body()
  } catch (error) {
    undo[Symbol.dispose]()
    throw error
  }
  if (isObject(result) && 'then' in result) {
    return Promise.resolve(result).finally(() => undo[Symbol.dispose]()) as T
  }
  undo[Symbol.dispose]()
  return result
}

/** Signals by name (blinker's `Namespace`). */
export class Namespace {
  readonly #signals = new Map<string, Signal>()

  /** The signal of that name, which is made when there is none yet. */
  signal(name: string, doc: string | null = null): Signal {
    let signal = this.#signals.get(name)
    if (signal === undefined) {
      signal = new Signal(name, doc)
      this.#signals.set(name, signal)
    }
    return signal
  }

  /** The names of the signals that have been made. */
  keys(): IterableIterator<string> {
    return this.#signals.keys()
  }
}

const flaskSignals = new Namespace()

/** A template was rendered; sent with `template` and `context`. */
export const templateRendered: Signal = flaskSignals.signal('template-rendered')
/** A template is about to be rendered; sent with `template` and `context`. */
export const beforeRenderTemplate: Signal = flaskSignals.signal('before-render-template')
/** A request's context is set up; sent before anything else happens. */
export const requestStarted: Signal = flaskSignals.signal('request-started')
/** A response is about to be sent; sent with `response`. */
export const requestFinished: Signal = flaskSignals.signal('request-finished')
/** A request is torn down; sent with `exc`, an error or null. */
export const requestTearingDown: Signal = flaskSignals.signal('request-tearing-down')
/** A request failed with an error that no handler took; sent with `exception`. */
export const gotRequestException: Signal = flaskSignals.signal('got-request-exception')
/** An app context is torn down; sent with `exc`, an error or null. */
export const appcontextTearingDown: Signal = flaskSignals.signal('appcontext-tearing-down')
/** An app context became active. */
export const appcontextPushed: Signal = flaskSignals.signal('appcontext-pushed')
/** An app context is no longer active. */
export const appcontextPopped: Signal = flaskSignals.signal('appcontext-popped')
/** A message was flashed; sent with `message` and `category`. */
export const messageFlashed: Signal = flaskSignals.signal('message-flashed')
