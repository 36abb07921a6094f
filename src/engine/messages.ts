import { IncomingMessage, ServerResponse } from 'node:http'

/** The parts of a request stream that Node's `optimizeEmptyRequests` sets. */
interface EmptyRequestState {
  _dumped: boolean
  _consuming: boolean
  readonly _readableState: {
    ended: boolean
    endEmitted: boolean
    destroyed: boolean
    closed: boolean
    closeEmitted: boolean
  }
  _dumpAndCloseReadable?(): void
}

const nodePrototype = IncomingMessage.prototype as unknown as EmptyRequestState

type Listener = Parameters<IncomingMessage['on']>[1]

/**
 * The request of every server that BustAPI makes. It is node:http's own `IncomingMessage`; the class
 * exists so that a face (Express's, say) can put its surface on the prototype chain once instead of
 * changing each request's prototype.
 *
 * With Node's `optimizeEmptyRequests`, a request without a body starts as an ended, destroyed
 * stream that never emits anything, which saves a tenth of a small request's time. It would break
 * whoever waits for `'end'`, or for the client to leave (`'close'`), so here such a stream is only
 * dormant: it becomes an ordinary one as soon as somebody listens to it.
 */
export class BustIncomingMessage extends IncomingMessage {
  #dormant = false

  /** A face may have put this class's prototype on a request that it did not make. */
  static #isDormant(request: BustIncomingMessage): boolean {
    if (!(#dormant in request && request.#dormant)) return false
    // By then node:http has read to its end what nobody else has.
    return BustIncomingMessage.#responseTo(request)?.closed !== true
  }

  /** The response, where a face links the two (Express's does). */
  static #responseTo(request: BustIncomingMessage): ServerResponse | undefined {
    return (request as { readonly res?: ServerResponse }).res
  }

  /** Called by node:http in place of reading an empty body. */
  _dumpAndCloseReadable(): void {
    nodePrototype._dumpAndCloseReadable?.call(this)
    this.#dormant = true
  }

  override on(event: string | symbol, listener: Listener): this {
    if (BustIncomingMessage.#isDormant(this)) this.#wake()
    return super.on(event as string, listener)
  }

  override addListener(event: string | symbol, listener: Listener): this {
    return this.on(event, listener)
  }

  override prependListener(event: string | symbol, listener: Listener): this {
    if (BustIncomingMessage.#isDormant(this)) this.#wake()
    return super.prependListener(event as string, listener)
  }

  override destroy(error?: Error): this {
    if (BustIncomingMessage.#isDormant(this)) this.#wake()
    return super.destroy(error)
  }

  #wake(): void {
    this.#dormant = false
    const request = this as unknown as EmptyRequestState
    request._dumped = false
    request._consuming = false
    const state = request._readableState
    state.ended = false
    state.endEmitted = false
    state.destroyed = false
    state.closed = false
    state.closeEmitted = false
    // The parser has already said that the message is over; while dormant nobody heard it.
    if (this.complete) this.push(null)
  }

  static {
    // Accessors, which TypeScript does not let a class put over properties of its base.
    const override = (
      name: 'readable' | 'readableEnded' | 'destroyed' | 'closed',
      whileDormant: boolean,
      applies: (request: BustIncomingMessage) => boolean,
    ): void => {
      const { get, set } =
        Object.getOwnPropertyDescriptor(Object.getPrototypeOf(nodePrototype), name) ?? {}
      Object.defineProperty(BustIncomingMessage.prototype, name, {
        get(this: BustIncomingMessage): unknown {
          return BustIncomingMessage.#isDormant(this) && !this.socket.destroyed && applies(this)
            ? whileDormant
            : get?.call(this)
        },
        set(this: BustIncomingMessage, value: unknown) {
          set?.call(this, value)
        },
        configurable: true,
        enumerable: false,
      })
    }
    const always = (): boolean => true
    override('readable', true, always)
    override('destroyed', false, always)
    override('closed', false, always)
    // When a response is written, node:http listens for the end of a request that has not ended.
    override(
      'readableEnded',
      false,
      (request) => BustIncomingMessage.#responseTo(request)?.writableFinished === false,
    )
  }
}

/** The response of every server that BustAPI makes; see {@link BustIncomingMessage}. */
export class BustServerResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {}

const native = {
  writeHead: ServerResponse.prototype.writeHead,
  write: ServerResponse.prototype.write,
  end: ServerResponse.prototype.end,
  setHeader: ServerResponse.prototype.setHeader,
}

/**
 * Whether a response may be written in one go with a raw header array ("plain"): it is node:http's,
 * nobody replaced its methods (on-headers, compression, sessions and APMs do), nobody has set a
 * header, and nobody but node:http waits for its end. The raw array is hidden from
 * `getHeader()`, so it must not be used while somebody may look.
 */
export function isPlainResponse(res: ServerResponse): boolean {
  return (
    res.writeHead === native.writeHead &&
    res.end === native.end &&
    res.write === native.write &&
    res.setHeader === native.setHeader &&
    res.listenerCount('finish') <= 1 &&
    res.listenerCount('close') === 0 &&
    res.getHeaderNames().length === 0
  )
}
