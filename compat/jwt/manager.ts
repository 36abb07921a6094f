import {
  type BustAPI,
  currentApp,
  type ErrorType,
  getCurrentObject,
  type MaybePromise,
  type ResponseReturnValue,
  RuntimeError,
} from '../../src/index.ts'
import { defaultCallbacks, type JwtCallbacks } from './callbacks.ts'
import { getCurrentUser } from './current-user.ts'
import * as errors from './errors.ts'
import { setDefaults, settingsOf } from './settings.ts'

/** Sets a callback and returns it; also a decorator for a static method. */
export type Loader<F> = <G extends F>(callback: G, context?: ClassMethodDecoratorContext) => G

type Callback<Name extends keyof JwtCallbacks> = NonNullable<JwtCallbacks[Name]>

/** Options of `new JWTManager(app, options)`. */
export interface JWTManagerOptions {
  /** Whether templates know `current_user`. Default false. */
  addContextProcessor?: boolean
}

/** The name under which an app knows its manager. */
const EXTENSION = 'flask-jwt-extended'

/**
 * Holds what an app says about its tokens (Flask-JWT-Extended's `JWTManager`). The settings are the
 * app's `JWT_*` configuration; the loaders replace single steps. Callbacks may be asynchronous.
 *
 * @example
 * const jwt = new JWTManager(app)
 * jwt.userLookupLoader((_header, claims) => users.find(claims.sub))
 */
export class JWTManager {
  readonly #callbacks: JwtCallbacks

  constructor(app?: BustAPI | null, options: JWTManagerOptions = {}) {
    this.#callbacks = defaultCallbacks(() => settingsOf(getCurrentObject(currentApp)))
    if (app !== undefined && app !== null) this.initApp(app, options)
  }

  /** Sets the extension up on an app: settings not yet given, and handlers for its errors. */
  initApp(app: BustAPI, { addContextProcessor = false }: JWTManagerOptions = {}): void {
    app.extensions[EXTENSION] = this
    setDefaults(app)
    if (addContextProcessor) app.contextProcessor(() => ({ current_user: getCurrentUser() }))
    this.#handleErrors(app)
  }

  /** Whether the app has a key's loader of its own: only then is a token looked at unverified. */
  hasDecodeKey = false

  /** What is done at each step. */
  get callbacks(): Readonly<JwtCallbacks> {
    return this.#callbacks
  }

  #loader<Name extends keyof JwtCallbacks>(name: Name): Loader<Callback<Name>> {
    return (callback, context) => {
      const callbacks: Record<string, unknown> = this.#callbacks as never
      callbacks[name] = callback
      if (name === 'decodeKey') this.hasDecodeKey = true
      context?.addInitializer(function (this: unknown) {
        callbacks[name] = (callback as (...args: unknown[]) => unknown).bind(this)
      })
      return callback
    }
  }

  /** Gives claims to add to new tokens. */
  readonly additionalClaimsLoader: Loader<Callback<'additionalClaims'>> =
    this.#loader('additionalClaims')
  /** Gives members to add to the header of new tokens. */
  readonly additionalHeadersLoader: Loader<Callback<'additionalHeaders'>> =
    this.#loader('additionalHeaders')
  /** Gives the key that verifies a token; what it gets of the token is not verified yet. */
  readonly decodeKeyLoader: Loader<Callback<'decodeKey'>> = this.#loader('decodeKey')
  /** Gives the key that signs a token. */
  readonly encodeKeyLoader: Loader<Callback<'encodeKey'>> = this.#loader('encodeKey')
  /** Answers when a token's time is over. Default 401. */
  readonly expiredTokenLoader: Loader<Callback<'expiredToken'>> = this.#loader('expiredToken')
  /** Answers when a token is not acceptable. Default 422. */
  readonly invalidTokenLoader: Loader<Callback<'invalidToken'>> = this.#loader('invalidToken')
  /** Answers when a token has to be fresh and is not. Default 401. */
  readonly needsFreshTokenLoader: Loader<Callback<'needsFreshToken'>> =
    this.#loader('needsFreshToken')
  /** Answers when a token was revoked. Default 401. */
  readonly revokedTokenLoader: Loader<Callback<'revokedToken'>> = this.#loader('revokedToken')
  /** Says whether a token was revoked. */
  readonly tokenInBlocklistLoader: Loader<Callback<'tokenInBlocklist'>> =
    this.#loader('tokenInBlocklist')
  /** Answers when the app's own verification refused a token. Default 400. */
  readonly tokenVerificationFailedLoader: Loader<Callback<'tokenVerificationFailed'>> =
    this.#loader('tokenVerificationFailed')
  /** Says whether the app takes a token that is valid as such. */
  readonly tokenVerificationLoader: Loader<Callback<'tokenVerification'>> =
    this.#loader('tokenVerification')
  /** Answers when there is no token. Default 401. */
  readonly unauthorizedLoader: Loader<Callback<'unauthorized'>> = this.#loader('unauthorized')
  /** Gives what stands in a token for an identity. */
  readonly userIdentityLoader: Loader<Callback<'userIdentity'>> = this.#loader('userIdentity')
  /** Gives the user of a token; null refuses the token. */
  readonly userLookupLoader: Loader<Callback<'userLookup'>> = this.#loader('userLookup')
  /** Answers when a token's user was not found. Default 401. */
  readonly userLookupErrorLoader: Loader<Callback<'userLookupError'>> =
    this.#loader('userLookupError')

  #handleErrors(app: BustAPI): void {
    const callbacks = this.#callbacks
    const handle = <E extends Error>(
      type: ErrorType<E>,
      answer: (error: E) => MaybePromise<ResponseReturnValue>,
    ): void => app.registerErrorHandler(type as ErrorType, answer as (error: never) => unknown)

    for (const type of [errors.NoAuthorizationError, errors.CSRFError]) {
      handle(type, ({ message }) => callbacks.unauthorized(message))
    }
    for (const type of [
      errors.InvalidTokenError,
      errors.JWTDecodeError,
      errors.InvalidHeaderError,
      errors.InvalidQueryParamError,
      errors.WrongTokenError,
    ]) {
      handle(type, ({ message }) => callbacks.invalidToken(message))
    }
    handle(errors.ExpiredSignatureError, (error) =>
      callbacks.expiredToken(error.jwtHeader, error.jwtData),
    )
    const withToken = [
      [errors.FreshTokenRequired, 'needsFreshToken'],
      [errors.RevokedTokenError, 'revokedToken'],
      [errors.UserClaimsVerificationError, 'tokenVerificationFailed'],
      [errors.UserLookupError, 'userLookupError'],
    ] as const
    for (const [type, name] of withToken) {
      handle(type as ErrorType<errors.TokenContentError>, (error) =>
        callbacks[name](error.jwtHeader, error.jwtData),
      )
    }
  }
}

/**
 * The manager of an app.
 * @throws {RuntimeError} when it has none
 */
export function managerOf(app: BustAPI): JWTManager {
  const manager = app.extensions[EXTENSION]
  if (manager instanceof JWTManager) return manager
  throw new RuntimeError(
    'You must initialize a JWTManager with this flask application before using this method',
  )
}
