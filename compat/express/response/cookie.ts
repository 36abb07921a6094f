import { serializeCookie } from '../components.ts'
import type { Res } from '../types.ts'

/** Options of `res.cookie`; those that are not here are the `cookie` package's. */
interface CookieOptions {
  expires?: Date
  maxAge?: number | null
  path?: string | null
  signed?: boolean
}

/**
 * Makes `res.cookie`, which sets a cookie; objects as JSON.
 *
 * @param sign Signs a value, in the version's way.
 */
export function makeCookie(
  sign: (value: string, secret: string) => string,
): (this: Res, name: string, value: unknown, options?: object) => Res {
  return function cookie(this: Res, name, value, given): Res {
    const options: CookieOptions = { ...given }
    const { secret } = this.req
    const { signed } = options
    if (signed && !secret) throw new Error('cookieParser("secret") required for signed cookies')

    let text = typeof value === 'object' ? `j:${JSON.stringify(value)}` : String(value)
    if (signed) text = `s:${sign(text, secret as string)}`
    if (options.maxAge != null) {
      const maxAge = options.maxAge - 0
      if (!Number.isNaN(maxAge)) {
        options.expires = new Date(Date.now() + maxAge)
        options.maxAge = Math.floor(maxAge / 1000)
      }
    }
    options.path ??= '/'
    return this.append('Set-Cookie', serializeCookie(name, String(text), options))
  }
}

/** Tells the client to forget a cookie. */
export function clearCookie(this: Res, name: string, options?: object): Res {
  const { maxAge: _maxAge, ...rest } = { path: '/', ...options } as CookieOptions
  return this.cookie(name, '', { ...rest, expires: new Date(1) })
}
