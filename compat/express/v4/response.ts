import { extname } from 'node:path'
import { depd, encodeUrl, statusMessages } from '../components.ts'
import { makeCookie } from '../response/cookie.ts'
import { makeFormat } from '../response/format.ts'
import { append, get, makeSet, vary as vary5 } from '../response/headers.ts'
import { json as json5, jsonp as jsonp5 } from '../response/json.ts'
import { sendRedirect } from '../response/redirect.ts'
import { render } from '../response/render.ts'
import { type Chunk, type SendRules, sendChunk } from '../response/send.ts'
import { downloadArguments, sendDownload } from '../response/send-file.ts'
import { type FileCallback, transferFile } from '../response/transfer-file.ts'
import type { Res } from '../types.ts'
import { contentDisposition, mime, send as sendStream, signCookie } from './components.ts'
import { normalizeType, withCharset, withUtf8 } from './media-types.ts'

const deprecate = depd('express')

/** Sets the status. Anything goes. */
function status(this: Res, code: unknown): Res {
  const number = code as number
  const unsuitable = typeof code === 'string' || Math.floor(number) !== number
  if (unsuitable && number > 99 && number < 1000) {
    const rounded = Math.floor(number)
    deprecate(`res.status(${JSON.stringify(code)}): use res.status(${rounded}) instead`)
  }
  this.statusCode = number
  return this
}

/** Sends the name of a status. */
function sendStatus(this: Res, code: number): Res {
  const body = statusMessages[code] || String(code)
  this.statusCode = code
  this.type('txt')
  return this.send(body)
}

/** Adds links by their relations to the Link header. */
function links(this: Res, relations: Record<string, unknown>): Res {
  const before = this.get('Link')
  const added = Object.keys(relations)
    .map((relation) => `<${relations[relation]}>; rel="${relation}"`)
    .join(', ')
  return this.set('Link', (before ? `${before}, ` : '') + added)
}

/**
 * The body of the two-argument forms `(status, body)` and `(body, status)`, which also set the
 * status.
 */
function takeStatus(res: Res, name: string, value: string, args: readonly unknown[]): unknown {
  const [first, second] = args
  // Two numbers are a status and a body, except for `json`, where the second is the status.
  const statusLast = typeof second === 'number' && (name !== 'send' || typeof first !== 'number')
  const form = statusLast ? `${value}, status` : `status, ${value}`
  deprecate(`res.${name}(${form}): Use res.status(status).${name}(${value}) instead`)
  res.statusCode = (statusLast ? second : first) as number
  return statusLast ? first : second
}

const sendRules: SendRules = {
  lengthBesideCoding: true,
  markNotModified: (res) => {
    res.statusCode = 304
  },
}

/** Sends text as HTML, bytes as they are, and anything else as JSON; a number is a status. */
function send(this: Res, ...args: unknown[]): Res {
  let chunk = args.length === 2 ? takeStatus(this, 'send', 'body', args) : args[0]
  if (typeof chunk === 'number' && args.length === 1) {
    if (!this.get('Content-Type')) this.type('txt')
    deprecate('res.send(status): Use res.sendStatus(status) instead')
    this.statusCode = chunk
    chunk = statusMessages[chunk]
  }
  switch (typeof chunk) {
    case 'string':
      if (!this.get('Content-Type')) this.type('html')
      break
    case 'boolean':
    case 'number':
    case 'object':
      if (chunk === null) chunk = ''
      else if (!Buffer.isBuffer(chunk)) return this.json(chunk)
      else if (!this.get('Content-Type')) this.type('bin')
      break
  }
  let encoding: BufferEncoding | undefined
  if (typeof chunk === 'string') {
    encoding = 'utf8'
    const type = this.get('Content-Type')
    if (typeof type === 'string') this.set('Content-Type', withUtf8(type))
  }
  return sendChunk(this, chunk as Chunk, encoding, sendRules)
}

/** Sends a value as JSON. */
function json(this: Res, ...args: unknown[]): Res {
  return json5.call(this, args.length === 2 ? takeStatus(this, 'json', 'obj', args) : args[0])
}

/** Sends a value as JSON, or as a call of the function that the query asks for. */
function jsonp(this: Res, ...args: unknown[]): Res {
  return jsonp5.call(this, args.length === 2 ? takeStatus(this, 'jsonp', 'obj', args) : args[0])
}

/** Whether a path looks absolute, on any platform. */
export function isAbsolute(path: string): true | undefined {
  if (path[0] === '/') return true
  if (path[1] === ':' && (path[2] === '\\' || path[2] === '/')) return true
  return path.startsWith('\\\\') ? true : undefined
}

interface FileOptions {
  headers?: Record<string, string>
  root?: string
}

/** Sends a file; see Express 5's. */
function sendFile(
  this: Res,
  path: unknown,
  options?: FileOptions | FileCallback,
  callback?: FileCallback,
): void {
  const isCallback = typeof options === 'function'
  const settings = (isCallback ? {} : options || {}) as FileOptions
  if (!path) throw new TypeError('path argument is required to res.sendFile')
  if (typeof path !== 'string') throw new TypeError('path must be a string to res.sendFile')
  if (!settings.root && !isAbsolute(path)) {
    throw new TypeError('path must be absolute or specify root to res.sendFile')
  }
  const file = sendStream(this.req, encodeURI(path), settings)
  transferFile(this, file, settings.headers, isCallback ? options : callback)
}

/** Sends a file, of which the path is taken as it stands in a URL. */
function sendfile(
  this: Res,
  path: string,
  options?: FileOptions | FileCallback,
  callback?: FileCallback,
): void {
  const isCallback = typeof options === 'function'
  const settings = (isCallback ? {} : options || {}) as FileOptions
  const file = sendStream(this.req, path, settings)
  transferFile(this, file, settings.headers, isCallback ? options : callback)
}

/** Sends a file for the client to save. */
function download(
  this: Res,
  path: string,
  filename?: unknown,
  options?: unknown,
  callback?: FileCallback,
): void {
  const args = downloadArguments(filename, options, callback)
  sendDownload(this, path, contentDisposition(args.name || path), args)
}

/** Sets the Content-Type by a media type or an extension. */
function type(this: Res, name: string): Res {
  return this.set('Content-Type', name.includes('/') ? name : mime.lookup(name))
}

/** Marks the response as an attachment. */
function attachment(this: Res, filename?: string): Res {
  if (filename) this.type(extname(filename))
  return this.set('Content-Disposition', contentDisposition(filename))
}

/** Tells the client to forget a cookie. */
function clearCookie(this: Res, name: string, options?: Record<string, unknown>): Res {
  for (const option of ['maxAge', 'expires'] as const) {
    if (!options?.[option]) continue
    deprecate(
      `res.clearCookie: Passing "options.${option}" is deprecated. In v5.0.0 of Express, this ` +
        'option will be ignored, as res.clearCookie will automatically set cookies to expire ' +
        'immediately. Please update your code to omit this option.',
    )
  }
  return this.cookie(name, '', { expires: new Date(1), path: '/', ...options })
}

/** Sets the Location header; `back` is where the client came from. */
function location(this: Res, url: unknown): Res {
  let target = String(url)
  if (url === 'back') {
    deprecate(
      'res.location("back"): use res.location(req.get("Referrer") || "/") and refer to ' +
        'https://dub.sh/security-redirect for best practices',
    )
    target = (this.req.get('Referrer') as string) || '/'
  }
  return this.set('Location', encodeUrl(target))
}

/** Redirects to a URL, with the status 302 or the one that is given with it. */
function redirect(this: Res, ...args: unknown[]): void {
  let [status, url]: unknown[] = [302, args[0]]
  if (args.length === 2 && typeof args[0] === 'number') {
    ;[status, url] = args
  } else if (args.length === 2) {
    deprecate('res.redirect(url, status): Use res.redirect(status, url) instead')
    status = args[1]
  }
  sendRedirect(
    this,
    status as number,
    url,
    (title, address) => `<p>${title}. Redirecting to ${address}</p>`,
    (code) => {
      this.statusCode = code
    },
  )
}

/** Adds names of request headers to Vary. */
function vary(this: Res, field: string | readonly string[]): Res {
  if (!field || (Array.isArray(field) && !field.length)) {
    deprecate('res.vary(): Provide a field name')
    return this
  }
  return vary5.call(this, field)
}

const set = makeSet(withCharset)

/** The members of an Express 4 response. */
export const responseMembers: object = {
  status,
  links,
  send,
  json,
  jsonp,
  sendStatus,
  sendFile,
  sendfile: deprecate.function(sendfile, 'res.sendfile: Use res.sendFile instead'),
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
