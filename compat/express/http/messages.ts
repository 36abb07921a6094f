import type { IncomingMessage as Message } from 'node:http'
import { BustIncomingMessage } from '../../../src/core.ts'
import type { App, Req, Res } from '../types.ts'
import { adoptHttp2, isHttp2 } from './http2.ts'
import { ExpressServerResponse } from './response.ts'

/** The classes of the messages that an app's own servers make. */
export interface MessageClasses {
  readonly IncomingMessage: typeof BustIncomingMessage
  readonly ServerResponse: typeof ExpressServerResponse
}

/**
 * Makes a class whose instances have `prototype`'s members. The class's own prototype object is what
 * instances inherit, so they are born with everything that Express gives a message.
 */
function below<Class extends new (...args: never[]) => object>(
  made: Class,
  prototype: object,
  app: App,
): Class {
  Reflect.deleteProperty(made.prototype, 'constructor')
  Object.setPrototypeOf(made.prototype, prototype)
  Object.defineProperty(made.prototype, 'app', {
    value: app,
    configurable: true,
    enumerable: true,
    writable: true,
  })
  return made
}

const classes = new WeakMap<App, MessageClasses>()

/**
 * Makes an app's message classes and gives it their prototypes as `app.request` and `app.response`.
 *
 * @param request What the requests of the app's `express` inherit.
 * @param response What its responses inherit.
 */
export function defineMessages(app: App, request: object, response: object): void {
  const made: MessageClasses = {
    IncomingMessage: below(class IncomingMessage extends BustIncomingMessage {}, request, app),
    ServerResponse: below(
      class ServerResponse<T extends Message = Message> extends ExpressServerResponse<T> {},
      response,
      app,
    ),
  }
  classes.set(app, made)
  app.request = made.IncomingMessage.prototype as unknown as Req
  app.response = made.ServerResponse.prototype as unknown as Res
}

/** The classes of the messages of an app's servers. */
export const messageClasses = (app: App): MessageClasses => classes.get(app) as MessageClasses

/**
 * Gives a request and its response the prototypes of an app. Those of the app's own server have them
 * from the start; others come from another server, another app, or a test's mock.
 */
export function adopt(app: App, req: Req, res: Res): void {
  if (isHttp2(req)) {
    adoptHttp2(app, req, res)
    return
  }
  if (Object.getPrototypeOf(req) !== app.request) Object.setPrototypeOf(req, app.request)
  if (Object.getPrototypeOf(res) !== app.response) Object.setPrototypeOf(res, app.response)
}
