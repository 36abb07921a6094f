import type { IncomingMessage } from 'node:http'
import type { ConnectHandler, Lifetime } from '../../../src/core.ts'
import type { Request } from '../../../src/index.ts'
import type { CurrentUser, UserLike } from '../types.ts'

/** The part of a passport strategy that login uses; any version with it will do. */
export interface StrategyLike {
  /** Under which it is found when no other name is given. */
  name?: string | undefined
  authenticate(this: never, req: never, options?: never): unknown
}

/** What a callback of `authenticate` is told: passport's `(err, user, info, status)`. */
export type PassportCallback = (
  error: unknown,
  user?: unknown,
  info?: unknown,
  status?: unknown,
) => void

/** The part of passport's `Authenticator` that login uses; any version with it will do. */
export interface PassportLike {
  use(strategy: StrategyLike): unknown
  use(name: string, strategy: StrategyLike): unknown
  authenticate(
    strategy: string | readonly string[] | StrategyLike,
    options: object,
    callback?: PassportCallback,
  ): ConnectHandler
}

/** A message to flash, and its category. */
export interface PassportFlash {
  type?: string
  message?: string
}

/** Options of `authenticate`: passport's, and those of `loginUser`. Strategies have more. */
export interface AuthenticateOptions {
  /** Whether the session remembers the login. Default true; false for tokens. */
  session?: boolean
  /** Where to go after a login. */
  successRedirect?: string
  /** Where to go after a login unless the request says: `session.returnTo`, else `next`. */
  successReturnToOrRedirect?: string
  /** Flashed after a login; true: what the strategy says. */
  successFlash?: boolean | string | PassportFlash
  /** Kept in `session.messages` after a login; true: what the strategy says. */
  successMessage?: boolean | string
  /** Where to go when the login is refused; without it, a 401 with the strategies' challenges. */
  failureRedirect?: string
  /** Flashed when the login is refused; true: what the strategy says. */
  failureFlash?: boolean | string | PassportFlash
  /** Kept in `session.messages` when the login is refused; true: what the strategy says. */
  failureMessage?: boolean | string
  /** Put the user under this name on the raw request, and log nobody in. */
  assignProperty?: string
  /** Whether `request.raw.authInfo` has what the strategy says. Default true. */
  authInfo?: boolean
  /** Whether the session keeps what was in it before. Default false: only flashed messages stay. */
  keepSessionInfo?: boolean
  /** As in `loginUser`; or whether this request asks for it, by a field of its form say. */
  remember?: boolean | ((request: Request) => boolean)
  /** As in `loginUser`. */
  duration?: Lifetime | null
  /** As in `loginUser`. */
  fresh?: boolean
  /** As in `loginUser`. */
  force?: boolean
  /** What a strategy understands besides, such as `scope`. */
  [option: string]: unknown
}

/** How passport's requests call back. */
export type Done = (error?: unknown) => void

/** What passport and strategies find on the raw request. */
export interface PassportMembers {
  /** The user who has logged in; undefined when nobody has. */
  user?: (CurrentUser & UserLike) | undefined
  /** What the strategy said besides. */
  authInfo?: unknown
  /** Logs a user in, as passport does. */
  login(user: unknown, done: Done): void
  login(user: unknown, options: object, done?: Done): void
  /** The same as `login`. */
  logIn(user: unknown, done: Done): void
  logIn(user: unknown, options: object, done?: Done): void
  /** Logs the user out, as passport does. */
  logout(done?: Done): void
  logout(options: object, done?: Done): void
  /** The same as `logout`. */
  logOut(done?: Done): void
  logOut(options: object, done?: Done): void
  /** Whether somebody has logged in. */
  isAuthenticated(): boolean
  /** Whether nobody has logged in. */
  isUnauthenticated(): boolean
}

/** A raw request with passport's members: `request.raw as PassportRequest`. */
export type PassportRequest = IncomingMessage & PassportMembers

/** A user of a strategy, made into one that login knows. */
export type AnyUser = UserLike | object
