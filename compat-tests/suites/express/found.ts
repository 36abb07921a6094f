import { OutgoingMessage, ServerResponse } from 'node:http'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { app, type ExpressSuite } from '../../kit/express/suite.ts'
import type { Express4Extras, LayerView } from '../../kit/express/types.ts'

/** Sets a header by node:http's own method, whatever the response has in its place. */
const setByNode = (res: Response, name: string, value: string | readonly string[]): Response =>
  OutgoingMessage.prototype.setHeader.call(res, name, value) as Response

/** A middleware function with a name, so that the order of the calls can be noted. */
const named = (name: string, log: (...values: unknown[]) => void): RequestHandler =>
  Object.defineProperty(
    ((_req, _res, next) => {
      log(name)
      next()
    }) as RequestHandler,
    'name',
    { value: name },
  )

const NAMES = ['one', 'two', 'three', 'four', 'five', 'six'] as const

/** What random apps have found, each as small as it gets. */
export const found: ExpressSuite = {
  name: 'found',
  cases: [
    app(
      'the members of an error of decoding, in order',
      (made, { log }) => {
        made.get('/:x', () => {})
        const note: ErrorRequestHandler = (error, _req, res, _next) => {
          log(Object.entries(error))
          res.end()
        }
        made.use(note)
      },
      ['/%'],
    ),
    ...(
      [
        ['reverses', (stack) => stack.push(...stack.splice(2).reverse())],
        ['sorts', (stack) => stack.sort((a, b) => (a.name < b.name ? -1 : 1))],
        ['puts another layer into', (stack) => stack.splice(5, 1, stack[3] as LayerView)],
        ['fills', (stack) => stack.fill(stack.at(-1) as LayerView, 3)],
      ] as readonly (readonly [string, (stack: LayerView[]) => unknown])[]
    ).map(([verb, change]) =>
      app(
        `a handler that ${verb} the stack that it is in`,
        (made, { express, log }) => {
          const router = express.Router()
          router.use((_req, _res, next) => {
            log('changes')
            change(router.stack as unknown as LayerView[])
            next()
          })
          for (const name of NAMES) router.use(named(name, log))
          router.use('/a', named('below', log))
          made.use(router)
        },
        ['/', '/a', '/b', '/a'],
      ),
    ),
    app(
      'a handler that changes the pattern of a layer after it',
      (made, { log, major }) => {
        made.use((_req, _res, next) => {
          const { stack } = (major === 5
            ? made.router
            : (made as unknown as Express4Extras)._router) as unknown as {
            stack: (LayerView & { match: unknown; regexp: RegExp })[]
          }
          const last = stack.at(-1)
          if (last !== undefined && major === 4) last.regexp = /^\/other$/
          else if (last !== undefined) {
            last.match = (path: string) => path === '/other' && { path, params: {}, keys: [] }
          }
          next()
        })
        for (const name of NAMES) made.use(`/${name}`, named(name, log))
        made.get('/last', (_req, res) => {
          res.send('last')
        })
      },
      ['/last', '/other'],
    ),
    app(
      'the state of a request without a body, from its start until after its answer',
      (made, { log }) => {
        made.use((req, res, next) => {
          const note = (when: string): void =>
            log(when, req.readable, req.destroyed, req.closed, req.aborted, req.complete)
          note('start')
          log(req.readableEnded)
          res.on('finish', () => note('finish'))
          res.on('close', () => setImmediate(note, 'after'))
          res.on('close', () => setImmediate(() => log(req.readableEnded)))
          next()
        })
        made.get('/send', (_req, res) => {
          res.send('sent')
        })
        made.get('/read', (req, res) => {
          req.on('end', () => res.send('read')).resume()
        })
        made.use((req, res) => {
          res.end()
          setImmediate(() => log('late', req.readableEnded, req.destroyed, req.readable))
        })
      },
      ['/send', 'HEAD /send', '/read', 'OPTIONS /none', 'POST /none'],
    ),
    app(
      'a listener that comes after the answer hears nothing of the request',
      (made, { log }) => {
        made.use((req, res) => {
          res.on('close', () => {
            setImmediate(() => {
              req.on('end', () => log('end')).resume()
              log('listens', req.readableEnded)
            })
          })
          res.send('sent')
        })
      },
      ['/', '/'],
    ),
    app(
      "headers set by node:http's own method",
      (made, { log }) => {
        made.use((_req, res, next) => {
          res.set('X-First', '1')
          next()
        })
        made.get('/early', (_req, res) => {
          setByNode(res, 'X-Node', 'a').set('X-After', 'b')
          log(res.get('x-node'), res.hasHeader('X-Node'), res.getHeaders(), res.getHeaderNames())
          res.removeHeader('X-First')
          res.send('early')
        })
        made.get('/late', (_req, res) => {
          const { writeHead } = res
          res.writeHead = function (this: Response, ...args: unknown[]) {
            setByNode(this, 'Set-Cookie', ['a=1', 'b=2'])
            return (writeHead as (...all: unknown[]) => Response).apply(this, args)
          } as typeof writeHead
          res.cookie('c', '3').json({ late: true })
        })
        made.get('/over', (_req, res) => {
          setByNode(res, 'x-first', '2').set('X-Second', '3')
          setByNode(res, 'X-Powered-By', 'node').end('over')
        })
        made.get('/type', (_req, res) => {
          setByNode(res, 'Content-Type', 'text/plain').send('é')
        })
        made.get('/only', (_req, res) => {
          setByNode(res, 'X-Node', 'é').status(204).end()
        })
      },
      ['/early', '/late', '/over', '/type', '/only', 'HEAD /late'],
    ),
    app(
      "a head that is made by node:http's own writeHead",
      (made) => {
        made.use((_req, res, next) => {
          res.set('X-First', '1').cookie('a', '1')
          next()
        })
        const heads: Readonly<Record<string, readonly unknown[]>> = {
          plain: [201],
          object: [202, { 'X-Second': '2', 'x-first': '3' }],
          list: [203, 'Own', ['X-Second', '2', 'X-Second', '3', 'x-first', '4']],
        }
        const { writeHead } = ServerResponse.prototype
        const { writeHeader } = ServerResponse.prototype as unknown as {
          writeHeader: typeof writeHead
        }
        for (const [name, head] of Object.entries(heads)) {
          for (const [how, method] of Object.entries({ writeHead, writeHeader })) {
            made.get(`/${how}/${name}`, (_req, res) => {
              method.apply(res, head as [number])
              res.end('é')
            })
          }
        }
      },
      ['plain', 'object', 'list'].flatMap((name) => [`/writeHead/${name}`, `/writeHeader/${name}`]),
    ),
    app(
      'a Content-Length that must hold',
      (made) => {
        made.get('/:length', (req, res) => {
          res.strictContentLength = true
          res.set('Content-Length', String(req.params.length)).end('three')
        })
        const report: ErrorRequestHandler = (error, _req, res, _next) => {
          res.removeHeader('Content-Length')
          res.end(error.code)
        }
        made.use(report)
      },
      ['/5', '/4', '/6'],
    ),
    ...(['send', 'json', 'end', 'write'] as const).map((how) =>
      app(
        `a writeHead that adds what is not ASCII to an answer of res.${how}`,
        (made) => {
          made.use((req, res, next) => {
            const writeHead = res.writeHead as (...args: unknown[]) => Response
            res.writeHead = function (this: Response, status: number) {
              if (req.path === '/field') this.setHeader('X-Added', 'é')
              return writeHead.call(this, status, ...(req.path === '/reason' ? ['Très bien'] : []))
            } as typeof res.writeHead
            next()
          })
          made.use((_req, res) => {
            ;(res[how] as (body: string) => unknown)('é')
            if (how === 'write') res.end()
          })
        },
        ['/field', '/reason', '/', 'HEAD /field'],
      ),
    ),
  ],
}
