import { createServer } from 'node:http'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import express from 'express'
import expressSession from 'express-session'
import helmet from 'helmet'
import morgan from 'morgan'
import multer from 'multer'
import { afterEach, expect, it } from 'vitest'
import { BustAPI, HTTPException, request, session } from '../../src/index.ts'
import { closeAll, fetchText, serve } from './support.ts'

afterEach(closeAll)

it('unmodified middleware works beside hooks, and its headers survive', async () => {
  const app = new BustAPI('stack')
  const lines: string[] = []
  app.secretKey = 'k'
  app.use(helmet())
  app.use(compression({ threshold: 10 }))
  app.use(morgan('tiny', { stream: { write: (line) => lines.push(line) } }))
  app.use(cookieParser())
  app.use(expressSession({ secret: 's', name: 'es', resave: false, saveUninitialized: true }))
  app.get('/', () => {
    const raw = request.raw as typeof request.raw & { session: { n?: number } }
    raw.session.n = (raw.session.n ?? 0) + 1
    session.set('n', raw.session.n)
    return 'x'.repeat(1000)
  })
  const url = await serve(createServer(app))
  const reply = await fetchText(`${url}/`)
  expect(reply.text).toBe('x'.repeat(1000))
  expect(reply.headers.get('content-encoding')).toBe('gzip')
  expect(reply.headers.get('x-frame-options')).toBe('SAMEORIGIN')
  expect(reply.headers.get('vary')).toMatch(/Accept-Encoding/i)
  expect(reply.headers.get('vary')).toMatch(/Cookie/i)
  const cookies = reply.headers.getSetCookie().map((cookie) => cookie.split('=')[0])
  expect(cookies.toSorted()).toEqual(['es', 'session'])
  expect(lines.join('')).toMatch(/^GET \/ 200 /)
})

it('a body that middleware has read is what json, form and files show', async () => {
  const app = new BustAPI('bodies')
  app.use('/json', express.json())
  app.use('/form', express.urlencoded())
  app.use('/upload', multer().single('picture'))
  app.post('/json', () => ({ got: request.json }))
  app.post('/form', () => ({ got: request.form.toDict() }))
  app.post('/upload', async () => {
    const file = request.files.getItem('picture')
    return { name: file.filename, size: (await file.read()).length, note: request.form.get('note') }
  })
  app.post('/unread', () => ({ got: request.json }))
  const url = await serve(createServer(app))
  const headers = { 'content-type': 'application/json' }
  const json = (path: string): Promise<{ text: string }> =>
    fetchText(url + path, { method: 'POST', headers, body: '{"a":1}' })
  expect((await json('/json')).text).toBe('{"got":{"a":1}}\n')
  expect((await json('/unread')).text).toBe('{"got":{"a":1}}\n')
  const form = await fetchText(`${url}/form`, {
    method: 'POST',
    body: new URLSearchParams({ a: '1', b: 'two' }),
  })
  expect(JSON.parse(form.text)).toEqual({ got: { a: '1', b: 'two' } })
  const data = new FormData()
  data.set('note', 'n')
  data.set('picture', new Blob(['12345']), 'p.png')
  const upload = await fetchText(`${url}/upload`, { method: 'POST', body: data })
  expect(JSON.parse(upload.text)).toEqual({ name: 'p.png', size: 5, note: 'n' })
})

it('an error of middleware is handled like one of a view; its 4xx status stands', async () => {
  const app = new BustAPI('errors')
  app.logger = { ...app.logger, exception: () => undefined } as never
  app.use('/json', express.json())
  app.use('/bug', () => {
    throw new TypeError('bug')
  })
  app.errorhandler(HTTPException, (error) => [`${error.code} ${error.name}`, error.code ?? 500])
  app.errorhandler(TypeError, () => ['type error', 501])
  app.post('/json', () => 'ok')
  const url = await serve(createServer(app))
  const bad = await fetchText(`${url}/json`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"a":',
  })
  expect([bad.status, bad.text]).toEqual([400, '400 Bad Request'])
  const bug = await fetchText(`${url}/bug`)
  expect([bug.status, bug.text]).toEqual([501, 'type error'])
})

it('middleware that answers itself ends the request', async () => {
  const app = new BustAPI('early')
  app.use('/early', (_req, res) => {
    res.end('early')
  })
  app.get('/early', () => 'late')
  app.get('/', () => 'view')
  const url = await serve(createServer(app))
  expect((await fetchText(`${url}/early`)).text).toBe('early')
  expect((await fetchText(`${url}/`)).text).toBe('view')
})

it('Fastify routes and hooks work on the same app', async () => {
  const app = new BustAPI('native')
  app.get('/flask', () => 'from the facade')
  app.get('/both', () => 'from the facade')
  app.fastify.get('/both', async () => 'from Fastify')
  app.fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('x-hook', '1')
  })
  const url = await serve(createServer(app))
  const facade = await fetchText(`${url}/flask`)
  expect([facade.text, facade.headers.get('x-hook')]).toEqual(['from the facade', '1'])
  expect((await fetchText(`${url}/both`)).text).toBe('from Fastify')
  expect((await app.testClient().get('/flask')).text).toBe('from the facade')
})
