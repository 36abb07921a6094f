import type { IncomingMessage, RequestListener, Server } from 'node:http'
import type express from 'express'

/** What `import express from 'express'` gives; version 4 has more, see {@link Express4Extras}. */
export type ExpressModule = typeof express

/** The major versions of Express that exist in two dialects. */
export type Major = 4 | 5

/**
 * How an application is served: by a server of node:http that was made around it, or by its own
 * `listen()`, whose server is the drop-in's.
 */
export type Way = 'around' | 'listen'

/** Both ways. */
export const WAYS: readonly Way[] = ['around', 'listen']

/** One request: a path, `METHOD /path`, or the parts of a message. */
export type Ask = string | AskParts

/** The parts of a request; what is missing is as plain as can be. */
export interface AskParts {
  readonly method?: string
  readonly path: string
  /** In this order, `Host: example.test` before them unless one of them is a Host. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Sent with its Content-Length; an array of parts is sent chunked. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[]
  /** Sent as it is instead of all the above; `path` and `method` still say how to read the reply. */
  readonly raw?: string | Uint8Array
  /** Milliseconds after which the client goes away without a reply. */
  readonly leaveAfter?: number
}

/** One answer as it was on the wire. */
export interface Reply {
  /** `HTTP/1.1 200 OK`. */
  readonly statusLine: string
  /** As sent: order, spelling, repetitions. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** How the end of the body was told: `length`, `chunked`, `close` or `none`. */
  readonly framing: string
  readonly trailers: readonly (readonly [name: string, value: string])[]
  /** 1xx answers that came before. */
  readonly interim: readonly string[]
  /** Whether the connection was left open for another request. */
  readonly reusable: boolean
  /** Set when no whole answer came. */
  readonly failure?: string
}

/** What a program under comparison has at hand. */
export interface Tools {
  /** Notes something that must be equal on both sides, in this order. */
  log(...values: unknown[]): void
  readonly major: Major
  /** The folder of files to serve and render, which is the same for both sides. */
  readonly files: string
}

/** What a program that drives its own server has besides. */
export interface DriveTools extends Tools {
  readonly server: Server
  readonly port: number
  ask(ask: Ask): Promise<Reply>
}

/** A program that must run alike on Express and on the drop-in. */
export interface ExpressCase {
  readonly name: string
  /** The one major version that it is about; both without it. */
  readonly only?: Major
  /** Builds what answers; without requests, what it logs is all that is compared. */
  app(
    express: ExpressModule,
    tools: Tools,
  ): RequestListener | Server | undefined | Promise<RequestListener | Server | undefined>
  /** Sent one after the other over one connection while it stays open. */
  readonly requests?: readonly (Ask | ((before: readonly Reply[]) => Ask))[]
  /** Talks to the server itself, after the requests. */
  drive?(tools: DriveTools): Promise<void>
  /** Keeps cookies from reply to request. */
  readonly jar?: boolean
  /** Milliseconds to wait for a reply, and for late events in all: short where none is to come. */
  readonly patience?: number
  /** Milliseconds to let pass after each reply, for what a program does on its own after it. */
  readonly linger?: number
  /** Parts of texts that no two runs have in common (tokens, times), and what to read instead. */
  readonly scrub?: readonly (readonly [pattern: RegExp, instead: string])[]
  /** Headers whose values no two runs have in common. */
  readonly varying?: readonly string[]
  /** `NODE_ENV` while the program runs; `test` without it. */
  readonly env?: string
}

/** Everything observed of one run. */
export interface Transcript {
  readonly replies: readonly Reply[]
  readonly events: readonly string[]
  /** How many events there were when the next request was sent, for each request and for the end. */
  readonly marks: readonly number[]
  /** What building the program threw. */
  readonly thrown: string | null
}

/** A place where programs run. */
export interface ExpressTarget {
  readonly name: string
  readonly major: Major
  readonly express: ExpressModule
}

/** A request as version 4 has it. */
export interface Request4 extends IncomingMessage {
  param(name: string, fallback?: unknown): unknown
  acceptsCharset(...types: string[]): unknown
  acceptsEncoding(...types: string[]): unknown
  acceptsLanguage(...types: string[]): unknown
  host: string
}

/** A response's methods with the arguments that only version 4 takes. */
export interface Response4 {
  send(...args: readonly unknown[]): this
  json(...args: readonly unknown[]): this
  jsonp(...args: readonly unknown[]): this
  redirect(...args: readonly unknown[]): void
  sendfile(path: string, ...args: readonly unknown[]): void
  vary(...args: readonly unknown[]): this
  status(code: unknown): this
  end(text?: string): this
}

/** What version 4's application has more. */
export interface Express4Extras {
  del(path: string, ...handlers: readonly unknown[]): unknown
  lazyrouter(): void
  readonly _router?: { readonly stack: readonly LayerView[] }
}

/** What tools read of a layer. */
export interface LayerView {
  readonly name: string
  readonly handle: { readonly name: string; readonly length: number }
  readonly keys?: readonly unknown[]
  readonly params?: unknown
  readonly path?: unknown
  readonly regexp?: RegExp & { readonly fast_slash?: boolean; readonly fast_star?: boolean }
  readonly method?: string
  readonly route?: {
    readonly path: unknown
    readonly methods: Readonly<Record<string, boolean>>
    readonly stack: readonly LayerView[]
  }
}
