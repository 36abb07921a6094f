import type { BustAPI, Response } from 'bustapi'

/** A class of errors that `raise` can make and `error_handlers` can name. */
export type ErrorClass = new (...args: never[]) => Error

/** What a handler can see while it runs. */
export interface Run {
  /** The URL's variables. */
  readonly args: Readonly<Record<string, unknown>>
  /** The error, in an error handler or a teardown function. */
  readonly error: Error | null
  /** The response, in an after_request function. */
  readonly response?: Response
}

/** A compiled handler, or one step of it. */
export type Step = (run: Run) => unknown

/** What belongs to one scenario: its app and what the app's handlers write down. */
export interface World {
  readonly app: BustAPI
  /** The app's root folder. */
  readonly root: string
  /** What hooks, handlers and signals append, in order. */
  readonly trace: string[]
  /** The counters of the `counter` handler. */
  readonly counters: Map<string, number>
  /** The scenario's own exception classes. */
  readonly exceptions: Map<string, ErrorClass>
  /** Modules of extensions, by the extension's name. */
  readonly modules: ReadonlyMap<string, unknown>
  /** Objects of extensions: managers, databases. By the extension's name. */
  readonly extensions: Map<string, unknown>
  /** Undoes what outlives the app: signal receivers, files, connections. */
  readonly cleanups: (() => unknown)[]
}

/** Outside a view there are no arguments and no error. */
export const NO_RUN: Run = { args: {}, error: null }
