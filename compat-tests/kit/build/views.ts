import { MethodView, View } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import { count } from '../handlers/lookups.ts'
import type { Json } from '../json.ts'
import type { Step } from '../world.ts'

/** A function that answers a route. */
export type ViewFunction = ((args: Record<string, unknown>) => unknown) & {
  provideAutomaticOptions?: boolean | null
}

/** A view from a handler. */
export function functionView(
  source: Json | undefined,
  compiler: Compiler,
  where: string,
): ViewFunction {
  const step = compiler.handler(source, where)
  return function view(args) {
    return step({ args, error: null })
  }
}

function methodSteps(fields: Fields, key: string, compiler: Compiler): [string, Step][] {
  return fields
    .entries(key)
    .map(([method, source]) => [
      method.toLowerCase(),
      compiler.handler(source, `${fields.where}.${key}.${method}`),
    ])
}

type Constructor = abstract new (...args: never[]) => object

/** Puts a method named after each HTTP method on the class. */
function defineMethods(Class: Constructor, steps: readonly [string, Step][]): void {
  for (const [method, step] of steps) {
    Object.defineProperty(Class.prototype, method, {
      configurable: true,
      writable: true,
      value(args: Record<string, unknown>) {
        return step({ args, error: null })
      },
    })
  }
}

/** Sets the class attributes that the description gives, before the class is finished. */
function setStatics(Class: Constructor, fields: Fields): void {
  const statics = Class as unknown as Record<string, unknown>
  const methods = fields.texts('methods')
  if (methods) statics.methods = methods
  const initEveryRequest = fields.flag('init_every_request')
  if (initEveryRequest !== undefined) statics.initEveryRequest = initEveryRequest
  const automatic = fields.flag('provide_automatic_options')
  if (automatic !== undefined) statics.provideAutomaticOptions = automatic
}

function methodView(fields: Fields, name: string, compiler: Compiler): ViewFunction {
  const { counters } = compiler.world
  const counting = fields.flag('count_instances') ?? false
  const base = methodSteps(fields, 'base_handlers', compiler)
  const own = methodSteps(fields, 'handlers', compiler)
  class Base extends MethodView {}
  class Made extends Base {
    constructor(...args: ConstructorParameters<typeof MethodView>) {
      super(...args)
      if (counting) count(counters, 'instances')
    }
  }
  defineMethods(Base, base)
  defineMethods(Made, own)
  setStatics(Made, fields)
  return Made.asView(name) as unknown as ViewFunction
}

function plainView(fields: Fields, name: string, compiler: Compiler): ViewFunction {
  const step = compiler.handler(fields.take('handler'), fields.where)
  class Made extends View {
    override dispatchRequest(args: Record<string, unknown>): unknown {
      return step({ args, error: null })
    }
  }
  setStatics(Made, fields)
  return Made.asView(name) as unknown as ViewFunction
}

/** A view from a class: `method_view` or `view`. */
export function classView(
  source: Json | undefined,
  compiler: Compiler,
  where: string,
): ViewFunction {
  const fields = new Fields(source, `${where}.view`)
  const kind = fields.text('kind')
  const name = fields.text('name') ?? 'view'
  const view =
    kind === 'method_view'
      ? methodView(fields, name, compiler)
      : kind === 'view'
        ? plainView(fields, name, compiler)
        : fields.fail(`unknown kind of view ${kind}`)
  fields.done()
  return view
}
