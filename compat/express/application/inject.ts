import { Injector } from '../../../src/core.ts'
import { hideMembers } from '../define-members.ts'
import { messageClasses } from '../http/messages.ts'
import type { App } from '../types.ts'

/** A request for {@link injectMembers}; the names are those of Fastify's `inject`. */
export interface InjectOptions {
  /** Default GET. */
  method?: string
  /** Path and query; default `/`. */
  url?: string
  /** Headers by name. Host and, for a body, Content-Length are added unless they are here. */
  headers?: Record<string, string | readonly string[]>
  /** The body; an object is sent as JSON. */
  payload?: unknown
}

/** The response to an injected request. */
export interface InjectResult {
  readonly statusCode: number
  readonly statusMessage: string
  /** Headers by lower-case name; repeated ones as a list. */
  readonly headers: Record<string, string | string[]>
  /** Header lines in order, as `[name, value, name, value, …]`. */
  readonly rawHeaders: readonly string[]
  readonly rawPayload: Buffer
  /** The body as text. */
  readonly payload: string
  readonly body: string
  /** The body parsed as JSON; throws SyntaxError when it is none. */
  json(): unknown
}

const injectors = new WeakMap<App, Injector>()

function injectorOf(app: App): Injector {
  let injector = injectors.get(app)
  if (injector === undefined) {
    injector = new Injector((req, res) => app(req, res), messageClasses(app))
    injectors.set(app, injector)
  }
  return injector
}

/** The header lines and the body of a request. */
function encode(options: InjectOptions): { headers: string[]; body: string | Uint8Array | null } {
  const { payload } = options
  const given = Object.entries(options.headers ?? {})
  const has = (name: string): boolean => given.some(([one]) => one.toLowerCase() === name)
  const lines: string[] = has('host') ? [] : ['Host', 'localhost:80']
  for (const [name, value] of given) for (const one of [value].flat()) lines.push(name, one)

  if (payload === undefined || payload === null) return { headers: lines, body: null }
  if (typeof payload === 'string' || payload instanceof Uint8Array) {
    return { headers: lines, body: payload }
  }
  if (!has('content-type')) lines.push('Content-Type', 'application/json')
  return { headers: lines, body: JSON.stringify(payload) }
}

function headersByName(lines: readonly string[]): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = (lines[i] as string).toLowerCase()
    const value = lines[i + 1] as string
    const before = headers[name]
    headers[name] = before === undefined ? value : [before, value].flat()
  }
  return headers
}

/** `app.inject`: requests from this process, for tests. */
export const injectMembers: object = hideMembers({
  /**
   * Handles a request without a socket: it goes through a real server and parser, but nothing
   * listens.
   */
  inject: async function inject(
    this: App,
    request: string | InjectOptions = {},
  ): Promise<InjectResult> {
    const options = typeof request === 'string' ? { url: request } : request
    const response = await injectorOf(this).request({
      method: options.method?.toUpperCase() ?? 'GET',
      target: options.url ?? '/',
      ...encode(options),
    })
    const text = response.body.toString()
    return {
      statusCode: response.status,
      statusMessage: response.statusMessage,
      headers: headersByName(response.rawHeaders),
      rawHeaders: response.rawHeaders,
      rawPayload: response.body,
      payload: text,
      body: text,
      json: () => JSON.parse(text) as unknown,
    }
  },
})
