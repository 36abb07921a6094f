/** Checked by `tsc` alone: the drop-in's types and those of @types/express stand for each other. */

import ours, {
  type Express as App,
  type Application,
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type RequestHandler,
  type RequestParamHandler,
  type Response,
  Router,
  type RouterOptions,
} from 'bustapi/express'
import express4, {
  type NextFunction as Next4,
  type Request as Request4,
  type Response as Response4,
} from 'bustapi/express4'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import type * as CoreTypes from 'express'
import original from 'express'
import session from 'express-session'
import morgan from 'morgan'
import multer from 'multer'
import type { Equal } from '../../../types/assert.ts'

/** Compiles for `Equal` types only. */
const expectType = <T extends true>(equal: T): T => equal

declare global {
  namespace Express {
    interface Request {
      /** Added by this test as an app would add its user. */
      tenant?: { readonly id: number }
    }
    interface Locals {
      started: number
    }
  }
}

// What is written for ours is taken by the original …
const app: App = ours()
const handler: RequestHandler = (req, res, next) => {
  res.locals.seen = req.tenant?.id
  next()
}
const failed: ErrorRequestHandler = (_error, _req, res, _next) => {
  res.status(500).json({})
}
const param: RequestParamHandler = (_req, _res, next, value, name) => {
  expectType<Equal<typeof name, string>>(true)
  next(value)
}
original().use(handler, failed).param('id', param)
original().use(Router({ strict: true } satisfies RouterOptions))
original().use('/mounted', app)
original.Router().use(ours.json(), ours.urlencoded({ extended: true }), ours.static('.'))

// … and what is written for the original by ours.
const theirs: CoreTypes.RequestHandler = (_req, _res, next) => next()
const theirError: CoreTypes.ErrorRequestHandler = (_error, _req, _res, next) => next()
app.use(theirs, theirError, original.json(), original.Router())
app.use('/mounted', original())
app.use(morgan('tiny'), compression(), cookieParser(), session({ secret: 'x' }))
app.post('/files', multer().single('file'), (req, res) => {
  res.json(req.file?.size)
})

// The objects are the same ones.
declare const request: Request
declare const response: Response
declare const theirRequest: CoreTypes.Request
declare const theirResponse: CoreTypes.Response
expectType<Equal<Response, CoreTypes.Response>>(true)
expectType<Equal<NextFunction, CoreTypes.NextFunction>>(true)
expectType<Equal<RequestHandler, CoreTypes.RequestHandler>>(true)
declare const application: Application
export const swapped: readonly unknown[] = [
  request satisfies CoreTypes.Request,
  response satisfies CoreTypes.Response,
  theirRequest satisfies Request,
  theirResponse satisfies Response,
  app satisfies CoreTypes.Express,
  application satisfies CoreTypes.Application,
]

// Parameters, bodies, queries and locals are typed by path and by hand.
app.get('/users/:id/:tab', (req, res) => {
  expectType<Equal<typeof req.params.id, string>>(true)
  expectType<Equal<typeof req.params.tab, string>>(true)
  // @ts-expect-error There is no such parameter.
  void req.params.other
  expectType<Equal<typeof req.tenant, { readonly id: number } | undefined>>(true)
  res.send(req.params.id)
})
app.post<{ id: string }, { ok: boolean }, { name: string }, { page?: string }, { user: string }>(
  '/typed/:id',
  (req, res) => {
    expectType<Equal<typeof req.body, { name: string }>>(true)
    expectType<Equal<typeof req.query, { page?: string }>>(true)
    expectType<Equal<typeof res.locals.user, string>>(true)
    res.json({ ok: true })
    // @ts-expect-error The reply has another shape.
    res.json({ ok: 1 })
  },
)

// The namespace works as in `import express from 'express'` followed by `express.Request`.
const byNamespace = (req: ours.Request, res: ours.Response, next: ours.NextFunction): void => {
  if (req.path === '/') res.end()
  else next()
}
app.use(byNamespace)

// What is not Express's is refused by both.
// @ts-expect-error A path needs a handler that is a function.
app.get('/x', 5)
// @ts-expect-error There is no such method.
app.nonsense()

// Version 4 has the same names.
const four = express4()
four.use((req: Request4, _res: Response4, next: Next4) => {
  expectType<Equal<typeof req.tenant, { readonly id: number } | undefined>>(true)
  next()
})
four.use(express4.json(), handler)
