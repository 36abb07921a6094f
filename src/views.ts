import { getRequestContext } from './context/proxies.ts'
import { AssertionError } from './errors/builtins.ts'
import type { MaybePromise, ResponseReturnValue, ViewFunction } from './types.ts'

/** The view function of a class, with what `addUrlRule` reads from it. */
export type ClassView = ViewFunction & {
  /** The class that the view was made of. */
  viewClass: typeof View
}

type Decorator = (view: ViewFunction<never>) => ViewFunction<never>

type Constructor<A extends unknown[]> = (new (...args: A) => View) & typeof View

/**
 * A view made of a class (Flask's `View`): subclass it, write `dispatchRequest`, and register
 * `MyView.asView('name')`. A new instance is made for each request unless `initEveryRequest` is
 * false.
 */
export class View {
  /** Methods that the view answers; null: GET. */
  static methods: Iterable<string> | null = null
  /** Whether OPTIONS is answered without the view; null: unless `methods` names it. */
  static provideAutomaticOptions: boolean | null = null
  /** Wrappers of the view function, the first applied first. */
  static decorators: readonly Decorator[] = []
  /** Whether each request gets an instance of its own. */
  static initEveryRequest = true

  /** Answers a request. A subclass must have it. */
  dispatchRequest(_args: Record<string, unknown>): MaybePromise<ResponseReturnValue> {
    throw new AssertionError(`${this.constructor.name} has no dispatchRequest(args) method.`)
  }

  /**
   * The view function to register.
   * @param name its endpoint
   * @param args given to the constructor of the class
   */
  static asView<A extends unknown[]>(this: Constructor<A>, name: string, ...args: A): ClassView {
    const make = (): View => new this(...args)
    const shared = this.initEveryRequest ? null : make()
    let view: ViewFunction<never> = (values: Record<string, unknown>) =>
      (shared ?? make()).dispatchRequest(values)
    setName(view, name)
    for (const decorator of this.decorators) view = decorator(view)
    setName(view, name)
    return Object.assign(view as ViewFunction, {
      viewClass: this as typeof View,
      methods: this.methods,
      provideAutomaticOptions: this.provideAutomaticOptions,
    })
  }
}

function setName(view: object, name: string): void {
  Object.defineProperty(view, 'name', { value: name, configurable: true })
}

const METHODS = ['get', 'post', 'head', 'options', 'delete', 'put', 'trace', 'patch'] as const

/**
 * A view whose methods are named for the HTTP methods that they answer (Flask's `MethodView`):
 * `get(args)`, `post(args)` and so on. `methods` follows from them unless the class has its own.
 */
export class MethodView extends View {
  static override asView<A extends unknown[]>(
    this: Constructor<A>,
    name: string,
    ...args: A
  ): ClassView {
    const view = View.asView.call(this as never, name, ...args)
    view.methods = methodsOf(this)
    return view
  }

  override dispatchRequest(args: Record<string, unknown>): MaybePromise<ResponseReturnValue> {
    const { method } = getRequestContext().request
    const handlers = this as unknown as Record<string, ((args: object) => unknown) | undefined>
    const handler = handlers[method.toLowerCase()] ?? (method === 'HEAD' ? handlers.get : undefined)
    if (handler === undefined) throw new AssertionError(`Unimplemented method '${method}'`)
    return handler.call(this, args)
  }
}

/** A class's own `methods`, else its parent's and those that its prototype answers. */
function methodsOf(viewClass: typeof View): Iterable<string> | null {
  if (Object.hasOwn(viewClass, 'methods')) return viewClass.methods
  const prototype = viewClass.prototype as unknown as Record<string, unknown>
  const methods = new Set<string>()
  const parent = Object.getPrototypeOf(viewClass) as typeof View | null
  if (parent !== null && parent !== View && parent !== MethodView && 'methods' in parent) {
    for (const method of methodsOf(parent) ?? []) methods.add(method)
  }
  for (const method of METHODS) {
    if (typeof prototype[method] === 'function') methods.add(method.toUpperCase())
  }
  return methods.size === 0 ? null : methods
}
