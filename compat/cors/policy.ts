import type { ResolvedOptions } from './options.ts'
import { ANYTHING, compilePatterns, type Test } from './pattern.ts'
import { probablyRegex } from './python-regex.ts'

/** The header that says which origin may read an answer. */
export const ALLOW_ORIGIN = 'Access-Control-Allow-Origin'

/** What a policy looks at. */
export interface CorsRequest {
  readonly method: string
  /** Node's request: tells without any work which headers are not there. */
  readonly raw: { readonly headers: Readonly<Record<string, unknown>> }
  readonly headers: { get(name: string): string | null }
}

/** Where headers go; `add` keeps those of the same name that are there. */
export interface HeaderSink {
  add(name: string, value: string): void
}

/** A set of options, compiled: adds the headers of an answer. */
export class CorsPolicy {
  /** The options that it was made of. */
  readonly options: ResolvedOptions
  readonly #allowsAny: boolean
  readonly #allowsOrigin: Test
  readonly #allowsHeader: Test
  readonly #withoutOrigin: string | null
  readonly #varies: boolean

  constructor(options: ResolvedOptions) {
    const { origins } = options
    this.options = options
    this.#allowsAny = origins.includes(ANYTHING)
    this.#allowsOrigin = compilePatterns(origins, true)
    this.#allowsHeader = compilePatterns(options.allowHeaders, true)
    this.#withoutOrigin = originWhenNoneIsSent(options, this.#allowsAny)
    this.#varies = options.varyHeader && (origins.length > 1 || origins.some(probablyRegex))
  }

  /** Adds the headers of the answer to a request, none when its origin is not allowed. */
  addTo(headers: HeaderSink, request: CorsRequest): void {
    const sent = request.raw.headers
    const origin = sent.origin === undefined ? '' : (request.headers.get('Origin') ?? '')
    const allowed = origin === '' ? this.#withoutOrigin : this.#answerTo(origin)
    if (allowed === null) return
    const { options } = this
    headers.add(ALLOW_ORIGIN, allowed)
    if (options.exposeHeaders !== '') {
      headers.add('Access-Control-Expose-Headers', options.exposeHeaders)
    }
    if (options.supportsCredentials) headers.add('Access-Control-Allow-Credentials', 'true')
    if (sent['access-control-request-private-network'] === 'true') {
      headers.add('Access-Control-Allow-Private-Network', String(options.allowPrivateNetwork))
    }
    if (request.method === 'OPTIONS') this.#addPreflight(headers, request)
    if (this.#varies && allowed !== '*') headers.add('Vary', 'Origin')
  }

  #answerTo(origin: string): string | null {
    if (this.#allowsAny && this.options.sendWildcard) return '*'
    return this.#allowsOrigin(origin) ? origin : null
  }

  #addPreflight(headers: HeaderSink, request: CorsRequest): void {
    const { methods, maxAge } = this.options
    const method = request.headers.get('Access-Control-Request-Method')?.toUpperCase() ?? ''
    // The list is one text here, as in Flask-CORS: any part of it counts as a method.
    if (method === '' || !methods.includes(method)) return
    const allowed = this.#allowedHeaders(request.headers.get('Access-Control-Request-Headers'))
    if (allowed !== '') headers.add('Access-Control-Allow-Headers', allowed)
    if (maxAge !== '') headers.add('Access-Control-Max-Age', maxAge)
    headers.add('Access-Control-Allow-Methods', methods)
  }

  #allowedHeaders(asked: string | null): string {
    if (asked === null || asked === '') return ''
    const names = asked.split(',').map((name) => name.trim())
    return names.filter(this.#allowsHeader).sort().join(', ')
  }
}

/** What requests without `Origin` are told: any origin, or the first that is no pattern. */
function originWhenNoneIsSent(options: ResolvedOptions, allowsAny: boolean): string | null {
  if (!options.alwaysSend) return null
  if (allowsAny) return options.supportsCredentials ? null : '*'
  const plain = options.origins.filter((origin) => !probablyRegex(origin)) as string[]
  return plain.sort()[0] ?? null
}
