import type {
  IncomingMessage,
  OutgoingHttpHeader,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'
import { BustServerResponse } from '../../../src/core.ts'
import { headerName, lowerCaseName } from './header-name.ts'

type HeaderValue = number | string | readonly string[]

const {
  appendHeader: appendNodeHeader,
  end: nodeEnd,
  getHeader: nodeHeader,
  getHeaderNames: nodeNames,
  removeHeader: removeNodeHeader,
  setHeader: setNodeHeader,
  write: nodeWrite,
} = BustServerResponse.prototype
const { getRawHeaderNames: nodeRawNames } = BustServerResponse.prototype as unknown as {
  getRawHeaderNames(): string[]
}

/** What node:http keeps of a message, as far as it is looked at here. */
interface OutgoingState {
  _hasBody: boolean
  /** The head as text, once it is made. */
  readonly _header: string
  /** Sends something after the head, which goes out with the first of it. */
  _send(data: string, encoding: BufferEncoding): void
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII as a whole
const NOT_ASCII = /[^\x00-\x7f]/

const { _storeHeader: storeHeader } = BustServerResponse.prototype as unknown as {
  _storeHeader(statusLine: string, headers: unknown): void
}

/**
 * The response of the servers that an Express app makes. It keeps headers as the flat list that
 * `writeHead` takes fastest, and answers everybody who asks for them from it; node:http's own,
 * slower store is used only from the moment somebody calls what needs it. Nothing else about it
 * differs from node:http's `ServerResponse`.
 *
 * Its methods are also on the prototype chain of foreign responses, which have no list and for which
 * they are node:http's.
 */
export class ExpressServerResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends BustServerResponse<Request> {
  /** Names and values in turn; null once node:http's store has taken over. */
  #list: HeaderValue[] | null = []
  /** The names in lower case, each at half its position in the list. */
  readonly #keys: string[] = []
  /** Whether every value so far is ASCII. */
  #plain = true
  /** Whether a body is given as text that Express would give as bytes. */
  #asText = false
  /** Whether node:http takes no notice of any header so far; its own store is for those it does. */
  #ordinary = true

  // Of its own, because what changes a response's prototype (an Express of another make) changes its
  // methods, and the head is to have the headers in the list all the same.
  readonly _storeHeader = ExpressServerResponse.#storeHeader

  static #listOf(res: ExpressServerResponse): HeaderValue[] | null {
    if (!(#list in res) || res.#list === null) return null
    // Some call node:http's own methods on a response, whatever it has in their place (cookies does).
    if (nodeNames.call(res).length > 0) ExpressServerResponse.#useNodeHeaders(res)
    return res.#list
  }

  override setHeader(name: string, value: HeaderValue): this {
    const list = ExpressServerResponse.#listOf(this)
    // Node's own method also throws what is to be thrown once the head is sent.
    if (list === null || this.headersSent || typeof name !== 'string') {
      return super.setHeader(name, value)
    }
    const header = headerName(name)
    if (!header.isPlain(value, name)) this.#plain = false
    if (!header.isOrdinary || typeof value === 'object') this.#ordinary = false
    const position = this.#keys.indexOf(header.lowerCase) * 2
    if (position < 0) {
      this.#keys.push(header.lowerCase)
      list.push(name, value)
    } else {
      list[position] = name
      list[position + 1] = value
    }
    return this
  }

  override getHeader(name: string): number | string | string[] | undefined {
    const list = ExpressServerResponse.#listOf(this)
    if (list === null || typeof name !== 'string') return super.getHeader(name)
    const position = this.#keys.indexOf(lowerCaseName(name)) * 2
    return position < 0 ? undefined : (list[position + 1] as number | string | string[])
  }

  override hasHeader(name: string): boolean {
    const list = ExpressServerResponse.#listOf(this)
    if (list === null || typeof name !== 'string') return super.hasHeader(name)
    return this.#keys.includes(lowerCaseName(name))
  }

  override removeHeader(name: string): void {
    // Also tells node:http not to add the header of its own accord.
    super.removeHeader(name)
    const list = ExpressServerResponse.#listOf(this)
    if (list === null) return
    const index = this.#keys.indexOf(lowerCaseName(name))
    if (index === -1) return
    this.#keys.splice(index, 1)
    list.splice(index * 2, 2)
  }

  override getHeaders(): OutgoingHttpHeaders {
    const list = ExpressServerResponse.#listOf(this)
    if (list === null) return super.getHeaders()
    const headers: OutgoingHttpHeaders = Object.create(null)
    this.#keys.forEach((key, i) => {
      headers[key] = list[i * 2 + 1] as OutgoingHttpHeader
    })
    return headers
  }

  override getHeaderNames(): string[] {
    const list = ExpressServerResponse.#listOf(this)
    return list === null ? super.getHeaderNames() : this.#keys.slice()
  }

  // Not in Node's type declarations.
  getRawHeaderNames(): string[] {
    const list = ExpressServerResponse.#listOf(this)
    return list === null
      ? nodeRawNames.call(this)
      : list.filter((_one, i) => i % 2 === 0).map(String)
  }

  override appendHeader(name: string, value: string | readonly string[]): this {
    if (!this.headersSent) ExpressServerResponse.#useNodeHeaders(this)
    return super.appendHeader(name, value)
  }

  override writeHead(status: number, reason?: unknown, headers?: unknown): this {
    const list = ExpressServerResponse.#listOf(this)
    const given = typeof reason === 'string' ? headers : (headers ?? reason)
    if (list === null || this.headersSent || given || !this.#ordinary) {
      if (!this.headersSent) ExpressServerResponse.#useNodeHeaders(this)
      return super.writeHead(status, reason as string, headers as OutgoingHttpHeaders)
    }
    const flat = list as OutgoingHttpHeader[]
    if (typeof reason !== 'string') return super.writeHead(status, flat)
    if (NOT_ASCII.test(reason)) this.#plain = false
    return super.writeHead(status, reason, flat)
  }

  /**
   * Called by `writeHead`, with the status line and what it was given. Ordinary headers of a message
   * whose length is known are appended here: they have been checked when they were set, while
   * node:http would check all of them again. The rest of the head is node:http's.
   */
  static #storeHeader(this: ExpressServerResponse, statusLine: string, headers: unknown): void {
    const list = ExpressServerResponse.#listOf(this)
    const outgoing = this as unknown as OutgoingState
    if (
      list === null ||
      list !== headers ||
      !this.#plain ||
      !this.useChunkedEncodingByDefault ||
      this.strictContentLength ||
      !this.#keys.includes('content-length')
    ) {
      const all =
        list === null || list === headers ? headers : ExpressServerResponse.#withList(this, headers)
      storeHeader.call(this, statusLine, all)
      if (#asText in this && this.#asText && NOT_ASCII.test(outgoing._header)) {
        // A replaced `writeHead` has added what `sendsText` did not know of: the head goes first.
        outgoing._send('', 'latin1')
      }
      return
    }
    let head = statusLine
    for (let i = 0; i < list.length; i += 2) head += `${list[i]}: ${list[i + 1]}\r\n`
    // Without a body there would be nothing to frame, and that is how node:http is to see it.
    const hasBody = outgoing._hasBody
    outgoing._hasBody = false
    storeHeader.call(this, head, undefined)
    outgoing._hasBody = hasBody
  }

  /**
   * Whether a body may be given to `end` as text. Node:http then writes head and body as one string,
   * in UTF-8, so that the head must be ASCII; and nobody may have replaced `end` who would see it.
   */
  static sendsText(res: ServerResponse): boolean {
    if (!(#list in res) || res.#list === null) return false
    res.#asText = res.#plain && res.end === nodeEnd && !res.statusMessage
    return res.#asText
  }

  /**
   * The headers of a response whose head somebody makes by node:http's own `writeHead`
   * (`writeHeader` is that, too), which knows only those that it was given.
   */
  static #withList(res: ExpressServerResponse, given: unknown): OutgoingHttpHeader[] {
    ExpressServerResponse.#useNodeHeaders(res)
    if (Array.isArray(given)) {
      const pairs = given.flat()
      for (let i = 0; i < pairs.length; i += 2) removeNodeHeader.call(res, pairs[i])
      for (let i = 0; i < pairs.length; i += 2) {
        appendNodeHeader.call(res, pairs[i], pairs[i + 1])
      }
    } else {
      for (const [name, value] of Object.entries(given ?? {})) {
        setNodeHeader.call(res, name, value as HeaderValue)
      }
    }
    return nodeRawNames
      .call(res)
      .flatMap((name) => [name, nodeHeader.call(res, name) as OutgoingHttpHeader])
  }

  /** Whether a body may be given in one go to a response that others write piece by piece. */
  static takesWhole(res: ServerResponse): boolean {
    return (
      #list in res &&
      res.#list !== null &&
      res.end === nodeEnd &&
      res.write === nodeWrite &&
      res.listenerCount('pipe') === 0 &&
      res.listenerCount('unpipe') === 0
    )
  }

  /** Ends a response with a whole body, so that the head is what it would be for a body in pieces. */
  static endWhole(res: ServerResponse, body: Buffer): void {
    const isPlain = #plain in res && res.#plain
    if (isPlain && res.writeHead === ExpressServerResponse.prototype.writeHead) {
      res.end(body)
      return
    }
    // Who has replaced `writeHead` may take the length away, which `end` would put back; and node:http
    // spells a Content-Disposition that is not ASCII differently when it is given the whole body.
    res.write(body)
    res.end()
  }

  /** Hands the headers over to node:http's store, for what only that can do. */
  static #useNodeHeaders(res: ExpressServerResponse): void {
    if (!(#list in res) || res.#list === null) return
    const list = res.#list
    res.#list = null
    // What is there already has come last.
    for (const name of nodeRawNames.call(res)) {
      list.push(name, nodeHeader.call(res, name) as HeaderValue)
      removeNodeHeader.call(res, name)
    }
    for (let i = 0; i < list.length; i += 2) {
      setNodeHeader.call(res, list[i] as string, list[i + 1] as HeaderValue)
    }
  }
}
