import { expect, it } from 'vitest'
import { CORS, type CorsAppOptions } from '../../../compat/cors/index.ts'
import { BustAPI } from '../../../src/index.ts'

/** An app with a route of its own at `/own` and one of Fastify's at `/native`. */
function appWith(options: CorsAppOptions): BustAPI {
  const app = new BustAPI('cors-fastify')
  const cors = CORS(app, options)
  app.get('/own', () => 'own')
  app.fastify.register(cors.fastify as never)
  app.fastify.get('/native', () => 'native')
  return app
}

async function headersOf(
  app: BustAPI,
  path: string,
  method = 'GET',
  more: Record<string, string> = {},
): Promise<[status: number, headers: Record<string, string>]> {
  const reply = await app.testClient().open(path, {
    method,
    headers: Object.entries({ Origin: 'http://a.test', ...more }),
  })
  const shown = [...reply.headers]
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name]) => name.startsWith('access-control-') || name === 'vary')
  return [reply.statusCode, Object.fromEntries(shown)]
}

it('native routes get the policy of their path through @fastify/cors', async () => {
  const app = appWith({
    exposeHeaders: 'X-A',
    resources: { '/native': { origins: 'http://a.test' }, '/own': { origins: 'http://b.test' } },
  })
  expect(await headersOf(app, '/native')).toEqual([
    200,
    {
      'access-control-allow-origin': 'http://a.test',
      'access-control-expose-headers': 'X-A',
      vary: 'Origin',
    },
  ])
  const [, foreign] = await headersOf(app, '/native', 'GET', { Origin: 'http://evil.test' })
  expect(foreign['access-control-allow-origin']).toBeUndefined()
})

it('a preflight for a native route is answered by the plugin', async () => {
  const app = appWith({ origins: 'http://a.test', methods: ['GET'], maxAge: 5 })
  const [status, headers] = await headersOf(app, '/native', 'OPTIONS', {
    'Access-Control-Request-Method': 'GET',
    'Access-Control-Request-Headers': 'X-B',
    'Access-Control-Request-Private-Network': 'true',
  })
  expect(status).toBe(204)
  expect(headers).toMatchObject({
    'access-control-allow-origin': 'http://a.test',
    'access-control-allow-methods': 'GET',
    'access-control-allow-headers': 'X-B',
    'access-control-max-age': '5',
    'access-control-allow-private-network': 'false',
  })
})

it('routes of the app answer as without the plugin', async () => {
  const app = appWith({ origins: ['http://a.test', 'http://b.test'] })
  const common = { 'access-control-allow-origin': 'http://a.test' }
  expect(await headersOf(app, '/own')).toMatchObject([200, common])
  const asked = { 'Access-Control-Request-Method': 'GET' }
  expect(await headersOf(app, '/own', 'OPTIONS', asked)).toMatchObject([200, common])
  expect(await headersOf(app, '/nowhere')).toMatchObject([404, common])
})

it('the plugin needs an app', () => {
  expect(() => new CORS().fastify).toThrow('CORS has no app yet')
})
