import {
  CORS,
  type CorsAppOptions,
  type CorsOptions,
  crossOrigin,
} from '../../../compat/cors/index.ts'
import { abort, Blueprint, BustAPI, Response, request } from '../../../src/index.ts'
import type { Case, GivenOptions, GivenRequest } from './cases.ts'

/** What is compared of an answer. */
export interface Answer {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
}

/** The answers to a case's requests, or the class of what its setup threw. */
export type Outcome = readonly Answer[] | { readonly setup: string }

function readValue(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(readValue)
  if (typeof given === 'object' && given !== null && '$regex' in given) {
    return new RegExp(String(given.$regex))
  }
  return given
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

function optionsOf(given: GivenOptions): CorsAppOptions {
  const entries = Object.entries(given).map(([name, value]) => {
    if (name !== 'resources') return [camelCase(name), readValue(value)]
    const map = (value as { $map?: [unknown, GivenOptions][] } | null)?.$map
    return [
      name,
      map === undefined
        ? readValue(value)
        : new Map(map.map(([pattern, own]) => [readValue(pattern), optionsOf(own)])),
    ]
  })
  return Object.fromEntries(entries) as CorsAppOptions
}

function build(given: Case): BustAPI {
  const app = new BustAPI('differential')
  app.logger.handlers.splice(0)
  app.config.PROPAGATE_EXCEPTIONS = false
  for (const [name, value] of Object.entries(given.config)) {
    app.config[name] = readValue(value)
  }
  for (const options of given.cors) CORS(app, optionsOf(options))
  app.afterRequest((response) => {
    if (request.path.startsWith('/fail')) throw new Error('after')
    return response
  })
  if (given.decorator !== null) {
    app.get(
      '/deco',
      crossOrigin(optionsOf(given.decorator) as CorsOptions)(() => 'deco'),
    )
  }
  app.addUrlRule('/', 'root', () => 'root')
  app.addUrlRule('/api/<path:p>', 'api', ({ p }: { p: string }) => p, { methods: ['GET', 'POST'] })
  app.addUrlRule('/boom', 'boom', () => {
    throw new Error('boom')
  })
  app.addUrlRule('/gone', 'gone', () => abort(410))
  app.addUrlRule('/fail', 'fail', () => 'fail')
  const own = { 'Access-Control-Allow-Origin': 'http://own.test', Vary: 'Accept' }
  app.addUrlRule('/own', 'own', () => new Response('own', { headers: own }))
  const blueprint = new Blueprint('bp', 'bp')
  if (given.blueprint !== null) CORS(blueprint, optionsOf(given.blueprint))
  blueprint.addUrlRule('/bp/x', 'x', () => 'bp')
  app.registerBlueprint(blueprint)
  return app
}

async function answer(
  client: ReturnType<BustAPI['testClient']>,
  { path, method, headers }: GivenRequest,
): Promise<Answer> {
  const reply = await client.open(path, { method, headers: headers as [string, string][] })
  const shown: [string, string][] = []
  for (const [name, value] of reply.headers) {
    const lower = name.toLowerCase()
    if (lower === 'allow') shown.push([lower, value.split(', ').sort().join(', ')])
    else if (lower === 'vary' || lower.startsWith('access-control-')) shown.push([lower, value])
  }
  return { status: reply.statusCode, headers: shown }
}

/** Answers a case's requests with `bustapi/cors`. */
export async function replay(given: Case): Promise<Outcome> {
  let app: BustAPI
  try {
    app = build(given)
  } catch (error) {
    return { setup: (error as Error).name }
  }
  const client = app.testClient()
  const answers: Answer[] = []
  for (const request of given.requests) answers.push(await answer(client, request))
  return answers
}
