import type { BustAPI } from 'bustapi'
import type { Fields } from '../fields.ts'

/** `json`: the knobs of the app's JSON provider. */
export function buildJson(app: BustAPI, fields: Fields | undefined): void {
  if (!fields) return
  const provider = app.json as unknown as Record<string, unknown>
  const knobs: Readonly<Record<string, unknown>> = {
    sortKeys: fields.flag('sort_keys'),
    ensureAscii: fields.flag('ensure_ascii'),
    compact: fields.flag('compact'),
    mimetype: fields.text('mimetype'),
  }
  fields.done()
  for (const [name, value] of Object.entries(knobs)) {
    if (value !== undefined) provider[name] = value
  }
}
