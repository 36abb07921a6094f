import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { subject } from '../../../../compat-tests/kit/express/targets.ts'

type Answer = readonly [status: unknown, type: unknown, body: string]

/** Express itself cannot answer over HTTP/2, so there is nothing to compare with: the same app over HTTP/1 is the measure. */
describe.each([5, 4] as const)('the drop-in for Express %i over HTTP/2', async (major) => {
  const { express } = await subject(major)
  const app = express()
  app.use(express.json())
  app.get('/json', (req, res) => {
    res.set('X-A', '1').json([req.path, req.query, req.httpVersion, req.hostname])
  })
  app.get('/text', (_req, res) => {
    res.cookie('a', '1').send('text')
  })
  app.get('/redirect', (_req, res) => {
    res.redirect('/text')
  })
  app.get('/stream', (_req, res) => {
    res.write('one ')
    setImmediate(() => res.end('two'))
  })
  app.post('/echo', (req, res) => {
    res.status(201).json(req.body)
  })
  app.get('/error', () => {
    throw Object.assign(new Error('teapot'), { status: 418 })
  })

  let close: (() => void) | undefined
  afterEach(() => close?.())

  async function ask(path: string, body?: string): Promise<Answer> {
    const server = createServer(app as never)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    close = () => {
      session.destroy()
      server.close()
    }
    return new Promise((resolve, reject) => {
      const head = { ':path': path, ':method': body === undefined ? 'GET' : 'POST' }
      const stream = session.request(
        body === undefined
          ? head
          : {
              ...head,
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            },
      )
      let answer: Answer = [undefined, undefined, '']
      stream.setEncoding('utf8')
      stream.on('response', (headers) => {
        answer = [headers[':status'], headers['content-type'], '']
      })
      stream.on('data', (text: string) => {
        answer = [answer[0], answer[1], answer[2] + text]
      })
      stream.on('end', () => resolve(answer)).on('error', reject)
      stream.end(body)
    })
  }

  const json = 'application/json; charset=utf-8'
  const html = 'text/html; charset=utf-8'
  it.each<readonly [path: string, body: string | undefined, answer: Answer]>([
    ['/json?a=1', undefined, [200, json, '["/json",{"a":"1"},"2.0","127.0.0.1"]']],
    ['/text', undefined, [200, html, 'text']],
    ['/redirect', undefined, [302, 'text/plain; charset=utf-8', 'Found. Redirecting to /text']],
    ['/stream', undefined, [200, undefined, 'one two']],
    ['/echo', '{"a":[1]}', [201, json, '{"a":[1]}']],
  ])('answers %s', async (path, body, answer) => {
    expect(await ask(path, body)).toEqual(answer)
  })

  it('answers what nobody handles and errors', async () => {
    expect((await ask('/none')).slice(0, 2)).toEqual([404, html])
    close?.()
    expect((await ask('/error')).slice(0, 2)).toEqual([418, html])
  })
})
