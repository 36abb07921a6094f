import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import {
  BustAPI,
  Config,
  g,
  json,
  type MaybePromise,
  makeResponse,
  type RequestContext,
  type Response,
  request,
  requestCtx,
} from '../../src/index.ts'

it('a subclass may override each step of a request', async () => {
  const trace: string[] = []

  class Traced extends BustAPI {
    override fullDispatchRequest(context: RequestContext): MaybePromise<Response> {
      trace.push('full dispatch')
      return super.fullDispatchRequest(context)
    }

    override preprocessRequest(context: RequestContext): unknown {
      trace.push('preprocess')
      return super.preprocessRequest(context)
    }

    override dispatchRequest(context: RequestContext): unknown {
      trace.push('dispatch')
      return super.dispatchRequest(context)
    }

    override finalizeRequest(value: unknown, context: RequestContext): MaybePromise<Response> {
      trace.push('finalize')
      return super.finalizeRequest(value, context)
    }

    override processResponse(response: Response, context: RequestContext): MaybePromise<Response> {
      trace.push('process')
      return super.processResponse(response, context)
    }

    override doTeardownRequest(error: Error | null, context: RequestContext): MaybePromise<void> {
      trace.push('teardown')
      return super.doTeardownRequest(error, context)
    }

    override doTeardownAppcontext(error: Error | null): MaybePromise<void> {
      trace.push('appcontext')
      return super.doTeardownAppcontext(error)
    }
  }

  const app = new Traced('traced')
  app.get('/', () => 'ok')
  expect((await app.testClient().get('/')).text).toBe('ok')
  expect(trace).toEqual([
    'full dispatch',
    'preprocess',
    'dispatch',
    'finalize',
    'process',
    'teardown',
    'appcontext',
  ])
})

it('a subclass may handle what nobody else does', async () => {
  class Forgiving extends BustAPI {
    override handleUserException(error: unknown, context: RequestContext): unknown {
      if (error instanceof RangeError) return ['forgiven', 299]
      return super.handleUserException(error, context)
    }

    override handleException(error: unknown): Response {
      return makeResponse(`last resort: ${(error as Error).message}`, 500)
    }
  }
  const app = new Forgiving('forgiving')
  app.get('/range', () => {
    throw new RangeError()
  })
  app.get('/bug', async () => {
    throw new TypeError('bug')
  })
  const client = app.testClient()
  expect((await client.get('/range')).text).toBe('forgiven')
  expect((await client.get('/bug')).text).toBe('last resort: bug')
})

it('the steps can be called inside a test request, as in Flask', async () => {
  const app = new BustAPI('steps')
  app.beforeRequest(() => {
    g.ready = true
  })
  app.get('/x', () => `${request.path} ${g.ready}`)
  const context = app.testRequestContext('/x')
  await context.run(async () => {
    expect(await app.preprocessRequest()).toBeNull()
    const response = await app.finalizeRequest(await app.dispatchRequest())
    expect(response.getData({ asText: true })).toBe('/x true')
    expect(requestCtx.request).toBe(context.request)
  })
  expect(() => app.dispatchRequest()).toThrow(/outside of request context/)
})

it('a subclass may name the classes of its parts', () => {
  class MyConfig extends Config {}
  class Mine extends BustAPI {
    static override configClass = MyConfig
  }
  expect(new Mine('mine').config).toBeInstanceOf(MyConfig)
})

it('opens resources below its root and its instance folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'steps-'))
  writeFileSync(join(folder, 'schema.sql'), 'create table t (x)')
  const app = new BustAPI('resources', { rootPath: folder, instancePath: folder })
  for (const opening of [app.openResource('schema.sql'), app.openInstanceResource('schema.sql')]) {
    const file = await opening
    expect(await file.readFile('utf8')).toBe('create table t (x)')
    await file.close()
  }
})

it('json.dumps and json.loads go by the current app', () => {
  const app = new BustAPI('json')
  app.json.sortKeys = false
  expect(json.dumps({ b: 1, a: [true, null] })).toBe('{"b": 1, "a": [true, null]}')
  expect(app.appContext().run(() => json.dumps({ b: 1, a: 2 }))).toBe('{"b": 1, "a": 2}')
  expect(json.load({ read: () => '{"a":1}' })).toEqual({ a: 1 })
  const written: string[] = []
  json.dump([1], { write: (text: string) => written.push(text) })
  expect(written).toEqual(['[1]'])
})

it('a cookie larger than MAX_COOKIE_SIZE is warned about', async () => {
  const app = new BustAPI('cookies')
  app.config.MAX_COOKIE_SIZE = 10
  app.get('/', () => {
    const response = makeResponse('ok')
    response.setCookie('name', 'x'.repeat(50))
    return response
  })
  const warnings: string[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', onWarning)
  await app.testClient().get('/')
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings.join()).toMatch(/cookie/i)
})
