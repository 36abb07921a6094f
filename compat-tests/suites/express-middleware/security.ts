import type { ErrorRequestHandler, RequestHandler } from 'express'
import { post, withHeaders } from '../../kit/express/suite.ts'
import { load, loadAll, type Row, row } from './load.ts'

const report: ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(error.status ?? error.statusCode ?? 500).json({
    name: error.name,
    message: error.message,
    code: error.code,
    inner: error.inner?.message,
  })
}

/** The slice of passport that the strategies are tried with. */
interface Passport {
  use(strategy: object): Passport
  initialize(): RequestHandler
  session(): RequestHandler
  authenticate(name: string, options?: object): RequestHandler
  serializeUser(fn: (user: { id: number }, done: (error: null, id: number) => void) => void): void
  deserializeUser(fn: (id: number, done: (error: null, user: object) => void) => void): void
}
type Strategy = new (...args: unknown[]) => object
type Done = (error: unknown, user?: unknown, info?: unknown) => void

const passport = (): Passport =>
  new (loadAll<{ Passport: new () => Passport }>('passport').Passport)()

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const form = (path: string, body: string) => post(path, 'application/x-www-form-urlencoded', body)
const who: RequestHandler = (req, res) => {
  res.json((req as unknown as { user?: unknown }).user ?? null)
}

const jwt = loadAll<{ sign(payload: object, secret: string, options?: object): string }>(
  'jsonwebtoken',
)
const GOOD = jwt.sign({ sub: 'ann', iat: 1_600_000_000 }, 'key')
const STALE = jwt.sign({ sub: 'ann', iat: 1_600_000_000, exp: 1_600_000_001 }, 'key')
const FORGED = jwt.sign({ sub: 'ann' }, 'other key')

/** Identity, tokens and forgery. */
export const SECURITY: readonly Row[] = [
  row('passport-local', {
    app(express) {
      const auth = passport()
      const { Strategy: Local } = loadAll<{ Strategy: Strategy }>('passport-local')
      auth.use(
        new Local((name: string, word: string, done: Done) => {
          if (name === 'boom') done(new Error('boom'))
          else done(null, word === 'right' ? { id: 7, name } : false, { message: 'wrong' })
        }),
      )
      auth.serializeUser((user, done) => done(null, user.id))
      auth.deserializeUser((id, done) => done(null, { id, name: 'ann' }))
      const app = express()
      let made = 0
      app.use(
        express.urlencoded({ extended: false }),
        load('express-session')({
          secret: 's',
          resave: false,
          saveUninitialized: false,
          genid: () => `id${++made}`,
        }),
        auth.initialize(),
        auth.session(),
      )
      app.post(
        '/login',
        auth.authenticate('local', {
          successRedirect: '/me',
          failureRedirect: '/login',
          failureMessage: true,
        }),
      )
      app.post('/api', auth.authenticate('local'), who)
      app.get('/me', (req, res) => {
        const known = req as unknown as {
          user?: unknown
          isAuthenticated(): boolean
          isUnauthenticated(): boolean
        }
        res.json([known.user ?? null, known.isAuthenticated(), known.isUnauthenticated()])
      })
      app.post('/logout', (req, res, next) => {
        ;(req as unknown as { logout(done: (error?: Error) => void): void }).logout((error) => {
          if (error) next(error)
          else res.redirect('/me')
        })
      })
      app.use(report)
      return app
    },
    requests: [
      '/me',
      form('/login', 'username=ann&password=wrong'),
      form('/login', 'username=ann&password=right'),
      '/me',
      form('/logout', ''),
      '/me',
      form('/api', 'username=ann&password=wrong'),
      form('/api', 'username=boom&password=x'),
      form('/api', ''),
      form('/api', 'username=ann&password=right'),
    ],
    jar: true,
  }),
  row('passport-jwt', {
    app(express) {
      const auth = passport()
      const { Strategy: Jwt, ExtractJwt } = loadAll<{
        Strategy: Strategy
        ExtractJwt: { fromAuthHeaderAsBearerToken(): unknown }
      }>('passport-jwt')
      auth.use(
        new Jwt(
          { secretOrKey: 'key', jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken() },
          (payload: object, done: Done) => done(null, payload),
        ),
      )
      return express()
        .use(auth.initialize())
        .get('/', auth.authenticate('jwt', { session: false }), who)
    },
    requests: [
      '/',
      ...[GOOD, STALE, FORGED, 'x'].map((token) =>
        withHeaders('/', { Authorization: `Bearer ${token}` }),
      ),
    ],
  }),
  row('passport-http', {
    app(express) {
      const auth = passport()
      const { BasicStrategy } = loadAll<{ BasicStrategy: Strategy }>('passport-http')
      auth.use(
        new BasicStrategy((name: string, word: string, done: Done) =>
          done(null, word === 'right' ? { name } : false),
        ),
      )
      return express()
        .use(auth.initialize())
        .get('/', auth.authenticate('basic', { session: false }), who)
    },
    requests: [
      '/',
      withHeaders('/', { Authorization: basic('ann:right') }),
      withHeaders('/', { Authorization: basic('ann:wrong') }),
      withHeaders('/', { Authorization: 'Basic' }),
    ],
  }),
  row('passport-http-bearer', {
    app(express) {
      const auth = passport()
      const { Strategy: Bearer } = loadAll<{ Strategy: Strategy }>('passport-http-bearer')
      auth.use(
        new Bearer((token: string, done: Done) =>
          done(null, token === 'good' ? { token } : false, { scope: 'read' }),
        ),
      )
      return express()
        .use(express.urlencoded({ extended: true }), auth.initialize())
        .all('/', auth.authenticate('bearer', { session: false }), who)
    },
    requests: [
      '/',
      withHeaders('/', { Authorization: 'Bearer good' }),
      withHeaders('/', { Authorization: 'Bearer bad' }),
      '/?access_token=good',
      form('/', 'access_token=good'),
    ],
  }),
  row('passport-oauth2', {
    app(express) {
      const auth = passport()
      const OAuth2 = loadAll<Strategy>('passport-oauth2')
      auth.use(
        new OAuth2(
          {
            authorizationURL: 'http://provider.test/authorize',
            tokenURL: 'http://127.0.0.1:1/token',
            clientID: 'id',
            clientSecret: 'x',
            callbackURL: '/back',
          },
          (_a: string, _b: string, _profile: object, done: Done) => done(null, {}),
        ),
      )
      return express()
        .use(auth.initialize())
        .get('/go', auth.authenticate('oauth2', { scope: ['a', 'b'] }))
        .get('/back', auth.authenticate('oauth2', { session: false, failureRedirect: '/failed' }))
        .use(report)
    },
    requests: ['/go', '/back?error=access_denied', '/back?code=x'],
  }),
  row('express-jwt', {
    app(express) {
      const { expressjwt } = loadAll<{
        expressjwt(options: object): { unless(options: object): RequestHandler }
      }>('express-jwt')
      return express()
        .use(
          expressjwt({ secret: 'key', algorithms: ['HS256'] }).unless({
            path: ['/open', /^\/free/],
          }),
        )
        .use((req, res) => {
          res.json((req as unknown as { auth?: unknown }).auth ?? null)
        })
        .use(report)
    },
    requests: [
      '/',
      '/open',
      '/free/x',
      ...[GOOD, STALE, FORGED, 'x'].map((token) =>
        withHeaders('/', { Authorization: `Bearer ${token}` }),
      ),
      withHeaders('/', { Authorization: 'x' }),
    ],
  }),
  row('express-basic-auth', {
    app: (express) =>
      express()
        .use(
          load('express-basic-auth')({
            users: { ann: 'right' },
            challenge: true,
            realm: 'here',
            unauthorizedResponse: { no: true },
          }),
        )
        .use((req, res) => {
          res.json((req as unknown as { auth: object }).auth)
        }),
    requests: [
      '/',
      withHeaders('/', { Authorization: basic('ann:right') }),
      withHeaders('/', { Authorization: basic('ann:wrong') }),
    ],
  }),
  row('csurf', {
    app(express) {
      const app = express()
      app.use(
        load('cookie-parser')('s'),
        express.urlencoded({ extended: false }),
        load('csurf')({ cookie: true }),
      )
      app
        .get('/', (req, res) => {
          res.send((req as unknown as { csrfToken(): string }).csrfToken())
        })
        .post('/', (_req, res) => {
          res.send('accepted')
        })
        .use(report)
      return app
    },
    requests: [
      '/',
      (before) => form('/', `_csrf=${before[0]?.body}`),
      form('/', '_csrf=bad'),
      form('/', ''),
    ],
    jar: true,
    scrub: [
      [/_csrf=[^;]*/g, '_csrf=SECRET'],
      [/^[\w-]{36}$/g, 'TOKEN'],
    ],
    varying: ['etag'],
  }),
  row('csrf-csrf', {
    app(express) {
      const { doubleCsrf } = loadAll<{
        doubleCsrf(options: object): {
          generateCsrfToken(req: unknown, res: unknown): string
          doubleCsrfProtection: RequestHandler
        }
      }>('csrf-csrf')
      const csrf = doubleCsrf({
        getSecret: () => 'secret',
        getSessionIdentifier: () => 'me',
        cookieName: 'csrf',
        cookieOptions: { secure: false },
      })
      const app = express()
      app
        .use(load('cookie-parser')())
        .get('/', (req, res) => {
          res.send(csrf.generateCsrfToken(req, res))
        })
        .use(csrf.doubleCsrfProtection)
        .post('/', (_req, res) => {
          res.send('accepted')
        })
        .use(report)
      return app
    },
    requests: [
      '/',
      (before) => withHeaders('POST /', { 'X-CSRF-Token': before[0]?.body ?? '' }),
      withHeaders('POST /', { 'X-CSRF-Token': 'bad' }),
      'POST /',
    ],
    jar: true,
    scrub: [
      [/csrf=[^;]*/g, 'csrf=TOKEN'],
      [/^[\da-f]{64}\.[\da-f]+$/g, 'TOKEN'],
    ],
    varying: ['etag'],
  }),
  row('express-validator', {
    app(express) {
      interface Chain {
        (name: string): Chain & RequestHandler
        isEmail(): Chain
        isInt(options: object): Chain
        toInt(): Chain
        trim(): Chain
        notEmpty(): Chain
        withMessage(text: string): Chain & RequestHandler
        optional(): Chain
        escape(): Chain & RequestHandler
      }
      const { body, query, param, validationResult, matchedData } = loadAll<{
        body: Chain
        query: Chain
        param: Chain
        validationResult(req: unknown): { isEmpty(): boolean; array(): object[] }
        matchedData(req: unknown): object
      }>('express-validator')
      return express()
        .use(express.json())
        .post(
          '/:id',
          param('id').isInt({ min: 1 }).toInt() as never,
          body('email').isEmail().withMessage('no email') as never,
          body('name').trim().notEmpty().escape() as never,
          query('page').optional().isInt({ max: 9 }).toInt() as never,
          (req, res) => {
            const result = validationResult(req)
            res
              .status(result.isEmpty() ? 200 : 422)
              .json([result.array(), matchedData(req), req.params, req.body, req.query])
          },
        )
    },
    requests: [
      post('/5?page=3', 'application/json', '{"email":"a@b.test","name":" <b> "}'),
      post('/0?page=99', 'application/json', '{"email":"x","name":" "}'),
      post('/x', 'application/json', '{}'),
    ],
  }),
]
