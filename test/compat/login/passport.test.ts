import { BustAPI, type HTTPException, jsonify, redirect, request, session } from 'bustapi'
import {
  authenticate,
  currentUser,
  LoginManager,
  loginRequired,
  loginUser,
  logoutUser,
  type PassportRequest,
} from 'bustapi/login'
import expressSession from 'express-session'
import passport from 'passport'
import { Strategy as BearerStrategy } from 'passport-http-bearer'
import { Strategy as LocalStrategy } from 'passport-local'
import { beforeEach, describe, expect, it } from 'vitest'
import { ana, bob, USERS } from './app.ts'
import { StoredSessions } from './stored-sessions.ts'

const raw = (): PassportRequest => request.raw as PassportRequest

let app: BustAPI
let manager: LoginManager

beforeEach(() => {
  app = new BustAPI('passport_site', { staticFolder: null })
  app.secretKey = 'a secret of tests'
  app.testing = true
  manager = new LoginManager(app)
  manager.userLoader((id) => Promise.resolve(USERS.get(id) ?? null))
  manager.use(
    new LocalStrategy((username, password, done) => {
      if (username === 'broken') return done(new Error('the directory is gone'))
      if (username === 'row') return done(null, { id: 1, label: 'a row' })
      const user = username === 'ana' ? ana : username === 'bob' ? bob : null
      if (user === null || password !== 'pw') return done(null, false, { message: 'Wrong.' })
      // As drivers with a pool do: in a flow that is not the request's.
      setImmediate(() => done(null, user, { message: 'Welcome.', scope: 'all' } as never))
    }),
  )
  manager.use(
    new BearerStrategy((token, done) =>
      token === 'good' ? done(null, ana, { scope: ['read'] } as never) : done(null, false),
    ),
  )
  app.get('/me', () => ({
    current: currentUser.getId(),
    is: raw().isAuthenticated(),
    isNot: raw().isUnauthenticated(),
    user: raw().user?.getId() ?? null,
  }))
  app.get('/session', () => session.toJSON())
})

const post = (path: string, username: string, password = 'pw', extra = {}) => {
  const client = app.testClient()
  return client.post(path, { data: { username, password, ...extra } }).then((response) => ({
    client,
    response,
  }))
}

const IN = { current: '1', is: true, isNot: false, user: '1' }
const OUT = { current: null, is: false, isNot: true, user: null }

describe('a strategy’s success', () => {
  it('is the one login that passport and Flask-Login’s functions see', async () => {
    app.post(
      '/login',
      authenticate('local')(() => `in as ${currentUser.getId()}`),
    )
    app.post('/out', () => String(logoutUser()))
    const { client, response } = await post('/login', 'ana')
    expect(response.text).toBe('in as 1')
    expect((await client.get('/me')).json).toEqual(IN)
    await client.post('/out')
    expect((await client.get('/me')).json).toEqual(OUT)
  })

  it('redirects, flashes, remembers and tells the info', async () => {
    app.post(
      '/login',
      authenticate('local', {
        successRedirect: '/account',
        successFlash: true,
        remember: (request) => request.form.has('remember'),
        duration: { days: 7 },
      })(() => 'never'),
    )
    app.post(
      '/info',
      authenticate('local')(() => jsonify(raw().authInfo)),
    )
    const { client, response } = await post('/login', 'ana', 'pw', { remember: 'on' })
    expect(response.statusCode).toBe(302)
    expect(response.location).toBe('/account')
    expect(response.headers.getlist('Set-Cookie').join()).toContain('remember_token=1|')
    expect((await client.get('/session')).json).toMatchObject({
      _flashes: [['success', 'Welcome.']],
      _user_id: '1',
      _fresh: true,
    })
    expect((await post('/info', 'ana')).response.json).toMatchObject({ scope: 'all' })
  })

  it('goes back to where the user came from, and never to another host', async () => {
    app.post(
      '/login',
      authenticate('local', { successReturnToOrRedirect: '/home' })(() => ''),
    )
    app.get('/want', () => {
      session.set('returnTo', request.args.get('to'))
      return 'ok'
    })
    expect((await post('/login?next=%2Faccount', 'ana')).response.location).toBe('/account')
    expect((await post('/login?next=//evil.example', 'ana')).response.location).toBe('/home')
    for (const [to, location] of [
      ['/cart', '/cart'],
      ['https://evil.example/', '/home'],
    ] as const) {
      const client = app.testClient()
      await client.get('/want', { queryString: { to } })
      const response = await client.post('/login', { data: { username: 'ana', password: 'pw' } })
      expect(response.location).toBe(location)
    }
  })

  it('takes a user that is a mere row', async () => {
    app.post(
      '/login',
      authenticate('local')(
        () => `${currentUser.getId()} ${(raw().user as object as { label: string }).label}`,
      ),
    )
    expect((await post('/login', 'row')).response.text).toBe('1 a row')
  })

  it('without session logs in for the request only', async () => {
    app.get(
      '/api',
      authenticate('bearer', { session: false })(() => String(currentUser.getId())),
    )
    const client = app.testClient()
    const headers = { Authorization: 'Bearer good' }
    const response = await client.get('/api', { headers })
    expect(response.text).toBe('1')
    expect(response.headers.getlist('Set-Cookie')).toEqual([])
    expect((await client.get('/me')).json).toEqual(OUT)
  })

  it('can be a property only', async () => {
    app.post(
      '/login',
      authenticate('local', { assignProperty: 'account' })(() =>
        String(
          (request.raw as unknown as { account: typeof ana }).account === ana &&
            currentUser.isAnonymous,
        ),
      ),
    )
    expect((await post('/login', 'ana')).response.text).toBe('true')
  })
})

describe('a strategy’s failure', () => {
  it('is a 401 with its challenge, for error handlers as well', async () => {
    app.get(
      '/api',
      authenticate('bearer', { session: false })(() => 'never'),
    )
    const response = await app
      .testClient()
      .get('/api', { headers: { Authorization: 'Bearer bad' } })
    expect(response.statusCode).toBe(401)
    expect(response.headers.get('WWW-Authenticate')).toBe(
      'Bearer realm="Users", error="invalid_token"',
    )
    expect(response.text).toContain('<h1>Unauthorized</h1>')

    const other = new BustAPI('handled', { staticFolder: null })
    new LoginManager(other).use(new BearerStrategy((_token, done) => done(null, false)))
    other.loginManager.userLoader(() => null)
    other.errorhandler(401, (error: HTTPException) => [{ error: error.name }, 401])
    other.get(
      '/api',
      authenticate('bearer')(() => 'never'),
    )
    expect((await other.testClient().get('/api')).json).toEqual({ error: 'Unauthorized' })
  })

  it('has the challenges of all strategies', async () => {
    manager.use(
      'staff',
      new BearerStrategy(
        { realm: 'Staff' } as object,
        ((_token: string, done: (e: null, user: false) => void) => done(null, false)) as never,
      ),
    )
    app.get(
      '/api',
      authenticate(['bearer', 'staff'])(() => 'never'),
    )
    expect((await app.testClient().get('/api')).headers.getlist('WWW-Authenticate')).toEqual([
      'Bearer realm="Users"',
      'Bearer realm="Staff"',
    ])
  })

  it('as an error of passport’s is the same refusal', async () => {
    app.get(
      '/api',
      authenticate('bearer', { failWithError: true })(() => 'never'),
    )
    expect((await app.testClient().get('/api')).statusCode).toBe(401)
  })

  it('redirects, flashes and keeps its message', async () => {
    app.post(
      '/login',
      authenticate('local', {
        failureRedirect: '/login',
        failureFlash: true,
        failureMessage: true,
      })(() => 'never'),
    )
    const { client, response } = await post('/login', 'ana', 'wrong')
    expect(response.location).toBe('/login')
    expect((await client.get('/session')).json).toEqual({
      _flashes: [['error', 'Wrong.']],
      messages: ['Wrong.'],
    })
    expect((await client.get('/me')).json).toEqual(OUT)
  })

  it('is also what an inactive user meets, unless forced', async () => {
    app.post(
      '/login',
      authenticate('local')(() => 'in'),
    )
    app.post(
      '/soft',
      authenticate('local', { failureRedirect: '/no', failureFlash: 'No.' })(() => 'in'),
    )
    app.post(
      '/force',
      authenticate('local', { force: true })(() => 'in'),
    )
    expect((await post('/login', 'bob')).response.statusCode).toBe(401)
    expect((await post('/soft', 'bob')).response.location).toBe('/no')
    expect((await post('/force', 'bob')).response.text).toBe('in')
  })
})

describe('the other outcomes', () => {
  it('redirect goes through the app’s hooks, with what the strategy kept in the session', async () => {
    manager.use('provider', {
      authenticate(
        this: { redirect(url: string): void },
        req: { session: Record<string, unknown> },
      ) {
        req.session['oauth2:provider'] = { state: 'xyz' }
        this.redirect('https://provider.example/authorize?state=xyz')
      },
    } as never)
    app.afterRequest((response) => {
      response.headers.set('X-Hook', 'ran')
      return response
    })
    app.get(
      '/auth',
      authenticate('provider')(() => 'never'),
    )
    const client = app.testClient()
    const response = await client.get('/auth')
    expect(response.statusCode).toBe(302)
    expect(response.location).toBe('https://provider.example/authorize?state=xyz')
    expect(response.headers.get('X-Hook')).toBe('ran')
    expect((await client.get('/session')).json).toEqual({ 'oauth2:provider': { state: 'xyz' } })
  })

  it('pass goes on to the view, and an error is the view’s', async () => {
    manager.use('pass', {
      authenticate(this: { pass(): void }) {
        this.pass()
      },
    } as never)
    app.get(
      '/pass',
      authenticate('pass')(() => String(currentUser.isAnonymous)),
    )
    app.post(
      '/login',
      authenticate('local')(() => 'never'),
    )
    expect((await app.testClient().get('/pass')).text).toBe('true')
    await expect(post('/login', 'broken')).rejects.toThrow('the directory is gone')
  })

  it('a status of the strategy’s own is kept, and an unknown strategy is an error', async () => {
    manager.use('odd', {
      authenticate(this: { fail(status: number): void }) {
        this.fail(403)
      },
    } as never)
    app.get(
      '/odd',
      authenticate('odd')(() => 'never'),
    )
    app.get(
      '/unknown',
      authenticate('unknown')(() => 'never'),
    )
    expect((await app.testClient().get('/odd')).statusCode).toBe(403)
    await expect(app.testClient().get('/unknown')).rejects.toThrow(
      'Unknown authentication strategy',
    )
  })

  it('an answer that a strategy sends itself goes through the app', async () => {
    type Res = Record<
      | 'setHeader'
      | 'appendHeader'
      | 'writeHead'
      | 'status'
      | 'send'
      | 'json'
      | 'end'
      | 'redirect'
      | 'removeHeader',
      (...args: unknown[]) => Res
    > & { getHeader(name: string): unknown; headersSent: boolean }
    const answers: Record<string, (res: Res) => void> = {
      page: (res) => res.status(202).send('<form>'),
      json: (res) => res.json({ a: 1 }),
      head: (res) => res.writeHead(418, 'Tea', { 'X-A': 'b' }).end('short'),
      moved: (res) => res.redirect(307, '/elsewhere'),
      many: (res) => {
        res.setHeader('X-A', 'gone')
        res.removeHeader('X-A')
        res.appendHeader('Set-Cookie', 'a=1')
        res.appendHeader('Set-Cookie', 'b=2')
        res.end(String(res.getHeader('Set-Cookie')))
        res.end('too late')
      },
    }
    for (const [name, send] of Object.entries(answers)) {
      manager.use(name, {
        authenticate: (req: { res: Res }) => send(req.res),
      } as never)
      app.get(
        `/${name}`,
        { endpoint: name },
        authenticate(name)(() => 'never'),
      )
    }
    const client = app.testClient()
    const page = await client.get('/page')
    expect([page.statusCode, page.text]).toEqual([202, '<form>'])
    expect((await client.get('/json')).json).toEqual({ a: 1 })
    const head = await client.get('/head')
    expect([head.statusCode, head.headers.get('X-A'), head.text]).toEqual([418, 'b', 'short'])
    const moved = await client.get('/moved')
    expect([moved.statusCode, moved.location]).toEqual([307, '/elsewhere'])
    const many = await client.get('/many')
    expect(many.headers.getlist('Set-Cookie')).toEqual(['a=1', 'b=2'])
    expect([many.text, many.headers.has('X-A')]).toEqual(['a=1,b=2', false])
  })

  it('a callback decides for itself', async () => {
    app.post(
      '/login',
      authenticate('local', {}, (error, user, info) => {
        if (error !== null) return [String(error), 500]
        if (user === false) return [{ why: info }, 403]
        loginUser(user as typeof ana)
        return redirect('/own')
      })(() => 'never'),
    )
    app.post(
      '/on',
      manager.authenticate('local', {}, () => null)(() => 'the view'),
    )
    expect((await post('/login', 'ana')).response.location).toBe('/own')
    expect((await post('/login', 'eve')).response.json).toEqual({ why: { message: 'Wrong.' } })
    expect((await post('/login', 'broken')).response.statusCode).toBe(500)
    expect((await post('/on', 'eve')).response.text).toBe('the view')
  })

  it('a step is a hook as well, and takes JSON', async () => {
    const only = new BustAPI('hooked', { staticFolder: null })
    const login = new LoginManager(only)
    login.userLoader(() => ana)
    login.passport = new passport.Passport() as never
    login.use(new LocalStrategy((name, word, done) => done(null, name === word ? ana : false)))
    only.beforeRequest(authenticate('local', { session: false }))
    only.post(
      '/',
      loginRequired(() => 'in'),
    )
    const client = only.testClient()
    expect((await client.post('/', { json: { username: 'a', password: 'a' } })).text).toBe('in')
    expect((await client.post('/', { json: { username: 'a', password: 'b' } })).statusCode).toBe(
      401,
    )
    expect((await client.post('/', { json: { username: { $ne: 1 } } })).statusCode).toBe(400)
  })
})

describe('passport’s own members', () => {
  it('log in and out, calling back', async () => {
    app.get(
      '/in',
      () =>
        new Promise((resolve, reject) => {
          raw().login(ana, (error) => (error ? reject(error) : resolve(`${currentUser.getId()}`)))
        }),
    )
    app.get(
      '/out',
      () =>
        new Promise((resolve, reject) => {
          raw().logout((error) => (error ? reject(error) : resolve(`${currentUser.isAnonymous}`)))
        }),
    )
    app.get('/once', () => {
      raw().login(ana, { session: false })
      return String(raw().isAuthenticated())
    })
    app.get(
      '/bad',
      () =>
        new Promise((resolve) => raw().login({ name: 'no id' }, (error) => resolve(String(error)))),
    )
    const client = app.testClient()
    expect((await client.get('/once')).text).toBe('true')
    expect((await client.get('/me')).json).toEqual(OUT)
    expect((await client.get('/in')).text).toBe('1')
    expect((await client.get('/me')).json).toEqual(IN)
    expect((await client.get('/out')).text).toBe('true')
    expect((await client.get('/me')).json).toEqual(OUT)
    expect((await client.get('/bad')).text).toContain('neither getId() nor an `id`')
  })

  it('log out who was remembered', async () => {
    app.post(
      '/login',
      authenticate('local', { remember: true })(() => 'in'),
    )
    app.get('/out', () => new Promise((resolve) => raw().logout(() => resolve('out'))))
    const { client } = await post('/login', 'ana')
    const cookies = (await client.get('/out')).headers.getlist('Set-Cookie').join('\n')
    expect(cookies).toContain('remember_token=;')
    expect((await client.get('/me')).json).toEqual(OUT)
  })

  it('give the session express-session’s methods', async () => {
    app.get('/life', async () => {
      const { session: view } = request.raw as unknown as {
        session: Record<string, unknown> &
          Record<'regenerate' | 'save' | 'destroy', (f: () => void) => void>
      }
      view.kept = { in: 1 }
      await new Promise<void>((resolve) => view.save(resolve))
      await new Promise<void>((resolve) => view.regenerate(resolve))
      const fresh = (request.raw as unknown as { session: typeof view }).session
      const seen = { old: Object.keys(view), now: Object.keys(fresh), same: view === fresh }
      fresh.next = 1
      delete fresh.next
      await new Promise<void>((resolve) => fresh.destroy(resolve))
      return seen
    })
    expect((await app.testClient().get('/life')).json).toEqual({
      old: ['kept'],
      now: [],
      same: false,
    })
  })
})

describe('S61: a login through passport', () => {
  it('renews the session and drops what was in it, but for messages', async () => {
    const sessions = new StoredSessions()
    app.sessionInterface = sessions
    app.post(
      '/login',
      authenticate('local')(() => 'in'),
    )
    app.post(
      '/keep',
      authenticate('local', { keepSessionInfo: true })(() => 'in'),
    )
    app.get('/plant', () => {
      session.csrf = 'known to the attacker'
      return 'ok'
    })
    for (const [path, kept] of [
      ['/login', undefined],
      ['/keep', 'known to the attacker'],
    ] as const) {
      const client = app.testClient()
      await client.get('/plant')
      const fixed = client.getCookie('sid')?.value ?? ''
      await client.post(path, { data: { username: 'ana', password: 'pw' } })
      expect(client.getCookie('sid')?.value).not.toBe(fixed)
      expect(sessions.store.has(fixed)).toBe(false)
      expect(((await client.get('/session')).json as { csrf?: string }).csrf).toBe(kept)
    }
  })

  it('works with sessions in cookies', async () => {
    app.post(
      '/login',
      authenticate('local')(() => 'in'),
    )
    app.get('/plant', () => {
      session.csrf = 'known to the attacker'
      return 'ok'
    })
    const client = app.testClient()
    await client.get('/plant')
    await client.post('/login', { data: { username: 'ana', password: 'pw' } })
    expect((await client.get('/session')).json).not.toHaveProperty('csrf')
    expect((await client.get('/me')).json).toEqual(IN)
  })
})

describe('passport’s own middleware before the app', () => {
  it('shows its user through a request loader', async () => {
    const own = new passport.Passport()
    own.serializeUser((user, done) => done(null, (user as typeof ana).getId()))
    own.deserializeUser((id: string, done) => done(null, USERS.get(id) ?? false))
    own.use('open', {
      authenticate(this: { success(user: object): void }) {
        this.success(ana)
      },
    } as never)
    app.use(expressSession({ secret: 's', resave: false, saveUninitialized: false }))
    app.use(own.initialize() as never, own.session() as never)
    app.use('/enter', own.authenticate('open') as never)
    manager.requestLoader(({ raw }) => (raw as { user?: typeof ana }).user ?? null)
    app.get('/who', () => String(currentUser.getId()))
    const client = app.testClient()
    expect((await client.get('/who')).text).toBe('null')
    await client.get('/enter')
    expect((await client.get('/who')).text).toBe('1')
  })
})
