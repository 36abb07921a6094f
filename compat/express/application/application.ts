import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { defineMembers } from '../define-members.ts'
import type { Dialect } from '../dialect.ts'
import { defineMessages } from '../http/messages.ts'
import type { App, Next, Req, Res } from '../types.ts'
import { configure } from './configuration.ts'
import { injectMembers } from './inject.ts'
import { nativeMembers } from './native.ts'
import { renderingMembers } from './rendering.ts'
import { routingMembers } from './routing.ts'
import { settingsMembers } from './settings.ts'

/** Makes an `express.application`: the members that each new app gets a copy of. */
export function createApplicationPrototype(dialect: Dialect): object {
  return defineMembers(
    {
      /** Gives a new app its tables, its default settings and its router. */
      init: function init(this: App): void {
        this.cache = dialect.newTable()
        this.engines = dialect.newTable()
        this.settings = dialect.newTable()
        this.defaultConfiguration()
        dialect.defineRouter(this)
      },

      defaultConfiguration: function defaultConfiguration(this: App): void {
        configure(this, dialect)
      },

      /** Handles a request; what no layer answers goes to `callback`, or is answered with an error page. */
      handle: function handle(this: App, req: Req, res: Res, callback?: Next): void {
        dialect.handle(
          this,
          req,
          res,
          callback || ((error) => dialect.finalHandler(this, req, res)(error)),
        )
      },

      /** The path under which the app is mounted, from the outermost app on. */
      path: function path(this: App): string {
        return this.parent ? this.parent.path() + this.mountpath : ''
      },
    },
    routingMembers(dialect),
    settingsMembers(dialect),
    renderingMembers(dialect),
    nativeMembers,
    injectMembers,
    dialect.applicationMembers,
  )
}

/** Copies members that the target does not have of its own. */
function mixIn(target: object, source: object): void {
  for (const name of Object.getOwnPropertyNames(source)) {
    if (Object.hasOwn(target, name)) continue
    Object.defineProperty(
      target,
      name,
      Object.getOwnPropertyDescriptor(source, name) as PropertyDescriptor,
    )
  }
}

/**
 * Makes an app.
 *
 * @param application Its members.
 * @param request What its requests inherit.
 * @param response What its responses inherit.
 */
export function createApplication(application: object, request: object, response: object): App {
  const app = ((req: IncomingMessage, res: ServerResponse, next?: Next): void => {
    app.handle(req, res, next)
  }) as App
  mixIn(app, EventEmitter.prototype)
  mixIn(app, application)
  defineMessages(app, request, response)
  app.init()
  return app
}
