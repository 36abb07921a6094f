import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { describe, expect, it } from 'vitest'
import { answerErrors, Core } from '../../src/core.ts'
import { Injector } from '../../src/engine/inject.ts'
import {
  callWsgi,
  isWsgiApp,
  toWsgiFunction,
  type WsgiApp,
  type WsgiFunction,
} from '../../src/engine/wsgi.ts'

const inner: WsgiFunction = (req, res) => void res.end(`inner ${req.url}`)

class WithHandle {
  readonly app: WsgiFunction
  constructor(app: WsgiFunction) {
    this.app = app
  }
  handle(req: IncomingMessage, res: ServerResponse): unknown {
    res.setHeader('X-Handle', '1')
    return this.app(req, res)
  }
}

class WithCall {
  readonly app: WsgiFunction
  constructor(app: WsgiFunction) {
    this.app = app
  }
  call(req: IncomingMessage, res: ServerResponse): unknown {
    res.setHeader('X-Call', '1')
    return this.app(req, res)
  }
}

const withFunction =
  (app: WsgiFunction): WsgiFunction =>
  async (req, res) => {
    res.setHeader('X-Function', '1')
    await app(req, res)
  }

/** A promise of another library: only its `then` says so. */
function foreignPromise(error: Error): object {
  const promise = {}
  Reflect.set(promise, 'then', (_ok: unknown, no: (error: Error) => void) => no(error))
  return promise
}

async function reply(
  app: WsgiApp,
  errors: unknown[] = [],
): Promise<{ status: number; body: string; rawHeaders: readonly string[] }> {
  const injector = new Injector((req, res) =>
    callWsgi(app, req, res, (error) => void errors.push(error)),
  )
  const { status, body, rawHeaders } = await injector.request({
    target: '/x',
    headers: ['Host', 'h'],
  })
  return { status, body: body.toString(), rawHeaders }
}

describe('the forms of a wsgiApp', () => {
  it.each([
    ['a function', inner],
    ['a function of a function', withFunction(inner)],
    ['an instance with handle()', new WithHandle(inner)],
    ['an instance with call()', new WithCall(inner)],
    ['an object', { handle: inner }],
    ['an Express app', express().get('/x', (_req, res) => void res.end('inner /x'))],
    ['one stacked on the other', new WithHandle(toWsgiFunction(new WithCall(withFunction(inner))))],
  ])('%s', async (_form, app) => {
    expect(isWsgiApp(app)).toBe(true)
    expect((await reply(app as WsgiApp)).body).toBe('inner /x')
    expect((await reply(toWsgiFunction(app as WsgiApp))).body).toBe('inner /x')
  })

  it.each([
    ['a class', WithHandle],
    ['null', null],
    ['undefined', undefined],
    ['text', 'app'],
    ['an object with neither method', {}],
  ])('%s is none', (_form, value) => {
    expect(isWsgiApp(value)).toBe(false)
  })
})

describe('a wrapper that fails', () => {
  const boom = new Error('boom')
  const failures: [how: string, app: WsgiApp][] = [
    [
      'throws',
      () => {
        throw boom
      },
    ],
    [
      'rejects',
      async () => {
        throw boom
      },
    ],
    ['rejects in its own kind of promise', () => foreignPromise(boom)],
    [
      'throws in handle()',
      {
        handle() {
          throw boom
        },
      },
    ],
    [
      'rejects in call()',
      {
        async call() {
          throw boom
        },
      },
    ],
    [
      'throws after it has set headers',
      (_req, res) => {
        res.statusCode = 201
        res.setHeader('X-Half', '1')
        res.setHeader('Content-Length', '1')
        throw boom
      },
    ],
  ]
  it.each(failures)('that %s gives one clean 500 and is logged once', async (_how, app) => {
    const errors: unknown[] = []
    const { status, body, rawHeaders } = await reply(app, errors)
    expect(status).toBe(500)
    expect(body).toMatch(
      /^<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error<\/title>/,
    )
    expect(body).not.toContain('boom')
    expect(rawHeaders).not.toContain('X-Half')
    expect(errors).toEqual([boom])
  })

  it('after the head has been sent, breaks the connection off', async () => {
    const errors: unknown[] = []
    const app: WsgiFunction = async (_req, res) => {
      res.writeHead(200, { 'Content-Length': '100' })
      res.write('half')
      await Promise.resolve()
      throw boom
    }
    await expect(reply(app, errors)).rejects.toThrow()
    expect(errors).toEqual([boom])
  })

  it('after the response has ended, changes nothing', async () => {
    const errors: unknown[] = []
    const app: WsgiFunction = async (req, res) => {
      await inner(req, res)
      throw boom
    }
    expect(await reply(app, errors)).toMatchObject({ status: 200, body: 'inner /x' })
    expect(errors).toEqual([boom])
  })

  it('leaves a response alone that the logger has made itself', async () => {
    const injector = new Injector((req, res) =>
      callWsgi(
        () => {
          throw boom
        },
        req,
        res,
        () => void res.end('debugger'),
      ),
    )
    expect((await injector.request({ headers: ['Host', 'h'] })).body.toString()).toBe('debugger')
  })
})

describe('a core without a face', () => {
  it('has a handler slot, middleware and wrappers', async () => {
    const core = new Core((req, res) => void res.end(`slot ${req.url}`))
    core.chain.use('/guarded', (_req, res) => void res.writeHead(401).end())
    core.wsgiApp = new WithHandle(core.wsgiApp)
    const headers = ['Host', 'h']
    const open = await core.inject({ target: '/open', headers })
    expect(open.body.toString()).toBe('slot /open')
    expect(open.rawHeaders).toContain('X-Handle')
    expect((await core.inject({ target: '//guarded', headers })).status).toBe(401)
    expect(() => {
      core.wsgiApp = WithHandle as never
    }).toThrow(TypeError)
  })

  it('gets the errors of its middleware, and reports its own', async () => {
    const errors: unknown[] = []
    const core = new Core(
      (_req, res, error) => {
        if (error === undefined) throw new Error('slot')
        res.end(`got ${(error as Error).message}`)
      },
      { onError: (error) => errors.push(error) },
    )
    core.chain.use('/bad', () => {
      throw new Error('middleware')
    })
    const headers = ['Host', 'h']
    expect((await core.inject({ target: '/bad', headers })).body.toString()).toBe('got middleware')
    expect((await core.inject({ headers })).status).toBe(500)
    expect(errors).toEqual([new Error('slot')])
  })

  it('may consist of middleware alone', async () => {
    const core = new Core(answerErrors)
    core.chain.use('/teapot', (_req, _res, next) => {
      next(Object.assign(new Error(), { status: 418 }))
    })
    const headers = ['Host', 'h']
    const missing = await core.inject({ headers })
    expect(missing.status).toBe(404)
    expect(missing.body.toString()).toContain('<h1>Not Found</h1>')
    expect((await core.inject({ target: '/teapot', headers })).status).toBe(418)
  })

  it('is mounted in another app, and hands on what it does not know', async () => {
    const core = new Core((_req, res, _error, next) =>
      next === undefined ? void res.end() : next(),
    )
    core.wsgiApp = new WithCall(core.wsgiApp)
    const outer = express()
    outer.use('/core', (req, res, next) => core.dispatch(req, res, next))
    outer.use((req, res) => void res.send(`outer ${req.url}`))
    const injector = new Injector(outer)
    const { body } = await injector.request({ target: '/core/x', headers: ['Host', 'h'] })
    expect(body.toString()).toBe('outer /core/x')
  })

  it('runs under a plain node:http server, and under its own', async () => {
    const core = new Core((_req, res) => void res.end('core'))
    const plain = createServer((req, res) => void core.dispatch(req, res))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    const own = await core.listen({ port: 0 })
    for (const server of [plain, own]) {
      const { port } = server.address() as AddressInfo
      expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('core')
    }
    expect(own).toBe(core.server)
    plain.close()
    plain.closeAllConnections()
    await core.close()
  })
})
