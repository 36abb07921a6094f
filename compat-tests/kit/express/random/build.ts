import type {
  ErrorRequestHandler,
  IRouter,
  NextFunction,
  Request,
  RequestHandler,
  Response,
} from 'express'
import type { ExpressCase, ExpressModule, Tools } from '../types.ts'
import type { Act, AppShape, HandlerShape, NodeShape, PathShape, SettingsShape } from './shape.ts'

type Verbs = Readonly<Record<string, (...args: unknown[]) => unknown>>

const compiled = (path: PathShape): string | RegExp =>
  typeof path === 'string' ? path : new RegExp(path.source, path.flags)

const pathOf = (paths: readonly PathShape[]): unknown[] =>
  paths.length === 0
    ? []
    : [paths.length === 1 ? compiled(paths[0] as PathShape) : paths.map(compiled)]

/** Wraps a method of a response so that its calls are noted. */
function patch(
  res: Response,
  what: 'end' | 'writeHead' | 'send' | 'json',
  log: Tools['log'],
): void {
  const target = res as unknown as Record<string, (...args: unknown[]) => unknown>
  const before = target[what] as (...args: unknown[]) => unknown
  target[what] = function (this: Response, ...args: unknown[]) {
    log('called', what, args.length)
    if (what === 'writeHead' && !this.headersSent) this.setHeader('X-Patched', '1')
    return before.apply(this, args)
  }
}

/** Turns shapes into an application. */
class Builder {
  readonly #express: ExpressModule
  readonly #log: Tools['log']
  #count = 0
  #added = 0

  constructor(express: ExpressModule, log: Tools['log']) {
    this.#express = express
    this.#log = log
  }

  app(settings: SettingsShape, nodes: readonly NodeShape[]): ReturnType<ExpressModule> {
    const app = this.#express()
    for (const [name, value] of Object.entries(settings)) app.set(name, value)
    this.#fill(app, nodes)
    return app
  }

  #fill(router: IRouter, nodes: readonly NodeShape[]): void {
    const verbs = router as unknown as Verbs
    for (const node of nodes) {
      switch (node.kind) {
        case 'use':
          verbs.use?.(...pathOf(node.paths), ...this.#handlers(node.handlers, router))
          break
        case 'method':
          verbs[node.method]?.(...pathOf(node.paths), ...this.#handlers(node.handlers, router))
          break
        case 'route': {
          const route = verbs.route?.(compiled(node.path)) as Verbs
          for (const step of node.steps)
            route[step.method]?.(...this.#handlers(step.handlers, router))
          break
        }
        case 'param':
          this.#param(router, node.name, node.act)
          break
        case 'router': {
          const inner = this.#express.Router(node.options)
          this.#fill(inner, node.nodes)
          verbs.use?.(...pathOf(node.paths), inner)
          break
        }
        case 'app':
          verbs.use?.(...pathOf(node.paths), this.app(node.settings, node.nodes))
          break
      }
    }
  }

  #param(router: IRouter, name: string, act: Act): void {
    const id = ++this.#count
    router.param(name, (req, res, next, value, key) => {
      this.#log(id, 'param', key, value)
      return this.#act(act, id, req, res, next, router)
    })
  }

  #handlers(shapes: readonly HandlerShape[], router: IRouter): unknown[] {
    return shapes.map(({ onError, act }) => {
      const id = ++this.#count
      const note = (req: Request, ...more: unknown[]): void => {
        this.#log(
          id,
          req.method,
          req.url,
          req.baseUrl,
          req.path,
          req.params,
          req.query,
          req.route?.path,
          ...more,
        )
      }
      if (!onError) {
        const handler: RequestHandler = (req, res, next) => {
          note(req)
          return this.#act(act, id, req, res, next, router)
        }
        return handler
      }
      const handler: ErrorRequestHandler = (error, req, res, next) => {
        note(req, error?.message, error?.status)
        // What passes on as if nothing had happened would hide most errors.
        if (act.do === 'next') next(error)
        else return this.#act(act, id, req, res, next, router)
      }
      return handler
    })
  }

  #act(
    act: Act,
    id: number,
    req: Request,
    res: Response,
    next: NextFunction,
    router: IRouter,
  ): void | Promise<void> {
    switch (act.do) {
      case 'next':
        return next()
      case 'later':
        setImmediate(next)
        return
      case 'next-route':
        return next('route')
      case 'next-router':
        return next('router')
      case 'next-error':
        return next(new Error(`given by ${id}`))
      case 'next-twice':
        next()
        return next()
      case 'throw':
        throw new Error(`thrown by ${id}`)
      case 'throw-status':
        throw Object.assign(new Error(`status by ${id}`), { status: act.code })
      case 'reject':
        return Promise.reject(new Error(`rejected by ${id}`))
      case 'send':
        res.send(`sent by ${id}`)
        return
      case 'json':
        res.json({ by: id, params: req.params, locals: res.locals, ip: req.ip })
        return
      case 'jsonp':
        res.jsonp({ by: id })
        return
      case 'end':
        res.end(`ended by ${id}`)
        return
      case 'stream':
        res.write('one ')
        setImmediate(() => res.end('two'))
        return
      case 'status':
        res.status(act.code).send(`status by ${id}`)
        return
      case 'send-status':
        res.sendStatus(act.code)
        return
      case 'redirect':
        res.redirect(act.to)
        return
      case 'rewrite':
        req.url = act.to
        return next()
      case 'method':
        req.method = act.to
        return next()
      case 'header':
        res.append('X-Seen', `${act.value} ${id}`)
        return next()
      case 'cookie':
        res.cookie(`c${id}`, act.value)
        return next()
      case 'type':
        res.type(act.value)
        return next()
      case 'vary':
        res.vary(act.value)
        return next()
      case 'local':
        res.locals[`l${id}`] = act.value
        return next()
      case 'patch':
        patch(res, act.what, this.#log)
        return next()
      case 'add-route':
        if (this.#added++ < 3) router.get(act.to, (_req, response) => void response.send('added'))
        return next()
      case 'splice': {
        const { stack } = router as unknown as { stack?: unknown[] }
        if (Array.isArray(stack) && stack.length > 2) stack.splice(act.at, 1)
        return next()
      }
    }
  }
}

/** A shape as a program of the differential kit. */
export function caseOf(shape: AppShape): ExpressCase {
  return {
    name: 'a random app',
    patience: 1000,
    app: (express, { log }) => new Builder(express, log).app(shape.settings, shape.nodes),
    requests: shape.requests,
  }
}
