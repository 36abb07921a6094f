import { BustAPI, MethodView } from 'bustapi'
import {
  authenticate,
  freshLoginRequired,
  LoginManager,
  loginRequired,
  loginUser,
} from 'bustapi/login'
import { expect, it } from 'vitest'
import { ana } from './app.ts'

it('guards methods of classes, as decorators', async () => {
  const app = new BustAPI('decorated', { staticFolder: null })
  app.secretKey = 'a secret of tests'
  const manager = new LoginManager(app)
  manager.userLoader(() => ana)
  manager.use('header', {
    authenticate(this: { success(user: object): void; fail(): void }, req: { headers: object }) {
      if ('x-key' in req.headers) this.success(ana)
      else this.fail()
    },
  } as never)

  class Pages extends MethodView {
    readonly greeting = 'hello'

    @loginRequired
    get(): string {
      return this.greeting
    }

    @freshLoginRequired
    put(): string {
      return `${this.greeting} again`
    }

    @authenticate('header', { session: false })
    async post(): Promise<string> {
      return `${this.greeting} posted`
    }
  }
  app.addUrlRule('/pages', null, Pages.asView('pages'))
  app.get('/in', () => String(loginUser(ana, { fresh: false })))
  const client = app.testClient()
  expect((await client.get('/pages')).statusCode).toBe(401)
  expect((await client.post('/pages')).statusCode).toBe(401)
  expect((await client.post('/pages', { headers: { 'X-Key': 'k' } })).text).toBe('hello posted')
  await client.get('/in')
  expect((await client.get('/pages')).text).toBe('hello')
  expect((await client.put('/pages')).statusCode).toBe(401)
})
