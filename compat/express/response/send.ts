import { type ETagFunction, takesText } from '../etag.ts'
import { ExpressServerResponse } from '../http/response.ts'
import { withUtf8 } from '../media-types.ts'
import type { Res } from '../types.ts'

/** Sends text as HTML, bytes as they are, and anything else as JSON. */
export function send(this: Res, body?: unknown): Res {
  let chunk = body
  let encoding: BufferEncoding | undefined
  switch (typeof chunk) {
    case 'string': {
      encoding = 'utf8'
      const type = this.get('Content-Type')
      if (typeof type === 'string') this.set('Content-Type', withUtf8(type))
      else this.type('html')
      break
    }
    case 'boolean':
    case 'number':
    case 'object':
      if (chunk === null) {
        chunk = ''
      } else if (ArrayBuffer.isView(chunk)) {
        if (!this.get('Content-Type')) this.type('bin')
      } else {
        return this.json(chunk)
      }
      break
  }
  return sendChunk(this, chunk as Chunk, encoding, rules)
}

/** What is left of a body when its type is known. */
export type Chunk = string | Buffer | NodeJS.ArrayBufferView | undefined

/** What differs between the versions in how a body is sent. */
export interface SendRules {
  /** Whether the length is also told where a Transfer-Encoding is set, which RFC 9112 §6.2 forbids. */
  readonly lengthBesideCoding: boolean
  /** Sets the status 304. */
  markNotModified(res: Res): void
}

const rules: SendRules = {
  lengthBesideCoding: false,
  markNotModified: (res) => res.status(304),
}

/** Frames a body, lets the client keep a copy that is still good, and ends the response. */
export function sendChunk(
  res: Res,
  body: Chunk,
  bodyEncoding: BufferEncoding | undefined,
  { lengthBesideCoding, markNotModified }: SendRules,
): Res {
  const { req } = res
  let chunk = body
  let encoding = bodyEncoding
  const etagFunction = res.app.settings['etag fn']
  const wantsETag = !res.get('ETag') && typeof etagFunction === 'function'

  let length: number | undefined
  if (chunk !== undefined) {
    if (Buffer.isBuffer(chunk)) {
      length = chunk.length
    } else if (
      (!wantsETag && (chunk as string).length < 1000) ||
      (typeof chunk === 'string' &&
        (!wantsETag || takesText(etagFunction)) &&
        ExpressServerResponse.sendsText(res))
    ) {
      length = Buffer.byteLength(chunk as string, encoding)
    } else {
      // Whoever makes ETags, or has replaced `end`, is used to bytes here.
      chunk = Buffer.from(chunk as string, encoding)
      encoding = undefined
      length = chunk.length
    }
    if (lengthBesideCoding || !res.get('Transfer-Encoding')) res.set('Content-Length', length)
  }
  if (wantsETag && length !== undefined) {
    const etag = (etagFunction as ETagFunction)(chunk as Buffer, encoding)
    if (etag) res.set('ETag', etag)
  }
  if (req.fresh) markNotModified(res)

  if (res.statusCode === 204 || res.statusCode === 304) {
    res.removeHeader('Content-Type')
    res.removeHeader('Content-Length')
    res.removeHeader('Transfer-Encoding')
    chunk = ''
  }
  // RFC 9110 §15.3.6: no content, and a client that waits for none.
  if (res.statusCode === 205) {
    res.set('Content-Length', '0')
    res.removeHeader('Transfer-Encoding')
    chunk = ''
  }
  if (req.method === 'HEAD') res.end()
  else res.end(chunk, encoding as BufferEncoding)
  return res
}
