import { LookupError, pyRepr } from '../errors/builtins.ts'
import { BadRequest, type HeaderPairs, HTTPException } from '../errors/http-exception.ts'
import { pyListRepr } from './python-text.ts'
import { redirectPage } from './redirect-page.ts'
import { similarity } from './similarity.ts'
import type { RuleValues } from './types.ts'

/**
 * Errors by which the router steers: redirects and URLs that cannot be built (Werkzeug's
 * `RoutingException`). `instanceof` holds for both kinds although only one of them is an
 * `HTTPException`, since Werkzeug's `RequestRedirect` has two bases.
 */
export class RoutingException extends LookupError {}

/**
 * 308: the URL has another, canonical form (Werkzeug's `RequestRedirect`). Raised by `match`; as a
 * response it sends the client to `newUrl`.
 */
export class RequestRedirect extends HTTPException {
  static override readonly code: number = 308
  /** The absolute URL to go to. */
  readonly newUrl: string

  constructor(newUrl: string) {
    super(newUrl)
    this.newUrl = newUrl
  }

  override getBody(): string {
    return redirectPage(this.newUrl)
  }

  override getHeaders(request?: object | null): HeaderPairs {
    return [...super.getHeaders(request), ['Location', this.newUrl]]
  }
}

function isRoutingException(this: typeof RoutingException, value: unknown): boolean {
  if (Function.prototype[Symbol.hasInstance].call(this, value)) return true
  // A subclass inherits this test, and means only itself.
  return this === RoutingException && value instanceof RequestRedirect
}
Object.defineProperty(RoutingException, Symbol.hasInstance, { value: isRoutingException })

/** 400: the only rule is for WebSocket and the request is HTTP, or the other way round. */
export class WebsocketMismatch extends BadRequest {}

/** What a `BuildError` needs of a rule to suggest it. */
export interface SuggestedRule {
  readonly endpoint: string
  readonly arguments: ReadonlySet<string>
  readonly methods: ReadonlySet<string> | null
  readonly defaults: Readonly<RuleValues> | null
}

/** What a `BuildError` needs of the adapter that raised it. */
export interface SuggestingAdapter {
  readonly map: { readonly rules: readonly SuggestedRule[] }
}

/**
 * No rule of the endpoint can be built with the values (Werkzeug's `BuildError`). The message names
 * the closest rule there is and what is missing.
 */
export class BuildError extends RoutingException {
  readonly endpoint: string
  readonly values: Readonly<RuleValues>
  readonly method: string | null
  readonly adapter: SuggestingAdapter | null
  #suggested: SuggestedRule | null | undefined

  constructor(
    endpoint: string,
    values: Readonly<RuleValues>,
    method: string | null,
    adapter: SuggestingAdapter | null = null,
  ) {
    super()
    this.endpoint = endpoint
    this.values = values
    this.method = method
    this.adapter = adapter
    // Ranking all rules is dear and many callers only want to know that it failed.
    Object.defineProperty(this, 'message', {
      get: () => this.#describe(),
      configurable: true,
      enumerable: false,
    })
  }

  /** The rule that resembles what was asked for most, or null. */
  get suggested(): SuggestedRule | null {
    this.#suggested ??= this.#closest()
    return this.#suggested
  }

  #closest(): SuggestedRule | null {
    let best: SuggestedRule | null = null
    let bestScore = -1
    const names = Object.keys(this.values)
    for (const rule of this.adapter?.map.rules ?? []) {
      const fits = names.every((name) => rule.arguments.has(name)) ? 0.01 : 0
      const method = this.method !== null && rule.methods?.has(this.method) ? 0.01 : 0
      const score = 0.98 * similarity(rule.endpoint, this.endpoint) + fits + method
      if (score > bestScore) {
        best = rule
        bestScore = score
      }
    }
    return best
  }

  #describe(): string {
    const { endpoint, method, suggested } = this
    const names = Object.keys(this.values)
    let message = `Could not build url for endpoint ${pyRepr(endpoint)}`
    if (method) message += ` (${pyRepr(method)})`
    if (names.length > 0) message += ` with values ${pyListRepr(names.sort())}`
    message += '.'
    if (suggested === null) return message
    if (suggested.endpoint !== endpoint) {
      return `${message} Did you mean ${pyRepr(suggested.endpoint)} instead?`
    }
    if (method && suggested.methods !== null && !suggested.methods.has(method)) {
      message += ` Did you mean to use methods ${pyListRepr([...suggested.methods].sort())}?`
    }
    const wanted = new Set([...suggested.arguments, ...Object.keys(suggested.defaults ?? {})])
    for (const name of names) wanted.delete(name)
    if (wanted.size > 0) {
      message += ` Did you forget to specify values ${pyListRepr([...wanted].sort())}?`
    }
    return message
  }
}

for (const [errorClass, name] of [
  [RoutingException, 'RoutingException'],
  [BuildError, 'BuildError'],
] as const) {
  Object.defineProperty(errorClass.prototype, 'name', {
    value: name,
    writable: true,
    configurable: true,
  })
}
