import type { ErrorCallback, Next, Params, Req, Res } from '../types.ts'
import { Cursor } from './cursor.ts'
import type { RouterDialect, Tracer } from './dialect.ts'
import { mergeParams } from './merge-params.ts'
import { type CalledParams, type CallParam, hasParamHandlers, runParamHandlers } from './params.ts'
import { getPathname, getProtohost } from './pathname.ts'
import { handlesMethod } from './route.ts'
import type { RouteTable } from './table.ts'
import type { Found, Layer, Route, Router } from './types.ts'

/** Layers that may run one within the other before the stack is given a rest: as many as in Express. */
const MAX_SYNC = 100

/** One request on its way through one router; also what its last match has found. */
export class Run implements Found {
  /** What handlers get as `next`. */
  readonly next: Next
  params: Params = EMPTY
  path = ''
  keys: Found['keys'] = null
  readonly #router: Router
  readonly #dialect: RouterDialect
  /** Null while nobody watches. */
  readonly #tracer: Tracer | null
  readonly #req: Req
  readonly #res: Res
  readonly #out: ErrorCallback
  readonly #cursor: Cursor
  readonly #protohost: string
  readonly #parentParams: Params | undefined
  readonly #parentUrl: string
  readonly #outerBaseUrl: string | undefined
  readonly #outerNext: Next | undefined
  readonly #outerPattern: unknown
  /** Methods of the routes passed by, for the automatic answer to OPTIONS. */
  readonly #methods: string[] | null
  #called: CalledParams | null = null
  /** The URL that the cursor is aimed at, and its path. */
  #url: string | null = null
  #pathname = ''
  /** The mount path that the current layer's URL is without. */
  #removed = ''
  #slashAdded = false
  #sync = 0

  constructor(
    router: Router,
    table: RouteTable,
    dialect: RouterDialect,
    req: Req,
    res: Res,
    out: ErrorCallback,
  ) {
    this.#router = router
    this.#dialect = dialect
    this.#tracer = dialect.tracer?.isActive() ? dialect.tracer : null
    this.#req = req
    this.#res = res
    this.#out = out
    this.#cursor = new Cursor(table)
    this.#protohost = getProtohost(req.url)
    this.#parentParams = req.params
    this.#outerBaseUrl = req.baseUrl
    this.#parentUrl = req.baseUrl || ''
    this.#outerNext = req.next
    this.#outerPattern = this.#tracer?.setPattern(req, undefined)
    this.#methods = req.method === 'OPTIONS' ? [] : null
    // Not assigned right away: V8 puts functions that are written as a member's value into its old
    // generation, where each would keep its request from being collected with the young ones.
    const next: Next = (error) => this.#step(error)
    this.next = next
  }

  /** Starts with the first layer. */
  start(): void {
    const req = this.#req
    req.next = this.next
    req.baseUrl = this.#parentUrl
    req.originalUrl = req.originalUrl || req.url
    this.#step(undefined)
  }

  /** The next layer's turn. Small, for it runs once for each middleware function, each in the one before. */
  #step(error: unknown): void {
    const req = this.#req
    const cursor = this.#cursor
    if (
      error ||
      this.#removed !== '' ||
      req.url !== this.#url ||
      cursor.atEnd ||
      this.#tracer !== null ||
      this.#sync >= MAX_SYNC
    ) {
      this.#stepUnusual(error)
      return
    }
    this.#sync++
    const layer = cursor.next()
    const dialect = this.#dialect
    const params = layer === undefined ? undefined : dialect.matchAll(layer)
    if (params === undefined) {
      this.#walk(layer, error)
      return
    }
    req.params = this.#router.mergeParams ? mergeParams(params, this.#parentParams) : params
    dialect.callLayer(layer as Layer, req, this.#res, this.next)
    this.#sync = 0
  }

  /** A step with an error, at the end, out of a mount path, under another URL, or with a rest. */
  #stepUnusual(error: unknown): void {
    if (error) this.#tracer?.recordError(this.#req, error)
    const layerError = error === 'route' ? null : error
    if (this.#removed !== '') this.#leaveMount()

    if (layerError === 'router') {
      setImmediate(() => this.#done(null))
      return
    }
    const cursor = this.#cursor
    if (cursor.atEnd) {
      setImmediate(() => this.#done(layerError))
      return
    }
    if (++this.#sync > MAX_SYNC) {
      setImmediate(this.next, error)
      return
    }
    if (this.#req.url !== this.#url && !this.#aim()) {
      this.#done(layerError)
      return
    }
    this.#walk(cursor.next(), layerError)
  }

  /** Runs the first layer that matches, from one of the cursor's on. */
  #walk(from: Layer | undefined, error: unknown): void {
    let layerError = error
    const cursor = this.#cursor
    const req = this.#req
    const dialect = this.#dialect
    const path = this.#pathname
    for (let layer = from; layer !== undefined; layer = cursor.next()) {
      try {
        if (!dialect.matchLayer(layer, path, this)) continue
      } catch (thrown) {
        this.#tracer?.recordError(req, thrown)
        layerError = layerError || thrown
        continue
      }
      const { route } = layer
      if (route !== undefined) {
        // An error is for error middleware, which routes have none of at this level.
        if (layerError || !this.#accepts(route)) continue
        req.route = route
      }
      const { params } = this
      req.params = this.#router.mergeParams ? mergeParams(params, this.#parentParams) : params
      this.#tracer?.setPattern(req, dialect.patternFor(layer, path))
      if (this.keys?.length !== 0 && hasParamHandlers(this.#router.params)) {
        this.#runParams(layer, layerError, path)
        return
      }
      this.#run(layer, layerError, this.path, path)
      this.#sync = 0
      return
    }
    this.#done(layerError)
  }

  /** Finds the path of a URL that is new; false when it has none. */
  #aim(): boolean {
    const { url } = this.#req
    const path = getPathname(this.#req)
    if (path == null) return false
    this.#url = url
    this.#pathname = path
    this.#cursor.aim(path)
    return true
  }

  /** Whether a route whose path matches is to run; HEAD always is, as the route knows better. */
  #accepts(route: Route): boolean {
    const { method } = this.#req
    if (handlesMethod(route, method)) return true
    // A handler may have made another method of it.
    if (method === 'OPTIONS') this.#methods?.push(...this.#dialect.allowedMethods(route))
    return method === 'HEAD'
  }

  /** Runs a layer after the handlers of its parameters. */
  #runParams(layer: Layer, layerError: unknown, path: string): void {
    const layerPath = this.path
    const names = this.keys ?? this.#dialect.paramNames(layer, this.params)
    const req = this.#req
    this.#called ??= Object.create(null) as CalledParams
    const call: CallParam = (handler, next, value, name) => {
      if (this.#tracer === null) {
        this.#dialect.callParam(handler, req, this.#res, next, value, name)
      } else {
        this.#tracer.callParam(handler, layer, req, this.#res, next, value, name)
      }
    }
    runParamHandlers(this.#router.params, names, this.#called, req, call, (error) => {
      if (error) this.next(layerError || error)
      else this.#run(layer, layerError, layerPath, path)
      this.#sync = 0
    })
  }

  /** Runs a layer's handler, for middleware with the URL that it is to see. */
  #run(layer: Layer, layerError: unknown, layerPath: string, path: string): void {
    const req = this.#req
    const res = this.#res
    const { next } = this
    const isMiddleware = layer.route === undefined
    if (isMiddleware && layerPath !== '' && !this.#enterMount(layerPath, path)) {
      next(layerError)
    } else if (isMiddleware && layerError) {
      if (!this.#tracer?.callErrorLayer(layer, layerError, req, res, next)) {
        this.#dialect.callErrorLayer(layer, layerError, req, res, next)
      }
    } else if (!this.#tracer?.callLayer(layer, req, res, next)) {
      this.#dialect.callLayer(layer, req, res, next)
    }
  }

  /** Cuts a middleware's path off the URL; false when it is not a prefix of whole segments. */
  #enterMount(mountPath: string, path: string): boolean {
    if (!path.startsWith(mountPath)) return false
    if (!this.#dialect.isBoundary(path[mountPath.length])) return false
    const req = this.#req
    const protohost = this.#protohost
    this.#removed = mountPath
    req.url = protohost + req.url.slice(protohost.length + mountPath.length)
    if (!protohost && req.url[0] !== '/') {
      req.url = `/${req.url}`
      this.#slashAdded = true
    }
    req.baseUrl = this.#parentUrl + (mountPath.endsWith('/') ? mountPath.slice(0, -1) : mountPath)
    return true
  }

  /** Puts back what {@link #enterMount} cut off, under whatever the layer made of the rest. */
  #leaveMount(): void {
    const req = this.#req
    if (this.#slashAdded) {
      req.url = this.#dialect.withoutAddedSlash(req.url, this.#removed)
      this.#slashAdded = false
    }
    req.baseUrl = this.#parentUrl
    req.url = this.#protohost + this.#removed + req.url.slice(this.#protohost.length)
    this.#removed = ''
  }

  #done(error: unknown): void {
    const methods = this.#methods
    if (methods !== null && !error && methods.length > 0) {
      this.#dialect.replyToOptions(this.#res, methods, (failure) => this.#leave(failure))
      return
    }
    this.#leave(error)
  }

  /** Gives the request back to the router above as it was. */
  #leave(error: unknown): void {
    const req = this.#req
    req.baseUrl = this.#outerBaseUrl
    req.next = this.#outerNext
    req.params = this.#parentParams
    this.#tracer?.setPattern(req, this.#outerPattern)
    this.#out(error)
  }
}

const EMPTY: Params = {}
