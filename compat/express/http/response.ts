import type {
  IncomingMessage,
  OutgoingHttpHeader,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http'
import { BustServerResponse } from '../../../src/core.ts'
import { headerName, lowerCaseName } from './header-name.ts'

type HeaderValue = number | string | readonly string[]

const { end: nodeEnd, setHeader: setNodeHeader, write: nodeWrite } = BustServerResponse.prototype
const { getRawHeaderNames: nodeRawNames } = BustServerResponse.prototype as unknown as {
  getRawHeaderNames(): string[]
}

/** What node:http keeps of a message, as far as it is looked at here. */
interface OutgoingState {
  _hasBody: boolean
}

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
  /** Whether node:http takes no notice of any header so far; its own store is for those it does. */
  #ordinary = true

  static #listOf(res: ExpressServerResponse): HeaderValue[] | null {
    return #list in res ? res.#list : null
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
    return typeof reason === 'string'
      ? super.writeHead(status, reason, flat)
      : super.writeHead(status, flat)
  }

  /**
   * Called by `writeHead`, with the status line and what it was given. Ordinary headers of a message
   * whose length is known are appended here: they have been checked when they were set, while
   * node:http would check all of them again. The rest of the head is node:http's.
   */
  _storeHeader(statusLine: string, headers: unknown): void {
    const list = ExpressServerResponse.#listOf(this)
    const outgoing = this as unknown as OutgoingState
    if (
      list === null ||
      list !== headers ||
      !this.useChunkedEncodingByDefault ||
      !this.#keys.includes('content-length')
    ) {
      storeHeader.call(this, statusLine, headers)
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
    return (
      #list in res && res.#list !== null && res.#plain && res.end === nodeEnd && !res.statusMessage
    )
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
    if (res.writeHead === ExpressServerResponse.prototype.writeHead) {
      res.end(body)
      return
    }
    // Who has replaced `writeHead` may take the length away, which `end` would put back.
    res.write(body)
    res.end()
  }

  /** Hands the headers over to node:http's store, for what only that can do. */
  static #useNodeHeaders(res: ExpressServerResponse): void {
    const list = ExpressServerResponse.#listOf(res)
    if (list === null) return
    res.#list = null
    for (let i = 0; i < list.length; i += 2) {
      setNodeHeader.call(res, list[i] as string, list[i + 1] as HeaderValue)
    }
  }
}
