/**
 * Registers a function, or, when it stands as a standard (TC39) decorator on a method of a class,
 * the method bound to what it belongs to: a static method to its class, when the class is defined;
 * an instance method to the first instance, when that is made.
 * @param register gets the function and the name that it goes by
 * @returns the function, unchanged
 */
export function registerMember<F extends (...args: never[]) => unknown>(
  f: F,
  context: ClassMethodDecoratorContext | undefined,
  register: (f: F, name: string) => void,
): F {
  if (context === undefined) {
    register(f, f.name)
    return f
  }
  let registered = false
  context.addInitializer(function (this: unknown) {
    if (registered) return
    registered = true
    register(Object.assign(f.bind(this) as F, f), String(context.name).replace(/^#/, ''))
  })
  return f
}

/**
 * Binds methods to their object, so that `@app.beforeRequest` works also with compilers that call a
 * decorator without the object that it was read from (esbuild's, as of today).
 */
export function bindMembers(target: object, names: readonly string[]): void {
  const members = target as Record<string, unknown>
  for (const name of names) {
    const method = members[name]
    if (typeof method !== 'function') continue
    Object.defineProperty(target, name, {
      value: method.bind(target),
      writable: true,
      configurable: true,
    })
  }
}
