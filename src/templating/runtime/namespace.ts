import { TemplateRuntimeError } from '../errors.ts'
import { reprValue } from '../python/text.ts'
import { Dict, EngineObject } from '../python/values.ts'

/** An object whose attributes templates may set: `{% set ns.total = 1 %}` (Jinja's `Namespace`). */
export class Namespace extends EngineObject {
  readonly #values = new Map<unknown, unknown>()

  constructor(entries: Iterable<readonly [unknown, unknown]> = []) {
    super('jinja2.utils.Namespace')
    for (const [key, value] of entries) this.#values.set(key, value)
  }

  has(name: unknown): boolean {
    return this.#values.has(name)
  }

  get(name: unknown): unknown {
    return this.#values.get(name)
  }

  /** Sets an attribute on a namespace. Throws TemplateRuntimeError for any other object. */
  static assign(target: unknown, name: string, value: unknown): void {
    Namespace.check(target)
    ;(target as Namespace).#values.set(name, value)
  }

  static check(target: unknown): void {
    if (!(target instanceof Namespace)) {
      throw new TemplateRuntimeError('cannot assign attribute on non-namespace object')
    }
  }

  override toString(): string {
    return `<Namespace ${reprValue(new Dict(this.#values))}>`
  }
}
