import type { IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import { type BustAPI, EnvironHeaders, Headers, NotFound } from '../../src/index.ts'
import type { PolicyLookup } from './resources.ts'

/** The part of a Fastify instance that is used; any version 5 has it. */
export interface FastifyLike {
  register(plugin: never, options?: object): unknown
  addHook(
    name: 'onRequest',
    hook: (request: NativeRequest, reply: NativeReply, done: () => void) => void,
  ): unknown
}

/** A plugin for `app.fastify.register`. */
export type FastifyPlugin = (instance: FastifyLike, options: object, done: () => void) => void

interface NativeRequest {
  readonly raw: IncomingMessage
  readonly is404: boolean
}

interface NativeReply {
  header(name: string, value: string): unknown
}

/** The options of `@fastify/cors` that a policy is put into, request by request. */
interface PluginOptions {
  readonly origin: string | false
  readonly credentials?: boolean
  readonly exposedHeaders?: string | null
  readonly methods?: string
  readonly allowedHeaders?: string
  readonly maxAge?: string | null
  readonly strictPreflight?: boolean
}

const NOT_COVERED: PluginOptions = { origin: false }
const PRIVATE_NETWORK = 'Access-Control-Allow-Private-Network'

/** Fastify gives a plugin with this mark no scope of its own, so that it covers all routes. */
const SKIP_OVERRIDE: unique symbol = Symbol.for('skip-override') as never

/** The headers that the policy for a native route's path asks for. */
function headersFor(app: BustAPI, lookup: PolicyLookup, raw: IncomingMessage): Headers {
  const headers = new Headers()
  const { path, method } = app.requestContext(raw).request
  lookup({ path })?.addTo(headers, { method, raw, headers: new EnvironHeaders(raw) })
  return headers
}

/** Whether the app has a rule for the path: then the answer, and its headers, are the app's. */
function isOwn(app: BustAPI, raw: IncomingMessage): boolean {
  try {
    return app.requestContext(raw).urlAdapter.allowedMethods().length > 0
  } catch (error) {
    if (error instanceof NotFound) return false
    throw error
  }
}

function optionsFor(headers: Headers): PluginOptions {
  const origin = headers.get('Access-Control-Allow-Origin')
  if (origin === null) return NOT_COVERED
  return {
    origin,
    credentials: headers.has('Access-Control-Allow-Credentials'),
    exposedHeaders: headers.get('Access-Control-Expose-Headers'),
    methods: headers.get('Access-Control-Allow-Methods', ''),
    allowedHeaders: headers.get('Access-Control-Allow-Headers', ''),
    maxAge: headers.get('Access-Control-Max-Age'),
    strictPreflight: false,
  }
}

function loadPlugin(): never {
  try {
    return createRequire(import.meta.url)('@fastify/cors') as never
  } catch (cause) {
    throw new Error("Native Fastify routes need '@fastify/cors': npm install @fastify/cors", {
      cause,
    })
  }
}

/**
 * Registers `@fastify/cors` with an options function that asks the same policies as the app's own
 * routes. What is left to the app: all paths that it has a rule for, and all that nothing answers.
 */
export function fastifyPlugin(app: BustAPI, lookup: PolicyLookup): FastifyPlugin {
  const cors = loadPlugin()
  const plugin: FastifyPlugin = (instance, _options, done) => {
    const isNative = ({ raw, is404 }: NativeRequest): boolean =>
      !is404 && !(raw.method === 'OPTIONS' && isOwn(app, raw))
    instance.addHook('onRequest', (request, reply, next) => {
      if (request.raw.headers['access-control-request-private-network'] && isNative(request)) {
        const value = headersFor(app, lookup, request.raw).get(PRIVATE_NETWORK)
        if (value !== null) reply.header(PRIVATE_NETWORK, value)
      }
      next()
    })
    instance.register(cors, {
      delegator: (
        request: NativeRequest,
        answer: (error: Error | null, options: PluginOptions) => void,
      ) => {
        const native = isNative(request)
        answer(null, native ? optionsFor(headersFor(app, lookup, request.raw)) : NOT_COVERED)
      },
    })
    done()
  }
  return Object.assign(plugin, { [SKIP_OVERRIDE]: true })
}
