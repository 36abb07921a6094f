// Fastify as its own documentation writes it, with the hooks that it has for the job.
import cors from '@fastify/cors'
import Fastify from 'fastify'
import jsonwebtoken from 'jsonwebtoken'
import { listening, scenario, secret, sections } from './serve.mjs'

const TEXT = 'text/html; charset=utf-8'
const app = Fastify()

if (scenario === 'cors') await app.register(cors)
if (['text', 'origin', 'cors'].includes(scenario))
  app.get('/text', (_request, reply) => reply.type(TEXT).send('Hello, World!'))
if (scenario === 'json') {
  app.get('/json', (request, reply) => reply.send({ message: 'Hello, World!', path: request.url }))
}
if (scenario === 'hooks') {
  app.decorateRequest('user', null)
  app.addHook('preHandler', (request, _reply, done) => {
    request.user = 'ann'
    done()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    reply.header('X-User', request.user)
    done(null, payload)
  })
  app.get('/users/:id(^\\d+$)', (request, reply) =>
    reply.send({ id: Number(request.params.id), user: request.user }),
  )
}
if (scenario === 'post') app.post('/echo', (request, reply) => reply.send(request.body))
if (scenario === 'jwt') {
  app.get('/me', (request, reply) => {
    const { authorization = '' } = request.headers
    if (!authorization.startsWith('Bearer ')) return reply.code(401).send({ msg: 'no token' })
    try {
      const claims = jsonwebtoken.verify(authorization.slice(7), secret, { algorithms: ['HS256'] })
      if (claims.type !== 'access') return reply.code(422).send({ msg: 'wrong token' })
      return reply.send({ id: claims.sub })
    } catch (error) {
      return reply.code(401).send({ msg: error.message })
    }
  })
}
if (scenario === 'sqlite') {
  const { path } = await import('./authors.mjs')
  const { openKysely } = await import('../database/peers/kysely.ts')
  const db = openKysely('sqlite', path)
  app.get('/authors/:id(^\\d+$)', async (request, reply) => {
    const id = Number(request.params.id)
    const author = await db.selectFrom('author').selectAll().where('id', '=', id).executeTakeFirst()
    if (author === undefined) return reply.callNotFound()
    return author
  })
}
if (scenario.startsWith('routes')) {
  for (const section of sections) {
    app.get(`/section${section}/items/:id`, (request, reply) =>
      reply.type(TEXT).send(`${section}:${request.params.id}`),
    )
  }
}

await app.listen({ host: '127.0.0.1', port: 0 })
listening(app.server)
