import type { ErrorCallback, Req, Res } from '../types.ts'
import type { RouterDialect } from './dialect.ts'
import { methods } from './methods.ts'
import { Run } from './run.ts'
import { RouteTable } from './table.ts'
import type { Route, Router, RouterOptions } from './types.ts'

const kTable: unique symbol = Symbol('bustapi.routeTable')

interface WithTable {
  [kTable]: RouteTable
}

const tableOf = (router: Router): RouteTable => (router as unknown as WithTable)[kTable]

/**
 * Makes a router: a request handler with the members of `prototype`.
 *
 * @param prototype What the version's routers inherit; see {@link defineRouterMembers}.
 */
export function createRouter(
  prototype: object,
  dialect: RouterDialect,
  options: RouterOptions | undefined,
): Router {
  const router = function router(req: Req, res: Res, next: ErrorCallback): void {
    ;(router as unknown as Router).handle(req, res, next)
  } as unknown as Router
  Object.setPrototypeOf(router, prototype)

  const { caseSensitive, mergeParams, strict } = options || {}
  router.params = {}
  router.caseSensitive = caseSensitive
  router.mergeParams = mergeParams
  router.strict = strict
  const table = new RouteTable(dialect)
  Object.defineProperty(router, kTable, { value: table })
  Object.defineProperty(router, 'stack', {
    get: () => table.expose(),
    set: (stack) => table.replace(stack),
    configurable: true,
    enumerable: true,
  })
  return router
}

/** Splits `use(path?, ...handlers)`; handlers may stand in arrays, as may paths. */
export function splitUseArguments(args: readonly unknown[]): {
  path: unknown
  handlers: readonly unknown[]
} {
  let first = args[0]
  if (typeof first !== 'function') {
    while (Array.isArray(first) && first.length !== 0) first = first[0]
    if (typeof first !== 'function') return { path: args[0], handlers: flat(args.slice(1)) }
  }
  return { path: '/', handlers: flat(args) }
}

const flat = (values: readonly unknown[]): unknown[] => values.flat(Number.POSITIVE_INFINITY)

/** Puts the members that both versions share on a version's router prototype. */
export function defineRouterMembers(prototype: object, dialect: RouterDialect): void {
  const members = prototype as Record<string, unknown>

  members.handle = function handle(this: Router, req: Req, res: Res, out: ErrorCallback): void {
    dialect.checkCallback(out)
    new Run(this, tableOf(this), dialect, req, res, out).start()
  }

  members.use = function use(this: Router, ...args: unknown[]): Router {
    const { path, handlers } = splitUseArguments(args)
    const table = tableOf(this)
    for (const handler of dialect.checkMiddleware(handlers)) {
      const options = { sensitive: this.caseSensitive, strict: false, end: false }
      const layer = dialect.pathLayer(path, options, handler)
      layer.route = undefined
      table.add(layer)
    }
    return this
  }

  members.route = function route(this: Router, path: unknown): Route {
    const made = dialect.newRoute(path)
    const options = { sensitive: this.caseSensitive, strict: this.strict, end: true }
    const layer = dialect.pathLayer(path, options, dialect.routeHandler(made))
    layer.route = made
    tableOf(this).add(layer)
    return made
  }

  for (const method of [...methods, 'all']) {
    members[method] = function (this: Router, path: unknown, ...handlers: unknown[]): Router {
      const route = this.route(path) as unknown as Record<string, (...args: unknown[]) => void>
      route[method]?.(...handlers)
      return this
    }
  }
}
