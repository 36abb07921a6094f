import { Readable } from 'node:stream'
import { BustAPI, redirect, request, session } from 'bustapi'
import { beforeEach, describe, expect, it } from 'vitest'

let app: BustAPI
let torndown: string[]

beforeEach(() => {
  torndown = []
  app = new BustAPI('client_test', { staticFolder: null })
  app.secretKey = 'client-test'
  app.teardownRequest(() => {
    torndown.push('request')
  })
  app.route('/echo', { methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] }, async () => ({
    method: request.method,
    query: request.args.toDict({ flat: false }),
    form: request.form.toDict({ flat: false }),
    type: request.contentType,
    length: request.contentLength,
    data: request.getData({ asText: true }),
    agent: String(request.userAgent),
    remote: request.remoteAddr,
    url: request.url,
    root: request.scriptRoot,
    cookies: request.cookies.toDict(),
    auth: request.authorization?.parameters.username ?? null,
  }))
})

interface Echo {
  method: string
  query: Record<string, string[]>
  form: Record<string, string[]>
  type: string | null
  length: number | null
  data: string
  agent: string
  remote: string | null
  url: string
  root: string
  cookies: Record<string, string>
  auth: string | null
}

const echo = async (
  path: string,
  options?: Parameters<ReturnType<BustAPI['testClient']>['open']>[1],
): Promise<Echo> => (await app.testClient().open(path, options)).json as Echo

describe('requests', () => {
  it('sends the method that the opener names', async () => {
    const client = app.testClient()
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const response = await client[method]('/echo')
      expect((response.json as Echo).method).toBe(method.toUpperCase())
    }
    expect((await client.options('/echo')).headers.get('Allow')).toContain('PATCH')
    expect((await client.head('/echo')).text).toBe('')
    expect((await client.trace('/echo')).statusCode).toBe(405)
  })

  it('takes the query from the path or from the options, not from both', async () => {
    expect((await echo('/echo?a=1&a=2')).query).toEqual({ a: ['1', '2'] })
    expect((await echo('/echo', { queryString: { a: 'x y' } })).query).toEqual({ a: ['x y'] })
    expect((await echo('/echo', { query: 'b=%C3%A9' })).query).toEqual({ b: ['é'] })
    await expect(echo('/echo?a=1', { queryString: 'b=2' })).rejects.toThrow(
      'Query string is defined in the path and as an argument',
    )
  })

  it('sends JSON with its content type', async () => {
    const sent = await echo('/echo', { method: 'POST', json: { b: 1, a: 'é' } })
    expect(sent.type).toBe('application/json')
    expect(JSON.parse(sent.data)).toEqual({ a: 'é', b: 1 })
    await expect(echo('/echo', { method: 'POST', json: {}, data: 'x' })).rejects.toThrow(TypeError)
  })

  it('encodes a form, and text and bytes go as they are', async () => {
    const form = await echo('/echo', { method: 'POST', data: { a: ['1', '2'], b: 'x &y' } })
    expect(form.type).toBe('application/x-www-form-urlencoded')
    expect(form.form).toEqual({ a: ['1', '2'], b: ['x &y'] })
    const text = await echo('/echo', { method: 'POST', data: 'héllo', contentType: 'text/plain' })
    expect(text).toMatchObject({ data: 'héllo', type: 'text/plain', length: 6 })
    const stream = Readable.from([Buffer.from('ab'), Buffer.from('c')])
    expect((await echo('/echo', { method: 'POST', data: stream })).data).toBe('abc')
  })

  it('sends nothing that was not asked for', async () => {
    const plain = await echo('/echo', { method: 'POST' })
    expect(plain).toMatchObject({ type: null, length: null, data: '' })
  })

  it('says where it comes from and what it is', async () => {
    expect(await echo('/echo')).toMatchObject({ remote: '127.0.0.1', agent: 'BustAPI' })
    const told = await echo('/echo', {
      environBase: { REMOTE_ADDR: '10.0.0.7', HTTP_USER_AGENT: 'mine' },
    })
    expect(told).toMatchObject({ remote: '10.0.0.7', agent: 'mine' })
    const headers = { 'User-Agent': 'header wins' }
    expect((await echo('/echo', { headers })).agent).toBe('header wins')
    const overrides = { environOverrides: { HTTP_USER_AGENT: 'override wins' } }
    expect((await echo('/echo', { headers, ...overrides })).agent).toBe('override wins')
  })

  it('goes to the place that baseUrl, subdomain, urlScheme and the configuration name', async () => {
    expect((await echo('/echo')).url).toBe('http://localhost/echo')
    expect((await echo('/echo', { urlScheme: 'https' })).url).toBe('https://localhost/echo')
    const mounted = await echo('/echo', { baseUrl: 'http://ex.test:8080/mnt/' })
    expect(mounted).toMatchObject({ url: 'http://ex.test:8080/mnt/echo', root: '/mnt' })
    app.config.SERVER_NAME = 'site.test'
    app.config.APPLICATION_ROOT = '/app'
    app.config.PREFERRED_URL_SCHEME = 'https'
    expect((await echo('/echo')).url).toBe('https://site.test/app/echo')
    expect((await echo('/echo', { subdomain: 'api' })).url).toBe('https://api.site.test/app/echo')
    await expect(echo('/echo', { subdomain: 'a', baseUrl: 'http://b/' })).rejects.toThrow(TypeError)
    await expect(echo('/echo', { baseUrl: 'http://b/?x' })).rejects.toThrow('base url must not')
  })

  it('signs in with Basic', async () => {
    expect((await echo('/echo', { auth: ['ana', 's:e'] })).auth).toBe('ana')
  })

  it('keeps what the path spells, also outside ASCII', async () => {
    app.get('/p/<path:rest>', ({ rest }) => `${rest}|${request.rawPath}`)
    const response = await app.testClient().get('/p/a%20b/é')
    expect(response.text).toBe('a b/é|/p/a%20b/%C3%A9')
  })
})

describe('responses', () => {
  it('has the body as text, bytes and JSON, and the request that it answers', async () => {
    const response = await app.testClient().get('/echo?x=1')
    expect(response.status).toBe('200 OK')
    expect(response.statusCode).toBe(200)
    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.data.toString()).toBe(response.text)
    expect(response.request.path).toBe('/echo')
    expect(response.request.args.get('x')).toBe('1')
    expect(response.history).toEqual([])
  })

  it('has no header that the app did not send', async () => {
    app.get('/bare', () => ['', 204])
    const response = await app.testClient().get('/bare')
    expect([...response.headers.keys()].map((name) => name.toLowerCase())).toEqual(['content-type'])
  })

  it('gives JSON only for a JSON type, unless forced', async () => {
    app.get('/text', () => '{"a": 1}')
    const response = await app.testClient().get('/text')
    expect(response.json).toBeNull()
    expect(response.getJson({ force: true })).toEqual({ a: 1 })
  })

  it('has run the teardown functions when it is there', async () => {
    app.teardownRequest(async () => {
      await new Promise((resolve) => setTimeout(resolve, 10))
      torndown.push('late')
    })
    await app.testClient().get('/echo')
    expect(torndown).toEqual(['late', 'request'])
  })

  it('streams when it is told not to buffer', async () => {
    app.get('/stream', function* () {
      yield 'one'
      yield 'two'
    })
    const response = await app.testClient().open('/stream', { buffered: false })
    expect(response.isStreamed).toBe(true)
    await response.makeSequence()
    expect(response.text).toBe('onetwo')
  })
})

describe('exceptions', () => {
  it('reach the caller while testing', async () => {
    app.testing = true
    const failure = new RangeError('broken view')
    app.get('/fail', () => {
      throw failure
    })
    app.get('/later', async () => {
      await null
      throw failure
    })
    await expect(app.testClient().get('/fail')).rejects.toBe(failure)
    await expect(app.testClient().get('/later')).rejects.toBe(failure)
    expect(torndown).toEqual(['request', 'request'])
  })

  it('are a 500 otherwise', async () => {
    app.logger.handlers.length = 0
    app.get('/fail', () => {
      throw new RangeError('broken view')
    })
    const response = await app.testClient().get('/fail')
    expect(response.statusCode).toBe(500)
    expect(response.text).not.toContain('broken view')
  })

  it('of a wrapper around the app are answered with a 500 or raised, never hang', async () => {
    app.logger.handlers.length = 0
    app.wsgiApp = () => {
      throw new Error('broken wrapper')
    }
    const outcome = await app
      .testClient()
      .get('/echo')
      .then(
        (response) => response.statusCode,
        (error: Error) => error.message,
      )
    expect([500, 'broken wrapper']).toContain(outcome)
  })
})

describe('cookies', () => {
  it('are kept, sent by domain and path, and deleted', async () => {
    const client = app.testClient()
    client.setCookie('a', 'x y')
    client.setCookie('deep', '1', { path: '/echo/deep' })
    client.setCookie('other', '1', { domain: 'ex.test' })
    const sent = async (): Promise<unknown> => ((await client.get('/echo')).json as Echo).cookies
    expect(await sent()).toEqual({ a: 'x y' })
    const cookie = client.getCookie('a')
    expect(cookie).toMatchObject({
      decodedValue: 'x y',
      value: '"x y"',
      path: '/',
      originOnly: true,
    })
    client.deleteCookie('a')
    expect(client.getCookie('a')).toBeNull()
    expect(await sent()).toEqual({})
    const elsewhere = await client.get('/echo', { baseUrl: 'http://ex.test/' })
    expect((elsewhere.json as Echo).cookies).toEqual({ other: '1' })
  })

  it('of a parent domain go to its subdomains unless they are for the origin only', async () => {
    const client = app.testClient()
    client.setCookie('wide', '1', { domain: 'ex.test', originOnly: false })
    client.setCookie('own', '1', { domain: 'ex.test' })
    const response = await client.get('/echo', { baseUrl: 'http://sub.ex.test/' })
    expect((response.json as Echo).cookies).toEqual({ wide: '1' })
  })

  it('can be switched off', async () => {
    const client = app.testClient({ useCookies: false })
    expect(() => client.setCookie('a', '1')).toThrow("Create a client with 'useCookies: true'")
    expect(() => client.getCookie('a')).toThrow(TypeError)
    const response = await client.get('/echo', { headers: { Cookie: 'own=1' } })
    expect((response.json as Echo).cookies).toEqual({ own: '1' })
  })
})

describe('sessionTransaction', () => {
  beforeEach(() => {
    app.get('/n', () => String(session.get('n', 'none')))
    app.get('/set', () => {
      session.set('n', 1)
      return 'set'
    })
  })

  it('changes what the next request finds', async () => {
    const client = app.testClient()
    await client.get('/set')
    const before = await client.sessionTransaction((opened) => {
      const found = opened.get('n')
      opened.set('n', 2)
      return found
    })
    expect(before).toBe(1)
    expect((await client.get('/n')).text).toBe('2')
  })

  it('waits for what it is given to do', async () => {
    const client = app.testClient()
    await client.sessionTransaction(async (opened) => {
      await null
      opened.set('n', 'late')
    })
    expect((await client.get('/n')).text).toBe('late')
  })

  it('refuses without cookies and without a session', async () => {
    await expect(
      app.testClient({ useCookies: false }).sessionTransaction(() => null),
    ).rejects.toThrow(TypeError)
    app.secretKey = null
    await expect(app.testClient().sessionTransaction(() => null)).rejects.toThrow(
      'Session backend did not open a session.',
    )
  })
})

describe('redirects', () => {
  beforeEach(() => {
    app.route('/to/<int:code>', { methods: ['GET', 'POST'] }, ({ code }) =>
      redirect('/echo?x=1', code),
    )
    app.get('/loop', () => redirect('/loop'))
    app.get('/away', () => redirect('http://elsewhere.test/'))
    app.get('/sub', () => redirect('http://sub.localhost/echo'))
  })

  it('are followed on request, with the responses on the way in the history', async () => {
    const client = app.testClient()
    expect((await client.get('/to/302')).statusCode).toBe(302)
    const response = await client.get('/to/302', { followRedirects: true })
    expect(response.statusCode).toBe(200)
    expect(response.request.path).toBe('/echo')
    expect(response.history.map((step) => step.statusCode)).toEqual([302])
    expect((response.json as Echo).query).toEqual({ x: ['1'] })
  })

  it('become a GET without a body, except after 307 and 308', async () => {
    const client = app.testClient()
    const sentAfter = async (code: number): Promise<Echo> =>
      (await client.post(`/to/${code}`, { data: { a: '1' }, followRedirects: true })).json as Echo
    expect(await sentAfter(302)).toMatchObject({ method: 'GET', form: {}, type: null })
    expect(await sentAfter(303)).toMatchObject({ method: 'GET', form: {} })
    expect(await sentAfter(307)).toMatchObject({ method: 'POST', form: { a: ['1'] } })
    expect(await sentAfter(308)).toMatchObject({ method: 'POST', form: { a: ['1'] } })
  })

  it('are not followed in a circle or out of the app', async () => {
    const client = app.testClient()
    const follow = { followRedirects: true }
    await expect(client.get('/loop', follow)).rejects.toThrow(
      'Loop detected: A 302 redirect to /loop',
    )
    await expect(client.get('/away', follow)).rejects.toThrow('external redirects')
    await expect(client.get('/sub', follow)).rejects.toThrow('subdomain redirects')
    const allowed = app.testClient({ allowSubdomainRedirects: true })
    expect((await allowed.get('/sub', follow)).statusCode).toBe(200)
  })

  it('keep the mount prefix', async () => {
    const response = await app
      .testClient()
      .get('/to/302', { baseUrl: 'http://localhost/mnt', followRedirects: true })
    // The app redirects to /echo, which is not under the prefix.
    expect((response.json as Echo).root).toBe('')
  })
})
