import type { Fresh, Negotiation, ParseRange } from '../components.ts'
import type { Req } from '../types.ts'

/** The libraries that read a request's headers, in the version's majors. */
export interface HeaderLibraries {
  readonly accepts: (req: Req) => Negotiation
  readonly fresh: Fresh
  readonly parseRange: ParseRange
  readonly typeIs: (req: Req, types: readonly unknown[]) => string | false | null
}

type Accepted = string | string[] | false

/** `req.get`, `req.accepts` and their like: what a request's headers say. */
export function headerMembers(libraries: HeaderLibraries): object {
  /** A header's value; `Referer` and `Referrer` are one. */
  function header(this: Req, name: unknown): string | string[] | undefined {
    if (!name) throw new TypeError('name argument is required to req.get')
    if (typeof name !== 'string') throw new TypeError('name must be a string to req.get')
    const lowerCase = name.toLowerCase()
    const { headers } = this
    return lowerCase === 'referer' || lowerCase === 'referrer'
      ? headers.referrer || headers.referer
      : headers[lowerCase]
  }

  return {
    get: header,
    header,

    /** The best of some media types or extensions for the client, or false. */
    accepts(this: Req, ...types: string[]): Accepted {
      return libraries.accepts(this).types(...types)
    },
    /** The best of some content codings for the client, or false. */
    acceptsEncodings(this: Req, ...encodings: string[]): Accepted {
      return libraries.accepts(this).encodings(...encodings)
    },
    /** The best of some charsets for the client, or false. */
    acceptsCharsets(this: Req, ...charsets: string[]): Accepted {
      return libraries.accepts(this).charsets(...charsets)
    },
    /** The best of some languages for the client, or false. */
    acceptsLanguages(this: Req, ...languages: string[]): Accepted {
      return libraries.accepts(this).languages(...languages)
    },

    /** The ranges asked for of something of a size: -1 when none is in it, -2 when malformed. */
    range(this: Req, size: number, options?: object): unknown {
      const range = this.get('Range')
      return range ? libraries.parseRange(size, range as string, options) : undefined
    },

    /** The first of some media types that the body has; false if none, null without a body. */
    is(this: Req, ...types: unknown[]): string | false | null {
      return libraries.typeIs(this, Array.isArray(types[0]) ? types[0] : types)
    },

    /** Whether the client's copy of the response is still good. */
    get fresh(): boolean {
      const req = this as unknown as Req
      const { headers, method } = req
      if (headers['if-none-match'] === undefined && headers['if-modified-since'] === undefined) {
        return false
      }
      if (method !== 'GET' && method !== 'HEAD' && method !== 'QUERY') return false
      const { res } = req
      const status = res.statusCode
      if ((status < 200 || status >= 300) && status !== 304) return false
      return libraries.fresh(headers, {
        etag: res.get('ETag'),
        'last-modified': res.get('Last-Modified'),
      })
    },
    /** Whether it is not. */
    get stale(): boolean {
      return !(this as unknown as Req).fresh
    },
    /** Whether the request says that a script made it (`X-Requested-With`). */
    get xhr(): boolean {
      const value = ((this as unknown as Req).get('X-Requested-With') as string) || ''
      return value.toLowerCase() === 'xmlhttprequest'
    },
  }
}
