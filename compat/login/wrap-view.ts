import type { Guarded } from './types.ts'

/**
 * A view that decides each time whether the wrapped one runs. It keeps the view's name, of which its
 * endpoint is made, its `this`, and the settings on it, such as `methods` (Python's `wraps`).
 */
export function wrapView<V extends Guarded>(
  view: V,
  around: (proceed: () => unknown) => unknown,
): V {
  const wrapper = function (this: unknown, ...args: never[]): unknown {
    return around(() => Reflect.apply(view, this, args))
  }
  Object.defineProperty(wrapper, 'name', { value: view.name, configurable: true })
  return Object.assign(wrapper, view) as unknown as V
}
