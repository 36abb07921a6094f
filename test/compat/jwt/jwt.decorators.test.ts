import { expect, it } from 'vitest'
import { createAccessToken, getCurrentUser, jwtRequired } from '../../../compat/jwt/index.ts'
import { answerTo, makeApp } from './support.ts'

it('jwtRequired and the loaders stand as decorators on static methods', async () => {
  const { app, jwt } = makeApp()

  class Api {
    static users = new Map([['ana', { name: 'Ana' }]])

    @app.get('/')
    @jwtRequired()
    static me(): object {
      return { user: getCurrentUser(), known: this.users.size }
    }

    @jwt.userLookupLoader
    static lookup(_header: object, claims: Record<string, unknown>): unknown {
      return this.users.get(String(claims.sub))
    }
  }

  const token = app.appContext().run(() => createAccessToken('ana'))
  expect(Api.users.size).toBe(1)
  expect(await answerTo(app, token)).toEqual([200, { user: { name: 'Ana' }, known: 1 }])
  expect(await answerTo(app, null)).toEqual([401, { msg: 'Missing Authorization Header' }])
})
