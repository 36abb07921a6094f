import type { IRouter, NextFunction, Request, RequestHandler, Response } from 'express'
import type { AskParts, ExpressCase, ExpressModule, LayerView, Tools } from '../types.ts'
import { viewStack } from './observe.ts'
import { type Call, perform } from './perform.ts'
import type {
  Act,
  AppShape,
  HandlerShape,
  HandlersShape,
  NodeShape,
  PathShape,
  RequestShape,
  SettingsShape,
} from './shape.ts'
import { BODIES } from './values.ts'

type Verbs = Readonly<Record<string, (...args: unknown[]) => unknown>>

const compiled = (path: PathShape): string | RegExp =>
  typeof path === 'string' ? path : new RegExp(path.source, path.flags)

const pathOf = (paths: readonly PathShape[]): unknown[] =>
  paths.length === 0
    ? []
    : [paths.length === 1 ? compiled(paths[0] as PathShape) : paths.map(compiled)]

const MISTAKES: Readonly<Record<string, readonly unknown[]>> = {
  'no handler': ['/x'],
  undefined: ['/x', undefined],
  text: ['/x', 'handler'],
  object: ['/x', {}],
  'no arguments': [],
  'empty array': ['/x', []],
}

/** Handlers as arguments. */
function nested(handlers: readonly unknown[], nesting: HandlersShape['nesting']): unknown[] {
  if (nesting === 'flat') return [...handlers]
  if (nesting === 'array') return [handlers]
  return [handlers.reduceRight((inner: unknown[], one) => [one, inner], [])]
}

/** Turns shapes into an application. */
class Builder {
  readonly #express: ExpressModule
  readonly #tools: Tools
  /** The routers and apps that are complete. */
  readonly #made: unknown[] = []
  #count = 0
  #added = 0

  constructor(express: ExpressModule, tools: Tools) {
    this.#express = express
    this.#tools = tools
  }

  app(settings: SettingsShape, nodes: readonly NodeShape[]): ReturnType<ExpressModule> {
    const app = this.#express()
    for (const [name, value] of Object.entries(settings)) app.set(name, value)
    this.#fill(app, nodes)
    return app
  }

  #fill(router: IRouter, nodes: readonly NodeShape[]): void {
    for (const node of nodes) {
      try {
        this.#add(router, node)
      } catch (error) {
        this.#tools.log('refused', node.kind, error)
      }
    }
  }

  #add(router: IRouter, node: NodeShape): void {
    const verbs = router as unknown as Verbs
    const express = this.#express
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
        this.#param(router, node.names, node.act)
        break
      case 'router': {
        const inner = express.Router(node.options)
        this.#fill(inner, node.nodes)
        this.#made.push(inner)
        verbs.use?.(...pathOf(node.paths), inner)
        break
      }
      case 'app': {
        const inner = this.app(node.settings, node.nodes)
        this.#made.push(inner)
        verbs.use?.(...pathOf(node.paths), inner)
        break
      }
      case 'again':
        if (this.#made.length > 0)
          verbs.use?.(...pathOf(node.paths), this.#made[node.at % this.#made.length])
        break
      case 'set':
        if ('set' in router) verbs.set?.(node.name, node.value)
        else Object.assign(router, { [node.name]: node.value })
        break
      case 'many': {
        const pass: RequestHandler = (_req, _res, next) => next()
        verbs.use?.(Array.from({ length: node.count }, () => pass))
        break
      }
      case 'parser':
        verbs.use?.(express[node.parser](node.options))
        break
      case 'static':
        verbs.use?.(...pathOf(node.paths), express.static(this.#tools.files, node.options))
        break
      case 'mistake':
        verbs[node.method]?.(...(MISTAKES[node.what] ?? []))
        break
    }
  }

  #param(router: IRouter, names: readonly string[], act: Act): void {
    const id = ++this.#count
    const calls = this.#calls(id, router)
    const name = names.length === 1 ? names[0] : [...names]
    // An app takes a list of names, a router one name.
    router.param(name as string, (req, res, next, value, key) => {
      this.#tools.log(id, 'param', key, value)
      return perform(act, { ...calls, req, res, next })
    })
  }

  #calls(id: number, router: IRouter): Omit<Call, 'req' | 'res' | 'next'> {
    const made = [...this.#made]
    return { id, router, made, tools: this.#tools, mayAdd: () => this.#added++ < 3 }
  }

  #handlers({ list, nesting }: HandlersShape, router: IRouter): unknown[] {
    return nested(
      list.map((shape) => this.#handler(shape, router)),
      nesting,
    )
  }

  #handler({ onError, isAsync, act }: HandlerShape, router: IRouter): unknown {
    const id = ++this.#count
    const calls = this.#calls(id, router)
    const { log } = this.#tools
    const note = (req: Request, ...more: unknown[]): void => {
      const { method, url, baseUrl, path, params, query, route } = req
      log(id, method, url, baseUrl, path, params, query, route?.path, ...more)
    }
    if (onError) {
      return (error: unknown, req: Request, res: Response, next: NextFunction): unknown => {
        note(req, error)
        // What passes on as if nothing had happened would hide most errors.
        return act.do === 'next' ? next(error) : perform(act, { ...calls, req, res, next })
      }
    }
    const handler = (req: Request, res: Response, next: NextFunction): unknown => {
      note(req)
      return perform(act, { ...calls, req, res, next })
    }
    return isAsync
      ? async (req: Request, res: Response, next: NextFunction) => {
          await handler(req, res, next)
        }
      : handler
  }
}

/** A request as it is sent. */
function ask({ method, path, headers, body, version }: RequestShape): AskParts {
  if (version !== undefined) {
    const lines = Object.entries({ Host: 'example.test', ...headers })
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')
    return { method, path, raw: `${method} ${path} HTTP/${version}\r\n${head}\r\n` }
  }
  if (body === undefined) return { method, path, headers }
  const { headers: own, body: content } = BODIES[body]
  return { method, path, headers: { ...headers, ...own }, body: content }
}

/** A shape as a program of the differential kit. */
export function caseOf(shape: AppShape): ExpressCase {
  return {
    name: 'a random app',
    // Some programs leave a request without a reply; what differs is run again before it counts.
    patience: 300,
    env: shape.env,
    app(express, tools) {
      const app = new Builder(express, tools).app(shape.settings, shape.nodes)
      if (!shape.looked) return app
      const { stack } = (tools.major === 5 ? app.router : (app as unknown as OldApp)._router) ?? {}
      if (stack !== undefined) tools.log(viewStack(stack as unknown as LayerView[]))
      return app
    },
    requests: shape.requests.map(ask),
  }
}

interface OldApp {
  readonly _router?: { readonly stack: unknown }
}
