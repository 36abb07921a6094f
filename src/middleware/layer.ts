import { compileMount, type MountPattern } from './mount-pattern.ts'
import type {
  ConnectErrorHandler,
  ConnectHandler,
  HandlerObject,
  NextFunction,
  ServerLike,
  UseArgument,
  UsePath,
} from './types.ts'

/** One registered middleware; `route` and `handle` are Connect's names for its two members. */
export interface Layer {
  /** The mount as it was written, for those who list a stack. */
  readonly route: string
  handle: ConnectHandler | ConnectErrorHandler
  /**
   * The compiled mounts; null when every request is under it. Missing on a layer that somebody has
   * pushed onto a Connect app's `stack` by hand, until it is first run.
   */
  mounts?: readonly MountPattern[] | null
  /** Whether it is an app, which may leave other prototypes on the request (Express does). */
  readonly isApp?: boolean
}

function isPath(value: unknown): value is UsePath {
  if (Array.isArray(value)) return value.length > 0 && value.every(isPath)
  return typeof value === 'string' || value instanceof RegExp
}

function hasHandle(value: unknown): value is HandlerObject {
  return typeof (value as Partial<HandlerObject> | null)?.handle === 'function'
}

function isServer(value: unknown): value is ServerLike {
  const server = value as Partial<ServerLike & { listen: unknown }> | null
  return typeof server?.listen === 'function' && typeof server.listeners === 'function'
}

/**
 * Makes the layers of one `use(path?, ...handlers)` call.
 *
 * @throws TypeError when there is no handler, when one is not something that can be called, or when
 *   a path cannot match.
 */
export function compileLayers(args: readonly unknown[]): Layer[] {
  const first = args[0]
  const mounted = isPath(first)
  const paths = mounted ? [first].flat(Number.POSITIVE_INFINITY as 1) : ['/']
  const handlers = (mounted ? args.slice(1) : args).flat(Number.POSITIVE_INFINITY as 1)
  if (handlers.length === 0) throw new TypeError('app.use() needs at least one middleware.')

  const patterns = paths.map((path) => compileMount(path))
  const mounts = patterns.includes(null) ? null : (patterns as MountPattern[])
  const route = paths.map(String).join(',')
  return handlers.map((handler) => compileHandler(handler as UseArgument, route, mounts))
}

/** The mounts of a layer, compiled from its route where that has not been done. */
export function mountsOf(layer: Layer): readonly MountPattern[] | null {
  if (layer.mounts === undefined) {
    const pattern = compileMount(layer.route)
    layer.mounts = pattern === null ? null : [pattern]
  }
  return layer.mounts
}

function compileHandler(
  handler: UseArgument,
  route: string,
  mounts: readonly MountPattern[] | null,
): Layer {
  if (hasHandle(handler)) {
    const app: HandlerObject & { route?: unknown } = handler
    // Connect tells a mounted app its place; in Express `route` is a method, not ours to replace.
    if (typeof app.route === 'string') app.route = route
    return { route, mounts, isApp: true, handle: mountedApp(app) }
  }
  if (typeof handler === 'function') {
    if (handler.length > 4) {
      throw new TypeError(
        `Middleware has 3 parameters and error middleware 4; '${handler.name}' has ${handler.length} and would never run.`,
      )
    }
    return { route, mounts, isApp: false, handle: handler }
  }
  if (isServer(handler)) {
    const listener = handler.listeners('request')[0]
    if (typeof listener === 'function') {
      return { route, mounts, isApp: true, handle: listener as ConnectHandler }
    }
  }
  throw new TypeError(
    `app.use() takes functions, apps and servers, not ${handler === null ? 'null' : typeof handler}.`,
  )
}

function mountedApp(app: HandlerObject): ConnectHandler {
  return function mounted(req, res, next: NextFunction): unknown {
    return app.handle(req, res, next)
  }
}
