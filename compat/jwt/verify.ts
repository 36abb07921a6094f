import { andThen, getRequestContext, type RequestContext } from '../../src/core.ts'
import { type BustAPI, type MaybePromise, type Request, RuntimeError } from '../../src/index.ts'
import { now } from './claims.ts'
import type { Verified } from './codec.ts'
import {
  FreshTokenRequired,
  NoAuthorizationError,
  RevokedTokenError,
  type TokenPart,
  UserClaimsVerificationError,
  UserLookupError,
  WrongTokenError,
} from './errors.ts'
import { FINDERS } from './locations.ts'
import { type JWTManager, managerOf } from './manager.ts'
import { readToken } from './read.ts'
import { settingsOf, type TokenLocation, tokenLocations } from './settings.ts'
import { NO_TOKEN, setState } from './state.ts'

/** Options of `jwtRequired` and `verifyJwtInRequest`. */
export interface JwtRequiredOptions {
  /** Whether a request without a token is fine; a bad token never is. Default false. */
  optional?: boolean
  /** Whether the token has to be fresh. Default false. */
  fresh?: boolean
  /** Whether it has to be a refresh token, and not an access token. Default false. */
  refresh?: boolean
  /** Where the token is looked for; default `JWT_TOKEN_LOCATION`. */
  locations?: TokenLocation | readonly TokenLocation[] | null
  /** Whether the type is looked at, access or refresh. Default true. */
  verifyType?: boolean
  /** Whether a revoked token will do. Default false. */
  skipRevocationCheck?: boolean
}

type Required = Omit<JwtRequiredOptions, 'locations'> & {
  readonly locations: readonly TokenLocation[] | null
}

/** Works the options out once. @throws {RuntimeError} for a location that there is not */
function compile(options: JwtRequiredOptions): Required {
  const { locations: given } = options
  const locations = typeof given === 'string' ? [given] : (given ?? [])
  for (const location of locations) {
    if (!Object.hasOwn(FINDERS, location)) {
      throw new RuntimeError(`'${location}' is not a valid location`)
    }
  }
  return { ...options, locations: locations.length > 0 ? locations : null }
}

/**
 * Verifies the token of the request (`verify_jwt_in_request`), after which `getJwt` and the others
 * can be asked. Await it: it is asynchronous where a callback is.
 * @returns header and claims; null for OPTIONS, and when there is no optional token
 * @throws what is wrong with the token; the manager's handlers answer for it
 */
export function verifyJwtInRequest(
  options: JwtRequiredOptions = {},
): MaybePromise<[jwtHeader: TokenPart, jwtData: TokenPart] | null> {
  return verify(compile(options))
}

function verify(options: Required): MaybePromise<[TokenPart, TokenPart] | null> {
  const context = getRequestContext()
  const { app, request } = context
  if (request.method === 'OPTIONS') return null
  const manager = managerOf(app)
  const search = find(app, request, options)
  if (search.token === null) {
    if (options.optional !== true) throw new NoAuthorizationError(search.missing)
    setState(context, NO_TOKEN)
    return null
  }
  const { location } = search
  const read = readToken(app, manager, search.token, { csrfValue: search.csrf })
  return andThen(read, (verified) => admit(context, manager, verified, options, location))
}

interface Search {
  readonly token: string | null
  readonly csrf: string | null
  readonly location: TokenLocation
  readonly missing: string
}

/** The first token that is there; what is wrong with it, the places after it do not mend. */
function find(app: BustAPI, request: Request, options: Required): Search {
  const settings = settingsOf(app)
  const locations = options.locations ?? tokenLocations(settings)
  const reasons: string[] = []
  for (const location of locations) {
    const { token, csrf, missing } = FINDERS[location](request, settings, options.refresh === true)
    if (token !== null) return { token, csrf, location, missing }
    reasons.push(missing)
  }
  const last = locations.at(-1) as TokenLocation
  const missing =
    reasons.length === 1
      ? (reasons[0] as string)
      : `Missing JWT in ${locations.slice(0, -1).join(', ')} or ${last} (${reasons.join('; ')})`
  return { token: null, csrf: null, location: last, missing }
}

/** The last checks, which the app has a part in. */
function admit(
  context: RequestContext,
  manager: JWTManager,
  { header, claims }: Verified,
  options: Required,
  location: TokenLocation,
): MaybePromise<[jwtHeader: TokenPart, jwtData: TokenPart]> {
  if (options.verifyType !== false) verifyType(claims, options.refresh === true)
  if (options.fresh === true) verifyFresh(header, claims)
  const { tokenInBlocklist, tokenVerification, userLookup } = manager.callbacks
  const identity = claims[settingsOf(context.app).JWT_IDENTITY_CLAIM]
  const checkRevoked = (isRevoked: boolean): MaybePromise<boolean> => {
    if (isRevoked) throw new RevokedTokenError(header, claims)
    return tokenVerification(header, claims)
  }
  const checkVerified = (isVerified: boolean): MaybePromise<unknown> => {
    if (isVerified) return userLookup?.(header, claims) ?? null
    throw new UserClaimsVerificationError('User claims verification failed', header, claims)
  }
  const accept = (user: unknown): [TokenPart, TokenPart] => {
    if (userLookup !== null && (user === null || user === undefined)) {
      throw new UserLookupError(`user_lookup returned None for ${identity}`, header, claims)
    }
    // At the very end: who asks before gets an error, not a token that is not verified.
    const loaded = userLookup === null ? null : { loaded: user }
    setState(context, { header, claims, identity, user: loaded, location })
    return [header, claims]
  }
  const isRevoked = options.skipRevocationCheck !== true && tokenInBlocklist(header, claims)
  return andThen(andThen(andThen(isRevoked, checkRevoked), checkVerified), accept)
}

function verifyType(claims: TokenPart, refresh: boolean): void {
  if ((claims.type === 'refresh') === refresh) return
  throw new WrongTokenError(
    refresh ? 'Only refresh tokens are allowed' : 'Only non-refresh tokens are allowed',
  )
}

function verifyFresh(header: TokenPart, claims: TokenPart): void {
  const { fresh } = claims
  if (typeof fresh === 'number' ? fresh >= now() : fresh === true) return
  throw new FreshTokenRequired('Fresh token required', header, claims)
}

/** Wraps a view; also a decorator for methods of a class. */
export type JwtRequiredDecorator = <F extends (...args: never[]) => unknown>(
  view: F,
  context?: ClassMethodDecoratorContext,
) => F

type View = (this: unknown, ...args: unknown[]) => unknown

/**
 * Lets a view be called only with a valid token (`jwt_required`).
 *
 * @example
 * app.get('/me', jwtRequired()(() => ({ id: getJwtIdentity() })))
 */
export function jwtRequired(options?: JwtRequiredOptions): JwtRequiredDecorator
export function jwtRequired<F extends (...args: never[]) => unknown>(view: F): F
export function jwtRequired(first: JwtRequiredOptions | View = {}): unknown {
  if (typeof first === 'function') return protect(first, compile({}))
  const options = compile(first)
  return (view: View) => protect(view, options)
}

function protect(view: View, options: Required): View {
  function wrapped(this: unknown, ...args: unknown[]): unknown {
    return andThen(verify(options) as MaybePromise<unknown>, () => view.apply(this, args))
  }
  Object.assign(wrapped, view)
  Object.defineProperty(wrapped, 'name', { value: view.name, configurable: true })
  return wrapped
}
