import type { RequestContext } from '../../src/core.ts'
import { g, getCurrentObject, RuntimeError } from '../../src/index.ts'
import type { TokenPart } from './errors.ts'
import type { TokenLocation } from './settings.ts'

/** What was found out about a request's token. */
export interface JwtState {
  readonly header: TokenPart
  readonly claims: TokenPart
  /** The claim that holds the identity; null without a token. */
  readonly identity: unknown
  /** Null when nothing looks users up. */
  readonly user: { readonly loaded: unknown } | null
  readonly location: TokenLocation | null
}

const STATE: unique symbol = Symbol('bustapi.jwt')

type Globals = { [STATE]?: JwtState }

/** The state of an optional token that is not there. */
export const NO_TOKEN: JwtState = Object.freeze({
  header: {},
  claims: {},
  identity: null,
  user: { loaded: null },
  location: null,
})

/** Keeps the state for as long as the context lasts. */
export function setState({ g }: RequestContext, state: JwtState): void {
  ;(g as Globals)[STATE] = state
}

function tryState(): JwtState | undefined {
  return (getCurrentObject(g) as Globals)[STATE]
}

/** What is known of the token. @throws {RuntimeError} where none was verified */
export function stateOf(): JwtState {
  const state = tryState()
  if (state !== undefined) return state
  throw new RuntimeError(
    'You must call `@jwt_required()` or `verify_jwt_in_request()` before using this method',
  )
}

/**
 * The claims of the request's token, empty without an optional one (`get_jwt`).
 * @throws {RuntimeError} where no token was verified
 */
export function getJwt(): TokenPart {
  return stateOf().claims
}

/** The header of the request's token (`get_jwt_header`). @throws {RuntimeError} as `getJwt` */
export function getJwtHeader(): TokenPart {
  return stateOf().header
}

/**
 * The identity in the request's token, null without one (`get_jwt_identity`).
 * @throws {RuntimeError} as `getJwt`
 */
export function getJwtIdentity<T = string | null>(): T {
  return (stateOf().identity ?? null) as T
}

/** Where the request's token was, null without one (`get_jwt_request_location`). */
export function getJwtRequestLocation(): TokenLocation | null {
  return tryState()?.location ?? null
}
