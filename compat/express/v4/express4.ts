import type { Server } from 'node:http'
import { compileQueryParser } from '../application/compile-settings.ts'
import { depd } from '../components.ts'
import type { Dialect } from '../dialect.ts'
import { prepare } from '../http/prepare.ts'
import { serverToListen } from '../http/server.ts'
import type { App, Middleware, Router as RouterShape, ViewEngine } from '../types.ts'
import { View } from '../view.ts'
import { finalhandler } from './components.ts'
import { emptyQuery, extendedQuery, query } from './query.ts'
import { requestMembers } from './request.ts'
import { responseMembers } from './response.ts'
import { Router } from './router.ts'

const deprecate = depd('express')

/** Logs what no error handler took. */
function logError(app: App, error: unknown): void {
  if (app.get('env') !== 'test') console.error((error as Error).stack || String(error))
}

/** The layer in which Express 4 gives a request its members. */
function init(app: App): Middleware {
  return function expressInit(req, res, next): void {
    prepare(app, req, res)
    req.next = next
    next()
  }
}

/** A view whose engine may call back at once. */
class View4 extends View {
  override render(
    options: object,
    callback: (error: unknown, text?: string) => void,
  ): ReturnType<ViewEngine> {
    return this.engine(this.path as string, options, callback)
  }
}
Object.defineProperty(View4, 'name', { value: 'View' })

/** Adds what an object has and inherits. */
function merge(target: Record<string, unknown>, source: unknown): void {
  for (const key in source as object) target[key] = (source as Record<string, unknown>)[key]
}

/** Express 4. */
export const express4: Dialect = {
  defaultQueryParser: 'extended',
  View: View4,
  applicationMembers: {
    /** Makes the app's router, with the layers that every request starts with. */
    lazyrouter: function lazyrouter(this: App): void {
      if (this._router) return
      this._router = Router({
        caseSensitive: this.enabled('case sensitive routing'),
        strict: this.enabled('strict routing'),
      })
      this._router.use(query(this.get('query parser fn') as object))
      this._router.use(init(this))
    },

    del: deprecate.function(function del(this: App, ...args: unknown[]): unknown {
      return (this as unknown as { delete(...args: unknown[]): unknown }).delete(...args)
    }, 'app.del: Use app.delete instead'),

    /** Listens, as `http.Server.listen` does. */
    listen: function listen(this: App, ...args: unknown[]): Server {
      return serverToListen(this).listen(...(args as []))
    },
  },
  requestMembers,
  responseMembers,
  readSetting(settings, name) {
    // What every object has is no setting.
    for (
      let table: object | null = settings;
      table && table !== Object.prototype;
      table = Object.getPrototypeOf(table)
    ) {
      if (Object.hasOwn(table, name)) return (table as Record<string, unknown>)[name]
    }
    return undefined
  },
  onSetting() {},
  compileQueryParser: (value) => compileQueryParser(value, extendedQuery, emptyQuery),
  newTable: () => ({}),
  defineRouter(app) {
    Object.defineProperty(app, 'router', {
      get() {
        throw new Error(
          "'app.router' is deprecated!\n" +
            'Please see the 3.x to 4.x migration guide for details on how to update your app.',
        )
      },
    })
  },
  baseRouter(app) {
    app.lazyrouter?.()
    return app._router as RouterShape
  },
  routeOf(app, path) {
    app.lazyrouter?.()
    return (app._router as RouterShape).route(path)
  },
  finalHandler: (app, req, res) =>
    finalhandler(req, res, { env: app.get('env'), onerror: (error) => logError(app, error) }),
  handle(app, req, res, done) {
    if (app._router) app._router.handle(req, res, done)
    else done()
  },
  mergeRenderOptions(locals, options) {
    const merged: Record<string, unknown> = {}
    merge(merged, locals)
    merge(merged, (options as { _locals?: unknown })._locals)
    merge(merged, options)
    return merged
  },
}
