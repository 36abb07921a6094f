import type { Lifetime, MaybePromise } from '../../src/core.ts'
import type { Request } from '../../src/index.ts'

/** What login needs to know of a user; `UserMixin` has all of it. */
export interface UserLike {
  /** Whether the account may be used: not suspended, say. */
  readonly isActive: boolean
  /** Whether this is somebody who has logged in. */
  readonly isAuthenticated: boolean
  /** Whether this stands for nobody. */
  readonly isAnonymous: boolean
  /** The id under which the user is loaded again; null for nobody. */
  getId(): string | null
}

/**
 * What `currentUser` has besides {@link UserLike}: an app adds its own user to it once, and has it
 * everywhere.
 *
 * ```ts
 * declare module 'bustapi/login' {
 *   interface CurrentUser extends User {}
 * }
 * ```
 *
 * Where nobody has logged in, `currentUser` is the anonymous user, which has the members of
 * {@link UserLike} only.
 */
// biome-ignore lint/suspicious/noEmptyInterface: apps add to it; members here would collide with theirs
export interface CurrentUser {}

/** Finds the user of an id from a session or a remember cookie; null when there is none. */
export type UserLoader = (id: string) => MaybePromise<UserLike | null | undefined>

/** Finds the user of a request, from a header say; null when there is none. */
export type RequestLoader = (request: Request) => MaybePromise<UserLike | null | undefined>

/** How a session that another client sends is treated; `null` as `'none'`. */
export type SessionProtection = 'basic' | 'strong' | 'none' | null

/** Any view, hook or method that login can stand before. */
export type Guarded = (...args: never[]) => unknown

declare module '../../src/config.ts' {
  interface KnownConfig {
    /** Lets everybody through `loginRequired` and `freshLoginRequired`. Default false. */
    LOGIN_DISABLED?: boolean
    /** Overrides `LoginManager.sessionProtection`. */
    SESSION_PROTECTION?: SessionProtection
    /** Keep the page to go back to in the session and not in the login page's URL. Default false. */
    USE_SESSION_FOR_NEXT?: boolean
    /** The host of redirects to the login page. */
    FORCE_HOST_FOR_REDIRECTS?: string | null
    /** The remember cookie's name. Default `remember_token`. */
    REMEMBER_COOKIE_NAME?: string
    /** How long the remember cookie lasts. Default 365 days. */
    REMEMBER_COOKIE_DURATION?: Lifetime
    /** The remember cookie's Domain. */
    REMEMBER_COOKIE_DOMAIN?: string | null
    /** The remember cookie's Path. Default `/`. */
    REMEMBER_COOKIE_PATH?: string
    /** Whether the remember cookie is sent over HTTPS only. Default false. */
    REMEMBER_COOKIE_SECURE?: boolean
    /** Whether scripts in the page cannot read the remember cookie. Default true. */
    REMEMBER_COOKIE_HTTPONLY?: boolean
    /** The remember cookie's SameSite. Default null. */
    REMEMBER_COOKIE_SAMESITE?: string | null
    /** Whether every response renews the remember cookie. Default false. */
    REMEMBER_COOKIE_REFRESH_EACH_REQUEST?: boolean
  }
}
