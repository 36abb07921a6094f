import { describe, expect, it } from 'vitest'
import { CORS, type CorsAppOptions } from '../../../compat/cors/index.ts'
import { BustAPI } from '../../../src/index.ts'

function appWith(options: CorsAppOptions): BustAPI {
  const app = new BustAPI('cors-security')
  CORS(app, options)
  app.get('/<path:rest>', { endpoint: 'all' }, () => 'all')
  return app
}

async function allowed(app: BustAPI, origin: string, path = '/x'): Promise<string | null> {
  const reply = await app.testClient().get(path, { headers: { Origin: origin } })
  return reply.headers.get('Access-Control-Allow-Origin')
}

describe('S56: origins that only look like an allowed one', () => {
  const foreign = [
    'null',
    'https://good.com.evil',
    'https://good.com.evil.example',
    'https://evilgood.com',
    'https://goodXcom',
    'http://good.com',
    'https://good.com:8443',
    'https://good.com/',
    'https://good.com@evil.example',
    'https://good.com https://evil.example',
  ]
  const rules: readonly [string, CorsAppOptions['origins']][] = [
    ['a text', 'https://good.com'],
    ['a list', ['https://good.com', 'https://fine.com']],
    ['a pattern', '^https://good\\.com$'],
    ['a RegExp', /^https:\/\/good\.com$/],
  ]
  it.each(rules)('%s does not allow them', async (_kind, origins) => {
    const app = appWith({ origins })
    expect(await allowed(app, 'https://good.com')).toBe('https://good.com')
    for (const origin of foreign)
      expect([origin, await allowed(app, origin)]).toEqual([origin, null])
  })

  it('a RegExp with the flag g decides alike each time', async () => {
    const app = appWith({ origins: /https:\/\/good\.com$/g })
    for (let i = 0; i < 3; i++) expect(await allowed(app, 'https://good.com')).not.toBeNull()
  })

  it('a pattern that is no regular expression allows nobody', async () => {
    expect(await allowed(appWith({ origins: '*.good.com' }), 'https://a.good.com')).toBeNull()
    expect(await allowed(appWith({ origins: 'https://(good' }), 'https://good')).toBeNull()
  })
})

describe('advisories of Flask-CORS', () => {
  it('CVE-2024-6866: the case of a path tells resources apart', async () => {
    const app = appWith({ resources: { '/Private/*': { origins: 'http://a.test' } } })
    expect(await allowed(app, 'http://a.test', '/Private/x')).toBe('http://a.test')
    expect(await allowed(app, 'http://a.test', '/private/x')).toBeNull()
  })

  it('CVE-2024-6844: a plus in a path is a plus, encoded or not', async () => {
    const app = appWith({
      resources: { '/a\\+b$': { origins: 'http://plus.test' }, '/a b$': { origins: '*' } },
    })
    for (const path of ['/a+b', '/a%2Bb']) {
      expect(await allowed(app, 'http://plus.test', path)).toBe('http://plus.test')
      expect(await allowed(app, 'http://other.test', path)).toBeNull()
    }
  })

  it('CVE-2024-6839: the longer of two patterns for a path wins, whatever their order', async () => {
    const loose = ['/api/*', { origins: '*' }] as const
    const strict = ['/api/private/.*', { origins: 'http://a.test' }] as const
    for (const entries of [
      [loose, strict],
      [strict, loose],
    ]) {
      const app = appWith({ resources: Object.fromEntries(entries) })
      expect(await allowed(app, 'http://evil.test', '/api/private/x')).toBeNull()
    }
  })

  it('CVE-2024-6221: private networks are open only when asked for', async () => {
    const headers = { Origin: 'http://a.test', 'Access-Control-Request-Private-Network': 'true' }
    const answer = async (options: CorsAppOptions): Promise<string | null> => {
      const reply = await appWith(options).testClient().options('/x', { headers })
      return reply.headers.get('Access-Control-Allow-Private-Network')
    }
    expect(await answer({})).toBe('false')
    expect(await answer({ allowPrivateNetwork: true })).toBe('true')
  })

  it('CVE-2024-1681: what a client sends is in no log', async () => {
    const app = appWith({})
    const lines: string[] = []
    app.logger.handlers.splice(0)
    app.logger.handlers.push({ handle: (record) => void lines.push(record.message) })
    await app.testClient().get('/x%0d%0aforged', { headers: { Origin: 'http://forged.test' } })
    expect(lines).toEqual([])
  })
})

describe('S57: credentials', () => {
  it('never go with *', async () => {
    const app = appWith({ supportsCredentials: true })
    const reply = await app.testClient().get('/x')
    expect(reply.headers.get('Access-Control-Allow-Origin')).toBeNull()
    expect(await allowed(app, 'http://a.test')).toBe('http://a.test')
  })
})

it('a header list of any length is answered in linear time', async () => {
  const app = appWith({ allowHeaders: ['X-A', 'X-B.*'] })
  const started = performance.now()
  const reply = await app.testClient().options('/x', {
    headers: {
      Origin: 'http://a.test',
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'a,'.repeat(7000),
    },
  })
  expect(reply.statusCode).toBe(200)
  expect(performance.now() - started).toBeLessThan(500)
})
