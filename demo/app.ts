import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BustAPI,
  flash,
  g,
  HTTPException,
  jsonify,
  redirect,
  renderTemplate,
  request,
  session,
  urlFor,
} from 'bustapi'
import compression from 'compression'
import expressSession from 'express-session'
import helmet from 'helmet'
import morgan from 'morgan'
import { apiBlueprint } from './api.ts'
import { authBlueprint } from './auth.ts'
import { db, findPerson, Note } from './models.ts'
import { pagesBlueprint } from './pages.ts'
import { createTutorial } from './tutorial/app.ts'

/** Settings that a test or a start script may give. */
export interface DemoOptions {
  /** Where notes and people are kept; default: an SQLite file in the instance folder. */
  databaseUri?: string
  /** Signs the sessions; default: a new one for each start. */
  secretKey?: string
  /** Where uploaded pictures are kept; default: a new temporary folder. */
  uploadFolder?: string
  /** Whether requests are logged to standard output. Default true. */
  log?: boolean
  /** The origins of browser clients of the tutorial's API. Default none. */
  clientOrigins?: readonly string[]
}

/** The noticeboard: pages, a JSON API and sign-in on BustAPI, with unmodified Connect middleware. */
export async function createApp(options: DemoOptions = {}): Promise<BustAPI> {
  const secretKey = options.secretKey ?? randomBytes(32).toString('hex')
  const uploadFolder = options.uploadFolder ?? mkdtempSync(join(tmpdir(), 'bustapi-demo-'))
  mkdirSync(uploadFolder, { recursive: true })

  const app = new BustAPI(import.meta.url)
  app.config.fromMapping({
    SECRET_KEY: secretKey,
    // PostgreSQL instead: 'postgresql://user:password@localhost/noticeboard'
    SQLALCHEMY_DATABASE_URI: options.databaseUri ?? 'sqlite:///noticeboard.db',
    SESSION_COOKIE_SAMESITE: 'Lax',
    MAX_CONTENT_LENGTH: 2 * 1024 * 1024,
    UPLOAD_FOLDER: uploadFolder,
  })

  // Middleware of the Express world, as it comes from the registry.
  app.use(helmet())
  app.use(compression())
  if (options.log !== false) app.use(morgan('dev'))
  app.use(
    '/stats',
    expressSession({ secret: secretKey, name: 'stats', resave: false, saveUninitialized: true }),
  )

  // A whole app below a path, as with Werkzeug's DispatcherMiddleware.
  app.use('/tutorial', createTutorial({ secretKey, clientOrigins: options.clientOrigins ?? [] }))

  db.initApp(app)
  await app.appContext().run(() => db.createAll())
  app.registerBlueprint(authBlueprint())
  app.registerBlueprint(pagesBlueprint())
  app.registerBlueprint(apiBlueprint(), { urlPrefix: '/api' })

  app.beforeRequest(async () => {
    const name = session.get('person')
    g.person = typeof name === 'string' ? await findPerson(name) : null
  })
  app.contextProcessor(() => ({
    csrfToken: csrfToken(),
    person: g.person,
  }))
  app.templateFilter((date: Date) => date.toISOString().slice(0, 16).replace('T', ' '), 'day')

  app.get('/stats', async () => {
    const visits = request.raw as typeof request.raw & { session: { visits?: number } }
    visits.session.visits = (visits.session.visits ?? 0) + 1
    return { visits: visits.session.visits, notes: await Note.query.count() }
  })

  app.errorhandler(HTTPException, (error) => {
    if (request.path.startsWith('/api/')) {
      const response = jsonify({ error: error.name, message: error.description })
      response.statusCode = error.code ?? 500
      return response
    }
    return [renderTemplate('error.html', { error }), error.code ?? 500]
  })
  app.errorhandler(413, () => {
    flash('A picture may have 2 MB at most.', 'error')
    return redirect(urlFor('pages.newNote'), 303)
  })
  return app
}

/** The token that forms carry, so that another site cannot send them in a visitor's name. */
function csrfToken(): string {
  const known = session.get('csrf')
  if (typeof known === 'string') return known
  const token = randomBytes(16).toString('hex')
  session.set('csrf', token)
  return token
}
