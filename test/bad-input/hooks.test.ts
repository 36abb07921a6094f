import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  appcontextPopped,
  appcontextPushed,
  appcontextTearingDown,
  Blueprint,
  type BustAPI,
  beforeRenderTemplate,
  Conflict,
  flash,
  messageFlashed,
  renderTemplateString,
  requestFinished,
  requestStarted,
  requestTearingDown,
  SecureCookieSessionInterface,
  streamTemplateString,
  templateRendered,
  urlFor,
} from '../../src/index.ts'
import { expectNoTrace, live, until } from '../security/live-app.ts'

/** Gives its argument back, or fails while the hook is broken. */
type Hook = <T>(value: T) => T

const KINDS: readonly [kind: string, add: (app: BustAPI, hook: Hook) => void][] = [
  ['beforeRequest', (app, hook) => app.beforeRequest(() => hook(undefined))],
  ['afterRequest', (app, hook) => app.afterRequest((response) => hook(response))],
  ['teardownRequest', (app, hook) => app.teardownRequest(() => hook(undefined))],
  ['teardownAppcontext', (app, hook) => app.teardownAppcontext(() => hook(undefined))],
  ['urlValuePreprocessor', (app, hook) => app.urlValuePreprocessor(() => hook(undefined))],
  [
    'a context processor',
    (app, hook) => {
      app.contextProcessor(() => hook({}))
      app.viewFunctions.page = () => renderTemplateString('page')
    },
  ],
  [
    'a context processor of a streamed template',
    (app, hook) => {
      app.contextProcessor(() => hook({}))
      app.viewFunctions.page = () => streamTemplateString('page')
    },
  ],
  [
    'urlDefaults',
    (app, hook) => {
      app.urlDefaults(() => hook(undefined))
      app.viewFunctions.page = () => urlFor('page')
    },
  ],
  [
    'the error handler of a class',
    (app, hook) => {
      app.errorhandler(RangeError, () => hook('handled'))
      app.viewFunctions.page = () => {
        throw new RangeError('first error')
      }
    },
  ],
  [
    'the error handler of a code',
    (app, hook) => {
      app.errorhandler(409, () => hook('handled'))
      app.viewFunctions.page = () => {
        throw new Conflict()
      }
    },
  ],
  [
    'a template global',
    (app, hook) => {
      app.templateGlobal(() => hook(''), 'mine')
      app.viewFunctions.page = () => renderTemplateString('page{{ mine() }}')
    },
  ],
  [
    'opening the session',
    (app, hook) => {
      app.sessionInterface = new (class extends SecureCookieSessionInterface {
        override openOnTouch = false
        override openSession(...args: Parameters<SecureCookieSessionInterface['openSession']>) {
          return hook(super.openSession(...args))
        }
      })()
    },
  ],
  [
    'saving the session',
    (app, hook) => {
      app.sessionInterface = new (class extends SecureCookieSessionInterface {
        override mustSaveUntouched() {
          return true
        }
        override saveSession() {
          hook(undefined)
        }
      })()
    },
  ],
  [
    'the JSON provider',
    (app, hook) => {
      const dumps = app.json.dumps.bind(app.json)
      app.json.dumps = (value) => hook(dumps(value))
      app.viewFunctions.page = () => ({ page: 1 })
    },
  ],
  ...(
    [
      ['requestStarted', requestStarted],
      ['requestFinished', requestFinished],
      ['requestTearingDown', requestTearingDown],
      ['appcontextTearingDown', appcontextTearingDown],
    ] as const
  ).map(
    ([name, signal]) =>
      [
        `a receiver of ${name}`,
        (app: BustAPI, hook: Hook) => void signal.connect(() => hook(undefined), { sender: app }),
      ] as [string, (app: BustAPI, hook: Hook) => void],
  ),
  ...(
    [
      ['beforeRenderTemplate', beforeRenderTemplate],
      ['templateRendered', templateRendered],
    ] as const
  ).map(
    ([name, signal]) =>
      [
        `a receiver of ${name}`,
        (app: BustAPI, hook: Hook) => {
          signal.connect(() => hook(undefined), { sender: app })
          app.viewFunctions.page = () => renderTemplateString('page')
        },
      ] as [string, (app: BustAPI, hook: Hook) => void],
  ),
]

async function check(
  kind: string,
  add: (app: BustAPI, hook: Hook) => void,
  raise: () => unknown,
): Promise<void> {
  let broken = true
  const torn: string[] = []
  const app = await live((a) => {
    a.secretKey = 'k'
    a.get('/page', { endpoint: 'page' }, () => 'page')
    a.teardownRequest(() => void torn.push('request'))
    a.teardownAppcontext(() => void torn.push('app context'))
    add(a, ((value) => (broken ? raise() : value)) as Hook)
  })
  const reply = await app.send('GET', '/page')
  expect(reply.statuses).toEqual([500])
  expect(reply.body).toContain('<h1>Internal Server Error</h1>')
  expectNoTrace(reply)
  expect(reply.output).not.toContain('hook failed')
  expect(app.log()).toContain('hook failed')
  broken = false
  torn.length = 0
  const next = await app.send('GET', '/page')
  expect(next.statuses).toHaveLength(1)
  expect(next.status).not.toBe(500)
  // A template that is streamed with its context ends it a second time, as in Flask 3.1.
  const once = ['request', 'app context']
  expect(torn).toEqual(kind.includes('streamed') ? [...once, ...once] : once)
  await app.expectHealthy(/appcontext/i.test(kind) ? 1 : 0)
}

describe('what throws is one 500, and the next request is served:', () => {
  it.each(KINDS)('%s', (kind, add) =>
    check(kind, add, () => {
      throw new Error('hook failed')
    }),
  )
})

// Asked for at once, these cannot wait; a promise is refused and its failure is not left unhandled.
const AT_ONCE = new Set([
  'a context processor',
  'a context processor of a streamed template',
  'urlDefaults',
])
// A promise is an ordinary value to these.
const NO_PROMISE = new Set(['a template global', 'saving the session', 'the JSON provider'])

describe('what rejects is one 500, and the next request is served:', () => {
  const kinds = KINDS.filter(([kind]) => !AT_ONCE.has(kind) && !NO_PROMISE.has(kind)).filter(
    ([kind]) => !/RenderTemplate|templateRendered/.test(kind),
  )
  it.each(kinds)('%s', (kind, add) =>
    check(kind, add, async () => {
      await sleep(1)
      throw new Error('hook failed')
    }),
  )
})

describe('what has no time to wait refuses a promise, and the process lives:', () => {
  it.each(KINDS.filter(([kind]) => AT_ONCE.has(kind)))('%s', async (_kind, add) => {
    const app = await live((a) => {
      a.get('/page', { endpoint: 'page' }, () => 'page')
      add(a, (() => Promise.reject(new Error('hook failed'))) as Hook)
    })
    const reply = await app.send('GET', '/page')
    expect(reply.statuses).toEqual([500])
    expect(app.log()).toMatch(/returned a promise, but has to give its result at once/)
    await app.expectHealthy()
  })
})

describe('a receiver that nobody waits for', () => {
  it('may reject: it is logged, the request is served, and the process lives', async () => {
    const app = await live((a) => {
      a.secretKey = 'k'
      a.get('/page', () => {
        flash('message')
        return renderTemplateString('page')
      })
      const signals = [
        appcontextPushed,
        appcontextPopped,
        beforeRenderTemplate,
        templateRendered,
        messageFlashed,
      ]
      for (const signal of signals) {
        signal.connect(() => Promise.reject(new Error(`receiver of ${signal.name}`)), { sender: a })
      }
    })
    const reply = await app.send('GET', '/page')
    expect([reply.statuses, reply.body]).toEqual([[200], 'page'])
    for (const name of ['pushed', 'popped', 'before-render', 'rendered', 'flashed']) {
      await until(() => new RegExp(`Error: receiver of .*${name}`).test(app.log()))
    }
    await app.expectHealthy()
  })
})

describe('hooks of a blueprint', () => {
  it('that throw spare everybody else', async () => {
    const app = await live((a) => {
      const sick = new Blueprint('sick', 'sick', { urlPrefix: '/sick' })
      sick.get('/', () => 'view')
      sick.beforeRequest(() => {
        throw new Error('hook failed')
      })
      const well = new Blueprint('well', 'well', { urlPrefix: '/well' })
      well.get('/', () => 'view')
      a.registerBlueprint(sick)
      a.registerBlueprint(well)
    })
    expect((await app.send('GET', '/sick/')).statuses).toEqual([500])
    expect((await app.send('GET', '/well/')).body).toBe('view')
    await app.expectHealthy()
  })
})

describe('several failures in one request', () => {
  it('view, error handler, after hook and teardown: one 500, every teardown part runs', async () => {
    const ran: string[] = []
    const say = (name: string) => (): never => {
      ran.push(name)
      throw new Error(`${name} failed`)
    }
    const app = await live((a) => {
      a.get('/page', say('view'))
      a.errorhandler(Error, say('error handler'))
      a.errorhandler(500, say('500 handler'))
      a.beforeRequest(() => {
        ran.length = 0
      })
      a.teardownAppcontext(() => void ran.push('app context'))
      a.teardownRequest(() => void ran.push('last teardown'))
    })
    const reply = await app.send('GET', '/page')
    expect(reply.statuses).toEqual([500])
    expectNoTrace(reply)
    expect(ran).toEqual(['view', 'error handler', '500 handler', 'last teardown', 'app context'])
    await app.expectHealthy()
  })

  it('a teardown function that throws still lets the app context end', async () => {
    const ran: string[] = []
    const app = await live((a) => {
      a.get('/page', () => 'page')
      a.teardownAppcontext(() => void ran.push('app context'))
      a.teardownRequest((error) => {
        if (ran.length === 0) throw new Error(`hook failed after ${String(error)}`)
      })
    })
    expect((await app.send('GET', '/page')).statuses).toEqual([500])
    expect(ran).toEqual(['app context'])
    await app.expectHealthy()
  })
})
