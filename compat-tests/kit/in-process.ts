import { Response } from 'bustapi'
import type { Jar } from './client/jar.ts'
import { differenceOf } from './compare/values.ts'
import { Fields } from './fields.ts'
import type { Compiler } from './handlers/compiler.ts'
import type { Json } from './json.ts'
import { parseJson, show } from './json.ts'
import { camelKeys } from './names.ts'
import { className, plain } from './python.ts'
import type { HttpStep } from './request.ts'
import { toRawRequest } from './request.ts'
import { compileOptions } from './typed-values.ts'
import { NO_RUN } from './world.ts'

/** What a handler gave, as the recording has it: JSON of a response, or the value itself. */
function resultOf(returned: unknown): unknown {
  if (!(returned instanceof Response)) return plain(returned)
  const text = returned.getData({ asText: true })
  return returned.isJson ? parseJson(text) : text
}

const CONTEXT_ARGUMENTS = [
  'method',
  'data',
  'json',
  'headers',
  'query_string',
  'base_url',
  'subdomain',
  'url_scheme',
  'content_type',
  'mimetype',
  'auth',
  'environ_base',
  'environ_overrides',
]

function contextOptions(fields: Fields | undefined): Record<string, unknown> {
  if (!fields) return {}
  const given = CONTEXT_ARGUMENTS.filter((name) => fields.has(name)).map((name): [string, Json] => [
    name,
    fields.take(name) ?? null,
  ])
  fields.done()
  return camelKeys(compileOptions(given, fields.where)(NO_RUN))
}

/** Runs `do` inside an app context or a test request context, and compares what it gives. */
export async function runInContext(
  kind: string,
  fields: Fields,
  compiler: Compiler,
  expected: Json,
): Promise<string | null> {
  const { app, trace } = compiler.world
  const path = fields.text('path')
  const options = contextOptions(fields.fields('ctx_args'))
  const step = compiler.handler(fields.take('do'), `${kind}.do`)
  const work = async (): Promise<unknown> => {
    try {
      return resultOf(await step(NO_RUN))
    } catch (error) {
      return { error: className(error) }
    }
  }
  const result =
    kind === 'app_context'
      ? await app.appContext().run(work)
      : await app.testRequestContext(path ?? '/', options).run(work)
  const wanted = new Fields(expected, 'expect')
  const difference = differenceOf(wanted.take('result') ?? null, result)
  const lines = wanted.texts('trace')
  wanted.done()
  if (difference) return `result: ${difference}`
  if (lines && lines.join('\n') !== trace.join('\n')) {
    return `trace: expected ${show(lines)}, got ${show(trace)}`
  }
  return null
}

/** Sends a request with the in-process test client, to which the app's exception must come through. */
export async function runRaising(
  step: HttpStep,
  jar: Jar,
  compiler: Compiler,
  expected: string,
): Promise<string | null> {
  const { method, target, headers, body } = toRawRequest(step, jar)
  const client = compiler.world.app.testClient({ useCookies: false })
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? 'localhost'
  try {
    const response = await client.open(target, {
      method,
      headers: headers.filter(([name]) => name.toLowerCase() !== 'host') as [string, string][],
      data: body,
      baseUrl: `${step.scheme}://${host}${step.scriptName}/`,
      ...(step.remoteAddr === null ? {} : { environBase: { remoteAddr: step.remoteAddr } }),
    })
    return `expected ${expected} to be raised, got ${response.status}`
  } catch (error) {
    const name = className(error)
    return name === expected ? null : `expected ${expected} to be raised, got ${name}: ${error}`
  }
}
