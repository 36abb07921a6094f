import { Random } from '../../support/random.ts'

/** A text, a RegExp as `{ $regex }`, or several. */
export type Given = string | { $regex: string } | readonly Given[] | boolean | number | null

/** Options under Flask-CORS's names, as JSON. */
export type GivenOptions = Record<string, unknown>

/** A request whose answer is compared. */
export interface GivenRequest {
  readonly method: string
  readonly path: string
  readonly headers: readonly (readonly [string, string])[]
}

/** An app's setup, and what is asked of it. */
export interface Case {
  readonly config: Record<string, unknown>
  readonly cors: readonly GivenOptions[]
  readonly decorator: GivenOptions | null
  readonly blueprint: GivenOptions | null
  readonly requests: readonly GivenRequest[]
}

const ORIGIN_RULES: readonly Given[] = [
  '*',
  'http://a.test',
  'https://B.test',
  'http://a.test:8080',
  'null',
  '^https?://.*\\.ex\\.test$',
  'http://.*\\.ex\\.test',
  'https?://(a|b)\\.test',
  'http://[ab].test',
  '*.bad.test',
  'http://x(.test',
  '(?i)HTTP://A\\.TEST',
  '(?P<scheme>https?)://named\\.test\\Z',
  { $regex: '^http://A\\.test$' },
  { $regex: 'https?://[ab]\\.test' },
]

const ORIGINS: readonly string[] = [
  'http://a.test',
  'HTTP://A.TEST',
  'https://b.test',
  'http://a.test:8080',
  'http://x.ex.test',
  'https://x.ex.test.evil.test',
  'http://evilex.test',
  'null',
  'https://named.test',
  'http://other.test',
  '*',
]

const PATTERNS: readonly Given[] = [
  '*',
  '/*',
  '/api/*',
  '/api/.*',
  '/api/x',
  '/own',
  '/deco',
  '^/a',
  '/API/*',
  '/(boom|gone)',
  '/api/x\\+y$',
  '/a.i/x',
  '(',
  { $regex: '/api/[a-z]+' },
  { $regex: '/API/x' },
  { $regex: '/api/x(?!/)' },
]

const PATHS: readonly string[] = [
  '/',
  '/api/x',
  '/api/x/y',
  '/api/X',
  '/API/x',
  '/api/x+y',
  '/api/x%2By',
  '/api/%78',
  '/api/%2578',
  '/api/x%0A',
  '/api/caf%C3%A9',
  '/boom',
  '/gone',
  '/nowhere',
  '/own',
  '/fail',
  '/deco',
  '/bp/x',
]

const HEADER_RULES: readonly Given[] = [
  '*',
  'X-A',
  'Content-Type',
  'x-.*',
  '^X-B$',
  { $regex: 'X-[A-Z]' },
]
const ASKED_HEADERS: readonly string[] = [
  'X-A',
  'x-a, Content-Type',
  'X-B, X-BB,  x-b',
  'a,,b',
  'Content-Type,X-A,Accept',
]
const METHODS: readonly string[] = ['GET', 'POST', 'OPTIONS', 'HEAD', 'PUT']
const METHOD_RULES: readonly unknown[] = [
  'GET',
  'get',
  ['GET', 'post'],
  ['put', 'DELETE', 'GET'],
  '',
]

class Maker {
  readonly #random: Random

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  chance(part: number): boolean {
    return this.#random.next() < part
  }

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random.next() * from.length)] as T
  }

  some<T>(from: readonly T[], most: number): T[] {
    return Array.from({ length: 1 + Math.floor(this.#random.next() * most) }, () => this.pick(from))
  }

  oneOrMany(from: readonly Given[]): unknown {
    return this.chance(0.5) ? this.pick(from) : this.some(from, 3)
  }

  options(): GivenOptions {
    const options: GivenOptions = {}
    const maybe = (part: number, name: string, make: () => unknown): void => {
      if (this.chance(part)) options[name] = make()
    }
    maybe(0.7, 'origins', () => this.oneOrMany(ORIGIN_RULES))
    maybe(0.3, 'methods', () => this.pick(METHOD_RULES))
    maybe(0.4, 'allow_headers', () => this.oneOrMany(HEADER_RULES))
    maybe(0.3, 'expose_headers', () => this.pick<unknown>(['X-Z', ['X-B', 'X-A'], '', null]))
    maybe(0.3, 'supports_credentials', () => this.chance(0.7))
    maybe(0.3, 'max_age', () => this.pick<unknown>([0, 600, '5', null]))
    maybe(0.3, 'send_wildcard', () => this.chance(0.7))
    maybe(0.3, 'always_send', () => this.chance(0.3))
    maybe(0.3, 'vary_header', () => this.chance(0.3))
    maybe(0.3, 'allow_private_network', () => this.chance(0.5))
    maybe(0.2, 'intercept_exceptions', () => this.chance(0.5))
    maybe(0.2, 'automatic_options', () => this.chance(0.5))
    return options
  }

  appOptions(): GivenOptions {
    const options = this.options()
    if (this.chance(0.3)) options.resources = this.oneOrMany(PATTERNS)
    else if (this.chance(0.6)) {
      const entries = new Map(
        this.some(PATTERNS, 4).map((pattern) => [JSON.stringify(pattern), pattern]),
      )
      options.resources = {
        $map: [...entries.values()].map((pattern) => [pattern, this.options()]),
      }
    }
    return options
  }

  config(): Record<string, unknown> {
    if (this.chance(0.7)) return {}
    return Object.fromEntries(
      Object.entries(this.options()).map(([name, value]) => [`CORS_${name.toUpperCase()}`, value]),
    )
  }

  request(): GivenRequest {
    const headers: [string, string][] = []
    const maybe = (part: number, name: string, from: readonly string[]): void => {
      if (this.chance(part)) headers.push([name, this.pick(from)])
    }
    maybe(0.8, 'Origin', ORIGINS)
    maybe(0.6, 'Access-Control-Request-Method', [...METHODS, 'post', 'LINK', 'GE', ''])
    maybe(0.5, 'Access-Control-Request-Headers', ASKED_HEADERS)
    maybe(0.3, 'Access-Control-Request-Private-Network', ['true', 'false'])
    return { method: this.pick(METHODS), path: this.pick(PATHS), headers }
  }

  case(): Case {
    return {
      config: this.config(),
      cors: Array.from({ length: this.pick([0, 1, 1, 1, 1, 2]) }, () => this.appOptions()),
      decorator: this.chance(0.6) ? this.options() : null,
      blueprint: this.chance(0.2) ? this.appOptions() : null,
      requests: Array.from({ length: 12 }, () => this.request()),
    }
  }
}

/** Setups and requests made at random, the same for the same seed. */
export function randomCases(seed: number, count: number): Case[] {
  const maker = new Maker(seed)
  return Array.from({ length: count }, () => maker.case())
}
