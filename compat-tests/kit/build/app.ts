import { BustAPI } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import { createCompiler } from '../handlers/index.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import type { World } from '../world.ts'
import { NO_RUN } from '../world.ts'
import { registerAll } from './blueprints.ts'
import { buildConfig } from './config.ts'
import { buildErrorHandlers } from './error-handlers.ts'
import { buildExceptions } from './exceptions.ts'
import { extensionModules } from './extension-parts.ts'
import { buildExtensions } from './extensions.ts'
import { createRoot, writeFiles } from './files.ts'
import { buildHooks } from './hooks.ts'
import { buildJson } from './json-provider.ts'
import { buildRoutes } from './routes.ts'
import { buildSignals } from './signals.ts'
import { appTemplates, buildJinjaOptions, buildTemplates } from './templates.ts'
import { buildUrlMap } from './url-map.ts'

/** The name that every app of the corpus was made with. */
const IMPORT_NAME = 'conformance_app'

const CONSTRUCTOR_OPTIONS = [
  'static_folder',
  'static_url_path',
  'static_host',
  'host_matching',
  'subdomain_matching',
  'template_folder',
]

const DEFAULT_ORDER = ['hooks', 'error_handlers', 'routes', 'blueprints']

/** A scenario's app, and how to be rid of it. */
export interface BuiltApp {
  readonly world: World
  readonly compiler: Compiler
  /** Undoes everything that the app left outside itself. */
  dispose(): Promise<void>
}

function constructApp(fields: Fields | undefined, root: string): BustAPI {
  if (!fields) return new BustAPI(IMPORT_NAME, { rootPath: root })
  const given = CONSTRUCTOR_OPTIONS.filter((name) => fields.has(name)).map(
    (name): [string, Json] => [name, fields.take(name) ?? null],
  )
  fields.done()
  return new BustAPI(IMPORT_NAME, {
    ...camelKeys(compileOptions(given, 'ctor')(NO_RUN)),
    rootPath: root,
  })
}

/** The lists named by `order`; one that it leaves out is not built. */
function buildLists(fields: Fields, compiler: Compiler): void {
  const { app } = compiler.world
  const [hooks, handlers, routes, blueprints] = DEFAULT_ORDER.map((name) => fields.list(name)) as [
    Json[],
    Json[],
    Json[],
    Json[],
  ]
  const lists: Readonly<Record<string, () => void>> = {
    hooks: () => buildHooks(app, true, hooks, compiler, 'app'),
    error_handlers: () => buildErrorHandlers(app, handlers, compiler, 'app'),
    routes: () => buildRoutes(app, routes, compiler, 'app'),
    blueprints: () => registerAll(app, blueprints, compiler, new Map(), 'app'),
  }
  const order = fields.texts('order') ?? DEFAULT_ORDER
  for (const name of order) {
    const build = lists[name] ?? fields.fail(`unknown list ${name} in order`)
    build()
  }
}

async function fill(world: World, fields: Fields): Promise<Compiler> {
  const { app, root } = world
  await writeFiles(root, fields.entries('files'))
  buildConfig(world, fields)
  buildUrlMap(app, fields.fields('url_map'))
  buildJson(app, fields.fields('json'))
  buildTemplates(appTemplates(app), fields)
  buildJinjaOptions(app, fields.fields('jinja_options'))
  buildExceptions(fields.list('exceptions'), world.exceptions)
  buildSignals(world, fields.texts('signals') ?? [])
  const compiler = createCompiler(world)
  await buildExtensions(compiler, fields.fields('extensions'))
  buildLists(fields, compiler)
  fields.done()
  // Errors that a scenario provokes are compared, not read.
  app.logger.handlers.length = 0
  return compiler
}

/**
 * Builds a scenario's app with the library's public API.
 * @throws {UnknownVocabulary} for an element that the driver does not know
 * @throws {MissingPart} when the app needs an extension that cannot be loaded
 * @throws what the library throws for an app that cannot be built
 */
export async function buildApp(source: Json | undefined): Promise<BuiltApp> {
  const fields = new Fields(source, 'app')
  const { root, remove } = await createRoot()
  const cleanups: (() => unknown)[] = [remove]
  const dispose = async (): Promise<void> => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }
  try {
    const world: World = {
      app: constructApp(fields.fields('ctor'), root),
      root,
      trace: [],
      counters: new Map(),
      exceptions: new Map(),
      modules: await extensionModules(),
      extensions: new Map(),
      cleanups,
    }
    return { world, compiler: await fill(world, fields), dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}
