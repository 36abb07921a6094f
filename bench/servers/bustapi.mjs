// BustAPI's facade, from the built package, written as its users write it.
import { createServer } from 'node:http'
import { BustAPI, g, request } from 'bustapi'
import { CORS } from 'bustapi/cors'
import { getJwtIdentity, JWTManager, jwtRequired } from 'bustapi/jwt'
import { scenario, secret, sections, serve } from './serve.mjs'

const app = new BustAPI('bench')

if (['text', 'origin', 'cors'].includes(scenario)) app.get('/text', () => 'Hello, World!')
if (scenario === 'json') app.get('/json', () => ({ message: 'Hello, World!', path: request.path }))
if (scenario === 'hooks') {
  app.beforeRequest(() => {
    g.user = 'ann'
  })
  app.afterRequest((response) => {
    response.headers.set('X-User', g.user)
    return response
  })
  app.get('/users/<int:id>', ({ id }) => ({ id, user: g.user }))
}
if (scenario === 'post') app.post('/echo', () => request.json)
if (scenario === 'cors') CORS(app)
if (scenario === 'jwt') {
  app.config.JWT_SECRET_KEY = secret
  new JWTManager().initApp(app)
  app.get(
    '/me',
    jwtRequired()(function me() {
      return { id: getJwtIdentity() }
    }),
  )
}
if (scenario === 'sqlite') {
  const { path } = await import('./authors.mjs')
  const { SQLAlchemy } = await import('bustapi/sqlalchemy')
  app.config.SQLALCHEMY_DATABASE_URI = `sqlite:///${path}`
  const db = new SQLAlchemy(app)
  class Author extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
    name = db.Column(db.String(80), { nullable: false })
    email = db.Column(db.String(120), { nullable: false })
  }
  app.get('/authors/<int:id>', async ({ id }) => {
    const author = await db.getOr404(Author, id)
    return { id: author.id, name: author.name, email: author.email }
  })
}
if (scenario.startsWith('routes')) {
  for (const section of sections) {
    app.get(
      `/section${section}/items/<id>`,
      { endpoint: `s${section}` },
      ({ id }) => `${section}:${id}`,
    )
  }
}

serve(createServer(app.wsgiApp))
