import type { Blueprint, BustAPI } from 'bustapi'
import { escape as escapeHtml, Markup } from 'bustapi'
import type { Fields } from '../fields.ts'
import { plainValue } from '../typed-values.ts'

type Filter = (value: unknown) => unknown
type Test = (value: unknown) => boolean

const FILTERS: Readonly<Record<string, Filter>> = {
  reverse: (value) =>
    Array.isArray(value) ? [...value].reverse() : [...String(value)].reverse().join(''),
  shout: (value) => `${String(value).toUpperCase()}!`,
  double: (value) => (typeof value === 'number' ? value * 2 : `${value}${value}`),
  bold_markup: (value) => new Markup(`<b>${escapeHtml(value)}</b>`),
}

const TESTS: Readonly<Record<string, Test>> = {
  boolean: (value) => typeof value === 'boolean',
  palindrome: (value) => String(value) === [...String(value)].reverse().join(''),
}

/** Where filters, tests and globals are registered: an app, or a blueprint for the whole app. */
export interface TemplateHost {
  filter(filter: Filter, name: string): unknown
  test(test: Test, name: string): unknown
  global(value: () => unknown, name: string): unknown
}

/** The app's own registration. */
export function appTemplates(app: BustAPI): TemplateHost {
  return {
    filter: (filter, name) => app.addTemplateFilter(filter, name),
    test: (test, name) => app.addTemplateTest(test, name),
    global: (value, name) => app.addTemplateGlobal(value, name),
  }
}

/** A blueprint registers for the whole app (`app_template_*`). */
export function blueprintTemplates(blueprint: Blueprint): TemplateHost {
  return {
    filter: (filter, name) => blueprint.addAppTemplateFilter(filter, name),
    test: (test, name) => blueprint.addAppTemplateTest(test, name),
    global: (value, name) => blueprint.addAppTemplateGlobal(value, name),
  }
}

function known<T>(table: Readonly<Record<string, T>>, name: unknown, fields: Fields): T {
  const found = typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined
  return found ?? fields.fail(`unknown template function ${String(name)}`)
}

/** `template_filters`, `template_tests`, `template_globals`. */
export function buildTemplates(host: TemplateHost, fields: Fields): void {
  for (const [name, kind] of fields.entries('template_filters')) {
    host.filter(known(FILTERS, kind, fields), name)
  }
  for (const [name, kind] of fields.entries('template_tests')) {
    host.test(known(TESTS, kind, fields), name)
  }
  for (const [name, source] of fields.entries('template_globals')) {
    const value = plainValue(source, `template_globals.${name}`)
    host.global(() => value, name)
  }
}

/** `jinja_options`. */
export function buildJinjaOptions(app: BustAPI, fields: Fields | undefined): void {
  if (!fields) return
  const trimBlocks = fields.flag('trim_blocks')
  const lstripBlocks = fields.flag('lstrip_blocks')
  fields.done()
  if (trimBlocks !== undefined) app.jinjaOptions.trimBlocks = trimBlocks
  if (lstripBlocks !== undefined) app.jinjaOptions.lstripBlocks = lstripBlocks
}
