import type { Blueprint, BustAPI } from 'bustapi'
import { g } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import type { Json } from '../json.ts'
import { camelCase } from '../names.ts'
import { andThen } from '../sequence.ts'
import type { ValueOf } from '../typed-values.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Run } from '../world.ts'
import { NO_RUN } from '../world.ts'

type Values = Record<string, unknown>

/** Compiles a hook's handler into the function that is registered. */
type HookMaker = (source: Json | undefined, where: string, compiler: Compiler) => unknown

const before: HookMaker = (source, where, compiler) => {
  const step = compiler.handler(source, where)
  // A hook has no view arguments of its own.
  return () => step(NO_RUN)
}

const after: HookMaker = (source, where, compiler) => {
  const step = compiler.handler(source, where)
  return (response: Run['response']) =>
    andThen(step({ ...NO_RUN, ...(response ? { response } : {}) }), () => response)
}

const teardown: HookMaker = (source, where, compiler) => {
  const step = compiler.handler(source, where)
  return (error: Error | null) => step({ args: {}, error: error ?? null })
}

const popToG: HookMaker = (source, where) => {
  const fields = new Fields(source, where)
  const name = fields.text('pop_to_g') ?? fields.fail('no pop_to_g')
  fields.done()
  return (_endpoint: string | null, values: Values | null) => {
    if (!values || Object.keys(values).length === 0) return
    g[name] = values[name] ?? null
    delete values[name]
  }
}

function compileDefault(source: Json, where: string): ValueOf {
  const fields = typeof source === 'object' && source !== null && !Array.isArray(source)
  if (!fields || !('g' in source) || Object.keys(source).length !== 1) {
    return compileValue(source, where)
  }
  const name = String(source.g)
  return () => g.get(name, null)
}

const urlDefaults: HookMaker = (source, where) => {
  const fields = new Fields(source, where)
  const defaults = fields
    .entries('defaults')
    .map(([name, value]): [string, ValueOf] => [name, compileDefault(value, where)])
  fields.done()
  return (_endpoint: string, values: Values) => {
    for (const [name, value] of defaults) if (!(name in values)) values[name] = value(NO_RUN)
  }
}

const context: HookMaker = (source, where) => {
  const fields = new Fields(source, where)
  const values = compileOptions(fields.entries('value'), where)
  fields.done()
  return () => values(NO_RUN)
}

const MAKERS: Readonly<Record<string, HookMaker>> = {
  before_request: before,
  after_request: after,
  teardown_request: teardown,
  teardown_appcontext: teardown,
  url_value_preprocessor: popToG,
  url_defaults: urlDefaults,
  context_processor: context,
}

const BLUEPRINT_MAKERS: Readonly<Record<string, HookMaker>> = {
  ...MAKERS,
  before_app_request: before,
  after_app_request: after,
  teardown_app_request: teardown,
  app_context_processor: context,
  app_url_value_preprocessor: popToG,
  app_url_defaults: urlDefaults,
}

/** `hooks`, registered in order on an app or a blueprint. */
export function buildHooks(
  host: BustAPI | Blueprint,
  isApp: boolean,
  source: readonly Json[],
  compiler: Compiler,
  where: string,
): void {
  const makers = isApp ? MAKERS : BLUEPRINT_MAKERS
  for (const [at, entry] of source.entries()) {
    const fields = new Fields(entry, `${where}.hooks[${at}]`)
    const on = fields.text('on') ?? fields.fail('no "on"')
    const make = Object.hasOwn(makers, on) ? makers[on] : undefined
    if (!make) fields.fail(`unknown hook ${on}`)
    const hook = (make as HookMaker)(fields.take('handler'), fields.where, compiler)
    fields.done()
    const register: unknown = Reflect.get(host, camelCase(on))
    if (typeof register !== 'function') fields.fail(`the library has no ${camelCase(on)}`)
    ;(register as (hook: unknown) => unknown).call(host, hook)
  }
}
