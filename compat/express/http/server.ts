import http from 'node:http'
import type { App } from '../types.ts'
import { messageClasses } from './messages.ts'

const kept = new WeakMap<App, http.Server>()

/** Keeps a server for the app's first `listen()`: something has been attached to it already. */
export function keepServer(app: App, server: http.Server): void {
  kept.set(app, server)
}

/**
 * Makes a server of an app: as Express does, with Node's defaults and the app itself as the listener,
 * but with messages that are born with the app's prototypes.
 */
export function createAppServer(app: App): http.Server {
  const options = {
    ...messageClasses(app),
    // A tenth less work for requests without a body; unknown to older Node versions, which ignore it.
    optimizeEmptyRequests: true,
  }
  // Through the module's object, where instrumentation may have put its own.
  return http.createServer(options as http.ServerOptions, app)
}

/** The server that `app.listen()` is to use: a new one, unless one is kept for it. */
export function serverToListen(app: App): http.Server {
  const server = kept.get(app) ?? createAppServer(app)
  kept.delete(app)
  return server
}
