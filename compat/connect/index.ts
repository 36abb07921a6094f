/**
 * `bustapi/connect`: Connect's API on BustAPI's core, and what authors of Connect-compatible apps
 * need to mount and be mounted. Loads nothing of the Flask-style facade.
 *
 * Middleware sees node:http's own request and response (instances of subclasses), a body that is
 * still unread, and, under a mount, `req.url` without the prefix, the whole in `req.originalUrl`, and
 * the prefix in `req.baseUrl`. It may replace any method of the response.
 */
export {
  type ConnectErrorHandler,
  type ConnectHandler,
  canonicalPath,
  enterMount,
  MiddlewareChain,
  type MountedRequest,
  mountPrefix,
  type NextFunction,
  type UseArgument,
  type UseMethod,
  type UsePath,
} from '../../src/core.ts'
export { type ConnectApp, connect } from './app.ts'
export { finalHandler } from './final-handler.ts'
