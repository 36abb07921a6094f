import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { HTTPException, MethodNotAllowed } from '../../src/errors/http-exception.ts'
import { BuildError, RequestRedirect } from '../../src/routing/errors.ts'
import type { Binding, BuildOptions } from '../../src/routing/map-adapter.ts'
import { Rule, type RuleOptions } from '../../src/routing/rule.ts'
import { UrlMap, type UrlMapOptions } from '../../src/routing/url-map.ts'
import { sampleConverters } from './sample-converters.ts'

/**
 * What Werkzeug 3.1.8 answered for random rules, paths and values (a seeded generator). Rules that
 * name a variable twice are left out: Werkzeug takes some of them and mixes their values up.
 */
interface Fact {
  map: Record<string, unknown>
  /** Text, options, and the name of the error that adding it raised. */
  rules: [string, Record<string, unknown>, string | null][]
  bind: Record<string, unknown>
  match: [path: string, method: string, outcome: Outcome][]
  build: [string, Record<string, unknown>, Record<string, unknown>, Outcome][]
}
type Outcome = Record<string, unknown>

const facts: Fact[] = JSON.parse(
  readFileSync(new URL('corpus/werkzeug.json', import.meta.url), 'utf8'),
)

function camelKeys<T>(record: Record<string, unknown>): T {
  const entries = Object.entries(record).map(([key, value]) => [
    key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    value,
  ])
  return Object.fromEntries(entries) as T
}

function portable(value: unknown): unknown {
  if (typeof value === 'bigint') return { $big: String(value) }
  return Array.isArray(value) ? value.map(portable) : value
}

function outcomeOf(run: () => Outcome): Outcome {
  try {
    return run()
  } catch (error) {
    if (error instanceof RequestRedirect) return { redirect: error.newUrl, code: error.code }
    if (error instanceof MethodNotAllowed)
      return { methods: [...(error.validMethods ?? [])].sort() }
    if (error instanceof BuildError) return { build_error: error.message }
    if (error instanceof HTTPException) return { http: error.constructor.name }
    return { error: (error as Error).name }
  }
}

function mapOf(fact: Fact): UrlMap {
  const map = new UrlMap(null, {
    ...camelKeys<UrlMapOptions>(fact.map),
    converters: sampleConverters,
  })
  for (const [text, options, error] of fact.rules) {
    const add = () => map.add(new Rule(text, camelKeys<RuleOptions>(options)))
    if (error === null) add()
    else expect(add, text).toThrow()
  }
  return map
}

function matchOf(rule: Rule, args: Record<string, unknown>): Outcome {
  return {
    rule: rule.rule,
    endpoint: rule.endpoint,
    args: Object.entries(args).map(([key, value]) => [key, portable(value)]),
    host: rule.host,
    sub: rule.subdomain,
  }
}

describe.each(facts.map((fact, i) => ({ i, fact })))('rule set $i', ({ fact }) => {
  const map = mapOf(fact)
  const adapter = map.bind(camelKeys<Binding>(fact.bind))

  test('matches as Werkzeug does', () => {
    for (const [pathInfo, method, expected] of fact.match) {
      const outcome = outcomeOf(() => {
        const { rule, args } = adapter.match({ pathInfo, method })
        return matchOf(rule, args)
      })
      expect(outcome, `${method} ${pathInfo}`).toEqual(expected)
    }
  })

  test('lookup gives the same match or none', () => {
    for (const [path, method, expected] of adapter.websocket ? [] : fact.match) {
      const found = map.lookup(method.toUpperCase(), path, adapter.domainPart)
      if (found === null) continue
      expect(matchOf(found.rule, found.args), `${method} ${path}`).toEqual(expected)
    }
  })

  test('builds as Werkzeug does', () => {
    for (const [endpoint, values, options, expected] of fact.build) {
      const built = outcomeOf(() => ({
        url: adapter.build(endpoint, values, camelKeys<BuildOptions>(options)),
      }))
      expect(built, `${endpoint} ${JSON.stringify(values)}`).toEqual(expected)
    }
  })
})
