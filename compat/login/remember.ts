import { type Lifetime, lifetimeSeconds } from '../../src/core.ts'
import type { Config, Response, SessionMixin } from '../../src/index.ts'
import {
  COOKIE_DURATION,
  COOKIE_HTTPONLY,
  COOKIE_NAME,
  COOKIE_SAMESITE,
  COOKIE_SECURE,
} from './constants.ts'
import { decodeCookie, encodeCookie } from './remember-cookie.ts'

interface AppLike {
  readonly config: Config
  readonly secretKey: string | Uint8Array | null | undefined
}

/** The remember cookie's name: `REMEMBER_COOKIE_NAME`. */
export const rememberName = ({ config }: AppLike): string =>
  config.get<string>('REMEMBER_COOKIE_NAME') ?? COOKIE_NAME

/** The id in a remember cookie, or null when the app has not signed it. */
export const rememberedId = ({ secretKey }: AppLike, cookie: string): string | null =>
  secretKey?.length ? decodeCookie(cookie, secretKey) : null

/** Sets the remember cookie of the session's user. */
export function setRememberCookie(app: AppLike, session: SessionMixin, response: Response): void {
  const { config } = app
  const own = session.get<number>('_remember_seconds')
  const seconds = own === null ? configuredDuration(config) : Number(own)
  response.setCookie(
    rememberName(app),
    encodeCookie(String(session.get('_user_id')), app.secretKey),
    {
      expires: new Date(Date.now() + seconds * 1000),
      domain: config.get<string>('REMEMBER_COOKIE_DOMAIN'),
      path: config.get<string>('REMEMBER_COOKIE_PATH', '/'),
      secure: config.get<boolean>('REMEMBER_COOKIE_SECURE', COOKIE_SECURE) ?? false,
      httponly: config.get<boolean>('REMEMBER_COOKIE_HTTPONLY', COOKIE_HTTPONLY) ?? false,
      samesite: config.get<string>('REMEMBER_COOKIE_SAMESITE', COOKIE_SAMESITE),
    },
  )
}

function configuredDuration(config: Config): number {
  const duration = config.get<Lifetime>('REMEMBER_COOKIE_DURATION', COOKIE_DURATION)
  try {
    return lifetimeSeconds(duration as Lifetime)
  } catch (cause) {
    throw new TypeError(
      'REMEMBER_COOKIE_DURATION must be a number of seconds or an object such as { days: 365 }, ' +
        `instead got: ${String(duration)}`,
      { cause },
    )
  }
}

/** Deletes the remember cookie. */
export function clearRememberCookie(app: AppLike, response: Response): void {
  const { config } = app
  response.deleteCookie(rememberName(app), {
    domain: config.get<string>('REMEMBER_COOKIE_DOMAIN'),
    path: config.get<string>('REMEMBER_COOKIE_PATH', '/') ?? '/',
  })
}
