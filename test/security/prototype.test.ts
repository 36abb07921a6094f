import { afterEach, describe, expect, it } from 'vitest'
import { type BustAPI, renderTemplateString, request, session } from '../../src/index.ts'
import { live } from './live-app.ts'

afterEach(() => {
  // Whatever a test sent, nobody else's objects have changed.
  const clean: Record<string, unknown> = {}
  expect([clean.polluted, clean.isAdmin, clean.x, ({} as { toString: unknown }).toString]).toEqual([
    undefined,
    undefined,
    undefined,
    Object.prototype.toString,
  ])
  expect(Object.keys(Object.prototype)).toEqual([])
})

/** What careless applications do with input. */
function merge(target: Record<string, unknown>, source: unknown): Record<string, unknown> {
  for (const [key, value] of Object.entries(source as object)) {
    if (typeof value === 'object' && value !== null) {
      target[key] = merge((target[key] ?? {}) as Record<string, unknown>, value)
    } else target[key] = value
  }
  return target
}

function site(app: BustAPI): void {
  app.secretKey = 'k'
  app.post('/json', () => merge({}, request.json ?? {}))
  app.route('/args', { methods: ['GET', 'POST'] }, () => {
    const { args, form, values, cookies } = request
    const all = [args, form, values, cookies] as const
    return all.map((dict) => [
      dict.size,
      Object.keys(merge({}, dict.toDict())),
      dict.get('constructor'),
      dict.get('hasOwnProperty'),
      dict.has('toString'),
    ])
  })
  app.get('/headers', () => [
    request.headers.get('__proto__'),
    request.headers.get('constructor'),
    request.headers.has('toString'),
    [...request.headers].length,
    request.headers.getlist('__proto__'),
  ])
  app.post('/session', () => {
    merge(session as never, request.json ?? {})
    return [session.size, (session as { polluted?: unknown }).polluted ?? null]
  })
  app.get('/view/<key>', ({ key }) => [key])
  app.get('/template', () =>
    renderTemplateString('{{ data[key] }}|{{ data.__proto__ }}|{{ data.constructor }}', {
      data: { a: 1 },
      key: request.args.get('key'),
    }),
  )
}

describe('S31: JSON', () => {
  it.each([
    '{"__proto__":{"polluted":1}}',
    '{"a":{"__proto__":{"polluted":1}}}',
    '[{"__proto__":{"polluted":1}}]',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"a":[{"constructor":{"prototype":{"polluted":1}}}]}',
    '{"\\u005f_proto__":{"polluted":1}}',
    '{"_\\u005fproto_\\u005F":{"polluted":1}}',
    '{"con\\u0073tructor":{"prototype":{"polluted":1}}}',
    '{"__proto__":NaN,"a":{"__proto__":{"polluted":1}}}',
    '{"__proto__":null}',
    '{"__proto__":[]}',
  ])('%s is a 400', async (body) => {
    const app = await live(site)
    for (const path of ['/json', '/session']) {
      const reply = await app.send('POST', path, {
        headers: ['Content-Type: application/json'],
        body,
      })
      expect([path, reply.statuses]).toEqual([path, [400]])
    }
    await app.expectHealthy()
  })

  it.each([
    ['{"constructor":"x"}', '{"constructor":"x"}\n'],
    ['{"prototype":{"a":1}}', '{"prototype":{"a":1}}\n'],
    ['{"proto":1,"__proto":2}', '{"__proto":2,"proto":1}\n'],
    ['{"a":"__proto__"}', '{"a":"__proto__"}\n'],
  ])('%s is harmless, and served', async (body, text) => {
    const app = await live(site)
    const reply = await app.send('POST', '/json', {
      headers: ['Content-Type: application/json'],
      body,
    })
    expect([reply.status, reply.body]).toEqual([200, text])
  })
})

describe('S32: query, form, cookies and headers', () => {
  it.each([
    '__proto__=1',
    '__proto__[polluted]=1',
    '__proto__.polluted=1',
    'a[__proto__][polluted]=1',
    'constructor=1',
    'constructor[prototype][polluted]=1',
    '__proto__=1&__proto__=2',
    '%5F_proto__=1',
    'hasOwnProperty=1&toString=2&valueOf=3',
    'then=1',
  ])('%s', async (text) => {
    const app = await live(site)
    const query = await app.send('GET', `/args?${text}`)
    expect(query.statuses).toEqual([200])
    const form = await app.send('POST', '/args', {
      headers: [
        'Content-Type: application/x-www-form-urlencoded',
        `Cookie: ${text.replaceAll('&', '; ')}`,
      ],
      body: text,
    })
    expect(form.statuses).toEqual([200])
    const [args, fields, values, cookies] = JSON.parse(form.body) as [number, ...unknown[]][]
    expect([args?.[0], fields?.[0], values?.[0]]).toEqual([0, values?.[0], fields?.[0]])
    expect(fields?.[0]).toBeGreaterThan(0)
    expect(cookies?.[0]).toBeGreaterThan(0)
    await app.expectHealthy()
  })

  it('what was not sent is not there, whatever it is called', async () => {
    const app = await live(site)
    const nothing = [0, [], null, null, false]
    expect(JSON.parse((await app.send('GET', '/args')).body)).toEqual([
      nothing,
      nothing,
      nothing,
      nothing,
    ])
    expect(JSON.parse((await app.send('GET', '/headers')).body)).toEqual([null, null, false, 2, []])
  })

  it('headers called like members of objects', async () => {
    const app = await live(site)
    const reply = await app.send('GET', '/headers', {
      headers: ['__proto__: x', 'constructor: y', 'toString: z', 'hasOwnProperty: 1'],
    })
    const shown = JSON.parse(reply.body) as unknown[]
    expect([reply.status, ...shown.slice(0, 3)]).toEqual([200, null, 'y', true])
    await app.expectHealthy()
  })

  it('multipart names, file names and headers', async () => {
    const app = await live((a) => {
      a.post('/form', () => [
        [...request.form.keys()],
        [...request.files.keys()],
        request.files.get('__proto__')?.headers.get('__proto__') ?? null,
      ])
    })
    const part = (name: string, more = '') =>
      `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n__proto__: h\r\n\r\nv\r\n`
    const reply = await app.send('POST', '/form', {
      headers: ['Content-Type: multipart/form-data; boundary=b; __proto__=x; constructor=y'],
      body: `${part('__proto__', '; filename="__proto__"')}${part('constructor')}${part('__proto__[x]')}--b--\r\n`,
    })
    expect(reply.body).toBe('[["constructor","__proto__[x]"],["__proto__"],"h"]\n')
    await app.expectHealthy()
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'a variable of a rule with the value %s, and a template that looks it up',
    async (key) => {
      const app = await live(site)
      expect((await app.send('GET', `/view/${key}`)).body).toBe(`["${key}"]\n`)
      const reply = await app.send('GET', `/template?key=${key}`)
      expect(reply.status).toBe(200)
      expect(reply.body).not.toMatch(/function|object|native/i)
      await app.expectHealthy()
    },
  )

  it('an endpoint or a static path of such a name is not found', async () => {
    const app = await live(site)
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty/call']) {
      expect((await app.send('GET', `/${name}`)).statuses).toEqual([404])
      expect((await app.send(name === 'constructor' ? 'PUT' : 'GET', `/${name}`)).status).toBe(404)
    }
    await app.expectHealthy()
  })
})
