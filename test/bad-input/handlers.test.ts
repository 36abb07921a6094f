import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { gotRequestException, Response } from '../../src/index.ts'
import { expectNoTrace, type LiveApp, live, type RawReply } from '../security/live-app.ts'

const INTERNAL =
  '<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n' +
  '<h1>Internal Server Error</h1>\n' +
  '<p>The server encountered an internal error and was unable to complete your request. Either ' +
  'the server is overloaded or there is an error in the application.</p>\n'

/** One 500 that says nothing, one line in the log with the reason, and the app goes on. */
async function expectOne500(app: LiveApp, reply: RawReply, reason: RegExp): Promise<void> {
  expect([reply.statuses, reply.body]).toEqual([[500], INTERNAL])
  expectNoTrace(reply)
  expect(app.records.map((record) => record.message)).toEqual(['Exception on /fail [GET]'])
  expect(app.log()).toMatch(reason)
  await app.expectHealthy()
}

const fail = (): never => {
  throw new Error('secret detail')
}
const reject = async (): Promise<never> => {
  await sleep(1)
  throw new Error('secret detail')
}

describe('a handler', () => {
  const failing: [how: string, view: () => unknown, reason: RegExp][] = [
    ['throws', fail, /Error: secret detail/],
    ['rejects', reject, /Error: secret detail/],
    ['rejects at once', () => Promise.reject(new Error('secret detail')), /secret detail/],
    ['throws what is no error', () => thrower('secret detail'), /no Error was thrown: secret/],
    ['throws undefined', () => thrower(undefined), /no Error was thrown: undefined/],
    ['throws null', () => thrower(null), /no Error was thrown: null/],
    ['rejects with undefined', () => Promise.reject(), /no Error was thrown: undefined/],
    ['returns undefined', () => undefined, /for 'fail' did not return a valid response/],
    ['returns null', () => null, /for 'fail' did not return a valid response/],
    ['resolves to undefined', async () => undefined, /for 'fail' did not return a valid/],
    ['returns a number', () => 5, /but it was a number/],
    ['returns true', () => true, /but it was a boolean/],
    ['returns a function', () => () => 'x', /but it was a function/],
    ['returns a symbol', () => Symbol('x'), /but it was a symbol/],
    ['returns a Map', () => new Map(), /but it was a Map/],
    ['returns a status without a body', () => [undefined, 200], /did not return a valid response/],
    ['returns JSON that has a cycle', cycle, /TypeError|RangeError|ValueError/],
    ['returns a header with a line break', () => new Response('x', 200, [['A', 'b\r\nc']]), /./],
    ['has a status that HTTP has not', () => new Response('x', 99_999), /./],
  ]
  it.each(failing)('that %s is one 500', async (_how, view, reason) => {
    const app = await live((a) => {
      a.get('/fail', { endpoint: 'fail' }, view as never)
    })
    await expectOne500(app, await app.send('GET', '/fail'), reason)
  })

  it('that fails in debug mode shows the stack, and nothing of the request or configuration', async () => {
    const app = await live((a) => {
      a.debug = true
      a.secretKey = 'the-secret-key'
      a.get('/fail', () => {
        throw new Error('the <reason>')
      })
    })
    const reply = await app.send('GET', '/fail', {
      headers: ['Cookie: token=abc123', 'Authorization: Bearer xyz789'],
    })
    expect(reply.statuses).toEqual([500])
    expect(reply.body).toContain('the &lt;reason&gt;')
    expect(reply.body).toMatch(/handlers\.test\.ts:\d+/)
    expect(reply.body).not.toMatch(/<reason>|the-secret-key|abc123|xyz789|PATH=/)
    await app.expectHealthy()
  })

  it('that fails tells gotRequestException once', async () => {
    const told: unknown[] = []
    const app = await live((a) => {
      a.get('/fail', fail)
      gotRequestException.connect((_sender, { exception }) => void told.push(exception), {
        sender: a,
      })
    })
    await expectOne500(app, await app.send('GET', '/fail'), /secret detail/)
    expect(told.map(String)).toEqual(['Error: secret detail'])
  })
})

function thrower(value: unknown): never {
  throw value
}

function cycle(): object {
  const object: Record<string, unknown> = {}
  object.self = object
  return object
}
