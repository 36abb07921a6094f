import { abort, Blueprint, HTTPException, jsonify, request } from 'bustapi'
import {
  createAccessToken,
  createRefreshToken,
  currentUser,
  getJwt,
  jwtRequired,
} from 'bustapi/jwt'
import type { People } from './people.ts'

/** The JSON API, for clients that keep tokens instead of cookies. */
export function tokensBlueprint(people: People): Blueprint {
  const tokens = new Blueprint('tokens', import.meta.url)

  const text = (name: string): string => {
    const given = (request.json as Record<string, unknown> | null)?.[name]
    return typeof given === 'string' ? given : abort(422, `The member '${name}' must be a text.`)
  }

  tokens.post('/token', function create() {
    const person = people.check(text('name'), text('password'))
    if (person === null) abort(401, 'Name or password is wrong.')
    return [
      {
        access_token: createAccessToken(person, { fresh: true }),
        refresh_token: createRefreshToken(person),
      },
      201,
    ]
  })

  tokens.post(
    '/refresh',
    jwtRequired({ refresh: true })(function refresh() {
      return { access_token: createAccessToken(currentUser, { fresh: false }) }
    }),
  )

  tokens.delete(
    '/token',
    jwtRequired({ verifyType: false })(function revoke() {
      const { jti, type } = getJwt()
      people.revoke(String(jti))
      return { revoked: type }
    }),
  )

  tokens.get(
    '/me',
    jwtRequired()(function me() {
      return { name: currentUser.name, motto: currentUser.motto }
    }),
  )

  tokens.put(
    '/me',
    jwtRequired({ fresh: true })(function change() {
      currentUser.motto = text('motto')
      return { name: currentUser.name, motto: currentUser.motto }
    }),
  )

  tokens.errorhandler(HTTPException, ({ code, description }) => [
    jsonify({ msg: description }),
    code ?? 500,
  ])
  return tokens
}
