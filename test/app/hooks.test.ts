import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import {
  AssertionError,
  abort,
  Blueprint,
  BustAPI,
  g,
  type HTTPException,
  type NotFound,
  request,
  requestFinished,
  requestStarted,
  requestTearingDown,
} from '../../src/index.ts'

function quiet(app: BustAPI): string[] {
  const logged: string[] = []
  app.logger = { ...app.logger, exception: (message: string) => logged.push(message) } as never
  return logged
}

it('runs asynchronous hooks in the order of synchronous ones', async () => {
  const app = new BustAPI('hooks')
  const trace: string[] = []
  const step = (name: string) => async () => {
    await sleep(1)
    trace.push(name)
  }
  app.beforeRequest(step('before 1'))
  app.beforeRequest(() => void trace.push('before 2'))
  app.beforeRequest(step('before 3'))
  app.afterRequest(async (response) => {
    await step('after 1')()
    return response
  })
  app.afterRequest((response) => {
    trace.push('after 2')
    return response
  })
  app.teardownRequest(step('teardown 1'))
  app.teardownRequest(step('teardown 2'))
  app.teardownAppcontext(step('appcontext 1'))
  app.teardownAppcontext(step('appcontext 2'))
  app.get('/', async () => {
    await step('view')()
    return 'ok'
  })
  expect((await app.testClient().get('/')).text).toBe('ok')
  expect(trace).toEqual([
    'before 1',
    'before 2',
    'before 3',
    'view',
    'after 2',
    'after 1',
    'teardown 2',
    'teardown 1',
    'appcontext 2',
    'appcontext 1',
  ])
})

it('an asynchronous early return skips the rest, and the after hooks still run', async () => {
  const app = new BustAPI('hooks')
  app.beforeRequest(async () => ['stopped', 401])
  app.beforeRequest(() => {
    throw new Error('must not run')
  })
  app.afterRequest((response) => {
    response.headers.set('X-After', '1')
    return response
  })
  app.get('/', () => 'view')
  const reply = await app.testClient().get('/')
  expect([reply.statusCode, reply.text, reply.headers.get('X-After')]).toEqual([
    401,
    'stopped',
    '1',
  ])
})

it('handles errors of asynchronous views, hooks and handlers', async () => {
  class Teapot extends Error {}
  const app = new BustAPI('hooks')
  const logged = quiet(app)
  app.errorhandler(Teapot, async (error) => {
    await sleep(1)
    return [`handled ${error.message}`, 418]
  })
  app.errorhandler(404, (error: NotFound) => [`no ${error.description}`, 404])
  app.errorhandler(500, async (error: HTTPException) => [`sorry ${error.code}`, 500])
  app.get('/tea', async () => {
    await sleep(1)
    throw new Teapot('tea')
  })
  app.get('/gone', async () => abort(404, 'such page'))
  app.get('/bug', async () => {
    throw new TypeError('bug')
  })
  app.get('/nothing', async () => undefined)
  app.get('/not-an-error', () => {
    throw 'text'
  })
  const client = app.testClient()
  expect((await client.get('/tea')).text).toBe('handled tea')
  expect((await client.get('/gone')).text).toBe('no such page')
  expect((await client.get('/bug')).text).toBe('sorry 500')
  expect((await client.get('/nothing')).statusCode).toBe(500)
  expect((await client.get('/not-an-error')).text).toBe('sorry 500')
  expect(logged).toHaveLength(3)
})

it('answers 500 once when the error handler fails as well, and serves on', async () => {
  const app = new BustAPI('hooks')
  quiet(app)
  app.errorhandler(500, () => {
    throw new Error('handler')
  })
  app.get('/bug', () => {
    throw new Error('bug')
  })
  app.get('/ok', () => 'ok')
  const { serve, closeAll, fetchText } = await import('./support.ts')
  const { createServer } = await import('node:http')
  const url = await serve(createServer(app))
  expect((await fetchText(`${url}/bug`)).status).toBe(500)
  expect((await fetchText(`${url}/ok`)).text).toBe('ok')
  await closeAll()
})

it('gives the error to the teardown functions, and none to those of a handled one', async () => {
  const app = new BustAPI('hooks')
  quiet(app)
  const seen: (string | null)[] = []
  app.teardownRequest((error) => seen.push(error?.message ?? null))
  app.errorhandler(RangeError, () => 'handled')
  app.get('/bug', () => {
    throw new Error('bug')
  })
  app.get('/range', () => {
    throw new RangeError('range')
  })
  const client = app.testClient()
  await client.get('/bug')
  await client.get('/range')
  await client.get('/missing')
  expect(seen).toEqual(['bug', null, null])
})

it('a failing after hook is a 500, and a missing return says so', async () => {
  const app = new BustAPI('hooks')
  app.testing = true
  app.afterRequest((() => undefined) as never)
  app.get('/', () => 'ok')
  await expect(app.testClient().get('/')).rejects.toThrow(/afterRequest function returned no/)
})

it('each registry of a blueprint has an effect, nested ones inside their parents', async () => {
  const trace: string[] = []
  const child = new Blueprint('child', 'child', { urlPrefix: '/child' })
  const parent = new Blueprint('parent', 'parent', { urlPrefix: '/parent/<lang>' })
  const app = new BustAPI('registries')
  for (const [name, scaffold] of [
    ['app', app],
    ['parent', parent],
    ['child', child],
  ] as const) {
    scaffold.urlValuePreprocessor((_endpoint, values) => {
      trace.push(`${name}:values`)
      if (values && 'lang' in values) g.lang = values.lang
      if (name === 'parent') delete values?.lang
    })
    scaffold.beforeRequest(() => void trace.push(`${name}:before`))
    scaffold.afterRequest((response) => {
      trace.push(`${name}:after`)
      return response
    })
    scaffold.teardownRequest(() => trace.push(`${name}:teardown`))
    scaffold.urlDefaults((_endpoint, values) => {
      values[`by_${name}`] ??= 1
    })
  }
  child.beforeAppRequest(() => void trace.push('everywhere'))
  child.errorhandler(RangeError, () => 'child handled')
  child.get(
    '/x',
    { endpoint: 'x' },
    () => `${request.blueprints.join()} ${Object.keys(request.viewArgs ?? {})} ${g.lang}`,
  )
  child.get('/bug', () => {
    throw new RangeError()
  })
  child.get('/url', () => app.urlFor('.x', { lang: 'de' }))
  parent.registerBlueprint(child)
  app.registerBlueprint(parent)
  const client = app.testClient()
  expect((await client.get('/parent/en/child/x')).text).toBe('parent.child,parent  en')
  expect(trace).toEqual([
    'app:values',
    'parent:values',
    'child:values',
    'app:before',
    'everywhere',
    'parent:before',
    'child:before',
    'child:after',
    'parent:after',
    'app:after',
    'child:teardown',
    'parent:teardown',
    'app:teardown',
  ])
  expect((await client.get('/parent/en/child/bug')).text).toBe('child handled')
  expect((await client.get('/parent/en/child/url')).text).toBe(
    '/parent/de/child/x?by_app=1&by_parent=1&by_child=1',
  )
})

it('refuses setup after the first request, and an endpoint that is taken', async () => {
  const app = new BustAPI('setup')
  app.get('/', function index() {
    return 'ok'
  })
  expect(() =>
    app.get('/other', function index() {
      return 'other'
    }),
  ).toThrow(AssertionError)
  await app.testClient().get('/')
  expect(() => app.beforeRequest(() => undefined)).toThrow(/setup method 'beforeRequest'/)
  expect(() => app.get('/late', () => '')).toThrow(/setup method/)
})

it('sends the signals to synchronous receivers with the app', async () => {
  const app = new BustAPI('signals')
  const senders: unknown[] = []
  const receiver = (sender: unknown): unknown => senders.push(sender)
  requestStarted.connect(receiver, { sender: app })
  app.get('/', () => 'ok')
  await app.testClient().get('/')
  requestStarted.disconnect(receiver, { sender: app })
  expect(senders).toEqual([app])
})

it('waits for asynchronous receivers of signals, and handles what they throw', async () => {
  const app = new BustAPI('signals')
  const trace: string[] = []
  using _started = requestStarted.connectedTo(async () => {
    await sleep(1)
    trace.push('started')
  })
  using _finished = requestFinished.connectedTo(async () => {
    await sleep(1)
    trace.push('finished')
  })
  using _down = requestTearingDown.connectedTo(async () => {
    await sleep(1)
    trace.push('tearing down')
  })
  app.get('/', () => {
    trace.push('view')
    return 'ok'
  })
  await app.testClient().get('/')
  expect(trace).toEqual(['started', 'view', 'finished', 'tearing down'])
  quiet(app)
  using _broken = requestStarted.connectedTo(async () => {
    throw new Error('receiver')
  })
  expect((await app.testClient().get('/')).statusCode).toBe(500)
})
