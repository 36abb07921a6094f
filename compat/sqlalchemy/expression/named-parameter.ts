import type { OperationNode } from 'kysely'
import type { Dialect } from '../dialects/dialect.ts'
import { InvalidRequestError } from '../errors.ts'
import { NULLTYPE, type TypeArgument, type TypeEngine, toType } from '../types/type-engine.ts'
import { context } from './context.ts'
import { ColumnElement } from './element.ts'
import { raw, value } from './nodes.ts'
import { castName, typeOfValue } from './value-types.ts'

/** A value that is given when the statement is executed: `bindparam('name')`. */
export class NamedParameter<out T = unknown> extends ColumnElement<T> {
  override readonly name = ''
  override readonly key = ''
  /** The name its value is given under. */
  readonly parameter: string
  override readonly type: TypeEngine<unknown>
  readonly #initial: { readonly value: unknown } | null

  constructor(
    parameter: string,
    type: TypeEngine<unknown>,
    initial: { readonly value: unknown } | null,
  ) {
    super()
    this.parameter = parameter
    this.type = type
    this.#initial = initial
  }

  override toOperationNode(): OperationNode {
    const ctx = context()
    ctx.hasParameters = true
    const name = ctx.name === 'postgresql' && ctx.dialect ? castName(this.type, ctx.dialect) : null
    return name === null ? value(this) : raw(['cast(', ` as ${name})`], [value(this)])
  }

  /** Its value for one execution. Errors: `InvalidRequestError` when none was given. */
  valueFrom(values: Readonly<Record<string, unknown>>, dialect: Dialect): unknown {
    const given = Object.hasOwn(values, this.parameter)
    if (!given && !this.#initial) {
      throw new InvalidRequestError(`A value is required for bind parameter '${this.parameter}'`)
    }
    const chosen = given ? values[this.parameter] : this.#initial?.value
    const type = this.type === NULLTYPE ? typeOfValue(chosen) : this.type
    return type.toDriver(chosen, dialect)
  }
}

/** A parameter by name; its value comes with the execution, else it is `options.value`. */
export function bindparam<T = unknown>(
  key: string,
  options: { value?: T; type?: TypeArgument<T> } = {},
): NamedParameter<T> {
  const type = options.type ? toType(options.type) : typeOfValue(options.value)
  return new NamedParameter<T>(key, type, 'value' in options ? { value: options.value } : null)
}
