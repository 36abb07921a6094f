import { BustAPI, request } from 'bustapi'
import { EnvironBuilder } from 'bustapi/testing'
import { expect, it } from 'vitest'

const app = new BustAPI('context_test', { staticFolder: null })
app.route('/u/<int:id>', { methods: ['GET', 'POST'] }, ({ id }) => String(id))

it('matches the URL and has no client', () => {
  app.testRequestContext('/u/3?q=1').run(() => {
    expect(request.viewArgs).toEqual({ id: 3 })
    expect(request.url).toBe('http://localhost/u/3?q=1')
    expect(request.remoteAddr).toBeNull()
    expect(request.host).toBe('localhost')
  })
})

it('takes the options of the test client', async () => {
  await app.testRequestContext('/u/1', { method: 'POST', data: { k: 'v' } }).run(() => {
    expect(request.form.get('k')).toBe('v')
  })
  await app.testRequestContext('/u/1', { method: 'POST', json: [1] }).run(() => {
    expect(request.json).toEqual([1])
  })
  const options = {
    baseUrl: 'http://b.test/m/',
    queryString: { z: '1' },
    headers: { 'X-A': 'b', Cookie: 'c=1' },
    environOverrides: { REMOTE_ADDR: '1.2.3.4', 'wsgi.url_scheme': 'https' },
  }
  app.testRequestContext('/u/1', options).run(() => {
    expect(request.url).toBe('https://b.test/m/u/1?z=1')
    expect(request.scriptRoot).toBe('/m')
    expect(request.headers.get('x-a')).toBe('b')
    expect(request.cookies.get('c')).toBe('1')
    expect(request.remoteAddr).toBe('1.2.3.4')
  })
})

it('reads the body of a stream', async () => {
  const data = { f: [Buffer.from('x'), 'f.txt'] } as const
  await app.testRequestContext('/u/1', { method: 'POST', data }).run(async () => {
    expect(await request.files.get('f')?.text()).toBe('x')
  })
})

it('accepts an absolute URL as path', () => {
  const builder = new EnvironBuilder(app, 'https://abs.test:1/u/1?x=1#f')
  expect(builder).toMatchObject({
    urlScheme: 'https',
    host: 'abs.test:1',
    path: '/u/1',
    queryString: 'x=1',
    baseUrl: 'https://abs.test:1/',
  })
})

it('lets a built request be opened by the client', async () => {
  const builder = new EnvironBuilder(app, '/u/7')
  expect((await app.testClient().open(builder)).text).toBe('7')
})
