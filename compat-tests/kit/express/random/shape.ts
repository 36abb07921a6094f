import type { Way } from '../types.ts'
import type { Body, Field, FileName, Head, Thrown, Value } from './values.ts'

/** A path as data, so that a shape can be printed and shrunk. */
export type PathShape = string | { readonly source: string; readonly flags: string }

/** What a handler does after noting that it ran. */
export type Act =
  | { readonly do: 'next' | 'next-route' | 'next-router' | 'next-error' | 'throw' | 'later' }
  | { readonly do: 'send' | 'json' | 'end' | 'jsonp' | 'stream' | 'reject' | 'next-twice' }
  | { readonly do: 'recover' | 'send-next' | 'send-twice' | 'next-send' | 'send-later' }
  | { readonly do: 'inspect' | 'watch' | 'read' | 'body' | 'params' | 'assign-query' }
  | { readonly do: 'assign-params' | 'base-url' | 'reverse' | 'wrap' | 'assign-stack' }
  | { readonly do: 'format' | 'links' | 'attachment' | 'early-hints' | 'trailers' | 'flush' }
  | { readonly do: 'pipe' | 'render' | 'status-message' | 'clear-cookie' | 'destroy' }
  | { readonly do: 'cookie-options' | 'signed-cookie' | 'stack' }
  | { readonly do: 'status' | 'send-status' | 'throw-status'; readonly code: number }
  | { readonly do: 'redirect' | 'rewrite' | 'add-route' | 'location'; readonly to: string }
  | { readonly do: 'redirect-status'; readonly code: number; readonly to: string }
  | { readonly do: 'header' | 'cookie' | 'type' | 'vary' | 'local'; readonly value: string }
  | { readonly do: 'method'; readonly to: string }
  | { readonly do: 'splice' | 'call'; readonly at: number }
  | { readonly do: 'patch'; readonly what: 'end' | 'writeHead' | 'send' | 'json' }
  | { readonly do: 'send-value' | 'json-value' | 'end-value'; readonly value: Value }
  | { readonly do: 'throw-value' | 'next-value' | 'reject-value'; readonly value: Thrown }
  | { readonly do: 'field'; readonly how: FieldMethod; readonly field: Field }
  | { readonly do: 'remove-header'; readonly name: string }
  | { readonly do: 'write-head'; readonly head: Head }
  | { readonly do: 'send-file' | 'download'; readonly file: FileName; readonly callback: boolean }
  | { readonly do: 'set'; readonly name: string; readonly value: unknown }

/** The methods that set a header; `node` is node:http's own, whatever the response has in its place. */
export type FieldMethod = 'set' | 'header' | 'append' | 'setHeader' | 'appendHeader' | 'node'

/** A handler, or an error handler. */
export interface HandlerShape {
  readonly onError: boolean
  /** Whether it is an async function. */
  readonly isAsync: boolean
  readonly act: Act
}

/** Handlers as they are given: one after the other, in an array, or in arrays within arrays. */
export interface HandlersShape {
  readonly nesting: 'flat' | 'array' | 'deep'
  readonly list: readonly HandlerShape[]
}

/** What can be put into a router. */
export type NodeShape =
  | {
      readonly kind: 'use'
      readonly paths: readonly PathShape[]
      readonly handlers: HandlersShape
    }
  | {
      readonly kind: 'method'
      readonly method: string
      readonly paths: readonly PathShape[]
      readonly handlers: HandlersShape
    }
  | {
      readonly kind: 'route'
      readonly path: PathShape
      readonly steps: readonly { readonly method: string; readonly handlers: HandlersShape }[]
    }
  | { readonly kind: 'param'; readonly names: readonly string[]; readonly act: Act }
  | {
      readonly kind: 'router'
      readonly paths: readonly PathShape[]
      readonly options: {
        readonly strict: boolean
        readonly caseSensitive: boolean
        readonly mergeParams: boolean
      }
      readonly nodes: readonly NodeShape[]
    }
  | {
      readonly kind: 'app'
      readonly paths: readonly PathShape[]
      readonly settings: SettingsShape
      readonly nodes: readonly NodeShape[]
    }
  /** Mounts a router or an app once more that has been made before. */
  | { readonly kind: 'again'; readonly paths: readonly PathShape[]; readonly at: number }
  /** A setting of the app, or an option of the router, that is changed between its layers. */
  | { readonly kind: 'set'; readonly name: string; readonly value: unknown }
  /** So many middleware functions that the stack has to be given a rest. */
  | { readonly kind: 'many'; readonly count: number }
  | {
      readonly kind: 'parser'
      readonly parser: 'json' | 'urlencoded' | 'text' | 'raw'
      readonly options: Readonly<Record<string, unknown>>
    }
  | {
      readonly kind: 'static'
      readonly paths: readonly PathShape[]
      readonly options: Readonly<Record<string, unknown>>
    }
  /** A mistake: arguments that are refused. */
  | { readonly kind: 'mistake'; readonly method: string; readonly what: string }

/** Settings by name. */
export type SettingsShape = Readonly<Record<string, unknown>>

/** A request as data. */
export interface RequestShape {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Body
  readonly version?: '1.0'
}

/** A whole program. */
export interface AppShape {
  readonly way: Way
  readonly env: string
  /** Whether the stacks are looked at before the first request, as tools do. */
  readonly looked: boolean
  readonly settings: SettingsShape
  readonly nodes: readonly NodeShape[]
  readonly requests: readonly RequestShape[]
}
