import { jsonify } from 'bustapi'
import { partOf } from '../build/extension-parts.ts'
import type { JwtPart } from '../build/jwt.ts'
import type { Json } from '../json.ts'
import { andThen } from '../sequence.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Step, World } from '../world.ts'
import type { Makers } from './compiler.ts'

const part = (world: World): JwtPart => partOf<JwtPart>(world, 'jwt')

/** Names of `jwt_create`, and what the library calls them. */
const TOKEN_OPTIONS: readonly [given: string, option: string][] = [
  ['expires', 'expiresDelta'],
  ['claims', 'additionalClaims'],
  ['headers', 'additionalHeaders'],
]

/** Flask-JWT-Extended's functions. */
export const jwt: Makers = {
  jwt_create(fields, { world }): Step {
    const { createAccessToken, createRefreshToken, setAccessCookies, setRefreshCookies } =
      part(world)
    const identity = compileValue(fields.take('identity') ?? null, fields.where)
    const fresh = compileValue(fields.take('fresh') ?? false, fields.where)
    const withRefresh = fields.flag('refresh') ?? false
    const inCookies = fields.flag('set_cookies') ?? false
    const given = TOKEN_OPTIONS.filter(([name]) => fields.has(name)).map(
      ([name, option]): [string, Json] => [option, fields.take(name) ?? null],
    )
    const options = compileOptions(given, fields.where)
    return async (run) => {
      const who = identity(run)
      const access = await createAccessToken(who, { fresh: fresh(run), ...options(run) })
      const refresh = withRefresh ? await createRefreshToken(who) : undefined
      if (!inCookies) {
        return jsonify({
          access_token: access,
          ...(refresh === undefined ? {} : { refresh_token: refresh }),
        })
      }
      const response = jsonify({ login: true })
      await setAccessCookies(response, access)
      if (refresh !== undefined) await setRefreshCookies(response, refresh)
      return response
    }
  },

  jwt_refresh(_fields, { world }): Step {
    const { createAccessToken, getJwtIdentity } = part(world)
    return () =>
      andThen(createAccessToken(getJwtIdentity()), (token) => jsonify({ access_token: token }))
  },

  jwt_unset(_fields, { world }): Step {
    const { unsetJwtCookies } = part(world)
    return () => {
      const response = jsonify({ logout: true })
      return andThen(unsetJwtCookies(response), () => response)
    }
  },

  jwt_identity(_fields, { world }): Step {
    const { getJwtIdentity } = part(world)
    return () => jsonify({ identity: getJwtIdentity() ?? null })
  },

  jwt_claims(_fields, { world }): Step {
    const { getJwt, getJwtHeader } = part(world)
    return () => jsonify({ claims: getJwt(), header: getJwtHeader() })
  },

  jwt_user(_fields, { world }): Step {
    const { getCurrentUser } = part(world)
    return () => jsonify({ user: getCurrentUser() ?? null })
  },

  jwt_location(_fields, { world }): Step {
    const { getJwtRequestLocation } = part(world)
    return () => jsonify({ location: getJwtRequestLocation() ?? null })
  },

  jwt_revoke(_fields, { world }): Step {
    const { getJwt } = part(world)
    return () => {
      const blocklist = world.extensions.get('jwt') as Set<string>
      blocklist.add(String(getJwt().jti))
      return jsonify({ msg: 'revoked' })
    }
  },
}
