import { AUTHORS, BOOKS_EACH, type Operations, PAGE } from './shape.ts'

/** What is measured, with the words of the table. */
export const OPERATIONS = {
  byKey: 'one row by primary key',
  list: 'list of 100',
  joined: '100 with their 5 children, by a join',
  selectIn: '100 with their 5 children, by a second statement',
  insert: 'insert of 1,000',
  update: 'read, change one column, commit',
  page: 'page of 20 with the count',
} as const

/** Name of an operation. */
export type OperationName = keyof typeof OPERATIONS

/** A task for a peer's process. */
export interface Task {
  readonly operation: OperationName
  /** How often; 1 to see the answer. */
  readonly times: number
}

/** What it answers. */
export interface Outcome {
  /** Microseconds of the process's CPU per operation. */
  readonly cpu: number
  /** What the last one gave. */
  readonly answer: unknown
}

/** Runs an operation once; its arguments go through the whole table. */
export function runOnce(
  peer: Operations,
  operation: OperationName,
  turn: number,
): Promise<unknown> {
  switch (operation) {
    case 'byKey':
      return peer.byKey((turn % AUTHORS) + 1)
    case 'update':
      return peer.update((turn % (AUTHORS * BOOKS_EACH)) + 1)
    case 'page':
      return peer.page((turn % ((AUTHORS * BOOKS_EACH) / PAGE)) + 1)
    default:
      return (peer[operation] as () => Promise<unknown>).call(peer)
  }
}
