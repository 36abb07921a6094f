import { describe, expect, it } from 'vitest'
import { CORS, type CorsAppOptions, crossOrigin } from '../../../compat/cors/index.ts'
import { abort, Blueprint, BustAPI, ValueError } from '../../../src/index.ts'

const A = 'http://a.test'

function appWith(options?: CorsAppOptions, config: Record<string, unknown> = {}): BustAPI {
  const app = new BustAPI('cors')
  app.config.fromMapping(config)
  if (options !== undefined) CORS(app, options)
  app.get('/', { endpoint: 'root' }, () => 'root')
  app.get('/api/<path:rest>', { endpoint: 'api' }, ({ rest }) => rest)
  app.get('/other', { endpoint: 'other' }, () => 'other')
  return app
}

/** The CORS headers of an answer, and `Vary`. */
async function ask(
  app: BustAPI,
  path = '/',
  headers: Record<string, string> = { Origin: A },
  method = 'GET',
): Promise<Record<string, string>> {
  const reply = await app.testClient().open(path, { method, headers: Object.entries(headers) })
  return Object.fromEntries(
    [...reply.headers]
      .map(([name, value]) => [name.toLowerCase().replace('access-control-', ''), value] as const)
      .filter(([name]) => /^(allow-|expose-|max-age|vary)/.test(name)),
  )
}

const preflight = (more: Record<string, string> = {}): Record<string, string> => ({
  Origin: A,
  'Access-Control-Request-Method': 'GET',
  ...more,
})

describe('CORS(app)', () => {
  it('answers the origin of the request, and says that answers differ by it', async () => {
    expect(await ask(appWith({}))).toEqual({ 'allow-origin': A, vary: 'Origin' })
  })

  it('answers any origin where the request names none, unless alwaysSend is false', async () => {
    expect(await ask(appWith({}), '/', {})).toEqual({ 'allow-origin': '*' })
    expect(await ask(appWith({ alwaysSend: false }), '/', {})).toEqual({})
  })

  it('names methods, asked headers and age to a preflight', async () => {
    const app = appWith({ methods: ['post', 'GET'], maxAge: 600, allowHeaders: 'X-.*' })
    const headers = preflight({ 'Access-Control-Request-Headers': 'X-B, Cookie, x-a' })
    expect(await ask(app, '/', headers, 'OPTIONS')).toEqual({
      'allow-origin': A,
      'allow-headers': 'X-B, x-a',
      'max-age': '600',
      'allow-methods': 'GET, POST',
      vary: 'Origin',
    })
  })

  it('takes each option from the resource, the call, the constructor, the settings, in that order', async () => {
    const config = { CORS_EXPOSE_HEADERS: 'X-Config', CORS_MAX_AGE: 1, CORS_METHODS: 'GET' }
    const app = appWith(undefined, config)
    const cors = new CORS(null, { exposeHeaders: 'X-Constructor', maxAge: 2 })
    cors.initApp(app, { maxAge: 3, resources: { '/api/*': { maxAge: 4 }, '*': {} } })
    const asked = preflight()
    const common = { 'allow-origin': A, 'allow-methods': 'GET', vary: 'Origin' }
    const exposed = { 'expose-headers': 'X-Constructor' }
    expect(await ask(app, '/', asked, 'OPTIONS')).toEqual({
      ...common,
      ...exposed,
      'max-age': '3',
    })
    expect(await ask(app, '/api/x', asked, 'OPTIONS')).toEqual({
      ...common,
      ...exposed,
      'max-age': '4',
    })
  })

  it('goes by the most specific resource: plain paths, RegExps, patterns, the longer first', async () => {
    const resources = new Map([
      ['/api/*', { origins: 'http://pattern.test' }],
      ['/api/v1/.*', { origins: 'http://deeper.test' }],
      ['/api/v1/x', { origins: 'http://plain.test' }],
    ] as [string | RegExp, { origins: string }][])
    resources.set(/\/api\/re/, { origins: 'http://regexp.test' })
    const app = appWith({ resources })
    const origin = async (path: string): Promise<unknown> =>
      (await ask(app, path, {}))['allow-origin']
    expect(await origin('/api/v1/x')).toBe('http://plain.test')
    expect(await origin('/api/v1/y')).toBe('http://deeper.test')
    expect(await origin('/api/re')).toBe('http://regexp.test')
    expect(await origin('/api/z')).toBe('http://pattern.test')
    expect(await origin('/other')).toBeUndefined()
  })

  it('covers 404s, errors and what a hook fails with', async () => {
    const app = appWith({})
    app.logger.handlers.splice(0)
    app.get('/gone', () => abort(410))
    app.afterRequest((response) => {
      if (response.statusCode === 200) throw new Error('hook')
      return response
    })
    for (const path of ['/nowhere', '/gone', '/']) {
      expect(await ask(app, path)).toMatchObject({ 'allow-origin': A })
    }
  })

  it('covers a blueprint alone', async () => {
    const app = appWith()
    const blueprint = new Blueprint('inner', 'inner')
    CORS(blueprint, { origins: A })
    blueprint.get('/inner', () => 'inner')
    app.registerBlueprint(blueprint)
    expect(await ask(app, '/inner')).toEqual({ 'allow-origin': A })
    expect(await ask(app)).toEqual({})
  })

  it('leaves headers alone that the view has set', async () => {
    const app = appWith({ exposeHeaders: 'X-A' })
    app.get('/tuple', () => ['own', 200, { 'Access-Control-Allow-Origin': 'http://own.test' }])
    expect(await ask(app, '/tuple')).toEqual({ 'allow-origin': 'http://own.test' })
  })

  it('can be called with and without new, and extended', () => {
    class Mine extends CORS {
      readonly mine = true
    }
    const app = new BustAPI('x')
    expect(CORS(app)).toBeInstanceOf(CORS)
    expect(new CORS(app)).toBeInstanceOf(CORS)
    expect(new Mine(app)).toMatchObject({ mine: true })
  })

  it('refuses what browsers would, and resources that are none', () => {
    const app = new BustAPI('x')
    expect(() => CORS(app, { supportsCredentials: true, sendWildcard: true })).toThrow(ValueError)
    expect(() => CORS(app, { resources: 5 as never })).toThrow('Unexpected value for resources')
  })
})

describe('crossOrigin', () => {
  it('covers one view and answers OPTIONS in its place', async () => {
    const app = appWith()
    app.get(
      '/one',
      crossOrigin({ origins: [A, 'http://b.test'], maxAge: 5 })(() => 'one'),
    )
    expect(await ask(app)).toEqual({})
    expect(await ask(app, '/one')).toEqual({ 'allow-origin': A, vary: 'Origin' })
    expect(await ask(app, '/one', preflight(), 'OPTIONS')).toMatchObject({ 'max-age': '5' })
    const reply = await app.testClient().options('/one')
    expect([reply.statusCode, reply.headers.get('Allow')?.split(', ').sort()]).toEqual([
      200,
      ['GET', 'HEAD', 'OPTIONS'],
    ])
  })

  it('awaits the view and keeps its name and its other attributes', async () => {
    const app = appWith()
    const view = Object.assign(async () => ({ slow: true }), { methods: ['POST'] })
    Object.defineProperty(view, 'name', { value: 'slow' })
    const wrapped = crossOrigin({ automaticOptions: false })(view)
    app.addUrlRule('/slow', null, wrapped)
    expect(app.viewFunctions.slow).toBe(wrapped)
    expect(await ask(app, '/slow', { Origin: A }, 'POST')).toMatchObject({ 'allow-origin': A })
  })

  it('has the last word over CORS(app)', async () => {
    const app = appWith({})
    app.get(
      '/strict',
      crossOrigin({ origins: 'http://b.test' })(() => 'strict'),
    )
    expect(await ask(app, '/strict')).toEqual({})
  })

  it('goes by the settings of the app that the view is in', async () => {
    const view = crossOrigin()(() => 'shared')
    const apps = ['http://a.test', 'http://b.test'].map((origin) =>
      appWith(undefined, { CORS_ORIGINS: origin }),
    )
    for (const app of apps) app.get('/shared', { endpoint: 'shared' }, view)
    expect(await ask(apps[0] as BustAPI, '/shared')).toEqual({ 'allow-origin': A })
    expect(await ask(apps[1] as BustAPI, '/shared')).toEqual({})
  })
})
