import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import connect from 'connect'
import express from 'express'
import { afterEach, expect, it } from 'vitest'
import { BustAPI, type MaybePromise, request } from '../../src/index.ts'
import { closeAll, fetchText, serve } from './support.ts'

type Wsgi = (req: IncomingMessage, res: ServerResponse) => MaybePromise<void>

afterEach(closeAll)

function hello(): BustAPI {
  const app = new BustAPI('hello')
  app.get('/hello', () => `hello from ${request.rootPath || '/'}`)
  app.get('/boom', () => {
    throw new Error('secret detail')
  })
  return app
}

it('runs stacked wrappers, the last assigned outermost, for the test client as well', async () => {
  const app = hello()
  const seen: string[] = []
  const wrapper =
    (name: string) =>
    (inner: Wsgi): Wsgi =>
    (req, res) => {
      seen.push(name)
      return inner(req, res)
    }
  app.wsgiApp = wrapper('inner')(app.wsgiApp)
  app.wsgiApp = wrapper('outer')(app.wsgiApp)
  const response = await app.testClient().get('/hello')
  expect(response.text).toBe('hello from /')
  expect(seen).toEqual(['outer', 'inner'])
})

it('takes instances whose class has handle or call', async () => {
  class Handles {
    readonly inner: Wsgi
    constructor(inner: Wsgi) {
      this.inner = inner
    }
    handle(req: IncomingMessage, res: ServerResponse): MaybePromise<void> {
      res.setHeader('X-Handle', 'yes')
      return this.inner(req, res)
    }
  }
  class Calls extends Handles {
    call(req: IncomingMessage, res: ServerResponse): MaybePromise<void> {
      return this.inner(req, res)
    }
  }
  const app = hello()
  app.wsgiApp = new Handles(app.wsgiApp)
  app.wsgiApp = { call: new Calls(app.wsgiApp).call, inner: app.wsgiApp } as never
  const response = await app.testClient().get('/hello')
  expect(response.headers.get('X-Handle')).toBe('yes')
})

it('refuses a class where an instance is meant', () => {
  const app = hello()
  expect(() => {
    app.wsgiApp = class {
      handle(): void {}
    } as never
  }).toThrow(/not the class itself/)
})

it.each([
  [
    'throws',
    () => {
      throw new Error('wrapper')
    },
  ],
  ['rejects', () => Promise.reject(new Error('wrapper'))],
])('answers 500 when a wrapper %s, and serves the next request', async (_how, fail) => {
  const app = hello()
  app.logger = { ...app.logger, exception: () => undefined } as never
  const inner = app.wsgiApp
  app.wsgiApp = (req, res) => (req.url === '/fail' ? fail() : inner(req, res))
  const url = await serve(createServer(app.wsgiApp))
  const failed = await fetchText(`${url}/fail`)
  expect(failed.status).toBe(500)
  expect(failed.text).not.toContain('wrapper')
  expect((await fetchText(`${url}/hello`)).text).toBe('hello from /')
})

it('lets a wrapper see and answer what the wrapped app raises', async () => {
  const app = hello()
  app.config.PROPAGATE_EXCEPTIONS = true
  const inner = app.wsgiApp
  app.wsgiApp = async (_req, res) => {
    try {
      await inner(_req, res)
    } catch (error) {
      res.end(`caught ${(error as Error).message}`)
    }
  }
  const url = await serve(createServer(app.wsgiApp))
  expect((await fetchText(`${url}/boom`)).text).toBe('caught secret detail')
})

it.each([
  ['http.createServer(app.wsgiApp)', (app: BustAPI) => createServer(app.wsgiApp), ''],
  ['http.createServer(app)', (app: BustAPI) => createServer(app), ''],
  ['Connect', (app: BustAPI) => createServer(connect().use('/sub', app)), '/sub'],
  ['Express', (app: BustAPI) => createServer(express().use('/sub', app)), '/sub'],
])('is a handler for %s', async (_where, mount, prefix) => {
  const url = await serve(mount(hello()))
  const found = await fetchText(`${url}${prefix}/hello`)
  expect(found).toMatchObject({ status: 200, text: `hello from ${prefix || '/'}` })
})

it('passes what none of its rules knows on to the app it is mounted in', async () => {
  const outer = express()
  outer.use(hello())
  outer.get('/later', (_req, res) => {
    res.send('from Express')
  })
  const url = await serve(createServer(outer))
  expect((await fetchText(`${url}/later`)).text).toBe('from Express')
  // A known path with another method is the mounted app's to refuse.
  expect((await fetchText(`${url}/hello`, { method: 'POST' })).status).toBe(405)
})

it('hides what went wrong from the client unless debugging', async () => {
  const app = hello()
  const logged: string[] = []
  app.logger = { ...app.logger, exception: (message: string) => logged.push(message) } as never
  const url = await serve(createServer(app))
  const plain = await fetchText(`${url}/boom`)
  expect(plain.status).toBe(500)
  expect(plain.text).not.toContain('secret detail')
  expect(logged).toEqual(['Exception on /boom [GET]'])
  app.debug = true
  const debug = await fetchText(`${url}/boom`)
  expect(debug.status).toBe(500)
  expect(debug.text).toContain('secret detail')
})
