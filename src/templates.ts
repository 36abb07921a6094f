import type { BustAPI } from './app.ts'
import { getAppContext, tryGetRequestContext } from './context/proxies.ts'
import { beforeRenderTemplate, templateRendered } from './signals.ts'
import { streamWithContext } from './stream-with-context.ts'
import type { Template } from './templating/environment.ts'

type Variables = Record<string, unknown>

/** A template's name, several of which the first that exists is taken, or a template. */
export type TemplateName = string | Template | readonly (string | Template)[]

function render(app: BustAPI, template: Template, variables: Variables): string {
  const context = app.updateTemplateContext(variables)
  if (beforeRenderTemplate.hasReceivers) beforeRenderTemplate.tell(app, { template, context })
  const text = template.render(context)
  if (templateRendered.hasReceivers) templateRendered.tell(app, { template, context })
  return text
}

function* chunks(app: BustAPI, template: Template, context: Variables): Generator<string> {
  yield* template.stream(context)
  if (templateRendered.hasReceivers) templateRendered.tell(app, { template, context })
}

function stream(app: BustAPI, template: Template, variables: Variables): Iterator<string> {
  const context = app.updateTemplateContext(variables)
  if (beforeRenderTemplate.hasReceivers) beforeRenderTemplate.tell(app, { template, context })
  const generated = chunks(app, template, context)
  return tryGetRequestContext() === null ? generated : streamWithContext(generated)
}

/**
 * Renders a template from the app's or a blueprint's folder (Flask's `render_template`).
 * @param variables what the template sees, besides what context processors give
 * @throws {TemplateNotFound} when there is none of that name
 */
export function renderTemplate(name: TemplateName, variables: Variables = {}): string {
  const { app } = getAppContext()
  return render(app, app.jinjaEnv.getOrSelectTemplate(name), variables)
}

/** Renders a template given as text, with escaping on (Flask's `render_template_string`). */
export function renderTemplateString(source: string, variables: Variables = {}): string {
  const { app } = getAppContext()
  return render(app, app.jinjaEnv.fromString(source), variables)
}

/** Renders a template piece by piece, to be returned from a view (`stream_template`). */
export function streamTemplate(name: TemplateName, variables: Variables = {}): Iterator<string> {
  const { app } = getAppContext()
  return stream(app, app.jinjaEnv.getOrSelectTemplate(name), variables)
}

/** As `streamTemplate`, for a template given as text (`stream_template_string`). */
export function streamTemplateString(source: string, variables: Variables = {}): Iterator<string> {
  const { app } = getAppContext()
  return stream(app, app.jinjaEnv.fromString(source), variables)
}

/** A template's macro or variable by name (Flask's `get_template_attribute`). */
export function getTemplateAttribute(name: string, attribute: string): unknown {
  return getAppContext().app.jinjaEnv.getTemplate(name).module[attribute]
}
