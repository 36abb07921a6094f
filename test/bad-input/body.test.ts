import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type BustAPI, request } from '../../src/index.ts'
import { expectNoTrace, type LiveApp, live, requestBytes, until } from '../security/live-app.ts'

const BAD_REQUEST =
  '<!doctype html>\n<html lang=en>\n<title>400 Bad Request</title>\n<h1>Bad Request</h1>\n' +
  '<p>The browser (or proxy) sent a request that this server could not understand.</p>\n'
const TOO_LARGE =
  '<!doctype html>\n<html lang=en>\n<title>413 Request Entity Too Large</title>\n' +
  '<h1>Request Entity Too Large</h1>\n' +
  '<p>The data value transmitted exceeds the capacity limit.</p>\n'

/** An app that shows what it understood of a body; limits as small as the tests need. */
function bodies(app: BustAPI): void {
  app.config.MAX_CONTENT_LENGTH = 700_000
  app.config.MAX_FORM_PARTS = 5
  app.config.MAX_FORM_MEMORY_SIZE = 200_000
  app.post('/json', () => ({ got: request.json ?? null }))
  app.post('/form', () => [request.form.toDict({ flat: false }), [...request.files.keys()]])
  app.post('/size', () => String(request.data.length))
  app.post('/ignored', () => 'not looked at')
}

const json = (app: LiveApp, body: string | Buffer, type = 'application/json') =>
  app.send('POST', '/json', { headers: [`Content-Type: ${type}`], body })

const MULTIPART = 'multipart/form-data; boundary=b'
const form = (app: LiveApp, body: string | Buffer, type = MULTIPART) =>
  app.send('POST', '/form', { headers: [`Content-Type: ${type}`], body })

const part = (head: string, value: string): string => `--b\r\n${head}\r\n\r\n${value}\r\n`
const field = (name: string, value: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, value)

describe('malformed JSON', () => {
  it.each([
    ['nothing', ''],
    ['an open brace', '{'],
    ['a trailing comma', '{"a":1,}'],
    ['half a word', 'nul'],
    ['an open list', '[1,2'],
    ['something behind it', '{"a":1} x'],
    ['a NUL', '\0'],
    ['a control character in a string', '"\x01"'],
    ['bytes that are no UTF-8', Buffer.from('22ff22', 'hex')],
    ['half a character of UTF-16', Buffer.from('feff00220', 'hex')],
    ['a hundred thousand open lists', '['.repeat(100_000)],
  ])('%s is a 400 that says no more', async (_what, body) => {
    const app = await live(bodies)
    const reply = await json(app, body)
    expect([reply.statuses, reply.body]).toEqual([[400], BAD_REQUEST])
    expect(app.records).toEqual([])
    await app.expectHealthy()
  })

  it('that a view takes silently is null', async () => {
    const app = await live((a) => {
      a.post('/silent', () => ({ got: request.getJson({ silent: true }) }))
    })
    const reply = await app.send('POST', '/silent', {
      headers: ['Content-Type: application/json'],
      body: '{',
    })
    expect(reply.body).toBe('{"got":null}\n')
    await app.expectHealthy()
  })

  it('is explained in debug mode only, without a stack', async () => {
    const app = await live((a) => {
      bodies(a)
      a.debug = true
    })
    const reply = await json(app, '{')
    expect(reply.status).toBe(400)
    expect(reply.body).toContain('Failed to decode JSON object: Expecting property name')
    expectNoTrace(reply)
    await app.expectHealthy()
  })

  it('closed a hundred thousand levels down is one reply, and the process lives', async () => {
    const app = await live(bodies)
    const depth = 100_000
    const reply = await json(app, '['.repeat(depth) + ']'.repeat(depth))
    expect(reply.statuses).toHaveLength(1)
    expectNoTrace(reply)
    await app.expectHealthy()
  })
})

describe('a wrong content type', () => {
  it.each([
    'text/plain',
    'text/json',
    'application/jsonx',
    'application/json,text/plain',
    'multipart/form-data',
    '/',
    ';',
    '"application/json"',
    '\xe9',
    'a'.repeat(10_000),
  ])('%s is a 415', async (type) => {
    const app = await live(bodies)
    const reply = await json(app, '{"a":1}', type)
    expect(reply.statuses).toEqual([415])
    expect(reply.body).toContain('Did not attempt to load JSON data because the request')
    await app.expectHealthy()
  })

  it('or none at all is a 415', async () => {
    const app = await live(bodies)
    expect((await app.send('POST', '/json', { body: '{"a":1}' })).status).toBe(415)
    await app.expectHealthy()
  })

  it('leaves a form empty', async () => {
    const app = await live(bodies)
    expect((await form(app, 'a=1', 'text/plain')).body).toBe('[{},[]]\n')
    await app.expectHealthy()
  })
})

describe('an oversize body', () => {
  const big = 'x'.repeat(700_001)

  it.each([
    ['/json', 'application/json'],
    ['/form', MULTIPART],
    ['/form', 'application/x-www-form-urlencoded'],
    ['/size', 'application/octet-stream'],
  ])('for %s as %s is a 413', async (path, type) => {
    const app = await live(bodies)
    const reply = await app.send('POST', path, { headers: [`Content-Type: ${type}`], body: big })
    expect([reply.statuses, reply.body]).toEqual([[413], TOO_LARGE])
    await app.expectHealthy()
  })

  it('that is announced only is refused before it is sent', async () => {
    const app = await live(bodies)
    const socket = connect(app.port, '127.0.0.1')
    let output = ''
    socket.on('data', (chunk) => {
      output += String(chunk)
    })
    socket.write('POST /size HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n')
    await until(() => output.endsWith(TOO_LARGE))
    expect(output.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 413'])
    socket.destroy()
    await app.expectHealthy()
  })

  it('in chunks, whose length nobody announced, is a 413 and leaves no file', async () => {
    const app = await live(bodies)
    const chunk = `10000\r\n${'y'.repeat(0x10000)}\r\n`
    const reply = await app.raw([
      'POST /size HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n',
      ...Array.from({ length: 11 }, () => chunk),
      '0\r\n\r\n',
    ])
    expect([reply.statuses, reply.body]).toEqual([[413], TOO_LARGE])
    await app.expectHealthy()
  })

  it('is no concern of a view that does not look at it', async () => {
    const app = await live(bodies)
    const reply = await app.send('POST', '/ignored', { body: big })
    expect([reply.statuses, reply.body]).toEqual([[200], 'not looked at'])
    await app.expectHealthy()
  })

  it('of exactly the limit passes', async () => {
    const app = await live(bodies)
    expect((await app.send('POST', '/size', { body: big.slice(1) })).body).toBe('700000')
    await app.expectHealthy()
  })

  it('of a form field is a 413, however it is sent', async () => {
    const app = await live(bodies)
    const value = 'v'.repeat(200_001)
    expect((await form(app, `${field('a', value)}--b--\r\n`)).statuses).toEqual([413])
    const plain = await form(app, `a=${value}`, 'application/x-www-form-urlencoded')
    expect(plain.statuses).toEqual([413])
    await app.expectHealthy()
  })
})

describe('too many parts', () => {
  it('is a 413; as many as allowed are read', async () => {
    const app = await live(bodies)
    const fields = ['a', 'b', 'c', 'd', 'e'].map((name) => field(name, 'v')).join('')
    expect((await form(app, `${fields}--b--\r\n`)).body).toBe(
      '[{"a":["v"],"b":["v"],"c":["v"],"d":["v"],"e":["v"]},[]]\n',
    )
    const reply = await form(app, `${fields}${field('f', 'v')}--b--\r\n`)
    expect([reply.statuses, reply.body]).toEqual([[413], TOO_LARGE])
    await app.expectHealthy()
  })

  it('in a body that lies in a temporary file is a 413, and the file is gone', async () => {
    const app = await live(bodies)
    const file = part('Content-Disposition: form-data; name="f"; filename="f"', 'x'.repeat(600_000))
    const fields = field('a', 'v').repeat(5)
    const type = `Content-Type: ${MULTIPART}`
    const reply = await app.send('POST', '/form', {
      headers: [type],
      body: `${file}${fields}--b--\r\n`,
    })
    expect(reply.statuses).toEqual([413])
    await app.expectHealthy()
  })
})

describe('a broken multipart body', () => {
  it.each([
    ['without an end', field('a', 'v').trimEnd()],
    ['that ends in a head', '--b\r\nContent-Disposition: form-data; na'],
    ['without a disposition', `${part('X-Other: 1', 'v')}--b--\r\n`],
    ['of no text at all', ''],
    ['of binary rubbish', '\0\x01\x02'.repeat(50)],
    ['without a blank line', '--b\r\nContent-Disposition: form-data; name="a"\r\n--b--\r\n'],
    ['with a head that is no UTF-8', `${field('\xff', 'v')}--b--\r\n`],
    ['of a boundary alone', '--b'],
    ['of the closing boundary alone', '--b--'],
    [
      'whose file never ends',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx',
    ],
  ])('%s is an empty form', async (_what, body) => {
    const app = await live(bodies)
    const reply = await form(app, body)
    expect([reply.statuses, reply.body]).toEqual([[200], '[{},[]]\n'])
    await app.expectHealthy()
  })

  it.each([
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['another boundary', 'multipart/form-data; boundary=other'],
    ['a boundary of 5,000 characters', `multipart/form-data; boundary=${'b'.repeat(5000)}`],
    ['a boundary outside ASCII', 'multipart/form-data; boundary=\xff'],
    ['an open quote', 'multipart/form-data; boundary="b'],
  ])('whose type has %s is an empty form', async (_what, type) => {
    const app = await live(bodies)
    expect((await form(app, `${field('a', 'v')}--b--\r\n`, type)).body).toBe('[{},[]]\n')
    await app.expectHealthy()
  })

  it('in a temporary file is an empty form, and the file is gone', async () => {
    const app = await live(bodies)
    const head = 'Content-Disposition: form-data; name="f"; filename="f"'
    const reply = await form(app, `--b\r\n${head}\r\n\r\n${'x'.repeat(600_000)}`)
    expect([reply.statuses, reply.body]).toEqual([[200], '[{},[]]\n'])
    await app.expectHealthy()
  })
})

it('one connection carries a refused body and then the next request', async () => {
  const app = await live(bodies)
  const first = requestBytes('POST', '/json', {
    headers: ['Content-Type: application/json'],
    body: '{',
  }).replace('Connection: close\r\n', '')
  const reply = await app.raw(first + requestBytes('GET', '/alive'))
  expect(reply.statuses).toEqual([400, 200])
  expect(reply.output.endsWith('\r\n\r\nalive')).toBe(true)
})
