import { BustAPI, type BustAPIOptions, type Request } from '../../../src/index.ts'
import type { TestRequestOptions } from '../../../src/testing/index.ts'

/** An app as record-facts.py's `make_app` makes one. */
export function makeApp(options: BustAPIOptions = {}): BustAPI {
  const app = new BustAPI('app', { rootPath: '/srv', ...options })
  app.secretKey = 'k'
  return app
}

/** A request as record-facts.py's `req` makes one. */
export function request(path = '/', options: TestRequestOptions = {}, app = makeApp()): Request {
  return app.testRequestContext(path, options).request
}
