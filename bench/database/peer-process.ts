import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { OperationName, Outcome, Task } from './protocol.ts'
import type { Backend } from './shape.ts'

/** A peer under measurement. */
export class PeerProcess {
  readonly name: string
  readonly #child: ChildProcess
  #able: readonly OperationName[] = []

  private constructor(name: string, child: ChildProcess) {
    this.name = name
    this.#child = child
  }

  /** Starts a peer on a database. */
  static async start(name: string, backend: Backend, uri: string): Promise<PeerProcess> {
    const child = fork(join(import.meta.dirname, 'process.ts'), [name, backend, uri])
    const peer = new PeerProcess(name, child)
    peer.#able = (await peer.#next<{ able: OperationName[] }>()).able
    return peer
  }

  /** Whether the peer has a way to do this. */
  can(operation: OperationName): boolean {
    return this.#able.includes(operation)
  }

  /** Runs a task. */
  run(task: Task): Promise<Outcome> {
    this.#child.send(task)
    return this.#next<Outcome>()
  }

  async #next<T>(): Promise<T> {
    const gone = new AbortController()
    const exit = once(this.#child, 'exit', { signal: gone.signal }).then(([code]) => {
      throw new Error(`The process of ${this.name} ended with ${code}`)
    })
    // Aborted below, once there is an answer.
    exit.catch(() => undefined)
    try {
      const [message] = await Promise.race([once(this.#child, 'message'), exit])
      const { error } = message as { error?: string }
      if (error !== undefined) throw new Error(`${this.name}: ${error}`)
      return message as T
    } finally {
      gone.abort()
    }
  }

  /** Ends the process. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.disconnect()
    await ended
  }
}
