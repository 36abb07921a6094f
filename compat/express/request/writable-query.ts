import type { App, Req } from '../types.ts'

/** Name of the setting: no such one is in Express. */
export const WRITABLE_QUERY = 'writable query'

function keep(req: object, value: unknown): void {
  Object.defineProperty(req, 'query', {
    value,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

/**
 * Makes `req.query` of an app's requests a value that is parsed once and can be assigned and changed,
 * as in Express 4; or what Express 5 has, a getter that parses anew each time. Middleware written for
 * Express 4 needs the former (hpp and express-mongo-sanitize, for example).
 */
export function setWritableQuery(app: App, writable: boolean): void {
  const { request } = app
  if (!writable) {
    Reflect.deleteProperty(request, 'query')
    return
  }
  const inherited: object = Object.getPrototypeOf(request)
  Object.defineProperty(request, 'query', {
    configurable: true,
    enumerable: true,
    get(this: Req) {
      const value: unknown = Reflect.get(inherited, 'query', this)
      keep(this, value)
      return value
    },
    set(this: Req, value: unknown) {
      keep(this, value)
    },
  })
}
