import { renderTemplate, renderTemplateString, sendFile, sendFromDirectory } from 'bustapi'
import type { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Makers } from './compiler.ts'

const SEND_FILE_OPTIONS = [
  'mimetype',
  'as_attachment',
  'download_name',
  'conditional',
  'etag',
  'last_modified',
  'max_age',
]

function sendOptions(fields: Fields): (run: Run) => Record<string, unknown> {
  const given = SEND_FILE_OPTIONS.filter((name) => fields.has(name)).map((name): [string, Json] => [
    name,
    fields.take(name) ?? null,
  ])
  const options = compileOptions(given, fields.where)
  return (run) => camelKeys(options(run))
}

/** Templates and files. */
export const files: Makers = {
  render(fields): Step {
    const context = compileOptions(fields.entries('ctx'), fields.where)
    const source = fields.text('source')
    if (source !== undefined) return (run) => renderTemplateString(source, context(run))
    const template = fields.take('template')
    if (typeof template !== 'string' && !Array.isArray(template)) fields.fail('no template')
    return (run) => renderTemplate(template as string, context(run))
  },

  send_file(fields): Step {
    const path = fields.text('path')
    const content = fields.text('content_b64')
    const options = sendOptions(fields)
    if (path !== undefined) return (run) => sendFile(path, options(run))
    if (content === undefined) fields.fail('neither path nor content_b64')
    return (run) => sendFile(Buffer.from(content as string, 'base64'), options(run))
  },

  send_from_directory(fields): Step {
    const dir = fields.text('dir') ?? fields.fail('no dir')
    const arg = fields.text('arg')
    const path = fields.text('path')
    if (arg === undefined && path === undefined) fields.fail('neither arg nor path')
    const options = sendOptions(fields)
    return (run) => sendFromDirectory(dir, path ?? String(run.args[arg as string]), options(run))
  },
}
