import type { IncomingMessage, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import connect from 'connect'
import express from 'express'
import helmet from 'helmet'
import { describe, expect, it } from 'vitest'
import { Injector, type InjectRequest } from '../../src/engine/inject.ts'
import { isPlainResponse } from '../../src/engine/messages.ts'
import { renderError } from '../../src/engine/refuse.ts'
import { MiddlewareChain } from '../../src/middleware/chain.ts'
import { Request } from '../../src/request/request.ts'
import { Response } from '../../src/response/response.ts'
import { writeResponse } from '../../src/response/write.ts'
import { compression, cookieParser, morgan, multer, session } from './packages.ts'

type View = (request: Request, raw: IncomingMessage) => Response | Promise<Response>

interface Reply {
  status: number
  headers: Map<string, string[]>
  body: Buffer
}

/** The middleware, and behind it a stand-in for the facade: its request, a view, its writer. */
function app(
  setup: (chain: MiddlewareChain) => void,
  view: View = () => new Response('hello'),
): (options?: InjectRequest) => Promise<Reply> {
  const chain = new MiddlewareChain()
  setup(chain)
  const facade = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const request = new Request(req)
    await request.readBody()
    const plain = chain.isEmpty && isPlainResponse(res)
    await writeResponse(await view(request, req), request.method, res, { plain })
  }
  const injector = new Injector((req, res) =>
    chain.handle(req, res, (error) =>
      error === undefined ? facade(req, res) : renderError(error, req, res),
    ),
  )
  return async ({ headers = [], ...options } = {}) => {
    const reply = await injector.request({ ...options, headers: ['Host', 'localhost', ...headers] })
    const found = new Map<string, string[]>()
    for (let i = 0; i < reply.rawHeaders.length; i += 2) {
      const name = (reply.rawHeaders[i] as string).toLowerCase()
      found.set(name, [...(found.get(name) ?? []), reply.rawHeaders[i + 1] as string])
    }
    return { status: reply.status, headers: found, body: reply.body }
  }
}

describe('helmet', () => {
  it('sets its headers, and the view’s own stay', async () => {
    const get = app(
      (chain) => void chain.use(helmet()),
      () => new Response('hello', { headers: { 'X-Own': '1' } }),
    )
    const { headers, body } = await get()
    expect(headers.get('content-security-policy')?.[0]).toContain("default-src 'self'")
    expect(headers.get('strict-transport-security')).toHaveLength(1)
    expect(headers.get('x-own')).toEqual(['1'])
    expect(headers.get('content-length')).toEqual(['5'])
    expect(body.toString()).toBe('hello')
  })
})

describe('morgan', () => {
  it.each([
    ['as a route answers', '/a/b?x', '"GET /a/b?x" 200 5'],
    ['under a mount', '/m/b?x', '"GET /m/b?x" 200 5'],
  ])('logs the original URL, the status and the length, %s', async (_how, target, expected) => {
    const lines: string[] = []
    const stream = { write: (line: string) => void lines.push(line.trim()) }
    const get = app((chain) => {
      chain.use(morgan('":method :url" :status :res[content-length]', { stream }))
      chain.use('/m', (_req, _res, next) => next())
    })
    await get({ target })
    await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual([expected])
  })
})

describe('compression', () => {
  const long = 'compress me '.repeat(500)

  it('compresses, keeps Vary of both sides and drops the length', async () => {
    const get = app(
      (chain) => void chain.use(compression()),
      () => new Response(long, { headers: { Vary: 'Cookie' } }),
    )
    const { headers, body } = await get({ headers: ['Accept-Encoding', 'gzip'] })
    expect(headers.get('content-encoding')).toEqual(['gzip'])
    expect(headers.get('vary')?.join().split(/,\s*/).toSorted()).toEqual([
      'Accept-Encoding',
      'Cookie',
    ])
    expect(headers.has('content-length')).toBe(false)
    expect(gunzipSync(body).toString()).toBe(long)
  })

  it('compresses a stream', async () => {
    const get = app(
      (chain) => void chain.use(compression({ threshold: 0 })),
      () =>
        new Response(
          (function* () {
            yield 'one '
            yield 'two'
          })(),
        ),
    )
    const { body } = await get({ headers: ['Accept-Encoding', 'gzip'] })
    expect(gunzipSync(body).toString()).toBe('one two')
  })

  it('leaves a HEAD request and an unwilling client alone', async () => {
    const get = app(
      (chain) => void chain.use(compression()),
      () => new Response(long),
    )
    expect((await get()).body.toString()).toBe(long)
    expect((await get({ method: 'HEAD', headers: ['Accept-Encoding', 'gzip'] })).body).toHaveLength(
      0,
    )
  })
})

describe('cookie-parser and express-session', () => {
  const get = app(
    (chain) => {
      chain.use(cookieParser('secret'))
      chain.use(session({ secret: 'secret', resave: false, saveUninitialized: true }))
    },
    (_request, raw) => {
      const { session: data, cookies } = raw as IncomingMessage & {
        session: { count?: number }
        cookies: Record<string, string>
      }
      data.count = (data.count ?? 0) + 1
      return new Response(`${data.count} ${cookies.plain}`)
    },
  )

  it('keep state from request to request, beside the view’s own cookies', async () => {
    const first = await get({ headers: ['Cookie', 'plain=yes'] })
    expect(first.body.toString()).toBe('1 yes')
    const cookie = first.headers.get('set-cookie')?.[0]?.split(';')[0] as string
    expect(cookie).toMatch(/^connect\.sid=/)
    const second = await get({ headers: ['Cookie', `plain=yes; ${cookie}`] })
    expect(second.body.toString()).toBe('2 yes')
  })

  it('add their cookie to those that the view sets', async () => {
    const both = app(
      (chain) => {
        chain.use(session({ secret: 's', resave: false, saveUninitialized: true }))
      },
      () => {
        const response = new Response('x')
        response.setCookie('own', '1')
        return response
      },
    )
    const cookies = (await both()).headers.get('set-cookie') as string[]
    expect(cookies.map((cookie) => cookie.split('=')[0]).toSorted()).toEqual(['connect.sid', 'own'])
  })
})

describe('bodies that middleware has read', () => {
  it('express.json(): request.json', async () => {
    const post = app(
      (chain) => void chain.use(express.json()),
      (request) => new Response(JSON.stringify(request.json)),
    )
    const { body } = await post({
      method: 'POST',
      headers: ['Content-Type', 'application/json'],
      body: '{"a":[1,2]}',
    })
    expect(body.toString()).toBe('{"a":[1,2]}')
  })

  it('express.urlencoded(): request.form', async () => {
    const post = app(
      (chain) => void chain.use(express.urlencoded()),
      (request) => new Response(String(request.form.get('name'))),
    )
    const headers = ['Content-Type', 'application/x-www-form-urlencoded']
    const { body } = await post({ method: 'POST', headers, body: 'name=a+b' })
    expect(body.toString()).toBe('a b')
  })

  it('multer: request.form and request.files', async () => {
    const post = app(
      (chain) => void chain.use(multer().any()),
      async (request) => {
        const file = request.files.get('doc')
        return new Response(`${request.form.get('name')} ${file?.filename} ${await file?.read()}`)
      },
    )
    const boundary = 'frontier'
    const part = (head: string, text: string): string =>
      `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`
    const { body } = await post({
      method: 'POST',
      headers: ['Content-Type', `multipart/form-data; boundary=${boundary}`],
      body: `${part('name="name"', 'ann')}${part('name="doc"; filename="d.txt"', 'text')}--${boundary}--\r\n`,
    })
    expect(body.toString()).toBe('ann d.txt text')
  })

  it('an error of the parser becomes its status', async () => {
    const post = app((chain) => void chain.use(express.json({ limit: 10 })))
    const headers = ['Content-Type', 'application/json']
    expect((await post({ method: 'POST', headers, body: '{' })).status).toBe(400)
    expect((await post({ method: 'POST', headers, body: '{"a":"long enough"}' })).status).toBe(413)
  })

  it('a body that nobody has read is read by the facade', async () => {
    const post = app(
      (chain) => void chain.use(helmet(), cookieParser(), compression()),
      (request) => new Response(request.getData()),
    )
    expect((await post({ method: 'POST', body: 'plain' })).body.toString()).toBe('plain')
  })

  it('also when a middleware has kept the request waiting', async () => {
    const post = app(
      (chain) => void chain.use((_req, _res, next) => void setTimeout(next, 20)),
      (request) => new Response(request.getData()),
    )
    expect((await post({ method: 'POST', body: 'x'.repeat(200_000) })).body).toHaveLength(200_000)
  })
})

describe('apps inside', () => {
  it('a real Express app with its own middleware answers, or hands on', async () => {
    const sub = express()
    sub.use(express.json())
    sub.post('/items/:id', (req, res) => {
      res.status(201).json({ id: req.params.id, body: req.body, base: req.baseUrl })
    })
    const post = app((chain) => void chain.use('/api', helmet(), sub))
    const { status, headers, body } = await post({
      method: 'POST',
      target: '/api/items/7',
      headers: ['Content-Type', 'application/json'],
      body: '{"x":1}',
    })
    expect(status).toBe(201)
    expect(JSON.parse(body.toString())).toEqual({ id: '7', body: { x: 1 }, base: '/api' })
    expect(headers.has('x-powered-by')).toBe(true)
    expect((await post({ target: '/api/none' })).body.toString()).toBe('hello')
  })

  it('a real Connect app and a static folder', async () => {
    const sub = connect()
    // The types of connect do not know that Express's middleware suits it.
    sub.use('/files', express.static(new URL('.', import.meta.url).pathname) as never)
    const get = app((chain) => void chain.use('/sub', sub))
    const found = await get({ target: '/sub/files/real.test.ts' })
    expect(found.body.toString()).toContain('a static folder')
    expect((await get({ target: '/sub/files/none' })).body.toString()).toBe('hello')
  })

  it('all of them together', async () => {
    const lines: string[] = []
    const get = app((chain) => {
      chain.use(
        morgan(':status :res[content-encoding]', {
          stream: { write: (line) => void lines.push(line) },
        }),
        helmet(),
        compression({ threshold: 0 }),
        cookieParser(),
        session({ secret: 's', resave: false, saveUninitialized: true }),
        express.json(),
        express.urlencoded({ extended: true }),
      )
    })
    const { headers, body } = await get({ headers: ['Accept-Encoding', 'gzip'] })
    expect(gunzipSync(body).toString()).toBe('hello')
    expect(headers.get('set-cookie')).toHaveLength(1)
    expect(headers.has('x-frame-options')).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual(['200 gzip\n'])
  })
})
