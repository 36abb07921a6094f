/**
 * Express 5's own component libraries, each described by the part that we use. Express 4's, where
 * their majors differ, are in `v4/components.ts`. The larger ones are not touched before they are
 * called, so that the published files load them on first use: many an app has no need of some, and
 * one on Express 4's version of most.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import acceptsModule from 'accepts'
import bodyParserModule from 'body-parser'
import { create as createDisposition } from 'content-disposition'
import { format as formatType, parse as parseType } from 'content-type'
import cookieModule from 'cookie'
import cookieSignatureModule from 'cookie-signature'
import depdModule from 'depd'
import encodeUrlModule from 'encodeurl'
import escapeHtmlModule from 'escape-html'
import finalhandlerModule from 'finalhandler'
import freshModule from 'fresh'
import createErrorModule from 'http-errors'
import mimeModule from 'mime-types'
import onFinishedModule from 'on-finished'
import parseUrlModule from 'parseurl'
import proxyAddrModule from 'proxy-addr'
import qsModule from 'qs'
import rangeParserModule from 'range-parser'
import sendModule from 'send'
import serveStaticModule from 'serve-static'
import statusesModule from 'statuses'
import typeIsModule from 'type-is'
import varyModule from 'vary'
import type { ErrorCallback, Middleware } from './types.ts'

/** Content negotiation for one request; every list may be empty, which asks for all. */
export interface Negotiation {
  types(...types: (string | readonly string[])[]): string | string[] | false
  encodings(...encodings: (string | readonly string[])[]): string | string[] | false
  charsets(...charsets: (string | readonly string[])[]): string | string[] | false
  languages(...languages: (string | readonly string[])[]): string | string[] | false
}

/** A media type taken apart. */
export interface ParsedMediaType {
  type: string
  parameters?: Record<string, string>
}

/** `content-type`: media types from and to text. */
export interface ContentTypeModule {
  parse(text: string): ParsedMediaType
  format(type: ParsedMediaType): string
}

/** A file on its way to a response, as `send` makes it. */
export interface FileStream {
  on(event: string, listener: (...args: never[]) => void): this
  pipe(res: ServerResponse): unknown
}

/** `send`: streams a file, with ranges and conditional requests. */
export type Send = (req: IncomingMessage, path: string, options?: object) => FileStream

/** Whether the address at a number of hops from the app is trusted. */
export type TrustFunction = (address: string | undefined, hop: number) => boolean

/** `depd`: a deprecation warning, once per call site. */
export interface Deprecate {
  (message: string): void
  function<F>(fn: F, message: string): F
}

/** A body parser or static server: options in, middleware out. */
export type MiddlewareFactory = (options?: object) => Middleware

/** `body-parser`'s four parsers. */
export interface BodyParsers {
  readonly json: MiddlewareFactory
  readonly raw: MiddlewareFactory
  readonly text: MiddlewareFactory
  readonly urlencoded: MiddlewareFactory
}

/** Satisfied ranges, or -1 for none and -2 for a malformed header. */
export type ParseRange = (size: number, header: string, options?: object) => unknown

/** A parsed URL; `_raw` is what it was parsed from. */
export interface ParsedUrl {
  readonly pathname: string | null
  readonly query: string | null
  readonly _raw: string
}

export const accepts = (req: IncomingMessage): Negotiation => acceptsModule(req)
const parsers = (): BodyParsers => bodyParserModule as unknown as BodyParsers
export const bodyParser: BodyParsers = {
  get json() {
    return parsers().json
  },
  get raw() {
    return parsers().raw
  },
  get text() {
    return parsers().text
  },
  get urlencoded() {
    return parsers().urlencoded
  },
}
export const contentDisposition: (filename?: string) => string = createDisposition
export const contentType: ContentTypeModule = {
  parse: (text) => parseType(text) as ParsedMediaType,
  format: (type) => formatType(type as Parameters<typeof formatType>[0]),
}
export const serializeCookie: (name: string, value: string, options?: object) => string =
  cookieModule.serialize
export const signCookie: (value: string, secret: string) => string = cookieSignatureModule.sign
export const depd: (namespace: string) => Deprecate = depdModule
export const encodeUrl: (url: unknown) => string = encodeUrlModule
export const escapeHtml: (text: unknown) => string = escapeHtmlModule
/** Makes the handler of what is left over at the end: 404 without an error, its status with one. */
export type FinalHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  options: { env?: unknown; onerror?: (error: unknown) => void },
) => ErrorCallback
export const finalhandler: FinalHandler = (req, res, options) =>
  finalhandlerModule(req, res, options)
export type Fresh = (
  requestHeaders: IncomingMessage['headers'],
  responseHeaders: { etag: unknown; 'last-modified': unknown },
) => boolean
export const fresh: Fresh = freshModule
export const createError: (status: number, properties?: object) => Error =
  createErrorModule as never
export const mime: {
  lookup(nameOrExtension: string): string | false
  contentType(typeOrExtension: string): string | false
} = mimeModule
export const onFinished: (
  message: IncomingMessage | ServerResponse,
  listener: (error: NodeJS.ErrnoException | null) => void,
) => void = onFinishedModule
export const parseUrl: (req: { url?: string | undefined }) => ParsedUrl | undefined = parseUrlModule
export const proxyAddr: {
  (req: IncomingMessage, trust: TrustFunction): string
  all(req: IncomingMessage, trust: TrustFunction): string[]
  compile(trusted: string | string[]): TrustFunction
} = proxyAddrModule
type QsParse = (text: string | null, options?: object) => Record<string, unknown>
export const qs: { readonly parse: QsParse } = {
  parse: (text, options) => (qsModule.parse as unknown as QsParse)(text, options),
}
export const parseRange: ParseRange = rangeParserModule as never
export const send: Send = (req, path, options) =>
  (sendModule as unknown as Send)(req, path, options)
type ServeStatic = (root: string, options?: object) => Middleware
export const serveStatic: ServeStatic = (root, options) =>
  (serveStaticModule as unknown as ServeStatic)(root, options)
export const statusMessages: Readonly<Record<number, string | undefined>> = statusesModule.message
type TypeIs = (req: IncomingMessage, types: readonly unknown[]) => string | false | null
export const typeIs: TypeIs = (req, types) => (typeIsModule as TypeIs)(req, types)
export const vary: (res: ServerResponse, field: string | readonly string[]) => void = varyModule
