import { EventEmitter } from 'node:events'
import { Response, redirect } from '../../../src/index.ts'

type HeaderValue = number | string | readonly string[]

/**
 * Takes down what passport or a strategy answers, with the members of a response that those use, so
 * that it goes through the app's hooks like any other response.
 */
export class Answer extends EventEmitter {
  statusCode = 200
  statusMessage = ''
  headersSent = false
  writableEnded = false
  readonly locals: Record<string, unknown> = Object.create(null)
  readonly #headers = new Map<string, [name: string, values: string[]]>()
  readonly #body: Buffer[] = []
  readonly #ended: () => void
  #redirect: string | null = null

  /** @param ended called when the answer is complete */
  constructor(ended: () => void) {
    super()
    this.#ended = ended
  }

  setHeader(name: string, value: HeaderValue): this {
    const values = Array.isArray(value) ? value.map(String) : [String(value)]
    this.#headers.set(name.toLowerCase(), [name, values])
    return this
  }

  appendHeader(name: string, value: HeaderValue): this {
    const known = this.#headers.get(name.toLowerCase())?.[1] ?? []
    return this.setHeader(name, [...known, ...[value].flat().map(String)])
  }

  getHeader(name: string): string | string[] | undefined {
    const values = this.#headers.get(name.toLowerCase())?.[1]
    return values === undefined || values.length > 1 ? values : values[0]
  }

  hasHeader(name: string): boolean {
    return this.#headers.has(name.toLowerCase())
  }

  removeHeader(name: string): void {
    this.#headers.delete(name.toLowerCase())
  }

  /** Express's spelling of `setHeader`. */
  set(name: string, value: HeaderValue): this {
    return this.setHeader(name, value)
  }

  writeHead(status: number, ...rest: readonly unknown[]): this {
    this.statusCode = status
    const headers = rest.find((one) => typeof one === 'object' && one !== null)
    for (const [name, value] of Object.entries(headers ?? {})) this.setHeader(name, value)
    return this
  }

  write(chunk: string | Uint8Array): boolean {
    this.#body.push(Buffer.from(chunk))
    return true
  }

  end(chunk?: string | Uint8Array): this {
    if (this.writableEnded) return this
    if (chunk !== undefined && chunk !== null) this.write(chunk)
    this.headersSent = true
    this.writableEnded = true
    this.#ended()
    this.emit('finish')
    return this
  }

  status(code: number): this {
    this.statusCode = code
    return this
  }

  send(body: string | Uint8Array): this {
    return this.end(body)
  }

  json(value: unknown): this {
    this.setHeader('Content-Type', 'application/json')
    return this.end(`${JSON.stringify(value)}\n`)
  }

  redirect(...args: [url: string] | [status: number, url: string]): this {
    const [status, url] = args.length === 1 ? [302, args[0]] : args
    this.statusCode = status
    this.#redirect = url
    return this.end()
  }

  /** The challenges of a refusal that says nothing else; null for any other answer. */
  get refusal(): readonly string[] | null {
    if (this.statusCode < 400 || this.hasHeader('Location')) return null
    const own = [...this.#headers.keys()].some((name) => name !== 'www-authenticate')
    return own ? null : (this.#headers.get('www-authenticate')?.[1] ?? [])
  }

  /** What was taken down, as a response of the app. */
  toResponse(): Response {
    const response =
      this.#redirect === null
        ? new Response(Buffer.concat(this.#body), this.statusCode)
        : redirect(this.#redirect, this.statusCode)
    for (const [name, values] of this.#headers.values()) {
      if (name.toLowerCase() === 'content-length') continue
      response.headers.setlist(name, values)
    }
    return response
  }
}
