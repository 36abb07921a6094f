import { depd } from '../components.ts'
import { defineMembers } from '../define-members.ts'
import { addressMembers, hostnameOf, hostOf } from '../request/address.ts'
import { headerMembers } from '../request/headers.ts'
import { parsedUrlMembers } from '../request/parsed-url.ts'
import type { Req } from '../types.ts'
import { accepts, fresh, parseRange, typeIs } from './components.ts'

const deprecate = depd('express')

const headers = headerMembers({ accepts, fresh, parseRange, typeIs }) as Record<string, unknown>

/** An old name of a method. */
const renamed = (before: string, now: string): unknown =>
  deprecate.function(headers[now], `req.${before}: Use ${now} instead`)

/** The members of an Express 4 request. `query` is none of them: middleware sets it. */
export const requestMembers: object = defineMembers(headers, addressMembers, parsedUrlMembers, {
  acceptsCharset: renamed('acceptsCharset', 'acceptsCharsets'),
  acceptsEncoding: renamed('acceptsEncoding', 'acceptsEncodings'),
  acceptsLanguage: renamed('acceptsLanguage', 'acceptsLanguages'),

  /** A value of that name from the path, the body or the query. */
  param: function param(this: Req, ...args: [name: string, fallback?: unknown]): unknown {
    const [name, fallback] = args
    deprecate(
      `req.param(${args.length === 1 ? 'name' : 'name, default'}): ` +
        'Use req.params, req.body, or req.query instead',
    )
    const params = this.params || {}
    const body = (this.body || {}) as Record<string, unknown>
    const query = this.query || {}
    // Params may have a prototype here, the other two are looked up as they are.
    if (params[name] != null && Object.hasOwn(params, name)) return params[name]
    return body[name] ?? query[name] ?? fallback
  },

  get hostname(): string | undefined {
    return hostnameOf(hostOf(this as unknown as Req))
  },
})

const hostname = Object.getOwnPropertyDescriptor(requestMembers, 'hostname')
Object.defineProperty(requestMembers, 'host', {
  configurable: true,
  enumerable: true,
  get: deprecate.function(hostname?.get, 'req.host: Use req.hostname instead'),
})
