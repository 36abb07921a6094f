import { localProxy } from '../../src/core.ts'
import { RuntimeError } from '../../src/index.ts'
import { stateOf } from './state.ts'

/**
 * The user that `userLookupLoader` found, null without a token (`get_current_user`).
 * @throws {RuntimeError} without that loader, and as `getJwt`
 */
export function getCurrentUser<T = CurrentUser | null>(): T {
  const { user } = stateOf()
  if (user !== null) return user.loaded as T
  throw new RuntimeError('You must provide a `@jwt.user_lookup_loader` callback to use this method')
}

/**
 * What `currentUser` is. Say once what your users are:
 * `declare module 'bustapi/jwt' { interface CurrentUser { id: number } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is for apps to add to
export interface CurrentUser {}

/**
 * Stands for the user of the request that is being handled (Flask-JWT-Extended's `current_user`).
 * It is never null itself: where a token is optional, ask `getCurrentUser()`.
 */
export const currentUser: CurrentUser = localProxy(
  () => Object(getCurrentUser<unknown>()) as CurrentUser,
)
