/**
 * `bustapi/express`: Express 5. Change the import, and an Express app runs on the fast core; loads
 * nothing of the Flask-style facade. Express 4's behaviour is `bustapi/express4`.
 */
import { bodyParser, serveStatic } from './components.ts'
import { equipExpress } from './express.ts'
import { express5 } from './express5.ts'
import { makeStatic } from './files/serve-static.ts'
import type {
  Application,
  CookieOptions,
  Errback,
  ErrorRequestHandler,
  Express,
  ExpressParts,
  Handler,
  IRoute,
  IRouter,
  IRouterHandler,
  IRouterMatcher,
  Locals,
  MediaType,
  NextFunction,
  Request,
  RequestHandler,
  RequestParamHandler,
  Response,
  RouterOptions,
  Router as RouterType,
  Send,
} from './public-types.ts'
import { Route as Route5, Router as Router5 } from './router/express5-router.ts'

export type * from './public-types.ts'

/** Makes an app. */
export function express(): Express {
  return createApplication()
}

// Express's users write the types as members of its function too: `express.Request`.
export declare namespace express {
  export type {
    Application,
    CookieOptions,
    Errback,
    ErrorRequestHandler,
    Express,
    Handler,
    IRoute,
    IRouter,
    IRouterHandler,
    IRouterMatcher,
    Locals,
    MediaType,
    NextFunction,
    Request,
    RequestHandler,
    RequestParamHandler,
    Response,
    RouterOptions,
    Send,
  }
  export const application: ExpressParts['application']
  export const request: ExpressParts['request']
  export const response: ExpressParts['response']
  export const Route: ExpressParts['Route']
  export const Router: ExpressParts['Router']
  export type Router = RouterType
  export const json: ExpressParts['json']
  export const raw: ExpressParts['raw']
  const files: ExpressParts['static']

  export { files as static }
  export const text: ExpressParts['text']
  export const urlencoded: ExpressParts['urlencoded']
}

const createApplication = equipExpress(express, express5, {
  Route: Route5,
  Router: Router5,
  json: bodyParser.json,
  raw: bodyParser.raw,
  static: makeStatic(serveStatic),
  text: bodyParser.text,
  urlencoded: bodyParser.urlencoded,
})

export default express

/** The members that each new app gets. */
export const application: ExpressParts['application'] = express.application
/** What all requests inherit. */
export const request: ExpressParts['request'] = express.request
/** What all responses inherit. */
export const response: ExpressParts['response'] = express.response
/** A path with the handlers of its methods. */
export const Route: ExpressParts['Route'] = express.Route
/** Makes a router. */
export const Router: ExpressParts['Router'] = express.Router
export type Router = RouterType
/** Middleware that parses JSON bodies into `req.body`. */
export const json: ExpressParts['json'] = express.json
/** Middleware that reads bodies into `req.body` as bytes. */
export const raw: ExpressParts['raw'] = express.raw
/** Middleware that reads bodies into `req.body` as text. */
export const text: ExpressParts['text'] = express.text
/** Middleware that parses urlencoded bodies into `req.body`. */
export const urlencoded: ExpressParts['urlencoded'] = express.urlencoded

const files: ExpressParts['static'] = express.static

/** `static`: middleware that serves the files of a directory. */
export { files as static }
