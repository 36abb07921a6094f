import { andThen } from '../../src/core.ts'
import {
  currentApp,
  getCurrentObject,
  type MaybePromise,
  type Response,
  type SetCookieOptions,
} from '../../src/index.ts'
import { type JwtSettings, settingsOf } from './settings.ts'
import { claimsOf, csrfOf } from './tokens.ts'

/** Options of `setAccessCookies` and `setRefreshCookies`. */
export interface JwtCookieOptions {
  /** Seconds that the cookies last; default by `JWT_SESSION_COOKIE`. */
  maxAge?: number | null
  /** Default `JWT_COOKIE_DOMAIN`. */
  domain?: string | null
}

type Kind = 'ACCESS' | 'REFRESH'

const A_YEAR = 31_540_000

const hasDouble = (settings: JwtSettings): boolean =>
  settings.JWT_COOKIE_CSRF_PROTECT && settings.JWT_CSRF_IN_COOKIES

function attributes(settings: JwtSettings, domain: string | null | undefined): SetCookieOptions {
  return {
    secure: settings.JWT_COOKIE_SECURE,
    domain: domain || settings.JWT_COOKIE_DOMAIN,
    samesite: settings.JWT_COOKIE_SAMESITE,
  }
}

function setCookies(
  kind: Kind,
  response: Response,
  token: string,
  { maxAge, domain }: JwtCookieOptions,
): MaybePromise<void> {
  const settings = settingsOf(getCurrentObject(currentApp))
  const common = {
    ...attributes(settings, domain),
    maxAge: maxAge || (settings.JWT_SESSION_COOKIE ? null : A_YEAR),
  }
  response.setCookie(settings[`JWT_${kind}_COOKIE_NAME`], token, {
    ...common,
    httponly: true,
    path: settings[`JWT_${kind}_COOKIE_PATH`],
  })
  if (!hasDouble(settings)) return
  return andThen(claimsOf(token), (claims) => {
    response.setCookie(settings[`JWT_${kind}_CSRF_COOKIE_NAME`], csrfOf(claims), {
      ...common,
      // A script of our own page has to read it, and sends it back in a header.
      httponly: false,
      path: settings[`JWT_${kind}_CSRF_COOKIE_PATH`],
    })
  })
}

function unsetCookies(kind: Kind, response: Response, domain: string | null): void {
  const settings = settingsOf(getCurrentObject(currentApp))
  const common = { ...attributes(settings, domain), expires: 0 }
  response.setCookie(settings[`JWT_${kind}_COOKIE_NAME`], '', {
    ...common,
    httponly: true,
    path: settings[`JWT_${kind}_COOKIE_PATH`],
  })
  if (!hasDouble(settings)) return
  response.setCookie(settings[`JWT_${kind}_CSRF_COOKIE_NAME`], '', {
    ...common,
    httponly: false,
    path: settings[`JWT_${kind}_CSRF_COOKIE_PATH`],
  })
}

/**
 * Puts an access token into cookies, with the double that JavaScript reads (`set_access_cookies`).
 * A promise only where the loader of the key is asynchronous.
 */
export function setAccessCookies(
  response: Response,
  token: string,
  options: JwtCookieOptions = {},
): MaybePromise<void> {
  return setCookies('ACCESS', response, token, options)
}

/** The same for a refresh token (`set_refresh_cookies`). */
export function setRefreshCookies(
  response: Response,
  token: string,
  options: JwtCookieOptions = {},
): MaybePromise<void> {
  return setCookies('REFRESH', response, token, options)
}

/** Makes the browser forget the cookies of both tokens (`unset_jwt_cookies`). */
export function unsetJwtCookies(response: Response, domain: string | null = null): void {
  unsetAccessCookies(response, domain)
  unsetRefreshCookies(response, domain)
}

/** Makes the browser forget the access token's cookies (`unset_access_cookies`). */
export function unsetAccessCookies(response: Response, domain: string | null = null): void {
  unsetCookies('ACCESS', response, domain)
}

/** Makes the browser forget the refresh token's cookies (`unset_refresh_cookies`). */
export function unsetRefreshCookies(response: Response, domain: string | null = null): void {
  unsetCookies('REFRESH', response, domain)
}
