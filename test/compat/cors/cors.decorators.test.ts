import { expect, it } from 'vitest'
import { crossOrigin } from '../../../compat/cors/index.ts'
import { BustAPI } from '../../../src/index.ts'

it('crossOrigin stands as a decorator under a route', async () => {
  const app = new BustAPI('decorated')

  class Site {
    static greeting = 'hello'

    @app.get('/hello')
    @crossOrigin({ origins: 'http://a.test' })
    static hello(): string {
      return this.greeting
    }
  }

  const client = app.testClient()
  const reply = await client.get('/hello', { headers: { Origin: 'http://a.test' } })
  expect([reply.text, reply.headers.get('Access-Control-Allow-Origin')]).toEqual([
    Site.greeting,
    'http://a.test',
  ])
  const preflight = await client.options('/hello', { headers: { Origin: 'http://a.test' } })
  expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('http://a.test')
})
