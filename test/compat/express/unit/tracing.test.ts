import { tracingChannel } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test } from 'vitest'
import express5 from '../../../../compat/express/index.ts'
import { ask, listening, real5 } from './support.ts'

interface Call {
  readonly handler: { readonly name: string }
  readonly route: unknown
  readonly param?: string
  readonly errorHandler?: boolean
  readonly result?: unknown
  readonly error?: unknown
}

const channel = tracingChannel<string, Call>('express.router.request')
const events: string[] = []

const note = (event: string) => (call: Call) => {
  const { handler, route, param, errorHandler, result, error } = call
  events.push(
    [
      event,
      handler.name,
      String(route),
      param,
      errorHandler,
      'result' in call,
      typeof result,
      error,
    ]
      .map(String)
      .join(' '),
  )
}
const subscriber = {
  start: note('start'),
  end: note('end'),
  asyncStart: note('asyncStart'),
  asyncEnd: note('asyncEnd'),
  error: note('error'),
}

afterEach(() => {
  channel.unsubscribe(subscriber)
  events.length = 0
})

function makeApp(express: typeof express5): ReturnType<typeof express5> {
  const app = express()
  const router = express.Router()
  app.use(function first(_req, _res, next) {
    next()
  })
  app.param('id', function id(_req, _res, next) {
    next()
  })
  app.get(['/one', '/items/:id'], async function item(_req, res) {
    await Promise.resolve()
    res.send('item')
  })
  app.get('/sync', function fails() {
    throw new Error('sync')
  })
  app.get('/async', async function rejects() {
    throw new Error('async')
  })
  app.get('/signal', function signals(_req, _res, next) {
    next('route')
  })
  router.get('/in', function inner(_req, _res, next) {
    next(new Error('inner'))
  })
  app.use('/mounted', router)
  app.use(function passes(
    error: unknown,
    _req: unknown,
    _res: unknown,
    next: (e: unknown) => void,
  ) {
    next(error)
  } as never)
  app.use(function answers(
    error: Error,
    _req: unknown,
    res: { end(text: string): void },
    _next: unknown,
  ) {
    res.end(error.message)
  } as never)
  return app
}

describe('the channel express.router.request', () => {
  test.each(['/one', '/items/1', '/sync', '/async', '/signal', '/mounted/in', '/%zz', '/none'])(
    'tells what it tells in Express 5: %s',
    async (path) => {
      channel.subscribe(subscriber)
      const told: string[][] = []
      for (const express of [express5, real5]) {
        events.length = 0
        await listening(makeApp(express), (server) => ask(server, path))
        told.push([...events])
      }
      expect(told[0]).toEqual(told[1])
      expect(told[0]?.length).toBeGreaterThan(1)
    },
  )
})
