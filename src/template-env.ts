import type { BustAPI } from './app.ts'
import { g, request, session } from './context/proxies.ts'
import { currentScope } from './context/store.ts'
import { refusePromise } from './dispatch/and-then.ts'
import { getFlashedMessages } from './flashing.ts'
import { Environment } from './templating/environment.ts'
import type { TemplateLoader, TemplateSource } from './templating/loader.ts'

/** A filter, a test or a global function of templates. */
export type TemplateFunction = (...args: never[]) => unknown

/** Looks in the app's templates first, then in each blueprint's (`DispatchingJinjaLoader`). */
class DispatchingLoader implements TemplateLoader {
  readonly #app: BustAPI

  constructor(app: BustAPI) {
    this.#app = app
  }

  *#loaders(): Generator<[owner: string, loader: TemplateLoader]> {
    const app = this.#app
    if (app.jinjaLoader !== null) yield [`application '${app.name}'`, app.jinjaLoader]
    for (const blueprint of app.iterBlueprints()) {
      if (blueprint.jinjaLoader !== null) {
        yield [`blueprint '${blueprint.name}'`, blueprint.jinjaLoader]
      }
    }
  }

  getSource(name: string): TemplateSource | null {
    const explain = Boolean(this.#app.config.EXPLAIN_TEMPLATE_LOADING)
    const lines: string[] = []
    let found: TemplateSource | null = null
    for (const [owner, loader] of this.#loaders()) {
      const source = loader.getSource(name)
      found ??= source
      if (!explain && found !== null) return found
      lines.push(`  ${owner}: ${source === null ? 'no match' : `found ('${source.filename}')`}`)
    }
    if (explain) {
      this.#app.logger.info(`Locating template '${name}':\n${lines.join('\n')}`)
    }
    return found
  }

  listTemplates(): string[] {
    const names = new Set<string>()
    for (const [, loader] of this.#loaders()) {
      for (const name of loader.listTemplates?.() ?? []) names.add(name)
    }
    return [...names].toSorted()
  }
}

/** What finds the templates of an app and its blueprints. */
export function createGlobalTemplateLoader(app: BustAPI): TemplateLoader {
  return new DispatchingLoader(app)
}

/**
 * The template environment of an app (`create_jinja_environment`): its own and its blueprints'
 * folders, Flask's escaping rule, and `url_for`, `get_flashed_messages`, `config`, `request`,
 * `session` and `g` in scope, the functions under their camelCase names as well.
 */
export function createTemplateEnvironment(app: BustAPI): Environment {
  const environment = new Environment({
    loader: app.createGlobalJinjaLoader(),
    autoescape: (name) => app.selectJinjaAutoescape(name),
    autoReload: Boolean(app.config.TEMPLATES_AUTO_RELOAD ?? app.debug),
    jsonDumps: (value, options) => app.json.dumps(value, options),
    ...app.jinjaOptions,
  })
  const urlFor = app.urlFor.bind(app)
  Object.assign(environment.globals, {
    url_for: urlFor,
    urlFor,
    get_flashed_messages: getFlashedMessages,
    getFlashedMessages,
    config: app.config,
    request,
    session,
    g,
  })
  return environment
}

/**
 * Adds what the context processors give to a template's variables, which win
 * (`update_template_context`).
 */
export function templateContext(
  app: BustAPI,
  variables: Record<string, unknown>,
): Record<string, unknown> {
  const scope = currentScope()
  const active = scope?.requestContext ?? null
  const context: Record<string, unknown> = {}
  if (scope !== undefined) context.g = scope.appContext.g
  if (active !== null) context.request = active.request
  const names = active === null ? [null] : [null, ...active.request.blueprints.toReversed()]
  for (const name of names) {
    for (const processor of app.templateContextProcessors.get(name) ?? []) {
      const values = processor()
      refusePromise(values, 'context processor')
      Object.assign(context, values)
    }
  }
  return Object.assign(context, variables)
}
