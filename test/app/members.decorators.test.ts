import { expect, it } from 'vitest'
import { BustAPI, type NotFound, type Response } from '../../src/index.ts'

it('routes, hooks and handlers stand as standard decorators on static methods', async () => {
  const app = new BustAPI('decorated')

  class Site {
    static greeting = 'hello'

    @app.get('/hello/<name>')
    static hello({ name }: { name: string }): string {
      return `${this.greeting} ${name}`
    }

    @app.route('/sum/<int:a>/<int:b>', { methods: ['POST'] })
    static sum({ a, b }: { a: number; b: number }): object {
      return { sum: a + b }
    }

    @app.beforeRequest
    static before(): void {}

    @app.afterRequest
    static after(response: Response): Response {
      response.headers.set('X-Site', Site.greeting)
      return response
    }

    @app.errorhandler(404)
    static missing(error: NotFound): [string, number] {
      return [`missing: ${error.code}`, 404]
    }
  }

  const client = app.testClient()
  const reply = await client.get('/hello/ada')
  expect([reply.text, reply.headers.get('X-Site')]).toEqual(['hello ada', 'hello'])
  expect((await client.post('/sum/1/2')).json).toEqual({ sum: 3 })
  expect((await client.get('/nowhere')).text).toBe('missing: 404')
  expect(app.viewFunctions.hello).toBeTypeOf('function')
  expect(Site.hello({ name: 'direct' })).toBe('hello direct')
})

it('an instance method is registered with the first instance', async () => {
  const app = new BustAPI('decorated')

  class Counter {
    count = 0

    @app.get('/count')
    next(): string {
      this.count += 1
      return String(this.count)
    }
  }

  const counter = new Counter()
  new Counter()
  const client = app.testClient()
  expect((await client.get('/count')).text).toBe('1')
  expect((await client.get('/count')).text).toBe('2')
  expect(counter.count).toBe(2)
})
