/**
 * The side door, `bustapi/core`: for authors of adapters, extensions and tools, and for `compat/`.
 * What application authors need is in the front door, `bustapi`; nothing of it is loaded from here.
 *
 * - {@link Core}: the handler slot and the dispatch entry.
 * - {@link createServer}, {@link listen}, {@link closeServer}, {@link Injector}: the transport.
 * - {@link FastifyHost}: Fastify in front of a handler.
 * - {@link BustIncomingMessage}, {@link BustServerResponse}: the raw request and response.
 * - {@link MiddlewareChain}, {@link enterMount}, {@link mountPrefix}: Connect's side.
 * - {@link canonicalPath}: the one path that guards and routers go by.
 * - {@link getEnviron}, {@link setEnviron}: what a wrapper knows better than the bytes.
 * - {@link refuse}, {@link renderError}: answers to errors outside of an app's error handlers.
 * - {@link getAppContext}, {@link getRequestContext}, {@link localProxy}: what extensions keep per context, and show.
 * - {@link andThen}: goes on at once where it can, after a promise where it must.
 */
export type { AppContext } from './context/app-context.ts'
export {
  getAppContext,
  getRequestContext,
  localProxy,
  tryGetAppContext,
  tryGetRequestContext,
} from './context/proxies.ts'
export type { RequestContext } from './context/request-context.ts'
export { andThen, isThenable } from './dispatch/and-then.ts'

export { closeServer } from './engine/close.ts'
export { answerErrors, Core, type CoreHandler, type CoreOptions } from './engine/core.ts'
export type { FastifyInstance } from './engine/engine.ts'
export { FastifyHost, type FastifyOptions } from './engine/fastify.ts'
export {
  failInjected,
  Injector,
  type InjectRequest,
  type InjectResponse,
  type InjectStream,
} from './engine/inject.ts'
export { type AddressOptions, type ListenOptions, listen } from './engine/listen.ts'
export { BustIncomingMessage, BustServerResponse, isPlainResponse } from './engine/messages.ts'
export {
  createServer,
  type RequestHandler,
  SERVER_DEFAULTS,
  type ServerOptions,
} from './engine/node-handler.ts'
export { refuse, renderError } from './engine/refuse.ts'
export {
  callWsgi,
  isWsgiApp,
  toWsgiFunction,
  type WsgiApp,
  type WsgiFunction,
} from './engine/wsgi.ts'
export { joinUrl, type SplitUrl, splitUrl } from './http/split-url.ts'
export { parseQuery, urlQuote } from './http/urls.ts'
export { Float } from './json/float.ts'
export { canonicalPath, hasMalformedPath, lenientPath } from './middleware/canonical-path.ts'
export {
  type ChainOptions,
  type ConnectErrorHandler,
  type ConnectHandler,
  MiddlewareChain,
  type NextFunction,
  type UseArgument,
  type UseMethod,
  type UsePath,
} from './middleware/chain.ts'
export { enterMount, type MountedRequest, mountPrefix } from './middleware/mount.ts'
export { type Environ, getEnviron, setEnviron } from './request/environ.ts'
export { type Lifetime, lifetimeSeconds } from './sessions/lifetime.ts'
export type { MaybePromise } from './types.ts'
