import { BustAPI, currentApp, hasRequestContext, renderTemplateString } from 'bustapi'
import {
  AnonymousUserMixin,
  currentUser,
  FlaskLoginClient,
  LoginManager,
  loadUser,
  loginRequired,
  loginUser,
  logoutUser,
  setLoginView,
  UserMixin,
} from 'bustapi/login'
import { describe, expect, it } from 'vitest'
import { ana, makeSite, User } from './app.ts'

const ANONYMOUS = { authenticated: false, fresh: false, id: null, remembered: false }
const ANA = { authenticated: true, fresh: true, id: '1', remembered: false }

describe.each(['sync', 'async'] as const)('with a user loader that is %s', (kind) => {
  it('knows who logged in until they log out', async () => {
    const { app } = makeSite(kind)
    const client = app.testClient()
    expect((await client.get('/me')).json).toEqual(ANONYMOUS)
    expect((await client.get('/in/1')).text).toBe('true')
    expect((await client.get('/me')).json).toEqual(ANA)
    expect((await client.get('/secret')).text).toBe('secret')
    expect((await client.get('/fresh')).text).toBe('fresh')
    expect((await client.get('/out')).text).toBe('true')
    expect((await client.get('/me')).json).toEqual(ANONYMOUS)
    expect((await client.get('/secret')).statusCode).toBe(401)
  })

  it('remembers who asked for it, and asks for the password again where it matters', async () => {
    const { app } = makeSite(kind)
    const client = app.testClient()
    await client.get('/in/1?remember')
    client.deleteCookie('session')
    expect((await client.get('/me')).json).toEqual({ ...ANA, fresh: false, remembered: true })
    expect((await client.get('/fresh')).statusCode).toBe(401)
    await client.get('/confirm')
    expect((await client.get('/fresh')).text).toBe('fresh')
    const left = await client.get('/out')
    expect(left.headers.getlist('Set-Cookie').join()).toContain('remember_token=; ')
    client.deleteCookie('session')
    expect((await client.get('/me')).json).toEqual(ANONYMOUS)
  })

  it('shows the user to hooks that were there before the manager, and to templates', async () => {
    const app = new BustAPI('hooked', { staticFolder: null })
    app.secretKey = 'a secret of tests'
    const seen: unknown[] = []
    app.beforeRequest(() => {
      seen.push(currentUser.getId())
    })
    const manager = new LoginManager(app)
    manager.userLoader(kind === 'sync' ? () => ana : async () => ana)
    app.get('/in', () => String(loginUser(ana)))
    app.get('/page', () => renderTemplateString('{{ current_user.label or "nobody" }}'))
    const client = app.testClient()
    expect((await client.get('/page')).text).toBe('nobody')
    await client.get('/in')
    expect((await client.get('/page')).text).toBe('ana')
    expect(seen).toEqual([null, null, '1'])
  })

  it('logs out whose user is gone', async () => {
    const { app, manager } = makeSite(kind)
    const client = app.testClient()
    await client.get('/in/1?remember')
    manager.userLoader(kind === 'sync' ? () => null : async () => null)
    expect((await client.get('/secret')).statusCode).toBe(401)
  })
})

describe('loading the user', () => {
  it('costs nothing where nobody asks and the loader is synchronous', async () => {
    const { app, asked } = makeSite()
    const client = app.testClient()
    await client.get('/in/1')
    await client.get('/me')
    asked.length = 0
    await client.get('/nothing')
    expect(asked).toEqual([])
  })

  it('happens once per request', async () => {
    const { app, asked } = makeSite('async')
    app.get(
      '/twice',
      loginRequired(() => `${currentUser.getId()}${currentUser.getId()}`),
    )
    const client = app.testClient()
    await client.get('/in/1')
    asked.length = 0
    expect((await client.get('/twice')).text).toBe('11')
    expect(asked).toEqual(['1'])
  })

  it('ahead of the view leaves the session as it is', async () => {
    const { app, asked } = makeSite('async')
    const client = app.testClient()
    await client.get('/in/1')
    asked.length = 0
    const response = await client.get('/nothing', { headers: { 'User-Agent': 'another' } })
    expect(asked).toEqual(['1'])
    expect(response.headers.getlist('Set-Cookie')).toEqual([])
  })

  it('is not done ahead without a session or a cookie that names somebody', async () => {
    const { app, asked } = makeSite('async')
    const client = app.testClient()
    await client.get('/me')
    client.setCookie('session', 'forged')
    client.setCookie('remember_token', '1|00')
    expect((await client.get('/me')).json).toEqual(ANONYMOUS)
    expect(asked).toEqual([])
  })

  it('is not done ahead where `preload` says no; loginRequired and loadUser wait then', async () => {
    const { app, manager, asked } = makeSite('async')
    manager.preload = () => false
    app.get('/waits', async () => (await loadUser()).getId() ?? 'nobody')
    const client = app.testClient()
    await client.get('/in/1')
    await client.get('/nothing')
    expect(asked).toEqual([])
    expect((await client.get('/secret')).text).toBe('secret')
    expect((await client.get('/waits')).text).toBe('1')
    await expect(client.get('/me')).rejects.toThrow('await loadUser()')
  })

  it('tells an asynchronous loader by its promise, and a failure only to who asks', async () => {
    const { app, manager } = makeSite()
    const client = app.testClient()
    await client.get('/in/1')
    manager.userLoader((id) => Promise.resolve(id === '1' ? ana : null))
    expect((await client.get('/me')).json).toEqual(ANA)
    manager.userLoader(() => Promise.reject(new Error('the database is gone')))
    expect((await client.get('/nothing')).text).toBe('nothing')
    await expect(client.get('/me')).rejects.toThrow('the database is gone')
  })

  it('from the request keeps nothing in the session', async () => {
    for (const wait of [false, true]) {
      const { app, manager } = makeSite()
      manager.requestLoader((request) => {
        const user = request.headers.get('X-Key') === 'k' ? ana : null
        return wait && user !== null ? Promise.resolve(user) : user
      })
      const client = app.testClient()
      const response = await client.get('/me', { headers: { 'X-Key': 'k' } })
      expect(response.json).toEqual({ ...ANA, fresh: false })
      expect(response.headers.getlist('Set-Cookie')).toEqual([])
      expect((await client.get('/me')).json).toEqual(ANONYMOUS)
    }
  })

  it('needs a loader, a manager and a request', async () => {
    const { app } = makeSite()
    new LoginManager(app)
    await expect(app.testClient().get('/me')).rejects.toThrow('Missing userLoader')
    expect(hasRequestContext()).toBe(false)
    expect(() => currentUser.isAuthenticated).toThrow()
  })
})

describe('the manager', () => {
  it('is the app’s loginManager, whose answer a view can return', async () => {
    const { app, manager } = makeSite()
    expect(app.loginManager).toBe(manager)
    app.get('/some', () =>
      currentUser.isAuthenticated ? 'in' : currentApp.loginManager.unauthorized(),
    )
    manager.loginView = '/enter'
    const response = await app.testClient().get('/some')
    expect(response.location).toBe('/enter?next=%2Fsome')
  })

  it('gives the anonymous user that it is told, of a class or a function', async () => {
    const { app, manager } = makeSite()
    class Guest extends AnonymousUserMixin {
      override getId(): string {
        return 'guest'
      }
    }
    manager.anonymousUser = Guest
    expect((await app.testClient().get('/me')).json).toMatchObject({ id: 'guest' })
    manager.anonymousUser = () => new Guest()
    expect((await app.testClient().get('/me')).json).toMatchObject({ id: 'guest' })
  })

  it('has a login view for each blueprint', async () => {
    const { app, manager } = makeSite()
    app.get('/views', () => {
      setLoginView('/first')
      setLoginView('/second', { name: 'admin' })
      return [manager.loginView, manager.blueprintLoginViews]
    })
    expect((await app.testClient().get('/views')).json).toEqual([
      null,
      { '': '/first', admin: '/second' },
    ])
    expect((await app.testClient().get('/secret')).location).toBe('/first?next=%2Fsecret')
  })

  it('flashes its messages translated', async () => {
    const { app, manager } = makeSite()
    manager.loginView = '/enter'
    manager.localizeCallback = (text) => text.toUpperCase()
    const client = app.testClient()
    await client.get('/secret')
    expect((await client.get('/session')).json).toMatchObject({
      _flashes: [['message', 'PLEASE LOG IN TO ACCESS THIS PAGE.']],
    })
  })

  it('has handlers for who may not go on', async () => {
    const { app, manager } = makeSite()
    manager.unauthorizedHandler(async () => ['who?', 401])
    manager.needsRefreshHandler(() => ['again', 403])
    const client = app.testClient()
    expect((await client.get('/secret')).text).toBe('who?')
    await client.get('/in/1?stale')
    expect((await client.get('/fresh')).text).toBe('again')
  })

  it('needs a manager on the app', async () => {
    const app = new BustAPI('bare', { staticFolder: null })
    app.testing = true
    app.get(
      '/',
      loginRequired(() => 'in'),
    )
    await expect(app.testClient().get('/')).rejects.toThrow('new LoginManager(app)')
  })

  it('refuses inactive users unless forced, and durations that are none', async () => {
    const { app } = makeSite()
    app.get('/long', () => String(loginUser(ana, { remember: true, duration: 'long' as never })))
    const client = app.testClient()
    expect((await client.get('/in/2')).text).toBe('false')
    expect((await client.get('/in/2?force')).text).toBe('true')
    await expect(client.get('/long')).rejects.toThrow('duration must be')
  })

  it('has a test client that is logged in', async () => {
    const { app } = makeSite()
    const client = new FlaskLoginClient(app, { user: ana })
    expect((await client.get('/me')).json).toEqual(ANA)
    const stale = new FlaskLoginClient(app, { user: ana, freshLogin: false })
    expect((await stale.get('/fresh')).statusCode).toBe(401)
    expect((await new FlaskLoginClient(app).get('/me')).json).toEqual(ANONYMOUS)
    app.testClientClass = FlaskLoginClient
    expect((await app.testClient({ user: ana } as object).get('/me')).json).toEqual(ANA)
  })

  it('protects a view without changing its name, methods or arguments', async () => {
    const { app } = makeSite()
    const view = Object.assign(({ id }: { id: number }) => `item ${id}`, { methods: ['PUT'] })
    Object.defineProperty(view, 'name', { value: 'item' })
    const guarded = loginRequired(view)
    expect(guarded.name).toBe('item')
    app.addUrlRule('/item/<int:id>', null, guarded)
    app.config.LOGIN_DISABLED = true
    expect((await app.testClient().put('/item/3')).text).toBe('item 3')
  })

  it('logs out an async view’s user in the same request', async () => {
    const { app } = makeSite('async')
    app.get(
      '/leave',
      loginRequired(async () => {
        await Promise.resolve()
        logoutUser()
        return String(currentUser.isAnonymous)
      }),
    )
    const client = app.testClient()
    await client.get('/in/1')
    expect((await client.get('/leave')).text).toBe('true')
  })
})

describe('UserMixin', () => {
  it('is a base class and a function that adds its members to another', () => {
    class Row {
      readonly table = 'users'
      readonly id: number
      constructor(id: number) {
        this.id = id
      }
    }
    class Account extends UserMixin(Row) {}
    const account = new Account(1)
    expect(account.table).toBe('users')
    expect(account.getId()).toBe('1')
    expect(account.isAuthenticated).toBe(true)
    expect(account).toBeInstanceOf(UserMixin)
    expect(account).toBeInstanceOf(Row)
    expect(account.equals(ana)).toBe(true)
    expect(ana.equals(new User(3, 'eve'))).toBe(false)
    expect(ana).toBeInstanceOf(UserMixin)
    expect(account).not.toBeInstanceOf(User)
  })

  it('needs an id', () => {
    class Nameless extends UserMixin {}
    expect(() => new Nameless().getId()).toThrow('no `id`')
  })

  it('is authenticated only while active', () => {
    expect(new User(1, 'x', false).isAuthenticated).toBe(false)
  })
})
