import { resolve } from 'node:path'
import type { Dialect } from '../dialect.ts'
import type { App } from '../types.ts'
import { inheritTrust, markTrustDefault } from './settings.ts'

/** Gives a new app its default settings, and what it does when it is mounted. */
export function configure(app: App, dialect: Dialect): void {
  const env = process.env.NODE_ENV || 'development'
  app.enable('x-powered-by')
  app.set('etag', 'weak')
  app.set('env', env)
  app.set('query parser', dialect.defaultQueryParser)
  app.set('subdomain offset', 2)
  app.set('trust proxy', false)
  markTrustDefault(app.settings, true)

  app.on('mount', function onmount(this: App, parent: App) {
    inheritTrust(this, parent)
    Object.setPrototypeOf(this.request, parent.request)
    Object.setPrototypeOf(this.response, parent.response)
    Object.setPrototypeOf(this.engines, parent.engines)
    Object.setPrototypeOf(this.settings, parent.settings)
  })

  app.locals = Object.create(null)
  app.mountpath = '/'
  app.locals.settings = app.settings
  app.set('view', dialect.View)
  app.set('views', resolve('views'))
  app.set('jsonp callback name', 'callback')
  if (env === 'production') app.enable('view cache')
}
