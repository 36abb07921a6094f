/**
 * Register of the symbols under which rooms leave notes for each other on Node's objects. They are
 * global ones, so that two copies of this package in one process understand each other.
 */

/** On a request: what a server, proxy filter or mount knows better. See `request/environ.ts`. */
export const ENVIRON: unique symbol = Symbol.for('bustapi.environ') as never

/** On a request: called with the response before it is written, when the body was left unread. */
export const BEFORE_ANSWER: unique symbol = Symbol.for('bustapi.beforeAnswer') as never
