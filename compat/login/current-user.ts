import { localProxy } from '../../src/core.ts'
import { getUser } from './load-user.ts'
import type { CurrentUser, UserLike } from './types.ts'

/**
 * The user of the request that is being handled, or the anonymous user (Flask-Login's
 * `current_user`). `getCurrentObject(currentUser)` is the user itself. Outside a request, using it
 * is an error.
 */
export const currentUser: CurrentUser & UserLike = localProxy(
  () => getUser() as CurrentUser & UserLike,
)
