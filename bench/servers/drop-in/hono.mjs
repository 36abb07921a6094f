// Hono on its server for Node.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { listening, scenario } from '../serve.mjs'
import { ROUTES } from './texts.mjs'

const app = new Hono()
const routes = (count) => {
  for (let section = 0; section < count; section++) {
    app.get(`/section${section}/items/:id`, (c) => c.html(`${section}:${c.req.param('id')}`))
  }
  app.notFound((c) => c.html('nothing here', 404))
}
const scenarios = {
  text: () => app.get('/text', (c) => c.html('Hello, World!')),
  json: () => app.get('/json', (c) => c.json({ message: 'Hello, World!' })),
  param: () => app.get('/users/:id', (c) => c.json({ id: c.req.param('id') })),
  'routes-1': () => routes(1),
  'routes-first': () => routes(ROUTES),
  'routes-last': () => routes(ROUTES),
  'routes-missing': () => routes(ROUTES),
  'post-json': () => app.post('/echo', async (c) => c.json(await c.req.json())),
}
scenarios[scenario]()

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, () => listening(server))
