/** Express 4's component libraries where their majors, and so their behaviour, differ from Express 5's. */
import acceptsModule from 'express4-accepts'
import bodyParserModule from 'express4-body-parser'
import contentDispositionModule from 'express4-content-disposition'
import contentTypeModule from 'express4-content-type'
import cookieSignatureModule from 'express4-cookie-signature'
import finalhandlerModule from 'express4-finalhandler'
import freshModule from 'express4-fresh'
import pathToRegexpModule from 'express4-path-to-regexp'
import qsModule from 'express4-qs'
import rangeParserModule from 'express4-range-parser'
import sendModule from 'express4-send'
import serveStaticModule from 'express4-serve-static'
import typeIsModule from 'express4-type-is'
import type {
  accepts as accepts5,
  BodyParsers,
  ContentTypeModule,
  FinalHandler,
  Fresh,
  ParseRange,
  qs as qs5,
  Send,
  serveStatic as serveStatic5,
  signCookie as signCookie5,
  typeIs as typeIs5,
} from '../components.ts'

/** A parameter of a path, as path-to-regexp 0.1 describes it. */
export interface Key {
  readonly name: string | number
  readonly optional: boolean
  readonly offset: number
}

/** Options of path-to-regexp 0.1. */
interface PathOptions {
  readonly sensitive?: boolean | undefined
  readonly strict?: boolean | undefined
  readonly end?: boolean
}

export const accepts: typeof accepts5 = (req) => acceptsModule(req)
export const bodyParser: BodyParsers = bodyParserModule
export const contentDisposition: (filename?: string) => string = contentDispositionModule
export const contentType: ContentTypeModule = contentTypeModule
export const signCookie: typeof signCookie5 = cookieSignatureModule.sign
export const finalhandler: FinalHandler = (req, res, options) =>
  finalhandlerModule(req, res, options)
export const fresh: Fresh = freshModule
/** Makes the regular expression of a path, and appends its parameters to `keys`. */
export const pathToRegexp: (path: unknown, keys: Key[], options: PathOptions) => RegExp =
  pathToRegexpModule
export const qs: typeof qs5 = { parse: (text, options) => qsModule.parse(text, options) }
export const parseRange: ParseRange = rangeParserModule
export const send: Send = sendModule
/** `send`'s own table of media types, which Express 4 uses everywhere. */
export const mime: {
  lookup(nameOrExtension: string): string
  charsets: { lookup(type: string): string | undefined }
} = sendModule.mime
export const serveStatic: typeof serveStatic5 = serveStaticModule
export const typeIs: typeof typeIs5 = (req, types) => typeIsModule(req, types)
