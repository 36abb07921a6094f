import type { Dialect } from '../dialect.ts'
import { adopt } from '../http/messages.ts'
import { methods } from '../router/methods.ts'
import { splitUseArguments } from '../router/router.ts'
import type { Route } from '../router/types.ts'
import type { App, Next, Req, Res } from '../types.ts'

/** An app that `app.use` mounts: of this build, of another copy, or of Express itself. */
interface Mountable extends App {
  parent?: App
}

const isMountable = (value: unknown): value is Mountable =>
  Boolean(value && (value as App).handle && (value as App).set)

/** `app.use`, `app.route`, `app.param`, `app.all` and a member for each HTTP method. */
export function routingMembers(dialect: Dialect): Record<string, unknown> {
  const members: Record<string, unknown> = {
    /** Adds middleware or another app, under a path or for all of them. */
    use: function use(this: App, ...args: unknown[]): App {
      const { path, handlers } = splitUseArguments(args)
      if (handlers.length === 0) throw new TypeError('app.use() requires a middleware function')
      const router = dialect.baseRouter(this)
      for (const handler of handlers) {
        if (isMountable(handler)) mount(this, path, handler)
        else router.use(path, handler)
      }
      return this
    },

    /** A route for a path, to add handlers to. */
    route: function route(this: App, path: unknown): Route {
      return dialect.baseRouter(this).route(path)
    },

    /** Adds a handler that runs for a parameter's values. */
    param: function param(this: App, name: unknown, handler: unknown): App {
      const router = dialect.baseRouter(this)
      if (Array.isArray(name)) {
        for (const one of name) this.param(one, handler)
      } else {
        router.param(name, handler)
      }
      return this
    },

    /** Adds handlers for a path and every method. */
    all: function all(this: App, path: unknown, ...handlers: unknown[]): App {
      const route = dialect.routeOf(this, path) as unknown as Record<string, RouteMember>
      for (const method of methods) route[method]?.(...handlers)
      return this
    },
  }

  for (const method of methods) {
    members[method] = function (this: App, path: unknown, ...handlers: unknown[]): unknown {
      // biome-ignore lint/complexity/noArguments: `app.get(setting)` is told by their number
      if (method === 'get' && arguments.length === 1) return this.set(path as string)
      const route = dialect.routeOf(this, path) as unknown as Record<string, RouteMember>
      route[method]?.(...handlers)
      return this
    }
  }
  return members

  function mount(parent: App, path: unknown, app: Mountable): void {
    app.mountpath = path as string
    app.parent = parent
    dialect.baseRouter(parent).use(path, function mounted_app(req: Req, res: Res, next: Next) {
      const outer = req.app
      app.handle(req, res, (error) => {
        adopt(outer, req, res)
        next(error)
      })
    })
    app.emit('mount', parent)
  }
}

type RouteMember = (...handlers: unknown[]) => unknown
