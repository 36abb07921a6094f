/** A path as data, so that a shape can be printed and shrunk. */
export type PathShape = string | { readonly source: string; readonly flags: string }

/** What a handler does after noting that it ran. */
export type Act =
  | { readonly do: 'next' | 'next-route' | 'next-router' | 'next-error' | 'throw' | 'later' }
  | { readonly do: 'send' | 'json' | 'end' | 'jsonp' | 'stream' | 'reject' | 'next-twice' }
  | { readonly do: 'status' | 'send-status' | 'throw-status'; readonly code: number }
  | { readonly do: 'redirect' | 'rewrite' | 'add-route'; readonly to: string }
  | { readonly do: 'header' | 'cookie' | 'type' | 'vary' | 'local'; readonly value: string }
  | { readonly do: 'method'; readonly to: string }
  | { readonly do: 'splice'; readonly at: number }
  | { readonly do: 'patch'; readonly what: 'end' | 'writeHead' | 'send' | 'json' }

/** A handler, or an error handler. */
export interface HandlerShape {
  readonly onError: boolean
  readonly act: Act
}

/** What can be put into a router. */
export type NodeShape =
  | {
      readonly kind: 'use'
      readonly paths: readonly PathShape[]
      readonly handlers: readonly HandlerShape[]
    }
  | {
      readonly kind: 'method'
      readonly method: string
      readonly paths: readonly PathShape[]
      readonly handlers: readonly HandlerShape[]
    }
  | {
      readonly kind: 'route'
      readonly path: PathShape
      readonly steps: readonly {
        readonly method: string
        readonly handlers: readonly HandlerShape[]
      }[]
    }
  | { readonly kind: 'param'; readonly name: string; readonly act: Act }
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

/** Settings by name. */
export type SettingsShape = Readonly<Record<string, unknown>>

/** A request as data. */
export interface RequestShape {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

/** A whole program. */
export interface AppShape {
  readonly settings: SettingsShape
  readonly nodes: readonly NodeShape[]
  readonly requests: readonly RequestShape[]
}
