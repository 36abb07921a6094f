import { currentApp, jsonify, request, urlFor } from 'bustapi'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { camelCase, camelKeys } from '../names.ts'
import { className, plain, pythonFloat, pythonInt } from '../python.ts'
import { compileOptions, compileValue } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Makers } from './compiler.ts'

/** The part of a MultiDict or of headers that a lookup uses. */
interface Source {
  get(name: string, fallback?: unknown, type?: (text: string) => unknown): unknown
  getlist(name: string, type?: (text: string) => unknown): Iterable<unknown>
  getItem(name: string): unknown
}

const SOURCES: ReadonlySet<string> = new Set([
  'args',
  'form',
  'values',
  'cookies',
  'headers',
  'files',
])

/** Reads `source` and gives a function that finds that part of the request. */
function sourceOf(fields: Fields): () => Source {
  const name = fields.text('source') ?? 'args'
  if (!SOURCES.has(name)) fields.fail(`unknown source ${name}`)
  return () => Reflect.get(request, camelCase(name)) as Source
}

const CONVERTERS: Readonly<Record<string, (text: string) => unknown>> = {
  int: pythonInt,
  float: pythonFloat,
  str: String,
  bool: (text) => text !== '',
}

function compileGet(source: Json, where: string): (from: Source, run: Run) => unknown {
  const fields = new Fields(source, where)
  const name = fields.text('name') ?? fields.fail('no name')
  const typeNamed = fields.text('type')
  const type = typeNamed === undefined ? undefined : CONVERTERS[typeNamed]
  if (typeNamed !== undefined && !type) fields.fail(`unknown type ${typeNamed}`)
  const fallback = compileValue(fields.take('default') ?? null, where)
  const list = fields.flag('list') ?? false
  fields.done()
  return (from, run) =>
    list ? [...from.getlist(name, type)] : (from.get(name, fallback(run), type) ?? null)
}

function compileUrl(source: Json, where: string): (run: Run) => unknown {
  const fields = new Fields(source, where)
  const endpoint = fields.text('endpoint') ?? fields.fail('no endpoint')
  const values = compileOptions(fields.entries('values'), where)
  fields.done()
  return (run) => {
    try {
      return urlFor(endpoint, values(run))
    } catch (error) {
      return { error: className(error) }
    }
  }
}

/** A config value as the corpus writes it down. */
function configValue(name: string): unknown {
  return plain(currentApp.config[name])
}

/** Looking things up in the request, the URL map, the config and the app. */
export const lookups: Makers = {
  get_arg(fields): Step {
    const source = sourceOf(fields)
    const calls = fields
      .list('calls')
      .map((call, at) => compileGet(call, `${fields.where}.calls[${at}]`))
    return (run) => jsonify(calls.map((call) => plain(call(source(), run))))
  },

  require_key(fields): Step {
    const source = sourceOf(fields)
    const name = fields.text('name') ?? fields.fail('no name')
    return () => jsonify(source().getItem(name))
  },

  url_for(fields): Step {
    const raw = fields.flag('raw') ?? false
    const calls = fields
      .list('calls')
      .map((call, at) => compileUrl(call, `${fields.where}.calls[${at}]`))
    return (run) => {
      const urls = calls.map((call) => call(run))
      return raw ? urls : jsonify(urls)
    }
  },

  config_get(fields): Step {
    const keys = fields.texts('keys') ?? []
    return () => jsonify(Object.fromEntries(keys.map((key) => [key, configValue(key)])))
  },

  config_namespace(fields): Step {
    const args = compileOptions(fields.entries('args'), fields.where)
    return (run) => {
      const { namespace, ...options } = camelKeys(args(run))
      return jsonify(plain(currentApp.config.getNamespace(String(namespace), options)))
    }
  },

  app_info(_fields, { world }): Step {
    return () =>
      jsonify({
        name: currentApp.name,
        debug: currentApp.debug,
        testing: currentApp.testing,
        same: currentApp.config === world.app.config,
      })
  },

  counter(fields, { world }): Step {
    const name = fields.text('name') ?? fields.fail('no name')
    return () => String(count(world.counters, name))
  },
}

/** Adds 1 to a counter and returns it. */
export function count(counters: Map<string, number>, name: string): number {
  const next = (counters.get(name) ?? 0) + 1
  counters.set(name, next)
  return next
}
