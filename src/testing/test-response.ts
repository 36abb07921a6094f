import type { Readable } from 'node:stream'
import { Headers } from '../http/headers.ts'
import type { Request } from '../request/request.ts'
import { Response } from '../response/response.ts'

/** What came back, before it is a response. */
export interface ReceivedResponse {
  readonly status: number
  readonly statusMessage: string
  /** `[name, value, name, value, …]`. */
  readonly rawHeaders: readonly string[]
  /** The whole body, or the stream that it arrives on. */
  readonly body: Uint8Array | Readable
}

/** A response that a test client got (Werkzeug's `TestResponse`). */
export class TestResponse extends Response {
  /** The responses of the redirects that led here, oldest first. */
  history: readonly TestResponse[] = []
  readonly #makeRequest: () => Request
  readonly #loads: (text: string) => unknown
  #request: Request | undefined

  /**
   * @param request makes the request that led to this response; called when it is asked for
   * @param loads reads JSON, as the app's provider does
   */
  constructor(
    received: ReceivedResponse,
    request: () => Request,
    loads: (text: string) => unknown,
  ) {
    super(received.body as Uint8Array, {
      status: `${received.status} ${received.statusMessage}`.trimEnd(),
      headers: new Headers(pairs(received.rawHeaders)),
      contentType: null,
    })
    // What the app sent is what counts, also where it sent less than a response has by default.
    this.headers = new Headers(pairs(received.rawHeaders))
    this.#makeRequest = request
    this.#loads = loads
  }

  /** The request that this is the response to; after redirects, the last one. */
  get request(): Request {
    this.#request ??= this.#makeRequest()
    return this.#request
  }

  /** The body as text. */
  get text(): string {
    return this.getData({ asText: true })
  }

  /** The body parsed as JSON by the app's provider; null when the media type is not JSON. */
  override getJson({
    force = false,
    silent = false,
  }: {
    force?: boolean
    silent?: boolean
  } = {}): unknown {
    if (!force && !this.isJson) return null
    try {
      return this.#loads(this.text)
    } catch (error) {
      if (silent) return null
      throw error
    }
  }
}

function pairs(rawHeaders: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    found.push([rawHeaders[i] as string, rawHeaders[i + 1] as string])
  }
  return found
}
