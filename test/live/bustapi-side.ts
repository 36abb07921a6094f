import {
  BustAPI,
  checkPasswordHash,
  flash,
  generatePasswordHash,
  getFlashedMessages,
  jsonify,
  Markup,
  request,
  session,
  Tuple,
  tuple,
  UUID,
} from 'bustapi'
import {
  createAccessToken,
  createRefreshToken,
  getJwt,
  getJwtIdentity,
  JWTManager,
  jwtRequired,
  setAccessCookies,
} from 'bustapi/jwt'
import {
  currentUser,
  LoginManager,
  loginFresh,
  loginUser,
  logoutUser,
  UserMixin,
} from 'bustapi/login'
import type { Settings } from './pythons.ts'

/** A value with its type, as both halves write it. */
function kind(value: unknown): unknown {
  if (value instanceof Tuple) return ['tuple', [...value].map(kind)]
  if (Array.isArray(value)) return ['list', value.map(kind)]
  if (value instanceof Markup) return ['Markup', value.toString()]
  if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('latin1')]
  if (value instanceof UUID) return ['UUID', value.toString()]
  if (value instanceof Date) return ['datetime', value.getTime() / 1000]
  if (typeof value === 'object' && value !== null) {
    return ['dict', Object.fromEntries(Object.entries(value).map(([key, one]) => [key, kind(one)]))]
  }
  return ['plain', value]
}

function sessions(app: BustAPI): void {
  app.post('/session', () => {
    session.permanent = request.args.get('permanent') === '1'
    session.set('name', 'Zoë 🐍')
    session.set('count', 1)
    session.set('price', 1.5)
    session.set('none', null)
    session.set('list', [1, 'two', true])
    session.set('pair', tuple(1, tuple('x')))
    session.set('bytes', Buffer.from('\0\xffabc', 'latin1'))
    session.set('html', new Markup('<b>bold</b>'))
    session.set('uuid', new UUID('12345678-1234-5678-1234-567812345678'))
    session.set('date', new Date('2024-02-29T12:30:15Z'))
    session.set('tagged', { ' t': 'not a tuple' })
    session.set('long', 'abc'.repeat(300))
    flash('Welcome back', 'info')
    return ''
  })
  app.post('/session/count', () => {
    session.set('count', Number(session.getItem('count')) + 1)
    return jsonify(session.get('count'))
  })
  app.get('/session', () => {
    const flashed = request.args.has('flashed') ? getFlashedMessages({ withCategories: true }) : []
    const values = [...session.items()].filter(([key]) => !key.startsWith('_'))
    return {
      values: Object.fromEntries(values.map(([key, value]) => [key, kind(value)])),
      permanent: session.permanent,
      flashed: flashed.map((one) => [...one]),
    }
  })
}

function passwords(app: BustAPI): void {
  app.post('/hash', () => {
    const { password, method } = request.json as { password: string; method: string }
    return jsonify(generatePasswordHash(password, method))
  })
  app.post('/check', () => {
    const { hash, password } = request.json as { hash: string; password: string }
    return jsonify(checkPasswordHash(hash, password))
  })
}

class User extends UserMixin {
  readonly id: string

  constructor(id: string) {
    super()
    this.id = id
  }
}

function login(app: BustAPI): void {
  const manager = new LoginManager(app)
  manager.sessionProtection = 'strong'
  manager.userLoader((id) => (id === '7' || id === 'zoë' ? new User(id) : null))
  app.post('/in/<id>', ({ id }) =>
    jsonify(loginUser(new User(id), { remember: request.args.has('remember') })),
  )
  app.post('/out', () => jsonify(logoutUser()))
  app.get('/me', () => ({
    id: currentUser.getId(),
    fresh: currentUser.isAuthenticated && loginFresh(),
  }))
}

function tokens(app: BustAPI): void {
  new JWTManager().initApp(app)
  app.post('/token', () => {
    const { id, fresh } = request.json as { id: string; fresh: boolean }
    return {
      access: createAccessToken(id, { fresh, additionalClaims: { role: 'Zoë' } }),
      refresh: createRefreshToken(id),
      expired: createAccessToken(id, { expiresDelta: -5 }),
    }
  })
  app.post('/cookies', () => {
    const response = jsonify('done')
    setAccessCookies(response, createAccessToken((request.json as { id: string }).id))
    return response
  })
  app.route(
    '/protected',
    { methods: ['GET', 'POST'] },
    jwtRequired()(function shown() {
      return { id: getJwtIdentity(), role: getJwt().role ?? null }
    }),
  )
  app.get(
    '/fresh',
    jwtRequired({ fresh: true })(function fresh() {
      return { id: getJwtIdentity() }
    }),
  )
  app.post(
    '/refresh',
    jwtRequired({ refresh: true })(function refresh() {
      return { access: createAccessToken(getJwtIdentity(), { fresh: false }) }
    }),
  )
}

function makeApp(settings: Settings, algorithm?: string): BustAPI {
  const app = new BustAPI('exchange', { staticFolder: null })
  app.secretKey = settings.secret
  sessions(app)
  passwords(app)
  login(app)
  app.config.JWT_TOKEN_LOCATION = ['headers', 'cookies']
  if (algorithm !== undefined) {
    app.config.JWT_ALGORITHM = algorithm
    app.config.JWT_PRIVATE_KEY = settings.keys[algorithm]?.private
    app.config.JWT_PUBLIC_KEY = settings.keys[algorithm]?.public
  }
  tokens(app)
  return app
}

/** BustAPI's half: the same pages as in flask_side.py. */
export function bustapiSide(settings: Settings): BustAPI {
  const app = makeApp(settings)
  for (const name of Object.keys(settings.keys)) app.use(`/${name}`, makeApp(settings, name))
  return app
}
