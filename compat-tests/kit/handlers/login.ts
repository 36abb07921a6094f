import { jsonify } from 'bustapi'
import { partOf } from '../build/extension-parts.ts'
import type { LoginPart, LoginUser } from '../build/login.ts'
import type { Json } from '../json.ts'
import { camelKeys, fillIn } from '../names.ts'
import { andThen } from '../sequence.ts'
import { compileOptions } from '../typed-values.ts'
import type { Step, World } from '../world.ts'
import type { Makers } from './compiler.ts'

const LOGIN_OPTIONS = ['remember', 'duration', 'force', 'fresh']

const part = (world: World): LoginPart => partOf<LoginPart>(world, 'login')

/** Flask-Login's functions. */
export const login: Makers = {
  login_user(fields, { world }): Step {
    const { loginUser } = part(world)
    const id = fields.text('id') ?? fields.fail('no id')
    const given = LOGIN_OPTIONS.filter((name) => fields.has(name)).map((name): [string, Json] => [
      name,
      fields.take(name) ?? null,
    ])
    const options = compileOptions(given, fields.where)
    return (run) => {
      const users = world.extensions.get('login') as Map<string, LoginUser>
      const user = users.get(fillIn(id, run.args)) as LoginUser
      return andThen(loginUser(user, camelKeys(options(run))), (done) => jsonify(done))
    }
  },

  logout_user(_fields, { world }): Step {
    const { logoutUser } = part(world)
    return () => andThen(logoutUser(), () => 'logged out')
  },

  confirm_login(_fields, { world }): Step {
    const { confirmLogin } = part(world)
    return () => andThen(confirmLogin(), () => 'confirmed')
  },

  current_user(_fields, { world }): Step {
    const { currentUser, loginFresh } = part(world)
    return () =>
      jsonify({
        id: currentUser.getId() ?? null,
        is_authenticated: currentUser.isAuthenticated,
        is_active: currentUser.isActive,
        is_anonymous: currentUser.isAnonymous,
        fresh: loginFresh(),
      })
  },

  login_url(fields, { world }): Step {
    const { loginUrl } = part(world)
    const calls = fields.list('calls') as [string, string?, string?][]
    return () => jsonify(calls.map((args) => loginUrl(...args)))
  },
}
