import { BustAPI, request, session } from 'bustapi'
import {
  confirmLogin,
  currentUser,
  freshLoginRequired,
  LoginManager,
  loginFresh,
  loginRemembered,
  loginRequired,
  loginUser,
  logoutUser,
  type UserLike,
  UserMixin,
} from 'bustapi/login'

export class User extends UserMixin {
  readonly id: number
  readonly label: string
  override isActive: boolean

  constructor(id: number, label: string, active = true) {
    super()
    this.id = id
    this.label = label
    this.isActive = active
  }
}

export const ana: User = new User(1, 'ana')
export const bob: User = new User(2, 'bob', false)
export const USERS: ReadonlyMap<string, User> = new Map(
  [ana, bob].map((user) => [user.getId(), user]),
)

/** What a test's app is made of, and what its loaders were asked for. */
export interface Site {
  readonly app: BustAPI
  readonly manager: LoginManager
  readonly asked: string[]
}

/** The user of the request as the page `/me` shows it. */
export const describeUser = (): object => ({
  id: currentUser.getId(),
  authenticated: currentUser.isAuthenticated,
  fresh: loginFresh(),
  remembered: loginRemembered(),
})

/** An app with the pages that Flask-Login's own documentation has. */
export function makeSite(kind: 'sync' | 'async' = 'sync'): Site {
  const app = new BustAPI('login_site', { staticFolder: null })
  app.secretKey = 'a secret of tests'
  app.testing = true
  const manager = new LoginManager(app)
  const asked: string[] = []
  const find = (id: string): User | null => {
    asked.push(id)
    return USERS.get(id) ?? null
  }
  manager.userLoader(
    kind === 'sync'
      ? find
      : async (id): Promise<UserLike | null> => {
          await new Promise((resolve) => setImmediate(resolve))
          return find(id)
        },
  )
  app.get('/in/<id>', ({ id }) => {
    const done = loginUser(USERS.get(id) as User, {
      remember: request.args.has('remember'),
      fresh: !request.args.has('stale'),
      force: request.args.has('force'),
    })
    return String(done)
  })
  app.get('/out', () => String(logoutUser()))
  app.get('/confirm', () => {
    confirmLogin()
    return 'confirmed'
  })
  app.get('/me', () => describeUser())
  app.get(
    '/secret',
    loginRequired(() => 'secret'),
  )
  app.get(
    '/fresh',
    freshLoginRequired(() => 'fresh'),
  )
  app.get('/nothing', () => 'nothing')
  app.get('/session', () => session.toJSON())
  return { app, manager, asked }
}
