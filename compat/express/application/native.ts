import { FastifyHost, type FastifyInstance } from '../../../src/core.ts'
import { hideMembers } from '../define-members.ts'
import { createAppServer, keepServer } from '../http/server.ts'
import type { App, Next, Req, Res } from '../types.ts'

const hosts = new WeakMap<App, FastifyHost>()

/**
 * Puts Fastify in front of an app.
 *
 * From then on a request whose method and path have a native Fastify route is Fastify's: no layer of
 * the Express app runs for it, not even one registered earlier. All others go on to the Express app,
 * after Fastify's `onRequest` and later hooks.
 */
function putFastifyBefore(app: App): FastifyHost {
  const express = app.handle
  const server = createAppServer(app)
  const host = new FastifyHost(
    (req, res, next) => express.call(app, req as Req, res as Res, next as Next),
    server,
  )
  keepServer(app, server)
  app.handle = (req, res, next) => {
    void host.handle(req, res, next)
  }
  return host
}

/** `app.fastify`: native Fastify routes and plugins beside the Express app. */
export const nativeMembers: object = hideMembers({
  /** The app's Fastify instance, made (and Fastify loaded) when first asked for. */
  get fastify(): FastifyInstance {
    const app = this as unknown as App
    let host = hosts.get(app)
    if (host === undefined) {
      host = putFastifyBefore(app)
      hosts.set(app, host)
    }
    return host.instance
  },
})
