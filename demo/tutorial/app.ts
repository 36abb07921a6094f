import { randomBytes } from 'node:crypto'
import { BustAPI, session } from 'bustapi'
import { CORS } from 'bustapi/cors'
import { JWTManager } from 'bustapi/jwt'
import { LoginManager } from 'bustapi/login'
import { accountBlueprint } from './account.ts'
import { People } from './people.ts'
import { tokensBlueprint } from './tokens.ts'

/** Settings of the tutorial. */
export interface TutorialOptions {
  /** Signs sessions, remember cookies and tokens. */
  secretKey: string
  /** The origins whose pages may use the API. Default none. */
  clientOrigins?: readonly string[]
}

/**
 * The tutorial on signing in, translated from Flask: pages with Flask-Login, a JSON API with Flask-JWT-Extended, and
 * Flask-CORS for a browser client on another origin.
 */
export function createTutorial({ secretKey, clientOrigins = [] }: TutorialOptions): BustAPI {
  const app = new BustAPI(import.meta.url)
  app.config.fromMapping({
    SECRET_KEY: secretKey,
    // Beside the noticeboard on one host: cookies of its own.
    SESSION_COOKIE_NAME: 'tutorial_session',
    SESSION_COOKIE_SAMESITE: 'Lax',
    REMEMBER_COOKIE_NAME: 'tutorial_remember',
    REMEMBER_COOKIE_DURATION: { days: 14 },
    REMEMBER_COOKIE_SAMESITE: 'Lax',
    JWT_ACCESS_TOKEN_EXPIRES: { minutes: 15 },
    JWT_REFRESH_TOKEN_EXPIRES: { days: 30 },
  })
  const people = new People()

  const login = new LoginManager(app)
  login.loginView = 'account.signIn'
  login.refreshView = 'account.confirm'
  login.needsRefreshMessage = 'Please confirm your password first.'
  login.userLoader((id) => people.find(id))

  const jwt = new JWTManager(app)
  jwt.userIdentityLoader((person: { readonly name: string }) => person.name)
  jwt.userLookupLoader((_header, { sub }) => people.find(String(sub)))
  jwt.tokenInBlocklistLoader((_header, { jti }) => people.isRevoked(String(jti)))

  CORS(app, {
    resources: { '/api/*': { origins: clientOrigins } },
    allowHeaders: ['Authorization', 'Content-Type'],
    exposeHeaders: ['Location'],
    maxAge: 600,
  })

  app.registerBlueprint(accountBlueprint(people))
  app.registerBlueprint(tokensBlueprint(people), { urlPrefix: '/api' })
  app.contextProcessor(() => ({ csrfToken: csrfToken() }))
  return app
}

/** The token that forms carry, so that another site cannot send them in a visitor's name. */
function csrfToken(): string {
  return String(session.setdefault('csrf', randomBytes(16).toString('hex')))
}
