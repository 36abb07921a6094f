// Bare Fastify in the scenarios that it has a word of its own for.
import Fastify from 'fastify'
import { listening, scenario } from '../serve.mjs'
import { ROUTES } from './texts.mjs'

const TEXT = 'text/html; charset=utf-8'
const app = Fastify()
const routes = (count) => {
  for (let section = 0; section < count; section++) {
    app.get(`/section${section}/items/:id`, (request, reply) =>
      reply.type(TEXT).send(`${section}:${request.params.id}`),
    )
  }
  app.setNotFoundHandler((_request, reply) => reply.code(404).type(TEXT).send('nothing here'))
}
const scenarios = {
  text: () => app.get('/text', (_request, reply) => reply.type(TEXT).send('Hello, World!')),
  json: () => app.get('/json', (_request, reply) => reply.send({ message: 'Hello, World!' })),
  param: () => app.get('/users/:id', (request, reply) => reply.send({ id: request.params.id })),
  'routes-1': () => routes(1),
  'routes-first': () => routes(ROUTES),
  'routes-last': () => routes(ROUTES),
  'routes-missing': () => routes(ROUTES),
  'post-json': () => app.post('/echo', (request, reply) => reply.send(request.body)),
}
scenarios[scenario]()

await app.listen({ host: '127.0.0.1', port: 0 })
listening(app.server)
