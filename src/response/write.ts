import type { ServerResponse } from 'node:http'
import { BEFORE_ANSWER } from '../symbols.ts'
import type { MaybePromise } from '../types.ts'
import { isSequence, joined, sequenceLength } from './body.ts'
import { finalHeaders, isBodiless } from './final-headers.ts'
import { endShort, pump } from './pump.ts'
import type { Response } from './response.ts'

/** How an answer is written. */
export interface WriteOptions {
  /**
   * True when nobody has set a header on, patched or listens to Node's response: head and body then
   * go out in one call. Otherwise everything passes through its methods, one header at a time.
   */
  readonly plain: boolean
  /** The request, for `autocorrectLocationHeader`. */
  readonly request?: { readonly baseUrl: string } | null
  /** Told about errors that can no longer be answered: in a stream that has begun, on closing. */
  readonly onError?: (error: unknown) => void
}

/** What the request's room may have left on Node's request. */
interface Notes {
  [BEFORE_ANSWER]?: (res: ServerResponse) => void
}

/**
 * Writes `response` to Node's response object and closes it, exactly once whatever happens.
 *
 * An answer that has been sent through `res` already is left alone. An error in the middle of a
 * streamed body ends the connection, so that the client sees a truncated answer and not a short one.
 * @param method the request's method: HEAD gets the headers only.
 * @returns undefined when the answer has been handed to Node completely, else a promise that
 * settles when it has, or when the client is gone.
 * @throws when nothing has been sent yet (`res.headersSent` is false): a header or status that HTTP
 * cannot carry, or a streamed body that failed before its first chunk. Answer with a 500 then.
 */
export function writeResponse(
  response: Response,
  method: string,
  res: ServerResponse,
  options: WriteOptions,
): MaybePromise<void> {
  if (res.headersSent || res.writableEnded) {
    close(response, options)
    return
  }
  ;(res.req as Notes | undefined)?.[BEFORE_ANSWER]?.(res)
  const status = response.statusCode
  const body = response.response
  const bodiless = method === 'HEAD' || isBodiless(status)
  try {
    if (options.plain && !bodiless && isReady(response.headers.flat, response.knownLength)) {
      res.writeHead(status, reasonOf(response), response.headers.flat as string[])
      res.end(besideHead(body as string, response))
      if (response.needsClose) close(response, options)
      return
    }
    const baseUrl = response.autocorrectLocationHeader ? (options.request?.baseUrl ?? null) : null
    const headers = finalHeaders(response, baseUrl)
    if (!bodiless && !isSequence(body)) {
      return stream(response, headers, res, options)
    }
    if (options.plain) res.writeHead(status, reasonOf(response), headers as string[])
    else setHead(response, headers, res)
    if (bodiless) res.end()
    else endChecked(besideHead(body as string, response), headers, res)
  } catch (error) {
    close(response, options)
    throw error
  }
  if (response.needsClose) close(response, options)
}

/**
 * The body in the form that leaves the head alone: node writes a head and a text body as one UTF-8
 * text, but header values beyond ASCII are latin-1, in WSGI as in node itself.
 */
function besideHead<T extends string | Uint8Array | readonly (string | Uint8Array)[]>(
  body: T,
  response: Response,
): T | Buffer {
  return typeof body === 'string' && !response.headers.isAscii ? Buffer.from(body) : body
}

/**
 * Whether the headers can go out as they are: the length is the one that was set with the body, and
 * no location has to be turned into a URI. Names are told apart by length first.
 */
function isReady(flat: readonly string[], length: string | null): boolean {
  if (length === null) return false
  let measured = false
  for (let i = 0; i < flat.length; i += 2) {
    const name = flat[i] as string
    if (name.length === 14) {
      if (name === 'Content-Length') measured = flat[i + 1] === length
      else if (name.toLowerCase() === 'content-length') return false
    } else if (name.length === 8) {
      if (name === 'Location' || name.toLowerCase() === 'location') return false
    } else if (name.length === 16 && name.toLowerCase() === 'content-location') {
      return false
    }
  }
  return measured
}

async function stream(
  response: Response,
  headers: readonly string[],
  res: ServerResponse,
  options: WriteOptions,
): Promise<void> {
  const begin = (): void => {
    if (options.plain) {
      res.writeHead(response.statusCode, reasonOf(response), headers as string[])
    } else {
      setHead(response, headers, res)
    }
  }
  try {
    await pump(response.response, res, begin, declaredLength(headers))
  } catch (error) {
    if (!res.headersSent) throw error
    res.destroy()
    options.onError?.(error)
  } finally {
    close(response, options)
  }
}

function close(response: Response, options: WriteOptions): void {
  try {
    response.close()
  } catch (error) {
    options.onError?.(error)
  }
}

function reasonOf(response: Response): string {
  const line = response.status
  return line.slice(line.indexOf(' ') + 1)
}

function declaredLength(headers: readonly string[]): number | null {
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i]?.toLowerCase() === 'content-length') {
      const value = headers[i + 1] as string
      return /^\d+$/.test(value) ? Number(value) : null
    }
  }
  return null
}

/**
 * Ends the answer with a body whose `Content-Length` the application wrote itself. What exceeds it
 * would be read as the next answer, and what is missing would be waited for.
 */
function endChecked(
  body: string | Uint8Array | readonly (string | Uint8Array)[],
  headers: readonly string[],
  res: ServerResponse,
): void {
  const declared = declaredLength(headers)
  const actual = sequenceLength(body)
  if (declared === null || declared === actual) {
    res.end(typeof body === 'string' ? body : joined(body))
  } else if (declared < actual) {
    res.end(joined(body).subarray(0, declared))
  } else {
    endShort(res, joined(body))
  }
}

/** Sets the head through Node's methods, so that whatever middleware has set or patched is kept. */
function setHead(response: Response, headers: readonly string[], res: ServerResponse): void {
  const values = new Map<string, [name: string, values: string[]]>()
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string
    const value = headers[i + 1] as string
    const key = name.toLowerCase()
    const entry = values.get(key)
    if (entry === undefined) values.set(key, [name, [value]])
    else entry[1].push(value)
  }
  for (const [key, [name, own]] of values) {
    if (key === 'set-cookie') res.setHeader(name, [...current(res, key), ...own])
    else if (key === 'vary') res.setHeader(name, mergeVary([...current(res, key), ...own]))
    else res.setHeader(name, own.length === 1 ? (own[0] as string) : own)
  }
  if (isBodiless(response.statusCode)) res.removeHeader('Content-Length')
  res.statusCode = response.statusCode
  res.statusMessage = reasonOf(response)
}

function current(res: ServerResponse, key: string): string[] {
  const value = res.getHeader(key)
  if (value === undefined) return []
  return Array.isArray(value) ? value : [String(value)]
}

function mergeVary(values: readonly string[]): string {
  const names = new Map<string, string>()
  for (const value of values) {
    for (const item of value.split(',')) {
      const name = item.trim()
      if (name !== '' && !names.has(name.toLowerCase())) names.set(name.toLowerCase(), name)
    }
  }
  return names.has('*') ? '*' : [...names.values()].join(', ')
}
