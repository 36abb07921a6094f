import type { Blueprint, BustAPI } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import { NO_RUN } from '../world.ts'
import { decorate } from './decorators.ts'
import type { ViewFunction } from './views.ts'
import { classView, functionView } from './views.ts'

const RULE_OPTIONS = [
  'methods',
  'defaults',
  'strict_slashes',
  'merge_slashes',
  'subdomain',
  'host',
  'provide_automatic_options',
  'redirect_to',
  'alias',
]

function ruleOptions(fields: Fields): Record<string, unknown> {
  const given = RULE_OPTIONS.filter((name) => fields.has(name)).map((name): [string, Json] => [
    name,
    fields.take(name) ?? null,
  ])
  return camelKeys(compileOptions(given, fields.where)(NO_RUN))
}

function viewOf(fields: Fields, compiler: Compiler): ViewFunction {
  const made = fields.has('view')
    ? classView(fields.take('view'), compiler, fields.where)
    : functionView(fields.take('handler'), compiler, fields.where)
  const view = decorate(made, fields.list('decorators'), compiler.world, fields.where)
  const automatic = fields.take('provide_automatic_options_attr')
  if (typeof automatic === 'boolean') view.provideAutomaticOptions = automatic
  return view
}

/** `routes`, registered in order on an app or a blueprint. */
export function buildRoutes(
  host: BustAPI | Blueprint,
  source: readonly Json[],
  compiler: Compiler,
  where: string,
): void {
  const views = new Map<string, ViewFunction>()
  for (const [at, entry] of source.entries()) {
    const fields = new Fields(entry, `${where}.routes[${at}]`)
    const rule = fields.text('rule') ?? fields.fail('no rule')
    const endpoint = fields.text('endpoint')
    const same = fields.text('same_view')
    const own = viewOf(fields, compiler)
    const view = same === undefined ? own : (views.get(same) ?? fields.fail(`no view of ${same}`))
    const options = ruleOptions(fields)
    fields.done()
    host.addUrlRule(rule, endpoint ?? null, view as never, options as never)
    views.set(endpoint ?? view.name, view)
  }
}
