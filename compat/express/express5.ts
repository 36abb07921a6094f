import type { Server } from 'node:http'
import { compileQueryParser, type QueryParser } from './application/compile-settings.ts'
import {
  accepts,
  finalhandler,
  fresh,
  parseRange,
  parseUrl,
  qs,
  signCookie,
  typeIs,
} from './components.ts'
import { defineMembers } from './define-members.ts'
import type { Dialect } from './dialect.ts'
import { prepare } from './http/prepare.ts'
import { serverToListen } from './http/server.ts'
import { contentTypeOf, normalizeType } from './media-types.ts'
import { addressMembers, hostnameOf, hostOf } from './request/address.ts'
import { headerMembers } from './request/headers.ts'
import { parsedUrlMembers } from './request/parsed-url.ts'

import { setWritableQuery, WRITABLE_QUERY } from './request/writable-query.ts'
import { clearCookie, makeCookie } from './response/cookie.ts'
import { makeFormat } from './response/format.ts'
import { append, get, links, location, makeSet, type, vary } from './response/headers.ts'
import { json, jsonp } from './response/json.ts'
import { redirect } from './response/redirect.ts'
import { render } from './response/render.ts'
import { send } from './response/send.ts'
import { attachment, download, sendFile } from './response/send-file.ts'
import { sendStatus, status } from './response/status.ts'
import { Router } from './router/express5-router.ts'
import type { App, Req, Router as RouterShape } from './types.ts'
import { View } from './view.ts'

const extendedQuery: QueryParser = (query) => qs.parse(query, { allowPrototypes: true })

type Callback = (...args: unknown[]) => unknown

function callOnce(fn: Callback): Callback {
  let called = false
  return function (this: unknown, ...args) {
    if (called) return undefined
    called = true
    return fn.apply(this, args)
  }
}

/** Logs what no error handler took. */
function logError(app: App, error: unknown): void {
  if (app.get('env') !== 'test') console.error(error)
}

const requestMembers = defineMembers(
  {},
  headerMembers({ accepts, fresh, parseRange, typeIs }),
  addressMembers,
  parsedUrlMembers,
  {
    /** The query by the setting `query parser`, parsed anew each time. */
    get query(): Record<string, unknown> {
      const req = this as unknown as Req
      const parse = req.app.get('query parser fn') as QueryParser | undefined
      return parse ? parse(parseUrl(req)?.query ?? null) : Object.create(null)
    },
    get host(): string | undefined {
      return hostOf(this as unknown as Req)
    },
    get hostname(): string | undefined {
      return hostnameOf((this as unknown as Req).host)
    },
  },
)

const set = makeSet(contentTypeOf)

const responseMembers = {
  status,
  links,
  send,
  json,
  jsonp,
  sendStatus,
  sendFile,
  download,
  contentType: type,
  type,
  format: makeFormat(normalizeType),
  attachment,
  append,
  set,
  header: set,
  get,
  clearCookie,
  cookie: makeCookie(signCookie),
  location,
  redirect,
  vary,
  render,
}

/** Express 5. */
export const express5: Dialect = {
  defaultQueryParser: 'simple',
  View,
  applicationMembers: {
    /** Listens; a callback given last is also told when that fails. */
    listen(this: App, ...args: unknown[]): Server {
      const server = serverToListen(this)
      const last = args.at(-1)
      if (typeof last === 'function') {
        const done = callOnce(last as Callback)
        args[args.length - 1] = done
        server.once('error', done)
      }
      return server.listen(...(args as []))
    },
  },
  requestMembers,
  responseMembers,
  readSetting: (settings, name) => settings[name],
  onSetting(app, name, value) {
    if (name === WRITABLE_QUERY) setWritableQuery(app, Boolean(value))
  },
  compileQueryParser: (value) => compileQueryParser(value, extendedQuery, undefined),
  newTable: () => Object.create(null),
  defineRouter(app) {
    let router: RouterShape | null = null
    Object.defineProperty(app, 'router', {
      configurable: true,
      enumerable: true,
      get(this: App) {
        router ??= new Router({
          caseSensitive: this.enabled('case sensitive routing'),
          strict: this.enabled('strict routing'),
        })
        return router
      },
    })
  },
  baseRouter: (app) => app.router,
  routeOf: (app, path) => app.route(path),
  finalHandler: (app, req, res) =>
    finalhandler(req, res, { env: app.get('env'), onerror: (error) => logError(app, error) }),
  handle(app, req, res, done) {
    prepare(app, req, res)
    app.router.handle(req, res, done)
  },
  mergeRenderOptions(locals, options) {
    const own = (options || {}) as { _locals?: object }
    return { ...locals, ...own._locals, ...own }
  },
}
