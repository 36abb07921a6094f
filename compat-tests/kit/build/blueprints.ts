import { join } from 'node:path'
import type { BustAPI } from 'bustapi'
import { Blueprint } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import { NO_RUN } from '../world.ts'
import { buildErrorHandlers } from './error-handlers.ts'
import { buildHooks } from './hooks.ts'
import { buildRoutes } from './routes.ts'
import { blueprintTemplates, buildTemplates } from './templates.ts'

const OPTIONS = [
  'url_prefix',
  'subdomain',
  'url_defaults',
  'static_folder',
  'static_url_path',
  'template_folder',
]

/** Blueprints of the scenario by id, so that one can be registered again. */
type Known = Map<string, Blueprint>

function options(fields: Fields, root: string): Record<string, unknown> {
  const given = OPTIONS.filter((name) => fields.has(name)).map((name): [string, Json] => [
    name,
    fields.take(name) ?? null,
  ])
  const folder = fields.text('root')
  return {
    ...camelKeys(compileOptions(given, fields.where)(NO_RUN)),
    rootPath: folder === undefined ? root : join(root, folder),
  }
}

function create(fields: Fields, compiler: Compiler, known: Known): Blueprint {
  const name = fields.take('name')
  const id = fields.text('id')
  const blueprint = new Blueprint(
    name as string,
    'conformance_app',
    options(fields, compiler.world.root),
  )
  buildTemplates(blueprintTemplates(blueprint), fields)
  buildHooks(blueprint, false, fields.list('hooks'), compiler, fields.where)
  buildErrorHandlers(blueprint, fields.list('error_handlers'), compiler, fields.where)
  buildRoutes(blueprint, fields.list('routes'), compiler, fields.where)
  registerAll(blueprint, fields.list('blueprints'), compiler, known, fields.where)
  known.set(id ?? String(name), blueprint)
  return blueprint
}

/** `blueprints`: makes and registers them in order, nested ones inside the one that has them. */
export function registerAll(
  host: BustAPI | Blueprint,
  source: readonly Json[],
  compiler: Compiler,
  known: Known,
  where: string,
): void {
  for (const [at, entry] of source.entries()) {
    const fields = new Fields(entry, `${where}.blueprints[${at}]`)
    const registerArgs = compileOptions(fields.entries('register_args'), fields.where)(NO_RUN)
    const again = fields.text('same_as')
    const blueprint =
      again === undefined
        ? create(fields, compiler, known)
        : (known.get(again) ?? fields.fail(`no blueprint ${again}`))
    fields.done()
    host.registerBlueprint(blueprint, camelKeys(registerArgs))
  }
}
