import { isThenable, tryGetRequestContext } from '../../src/core.ts'
import { currentUser } from './current-user.ts'
import { resolveUser } from './load-user.ts'
import { stateOf } from './state.ts'

/**
 * Gives templates the user as `current_user` and `currentUser`; null outside a request. Where the
 * user has yet to be waited for, templates that use it fail, and others do not.
 */
export function templateUser(): Record<string, unknown> {
  const context = tryGetRequestContext()
  if (context === null) return { current_user: null, currentUser: null }
  const found = resolveUser(context, stateOf(context))
  let user: object = currentUser
  if (isThenable(found)) found.then(undefined, () => undefined)
  else user = found
  return { current_user: user, currentUser: user }
}
