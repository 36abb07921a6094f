/**
 * BustAPI: Flask's API in TypeScript. This is the front door, what application authors import.
 *
 * @module
 */
export { BustAPI } from './app.ts'
export type { BustAPIOptions } from './base-app.ts'
export type { BlueprintOptions, BlueprintRegisterOptions } from './blueprint.ts'
export { Blueprint, BlueprintSetupState } from './blueprint.ts'
export type { Command, CommandFunction, CommandOptions } from './commands.ts'
export { CommandGroup } from './commands.ts'
export { Config, DEFAULT_CONFIG } from './config.ts'
export { AppContext } from './context/app-context.ts'
export { AppCtxGlobals } from './context/g.ts'
export {
  appCtx,
  currentApp,
  g,
  getCurrentObject,
  request,
  requestCtx,
  session,
} from './context/proxies.ts'
export type { AfterThisRequest } from './context/request-context.ts'
export { RequestContext } from './context/request-context.ts'
export type { ListenOptions } from './engine/listen.ts'
export type { WsgiApp, WsgiFunction } from './engine/wsgi.ts'
export { Aborter, defaultExceptions } from './errors/aborter.ts'
export {
  AssertionError,
  AttributeError,
  IndexError,
  KeyError,
  LookupError,
  RuntimeError,
  ValueError,
} from './errors/builtins.ts'
export * from './errors/client-errors.ts'
export { HTTPException } from './errors/http-exception.ts'
export * from './errors/server-errors.ts'
export type { FlashedMessagesOptions } from './flashing.ts'
export { flash, getFlashedMessages } from './flashing.ts'
export {
  abort,
  afterThisRequest,
  copyCurrentRequestContext,
  hasAppContext,
  hasRequestContext,
  jsonify,
  makeResponse,
  redirect,
  sendFile,
  sendFromDirectory,
  urlFor,
} from './helpers.ts'
export {
  Accept,
  CharsetAccept,
  LanguageAccept,
  MIMEAccept,
  parseAcceptHeader,
} from './http/accept.ts'
export { Authorization, WWWAuthenticate } from './http/authorization.ts'
export {
  parseCacheControlHeader,
  RequestCacheControl,
  ResponseCacheControl,
} from './http/cache-control.ts'
export { isResourceModified } from './http/conditional.ts'
export { float, int } from './http/convert.ts'
export type { CookieOptions } from './http/cookies.ts'
export { dumpCookie, parseCookie } from './http/cookies.ts'
export { ContentSecurityPolicy, dumpCspHeader, parseCspHeader } from './http/csp.ts'
export { dumpAge, httpDate, parseAge, parseDate } from './http/dates.ts'
export { ETags, parseEtags, quoteEtag, unquoteEtag } from './http/etag.ts'
export {
  COEP,
  COOP,
  isEntityHeader,
  isHopByHopHeader,
  removeEntityHeaders,
  removeHopByHopHeaders,
} from './http/header-kinds.ts'
export { HeaderSet } from './http/header-set.ts'
export { EnvironHeaders, Headers } from './http/headers.ts'
export { escape, escapeSilent, Markup } from './http/markup.ts'
export { getContentType } from './http/mimetype.ts'
export { CombinedMultiDict, ImmutableMultiDict, MultiDict } from './http/multi-dict.ts'
export {
  dumpHeader,
  dumpOptionsHeader,
  parseDictHeader,
  parseListHeader,
  parseOptionsHeader,
  parseSetHeader,
  quoteHeaderValue,
  unquoteHeaderValue,
} from './http/options-header.ts'
export {
  ContentRange,
  IfRange,
  isByteRangeValid,
  parseContentRangeHeader,
  parseIfRangeHeader,
  parseRangeHeader,
  Range,
} from './http/range.ts'
export { secureFilename } from './http/secure-filename.ts'
export { HTTP_STATUS_CODES } from './http/status.ts'
export { iriToUri, uriToIri } from './http/urls.ts'
export { UserAgent } from './http/user-agent.ts'
export { ImportStringError, importString } from './import-string.ts'
export { JSONDecodeError } from './json/decode-error.ts'
export * as json from './json/functions.ts'
export { DefaultJSONProvider, JSONProvider } from './json/provider.ts'
export { JSONTag, TaggedJSONSerializer } from './json/tag.ts'
export { Tuple, tuple } from './json/tuple.ts'
export { UUID } from './json/uuid.ts'
export type { Logger } from './logging.ts'
export type { OriginalEnviron, ProxiedApp, ProxyFixOptions } from './middleware/proxy-fix.ts'
export { ProxyFix } from './middleware/proxy-fix.ts'
export type {
  ConnectErrorHandler,
  ConnectHandler,
  NextFunction,
  UseArgument,
  UsePath,
} from './middleware/types.ts'
export { FileStorage } from './request/file-storage.ts'
export type { GetDataOptions, GetJsonOptions } from './request/request.ts'
export { Request } from './request/request.ts'
export { generateEtag } from './response/etag.ts'
export type { DeleteCookieOptions, ResponseOptions, SetCookieOptions } from './response/response.ts'
export { Response } from './response/response.ts'
export type { SendFileOptions, SendFileSource } from './response/send-file.ts'
export {
  AnyConverter,
  BaseConverter,
  FloatConverter,
  IntegerConverter,
  PathConverter,
  UnicodeConverter,
  UUIDConverter,
  ValidationError,
} from './routing/converters.ts'
export { BuildError, RequestRedirect, RoutingException } from './routing/errors.ts'
export { MapAdapter } from './routing/map-adapter.ts'
export { Rule } from './routing/rule.ts'
export type { RuleArgs, RuleConverters } from './routing/rule-args.ts'
export { UrlMap } from './routing/url-map.ts'
export type {
  AfterRequestHook,
  ErrorType,
  MethodRoute,
  RouteDecorator,
  RouteOptions,
  RuleView,
} from './scaffold.ts'
export {
  checkPasswordHash,
  checkPasswordHashAsync,
  generatePasswordHash,
  generatePasswordHashAsync,
  genSalt,
} from './security/password.ts'
export { safeJoin } from './security/safe-join.ts'
export { safeStrCmp } from './security/safe-str-cmp.ts'
export { SessionInterface, SessionMixin } from './sessions/interface.ts'
export { SecureCookieSessionInterface } from './sessions/secure-cookie.ts'
export { NullSession, SecureCookieSession } from './sessions/session.ts'
export * from './sessions/signing.ts'
export {
  appcontextPopped,
  appcontextPushed,
  appcontextTearingDown,
  beforeRenderTemplate,
  gotRequestException,
  messageFlashed,
  Namespace,
  requestFinished,
  requestStarted,
  requestTearingDown,
  Signal,
  templateRendered,
} from './signals.ts'
export { streamWithContext } from './stream-with-context.ts'
export type { TemplateFunction } from './template-env.ts'
export type { TemplateName } from './templates.ts'
export {
  getTemplateAttribute,
  renderTemplate,
  renderTemplateString,
  streamTemplate,
  streamTemplateString,
} from './templates.ts'
export type { Environment, EnvironmentOptions, Template } from './templating/environment.ts'
export {
  TemplateAssertionError,
  TemplateError,
  TemplateNotFound,
  TemplateRuntimeError,
  TemplateSyntaxError,
  TemplatesNotFound,
  UndefinedError,
} from './templating/errors.ts'
export type { TemplateLoader, TemplateSource } from './templating/loader.ts'
export { ChoiceLoader, DictLoader, FileSystemLoader } from './templating/loader.ts'
export { passContext, passEnvironment, passEvalContext } from './templating/python/call.ts'
export { FlaskClient, type FlaskClientOptions } from './testing/client.ts'
export type {
  BeforeRequestHook,
  ContextProcessor,
  ErrorHandler,
  HeadersValue,
  MaybePromise,
  ResponseReturnValue,
  StatusValue,
  TeardownHook,
  UrlDefaultsHook,
  UrlValuePreprocessor,
  ViewFunction,
} from './types.ts'
export type { UrlBuildErrorHandler, UrlForValues } from './url-building.ts'
export type { ClassView } from './views.ts'
export { MethodView, View } from './views.ts'
