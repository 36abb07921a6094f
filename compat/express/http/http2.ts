import { IncomingMessage, ServerResponse } from 'node:http'
import { BustIncomingMessage } from '../../../src/core.ts'
import type { App, Req, Res } from '../types.ts'
import { ExpressServerResponse } from './response.ts'

/** The prototypes that the HTTP/2 messages of one app get. */
interface Prototypes {
  readonly request: object
  readonly response: object
}

/** Looks a member up on a prototype chain. */
function describe(start: object, name: string | symbol): PropertyDescriptor | undefined {
  for (let at: object | null = start; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Puts the members of Node's HTTP/2 message in front of those that Express's prototype has from
 * node:http's; Express's own and the users' stay in sight, live.
 *
 * @param native What the message inherits from Node.
 * @param http1 The classes whose members would not work on it.
 */
function before(express: object, native: object, http1: readonly object[]): object {
  const prototype = Object.create(express)
  const names = [native, ...http1].flatMap((one) => Reflect.ownKeys(one))
  for (const name of new Set(names)) {
    const found = describe(native, name)
    if (found !== undefined && name !== 'constructor') {
      Object.defineProperty(prototype, name, { ...found, configurable: true })
    }
  }
  return prototype
}

const known = new WeakMap<App, Prototypes>()
const natives = new WeakMap<object, object>()

/** What a message inherits from Node, whatever app it has been through. */
function nativeOf(message: object): object {
  const native = natives.get(message) ?? Object.getPrototypeOf(message)
  natives.set(message, native)
  return native
}

/** Whether a request came over HTTP/2, through Node's compatibility API. */
export const isHttp2 = (req: Req): boolean => req.httpVersionMajor === 2

/**
 * Gives an HTTP/2 request and its response the members of an app. Express itself puts node:http's in
 * their place, with which they do not work.
 */
export function adoptHttp2(app: App, req: Req, res: Res): void {
  const nativeRequest = nativeOf(req)
  const nativeResponse = nativeOf(res)
  let prototypes = known.get(app)
  if (prototypes === undefined || Object.getPrototypeOf(prototypes.request) !== app.request) {
    prototypes = {
      request: before(app.request, nativeRequest, [
        IncomingMessage.prototype,
        BustIncomingMessage.prototype,
      ]),
      response: before(app.response, nativeResponse, [
        Object.getPrototypeOf(ServerResponse.prototype),
        ServerResponse.prototype,
        ExpressServerResponse.prototype,
      ]),
    }
    known.set(app, prototypes)
  }
  Object.setPrototypeOf(req, prototypes.request)
  Object.setPrototypeOf(res, prototypes.response)
  // HTTP/2 has no Host header; Express and its middleware know nothing else.
  req.headers.host ??= req.headers[':authority'] as string
}
