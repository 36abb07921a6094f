import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { basename, isAbsolute, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NotFound } from '../errors/http-exception.ts'
import { Headers } from '../http/headers.ts'
import { urlQuote } from '../http/urls.ts'
import { safeJoin } from '../security/safe-join.ts'
import type { MaybePromise } from '../types.ts'
import type { ResponseBody } from './body.ts'
import type { ConditionalRequest } from './conditional.ts'
import { FileBody } from './file-body.ts'
import { guessType } from './guess-type.ts'
import type { DateValue } from './header-properties.ts'
import type { Response } from './response.ts'

const NON_ASCII = /[\x80-\uffff]/

/** What `sendFile` sends: a path (relative ones from the app's root), bytes, or a stream of them. */
export type SendFileSource =
  | string
  | URL
  | Uint8Array
  | ArrayBuffer
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>

/** Seconds that a client may keep a file without asking; null leaves it to conditional requests. */
export type MaxAge = number | null | ((path: string | null) => number | null)

/** `send_file`'s keyword arguments. */
export interface SendFileOptions {
  /** Media type; default: what the file's name suggests. */
  mimetype?: string | null
  /** Ask the browser to save the file instead of showing it. */
  asAttachment?: boolean
  /** Name for saving; default: the file's own. */
  downloadName?: string | null
  /** Answer conditions and ranges; default true. */
  conditional?: boolean
  /** A tag to use, or whether to make one of the file's time, size and path; default true. */
  etag?: boolean | string
  /** Default: the file's own time. */
  lastModified?: DateValue | null
  /** Default: the app's `getSendFileMaxAge`. */
  maxAge?: MaxAge
}

/** The parts of the active context that sending a file needs. */
export interface SendFileContext {
  readonly request: ConditionalRequest
  readonly app: {
    readonly rootPath: string
    readonly responseClass: typeof Response
    readonly config: { readonly USE_X_SENDFILE?: unknown }
    getSendFileMaxAge(path: string | null): number | null
  }
}

/** What is known of the file before the response is made. */
interface Facts {
  readonly path: string | null
  readonly size: number | null
  /** Seconds since 1970, with fractions. */
  readonly mtime: number | null
}

/**
 * Sends a file's or a buffer's contents (Flask's `send_file`): type by name, `Content-Disposition`,
 * caching headers, conditions and ranges. A file is read while it is sent, never as a whole.
 * @returns a promise for a path, which has to be opened; the response itself for anything else.
 * @throws {TypeError} when neither a name nor a media type tells what is sent.
 * @throws {RequestedRangeNotSatisfiable} for a range outside of the file.
 * @throws the file system's error when the path cannot be read.
 */
export function sendFile(
  source: SendFileSource,
  options: SendFileOptions,
  context: SendFileContext,
): MaybePromise<Response> {
  if (typeof source === 'string' || source instanceof URL) {
    const path = typeof source === 'string' ? source : fileURLToPath(source)
    return sendPath(pathJoin(context.app.rootPath, path), options, context)
  }
  const body = source instanceof ArrayBuffer ? new Uint8Array(source) : source
  const size = body instanceof Uint8Array ? body.byteLength : null
  return respond(body, { path: null, size, mtime: null }, options, context)
}

/**
 * Sends a file from below a folder (Flask's `send_from_directory`).
 * @param directory relative ones are taken from the app's root.
 * @param path from the client: one that leads out of the folder is not found.
 * @throws {NotFound} when there is no such file.
 */
export function sendFromDirectory(
  directory: string,
  path: string,
  options: SendFileOptions,
  context: SendFileContext,
): Promise<Response> {
  const joined = safeJoin(directory, path)
  if (joined === null || joined.includes('\0')) return Promise.reject(new NotFound())
  return sendPath(pathJoin(context.app.rootPath, joined), options, context, true)
}

async function sendPath(
  path: string,
  options: SendFileOptions,
  context: SendFileContext,
  mustBeFile = false,
): Promise<Response> {
  let handle: FileHandle
  try {
    // Not blocking, since opening a named pipe would wait for somebody to write into it.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    if (mustBeFile && isMissing(error)) throw new NotFound()
    throw error
  }
  try {
    const stat = await handle.stat({ bigint: true })
    if (!stat.isFile()) {
      throw mustBeFile ? new NotFound() : new TypeError(`Not a regular file: '${path}'`)
    }
    const mtime =
      Number(stat.mtimeNs / 1_000_000_000n) + Number(stat.mtimeNs % 1_000_000_000n) * 1e-9
    const facts = { path, size: Number(stat.size), mtime }
    if (context.app.config.USE_X_SENDFILE) {
      await handle.close()
      return respond(null, facts, options, context)
    }
    return respond(new FileBody(handle, facts.size), facts, options, context)
  } catch (error) {
    await handle.close()
    throw error
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as { code?: string }
  return (
    code === 'ENOENT' ||
    code === 'ENOTDIR' ||
    code === 'EISDIR' ||
    code === 'ENXIO' ||
    code === 'ENAMETOOLONG' ||
    code === 'ELOOP' ||
    code === 'ERR_INVALID_ARG_VALUE'
  )
}

/** Makes the response; `body` is null when a front server is to send the file. */
function respond(
  body: ResponseBody | null,
  facts: Facts,
  options: SendFileOptions,
  { app, request }: SendFileContext,
): Response {
  const { path, size, mtime } = facts
  const headers = new Headers()
  const name = options.downloadName ?? (path === null ? null : basename(path))
  const mimetype = options.mimetype ?? typeOf(name, options, headers)
  disposition(name, options, headers)
  if (body === null) headers.set('X-Sendfile', path)
  // The body is attached afterwards, so that no length is counted and bytes stay what they are.
  const response = new app.responseClass(null, null, headers, mimetype, null, true)
  if (body !== null) response.response = body
  if (size !== null) response.contentLength = size
  response.lastModified = options.lastModified ?? mtime
  const maxAge = options.maxAge ?? ((file) => app.getSendFileMaxAge(file))
  setCaching(response, typeof maxAge === 'function' ? maxAge(path) : maxAge)
  const { etag = true, conditional = true } = options
  if (typeof etag === 'string') response.setEtag(etag)
  else if (etag && path !== null) {
    response.setEtag(`${floatText(mtime ?? 0)}-${size}-${adler32(Buffer.from(path))}`)
  }
  if (conditional) {
    response.makeConditional(request, { acceptRanges: true, completeLength: size })
    if (response.statusCode === 304) response.headers.delete('X-Sendfile')
  }
  return response
}

function typeOf(name: string | null, options: SendFileOptions, headers: Headers): string {
  if (name === null) {
    throw new TypeError(
      "Unable to detect the MIME type because a file name is not available. Either set 'downloadName', pass a path instead of a file, or set 'mimetype'.",
    )
  }
  const [type, encoding] = guessType(name)
  if (encoding !== null && options.asAttachment !== true) headers.set('Content-Encoding', encoding)
  return type ?? 'application/octet-stream'
}

function disposition(name: string | null, options: SendFileOptions, headers: Headers): void {
  const value = options.asAttachment === true ? 'attachment' : 'inline'
  if (name === null) {
    if (value === 'inline') return
    throw new TypeError(
      "No name provided for attachment. Either set 'downloadName' or pass a path instead of a file.",
    )
  }
  if (!NON_ASCII.test(name)) {
    headers.set('Content-Disposition', value, { filename: name })
    return
  }
  // RFC 6266 §4.3: a name for old clients, and the real one in RFC 8187's encoding.
  const simple = name.normalize('NFKD').replace(/[\x80-\uffff]/g, '')
  const quoted = urlQuote(name, '!#$&+-.^_`|~')
  headers.set('Content-Disposition', value, {
    filename: simple,
    'filename*': `UTF-8''${quoted}`,
  })
}

function setCaching(response: Response, maxAge: number | null): void {
  const directives = response.cacheControl
  directives.noCache = true
  if (maxAge === null) return
  if (maxAge > 0) {
    directives.noCache = null
    directives.public = true
  }
  directives.maxAge = maxAge
  response.expires = Math.trunc(Date.now() / 1000 + maxAge)
}

/** Joins as Python's `os.path.join` does: an absolute second part stands alone. */
function pathJoin(root: string, path: string): string {
  if (isAbsolute(path) || root === '') return path
  return root.endsWith('/') || root.endsWith(sep) ? root + path : `${root}/${path}`
}

// Python writes a whole float with its `.0`, and tags must agree with those of a Flask server.
function floatText(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  return b * 65_536 + a
}
