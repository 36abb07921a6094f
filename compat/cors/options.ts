import { ValueError } from '../../src/index.ts'
import { ANYTHING, withoutStar } from './pattern.ts'
import { probablyRegex } from './python-regex.ts'
import { warn } from './warn.ts'

/**
 * A text or a RegExp. Text with a character such as `*`, `?` or `\` is read as a regular expression
 * the way Python does; other text is compared as a whole. A regular expression has to match from the
 * beginning only: end it with `$`, or `https://good.com` will also mean `https://good.com.evil`.
 */
export type CorsPattern = string | RegExp

/** One value, or any number of them. */
export type OneOrMany<T> = T | Iterable<T>

/** Flask-CORS's options, for an app, one resource or one view. */
export interface CorsOptions {
  /** Origins that may read answers: texts, regular expressions, or `'*'`, the default. */
  origins?: OneOrMany<CorsPattern>
  /** Methods that other origins may use. Default: GET, HEAD, POST, OPTIONS, PUT, PATCH, DELETE. */
  methods?: OneOrMany<string>
  /** Request headers that other origins may send. Default `'*'`. */
  allowHeaders?: OneOrMany<CorsPattern>
  /** Response headers that scripts of other origins may read. */
  exposeHeaders?: OneOrMany<string> | null
  /** Whether requests may carry cookies and credentials. Default false. */
  supportsCredentials?: boolean
  /** Seconds for which a browser may remember the answer to a preflight. */
  maxAge?: number | string | null
  /** Answer `*` instead of the request's origin when any is allowed. Default false. */
  sendWildcard?: boolean
  /** Answer with headers also where the request has no `Origin`. Default true. */
  alwaysSend?: boolean
  /** `crossOrigin` only: answer OPTIONS in place of the view. Default true. */
  automaticOptions?: boolean
  /** Add `Vary: Origin` where the answer depends on the origin. Default true. */
  varyHeader?: boolean
  /** Whether pages of a public network may reach this one in a private network. Default false. */
  allowPrivateNetwork?: boolean
  /** Also cover the answers to exceptions that an `afterRequest` function raised. Default true. */
  interceptExceptions?: boolean
}

/** One path pattern, several, or a map from patterns to the options of their paths. */
export type CorsResources =
  | OneOrMany<CorsPattern>
  | Readonly<Record<string, CorsOptions>>
  | ReadonlyMap<CorsPattern, CorsOptions>

/** The options of `CORS()`. */
export interface CorsAppOptions extends CorsOptions {
  /** The paths that are meant; default all. */
  resources?: CorsResources
}

/** Options with nothing left open. */
export interface ResolvedOptions {
  readonly origins: readonly CorsPattern[]
  readonly methods: string
  readonly allowHeaders: readonly CorsPattern[]
  readonly exposeHeaders: string
  readonly supportsCredentials: boolean
  readonly maxAge: string
  readonly sendWildcard: boolean
  readonly alwaysSend: boolean
  readonly automaticOptions: boolean
  readonly varyHeader: boolean
  readonly allowPrivateNetwork: boolean
  readonly interceptExceptions: boolean
}

const DEFAULTS: Required<CorsAppOptions> = {
  origins: '*',
  methods: ['GET', 'HEAD', 'POST', 'OPTIONS', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: '*',
  exposeHeaders: null,
  supportsCredentials: false,
  maxAge: null,
  sendWildcard: false,
  alwaysSend: true,
  automaticOptions: true,
  varyHeader: true,
  allowPrivateNetwork: false,
  resources: '/*',
  interceptExceptions: true,
}

const NAMES = Object.keys(DEFAULTS) as (keyof CorsAppOptions)[]

/** `supportsCredentials` → `CORS_SUPPORTS_CREDENTIALS`. */
const settingName = (name: string): string =>
  `CORS_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`

const SETTINGS = NAMES.map((name) => [name, settingName(name)] as const)

/** The options that an app's configuration gives; a blueprint has none. */
function fromConfig(config: Readonly<Record<string, unknown>> | undefined): CorsAppOptions {
  const options: Record<string, unknown> = {}
  for (const [name, setting] of SETTINGS) {
    const value = config?.[setting]
    if (value !== undefined && value !== null) options[name] = value
  }
  return options
}

/**
 * Lays options over each other: defaults, configuration, then those given, the last one winning.
 * An option that is undefined counts as not given.
 */
export function mergeOptions(
  config: Readonly<Record<string, unknown>> | undefined,
  ...given: readonly CorsAppOptions[]
): Required<CorsAppOptions> {
  const merged: Record<string, unknown> = { ...DEFAULTS }
  for (const options of [fromConfig(config), ...given]) {
    for (const [name, value] of Object.entries(options)) {
      if (value === undefined) continue
      if (Object.hasOwn(DEFAULTS, name)) merged[name] = value
      else warn('BUST_WARN_CORS_OPTION', `CORS knows no option '${name}'.`)
    }
  }
  return merged as unknown as Required<CorsAppOptions>
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value

/** Sorted and joined, so that answers do not depend on the order in which a set was filled. */
function listText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return isIterable(value) ? [...value].map(String).sort().join(', ') : String(value)
}

/** Seconds as text; zero counts as not given, as in Flask-CORS. */
function ageText(value: number | string | null): string {
  if (typeof value !== 'number') return value ?? ''
  return value === 0 ? '' : String(Math.trunc(value))
}

const patternsOf = (value: OneOrMany<CorsPattern>): CorsPattern[] =>
  (isIterable(value) ? [...(value as Iterable<CorsPattern>)] : [value]).map(withoutStar)

/**
 * Puts merged options into the form that policies are made of.
 * @throws {ValueError} for credentials with `sendWildcard` and any origin, which browsers refuse
 */
export function resolveOptions(options: Required<CorsAppOptions>): ResolvedOptions {
  const origins = patternsOf(options.origins)
  const any = origins.includes(ANYTHING)
  if (any && options.supportsCredentials && options.sendWildcard) {
    throw new ValueError(
      "Cannot use supportsCredentials in conjunction with an origin string of '*'. " +
        'See: http://www.w3.org/TR/cors/#resource-requests',
    )
  }
  if (any && options.supportsCredentials) {
    warn(
      'BUST_WARN_CORS_CREDENTIALS',
      "CORS: with supportsCredentials and the origins '*', every site may use its visitors' " +
        'cookies here. Name the origins.',
    )
  }
  for (const origin of origins) warnOfOpenEnd(origin)
  return {
    origins,
    methods: listText(options.methods).toUpperCase(),
    allowHeaders: patternsOf(options.allowHeaders),
    exposeHeaders: listText(options.exposeHeaders),
    supportsCredentials: Boolean(options.supportsCredentials),
    maxAge: ageText(options.maxAge),
    sendWildcard: Boolean(options.sendWildcard),
    alwaysSend: Boolean(options.alwaysSend),
    automaticOptions: Boolean(options.automaticOptions),
    varyHeader: Boolean(options.varyHeader),
    allowPrivateNetwork: Boolean(options.allowPrivateNetwork),
    interceptExceptions: Boolean(options.interceptExceptions),
  }
}

function warnOfOpenEnd(origin: CorsPattern): void {
  if (origin === ANYTHING || !probablyRegex(origin)) return
  const source = typeof origin === 'string' ? origin : origin.source
  if (/(?:\$|\\Z)\)*$/.test(source)) return
  warn(
    'BUST_WARN_CORS_ORIGIN_END',
    `CORS: the origin pattern '${source}' has no '$' at its end, so that it also matches longer ` +
      'origins, such as the same with .evil.example behind it.',
  )
}
