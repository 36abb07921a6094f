import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { BustAPI, flash, Markup, makeResponse, renderTemplateString, request } from 'bustapi'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exchange } from '../../compat-tests/kit/client/exchange.ts'

let app: BustAPI
let server: Server | undefined

beforeEach(() => {
  app = new BustAPI('python_text', { staticFolder: null })
  app.secretKey = 'k'
  app.logger.handlers.length = 0
})
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

/** The answer to a GET, its header values one character a byte. */
async function get(target: string, headers: [string, string][] = [], body: string | null = null) {
  server ??= await app.run({ port: 0 })
  const { port } = server.address() as AddressInfo
  const reply = await exchange(port, {
    method: body === null ? 'GET' : 'POST',
    target,
    headers,
    body: body === null ? null : Buffer.from(body),
  })
  const header = (name: string): string | undefined =>
    reply.headers.find(([other]) => other === name)?.[1]
  return { ...reply, text: reply.body.toString(), header }
}

describe('header values beyond ASCII go out as latin-1, whatever the body', () => {
  it.each([
    ['text', () => ['né', 200, { 'X-A': 'é' }]],
    ['bytes', () => [Buffer.from('né'), 200, { 'X-A': 'é' }]],
    ['JSON', () => [{ n: 'é' }, 200, { 'X-A': 'é' }]],
    ['an empty text', () => ['', 200, { 'X-A': 'é' }]],
  ])('%s', async (_name, view) => {
    app.get('/', view)
    const reply = await get('/')
    expect(reply.header('x-a')).toBe('é')
    expect(reply.header('content-length')).toBe(String(reply.body.length))
  })

  it('also when middleware has set headers before', async () => {
    app.use((_req, res, next) => {
      res.setHeader('X-Middleware', '1')
      next()
    })
    app.get('/', () => ['né', 200, { 'X-A': 'é' }])
    const reply = await get('/')
    expect(reply.header('x-a')).toBe('é')
    expect(reply.text).toBe('né')
  })

  it('a cookie name as its UTF-8 bytes', async () => {
    app.get('/', () => {
      const response = makeResponse('x')
      response.setCookie('é', 'v')
      return response
    })
    const raw = (await get('/')).header('set-cookie') as string
    expect(Buffer.from(raw, 'latin1').toString()).toBe('é=v; Path=/')
  })
})

describe('what a request brings', () => {
  it('has cookies one character a byte, as Flask has', async () => {
    app.get('/', () => request.cookies.toDict())
    const reply = await get('/', [['Cookie', 'a=é; b="\\303\\251"']])
    expect(JSON.parse(reply.text)).toEqual({ a: 'é', b: 'é' })
  })

  it('has no bad request for a missing header: that is a bug of the view', async () => {
    app.get('/', () => request.headers.getItem('X-Missing'))
    expect((await get('/')).status).toBe(500)
  })

  it('has no data left once the form was read, but a form after the data', async () => {
    app.post('/form-first', () => [request.form.get('a'), request.getData({ asText: true }), 0])
    app.post('/data-first', () => [request.getData({ asText: true }), request.form.get('a'), 0])
    const type: [string, string][] = [['Content-Type', 'application/x-www-form-urlencoded']]
    expect(JSON.parse((await get('/form-first', type, 'a=1')).text)).toEqual(['1', '', 0])
    expect(JSON.parse((await get('/data-first', type, 'a=1')).text)).toEqual(['a=1', '1', 0])
  })
})

describe('what a view returns', () => {
  it('may be Markup, which is a text', async () => {
    app.get('/', () => new Markup('<i>x</i>'))
    app.get('/tuple', () => [new Markup('<i>x</i>'), 201])
    const reply = await get('/')
    expect(reply.text).toBe('<i>x</i>')
    expect(reply.header('content-type')).toBe('text/html; charset=utf-8')
    expect((await get('/tuple')).status).toBe(201)
  })
})

it('get_flashed_messages takes its arguments by place as well', async () => {
  app.get('/', () => {
    flash('one')
    flash('two', 'error')
    return renderTemplateString(
      '{{ get_flashed_messages(true)|length }}' +
        '{% for c, m in get_flashed_messages(true, ["error"]) %}{{ c }}={{ m }}{% endfor %}' +
        '{{ get_flashed_messages(false, category_filter=["error"])|join }}',
    )
  })
  expect((await get('/')).text).toBe('2error=twotwo')
})
