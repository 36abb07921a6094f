import { createRequire } from 'node:module'
import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import {
  type BustAPI,
  Headers,
  jsonify,
  Response,
  redirect,
  request,
  sendFile,
} from '../../src/index.ts'
import { expectNoTrace, live } from './live-app.ts'

const CONTROLS = ['a;b', 'a\rb', 'a\nb', 'a\r\nX-Injected: 1', 'a\0b', 'a\x7fb', 'a\x1bb']

describe('S46: a cookie’s parts', () => {
  it.each(CONTROLS)('a name, path, domain or expiry with %j is a TypeError', (text) => {
    const response = new Response()
    for (const set of [
      () => response.setCookie(text, 'v'),
      () => response.setCookie('n', 'v', { path: text }),
      () => response.setCookie('n', 'v', { domain: text }),
      () => response.setCookie('n', 'v', { expires: text }),
      () => response.deleteCookie(text),
      () => response.deleteCookie('n', { path: text }),
      () => response.deleteCookie('n', { domain: text }),
    ]) {
      expect(set).toThrow(TypeError)
    }
    expect(response.headers.getlist('Set-Cookie')).toEqual([])
  })

  it.each(CONTROLS)('a value with %j is quoted, and adds nothing', async (text) => {
    const app = await live((a) => {
      a.get('/', () => {
        const response = new Response('ok')
        response.setCookie('n', text, { httponly: true })
        return response
      })
    })
    const reply = await app.send('GET', '/')
    expect(reply.header('Set-Cookie')).toHaveLength(1)
    expect(reply.header('Set-Cookie')[0]).toMatch(/^n="[^;\r\n]*"; HttpOnly; Path=\/$/)
    expect(reply.header('X-Injected')).toEqual([])
    await app.expectHealthy()
  })
})

describe('a header', () => {
  const views: readonly [what: string, view: (text: string) => unknown][] = [
    ['of a response', (text) => new Response('x', { headers: { 'X-Value': text } })],
    ['of a tuple', (text) => ['x', 200, new Map([['X-Value', text]])]],
    ['that is added', (text) => added(text)],
    ['Location', (text) => redirect(text)],
    ['Content-Type', (text) => new Response('x', { contentType: text })],
    ['Content-Type by its mimetype', (text) => new Response('x', { mimetype: text })],
    [
      'Content-Disposition',
      (text) =>
        sendFile(Buffer.from('x'), {
          downloadName: text,
          mimetype: 'text/plain',
          asAttachment: true,
        }),
    ],
    ['ETag', (text) => tagged(text)],
    ['WWW-Authenticate', (text) => new Response('x', { headers: { 'WWW-Authenticate': text } })],
    ['with a name', (text) => new Response('x', { headers: { [text]: 'v' } })],
    ['in the status', (text) => new Response('x', { status: `200 ${text}` })],
  ]

  function added(text: string): Response {
    const response = new Response('x')
    response.headers.add('X-Value', 'v', { parameter: text })
    return response
  }

  function tagged(text: string): Response {
    const response = new Response('x')
    response.setEtag(text)
    return response
  }

  it.each(views)('%s never splits the response', async (_what, view) => {
    const app = await live((a) => {
      a.get('/set', () => view(request.args.getItem('text')))
    })
    for (const text of [
      'a%0d%0aX-Injected:%201',
      'a%0aX-Injected:1',
      'a%0dX-Injected:1',
      'a%00b',
      '%0d%0a%0d%0a<script>',
      '%E5%98%8D%E5%98%8AX-Injected:1',
    ]) {
      const reply = await app.send('GET', `/set?text=${text}`)
      expect([text, reply.statuses.length]).toEqual([text, 1])
      expect(reply.header('X-Injected')).toEqual([])
      expect(reply.head).not.toMatch(/\0|[^\r]\n|\r[^\n]/)
      expectNoTrace(reply)
    }
    await app.expectHealthy()
  })

  it('that is set past our Headers is caught by Node: one 500', async () => {
    const app = await live((a) => {
      a.use((req, res, next) => {
        if (req.url === '/set') res.setHeader('X-Value', 'a\r\nX-Injected: 1')
        next()
      })
      a.get('/set', () => 'x')
    })
    const reply = await app.send('GET', '/set')
    expect([reply.statuses, reply.header('X-Injected')]).toEqual([[500], []])
    expect(() => new Headers([['A', 'b\nc']])).toThrow()
    await app.expectHealthy()
  })
})

describe('S47: what a client sends stays on its line of the log', () => {
  const nasty =
    '%0d%0a[2026-01-01%2000:00:00,000]%20ERROR%20in%20app:%20forged%1b[31m%1b]0;x%07%e2%80%a8%c2%9b'

  function check(lines: readonly string[], text: string): void {
    const isControl = (char: string): boolean => /[\p{Cc}\u2028\u2029]/u.test(char) && char !== '\n'
    expect([...text].filter(isControl)).toEqual([])
    for (const line of text.split('\n')) {
      expect(line.startsWith('[2026-01-01')).toBe(false)
    }
    expect(lines.length).toBeGreaterThan(0)
  }

  it('in the path, a header, a body and an exception', async () => {
    const app = await live((a: BustAPI) => {
      a.post('/<rest>', () => {
        a.logger.error('agent %s', request.headers.get('User-Agent'))
        a.logger.warning(`body ${request.getData({ asText: true })}`)
        throw new Error(`failed for ${request.path}`)
      })
    })
    const reply = await app.send('POST', `/x${nasty}`, {
      headers: ['User-Agent: a\x9b[31mb', 'Authorization: Basic YQobWzMxbTpi'],
      body: decodeURIComponent(nasty.replace('%c2%9b', '')),
    })
    expect(reply.statuses).toEqual([500])
    check(app.log().split('\n'), app.log())
    expect(app.log()).toContain('Exception on /x\\r\\n[2026-01-01')
    await app.expectHealthy()
  })

  it('with morgan, which writes the target as it came: percent-encoded', async () => {
    const morgan = createRequire(import.meta.url)('morgan') as typeof import('morgan')
    let written = ''
    const stream = new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk)
        done()
      },
    })
    const app = await live((a) => {
      a.use(morgan('combined', { stream }))
      a.get('/<path:rest>', () => 'x')
    })
    await app.send('GET', `/x${nasty}`)
    expect(written.trimEnd().split('\n')).toHaveLength(1)
    expect(written).toContain('%0d%0a')
    await app.expectHealthy()
  })
})

it('JSON may stand in a page: no value closes a script', async () => {
  const app = await live((a) => {
    a.get('/json', () => jsonify({ text: '\u2028</script>é' }))
  })
  const reply = await app.send('GET', '/json')
  expect(reply.header('Content-Type')).toEqual(['application/json'])
  expect(reply.body).toBe('{"text":"\\u2028</script>\\u00e9"}\n')
})
