import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import {
  afterThisRequest,
  appcontextPopped,
  appcontextPushed,
  BustAPI,
  copyCurrentRequestContext,
  currentApp,
  g,
  getCurrentObject,
  hasAppContext,
  hasRequestContext,
  makeResponse,
  RuntimeError,
  request,
  session,
  streamWithContext,
} from '../../src/index.ts'

it.each([
  ['request', () => request.path, 'request context'],
  ['session', () => session.get('x'), 'request context'],
  ['g', () => g.x, 'application context'],
  ['currentApp', () => currentApp.name, 'application context'],
])('%s outside a context is a RuntimeError that says what to do', (_name, use, which) => {
  expect(use).toThrow(RuntimeError)
  expect(use).toThrow(`Working outside of ${which}`)
  expect(hasRequestContext()).toBe(false)
  expect(hasAppContext()).toBe(false)
})

it('keeps the contexts of concurrent requests apart, through awaits and timers', async () => {
  const app = new BustAPI('contexts')
  app.get('/<name>', async ({ name }) => {
    g.name = name
    await sleep(name === 'slow' ? 20 : 2)
    await Promise.resolve()
    return `${request.path} ${g.name} ${currentApp.name}`
  })
  const client = app.testClient()
  const names = ['slow', 'a', 'b', 'c']
  const replies = await Promise.all(names.map((name) => client.get(`/${name}`)))
  expect(replies.map((reply) => reply.text)).toEqual(names.map((n) => `/${n} ${n} contexts`))
})

it('appContext.run gives currentApp and g, and tears down once', async () => {
  const app = new BustAPI('contexts')
  const seen: unknown[] = []
  app.teardownAppcontext((error) => seen.push(error?.message ?? null))
  expect(
    app.appContext().run(() => {
      g.x = 1
      return [currentApp.name, g.get('x'), hasRequestContext()]
    }),
  ).toEqual(['contexts', 1, false])
  await expect(
    app.appContext().run(async () => {
      await sleep(1)
      throw new Error(`with ${String(g.get('x', 'nothing'))}`)
    }),
  ).rejects.toThrow('with nothing')
  expect(seen).toEqual([null, 'with nothing'])
})

it('logs what an asynchronous teardown rejects with when nobody can wait for it', async () => {
  const app = new BustAPI('contexts')
  const logged: string[] = []
  app.logger = {
    ...app.logger,
    exception: (_message: string, error: Error) => logged.push(error.message),
  } as never
  app.teardownAppcontext(async () => {
    throw new Error('teardown')
  })
  expect(app.appContext().run(() => 'value')).toBe('value')
  await sleep(1)
  expect(logged).toEqual(['teardown'])
})

it('push and pop restore what was active, also with using', () => {
  const outer = new BustAPI('outer')
  const inner = new BustAPI('inner')
  const a = outer.appContext().push()
  const b = inner.appContext().push()
  expect(currentApp.name).toBe('inner')
  b.pop()
  expect(currentApp.name).toBe('outer')
  a.pop()
  expect(hasAppContext()).toBe(false)
})

it('tells when app contexts come and go', () => {
  const app = new BustAPI('signals')
  const seen: string[] = []
  const pushed = (): unknown => seen.push('pushed')
  const popped = (): unknown => seen.push('popped')
  appcontextPushed.connect(pushed)
  appcontextPopped.connect(popped)
  try {
    app.appContext().run(() => seen.push('inside'))
    app.testRequestContext('/').run(() => seen.push('request'))
  } finally {
    appcontextPushed.disconnect(pushed)
    appcontextPopped.disconnect(popped)
  }
  expect(seen).toEqual(['pushed', 'inside', 'popped', 'pushed', 'request', 'popped'])
})

it('testRequestContext routes, and shares g with an app context around it', () => {
  const app = new BustAPI('contexts')
  app.get('/users/<int:id>', () => '')
  const result = app.appContext().run(() => {
    g.who = 'ada'
    return app
      .testRequestContext('/users/3?q=1', { method: 'GET' })
      .run(() => [request.endpoint, request.viewArgs, request.args.get('q'), g.who])
  })
  expect(result).toEqual(['GET /users/<int:id>', { id: 3 }, '1', 'ada'])
})

it('copyCurrentRequestContext sees the request after it has ended', async () => {
  const app = new BustAPI('contexts')
  let later: Promise<string> | undefined
  app.get('/work', () => {
    const job = copyCurrentRequestContext(() => `${request.path} ${hasRequestContext()}`)
    later = sleep(5).then(job)
    return 'started'
  })
  expect((await app.testClient().get('/work')).text).toBe('started')
  await expect(later).resolves.toBe('/work true')
})

it('afterThisRequest changes this response only', async () => {
  const app = new BustAPI('contexts')
  app.get('/once', () => {
    afterThisRequest((response) => {
      response.headers.set('X-Once', '1')
      return response
    })
    return 'ok'
  })
  app.get('/plain', () => 'ok')
  const client = app.testClient()
  expect((await client.get('/once')).headers.get('X-Once')).toBe('1')
  expect((await client.get('/plain')).headers.get('X-Once')).toBeNull()
})

it('streams with the context, synchronously and asynchronously', async () => {
  const app = new BustAPI('contexts')
  app.get('/sync', () =>
    streamWithContext(
      (function* () {
        yield 'q='
        yield request.args.get('q') ?? ''
      })(),
    ),
  )
  app.get('/async', () =>
    streamWithContext(
      (async function* () {
        await sleep(1)
        yield `q=${request.args.get('q')}`
      })(),
    ),
  )
  const client = app.testClient()
  expect((await client.get('/sync?q=1')).text).toBe('q=1')
  expect((await client.get('/async?q=2')).text).toBe('q=2')
})

it('a stream without streamWithContext has no context, since that has ended', async () => {
  const app = new BustAPI('contexts')
  const seen: boolean[] = []
  app.get('/', () =>
    (function* () {
      seen.push(hasRequestContext(), hasAppContext())
      yield 'x'
    })(),
  )
  expect((await app.testClient().get('/')).text).toBe('x')
  expect(seen).toEqual([false, false])
})

it('getCurrentObject gives the object itself', () => {
  const app = new BustAPI('contexts')
  app.appContext().run(() => {
    expect(getCurrentObject(currentApp)).toBe(app)
    expect(currentApp.config).toBe(app.config)
    expect(makeResponse('x', 201).statusCode).toBe(201)
  })
})
