// Compile-time facts about bustapi/login: this file is checked by tsc and never run.
import {
  authenticate,
  currentUser,
  freshLoginRequired,
  LoginManager,
  loginRequired,
  loginUser,
  UserMixin,
} from 'bustapi/login'
import { BustAPI, type currentApp } from '../../src/index.ts'
import type { Equal, Expect } from './assert.ts'

class User extends UserMixin {
  readonly id = 1
  readonly email: string = ''
  /** A column may stand in for what the mixin works out. */
  override isActive = true
}

// What an app writes to have its own user behind currentUser.
declare module 'bustapi/login' {
  interface CurrentUser extends User {}
}

type _email = Expect<Equal<typeof currentUser.email, string>>
const id: string = currentUser.getId()
void id
type _done = Expect<Equal<ReturnType<typeof loginUser>, boolean>>
type _manager = Expect<Equal<typeof currentApp.loginManager, LoginManager>>

const app = new BustAPI(import.meta.url)
const login = new LoginManager(app, { addContextProcessor: false })

// Loaders may be synchronous or not, and give back what they are given.
const find = login.userLoader(async (id) => (id === '1' ? new User() : null))
type _find = Expect<Equal<ReturnType<typeof find>, Promise<User | null>>>
login.requestLoader((request) => (request.headers.has('X-Key') ? new User() : undefined))
// @ts-expect-error: an id is a text
login.userLoader((id: number) => (id === 1 ? new User() : null))
// @ts-expect-error: no such protection
login.sessionProtection = 'weak'

// A guarded view keeps its type, so that the rule's variables reach it.
app.get(
  '/items/<int:id>',
  loginRequired(({ id }: { id: number }) => id + 1),
)
const guarded = freshLoginRequired((args: { id: number }) => String(args.id))
type _guarded = Expect<Equal<Parameters<typeof guarded>, [args: { id: number }]>>
app.post(
  '/login',
  authenticate('local', { failureRedirect: '/login' })(() => 'in'),
)
app.beforeRequest(authenticate('bearer', { session: false }))
// @ts-expect-error: no user
loginUser({ id: 1 })
loginUser(new User(), { remember: true, duration: { days: 7 } })

class Pages {
  @loginRequired
  account(): string {
    return currentUser.email
  }
}
export const pages: Pages = new Pages()
