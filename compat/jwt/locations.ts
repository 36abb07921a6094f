import { BadRequest, type Request } from '../../src/index.ts'
import { CSRFError, InvalidHeaderError, InvalidQueryParamError } from './errors.ts'
import type { JwtSettings, TokenLocation } from './settings.ts'

/** What was found at a place: a token, with the double that a cookie needs, or why there is none. */
export interface Found {
  readonly token: string | null
  readonly csrf: string | null
  readonly missing: string
}

type Finder = (request: Request, settings: JwtSettings, refresh: boolean) => Found

const missing = (reason: string): Found => ({ token: null, csrf: null, missing: reason })
const found = (token: string, csrf: string | null = null): Found => ({ token, csrf, missing: '' })

const SPACE = 0x20

function inHeaders(request: Request, settings: JwtSettings): Found {
  const { JWT_HEADER_NAME: name, JWT_HEADER_TYPE: type } = settings
  const sent = request.headers.get(name) ?? ''
  if (type && sent.startsWith(type) && sent.charCodeAt(type.length) === SPACE) {
    // As it nearly always comes; anything else is read with care below.
    const token = sent.slice(type.length + 1)
    if (!token.includes(' ') && !token.includes(',') && !token.includes('\t')) {
      if (token !== '') return found(token)
    }
  }
  const value = sent.trim().replace(/^,+|,+$/g, '')
  if (value === '') return missing(`Missing ${name} Header`)
  if (!type) {
    const bare = value.trim()
    if (/\s/.test(bare)) {
      throw new InvalidHeaderError(`Bad ${name} header. Expected '${name}: <JWT>'`)
    }
    return found(bare)
  }
  // Several credentials may stand in one header, with commas between them.
  const own = value
    .split(/,\s*/)
    .map((credentials) => credentials.trim().split(/\s+/))
    .filter(([scheme]) => scheme === type)
  if (own.length !== 1) {
    return missing(`Missing '${type}' type in '${name}' header. Expected '${name}: ${type} <JWT>'`)
  }
  const [, token, ...rest] = own[0] as string[]
  if (token === undefined || rest.length > 0) {
    throw new InvalidHeaderError(`Bad ${name} header. Expected '${name}: ${type} <JWT>'`)
  }
  return found(token)
}

function inCookies(request: Request, settings: JwtSettings, refresh: boolean): Found {
  const name = refresh ? settings.JWT_REFRESH_COOKIE_NAME : settings.JWT_ACCESS_COOKIE_NAME
  const token = request.cookies.get(name)
  if (!token) return missing(`Missing cookie "${name}"`)
  if (!settings.JWT_COOKIE_CSRF_PROTECT) return found(token)
  if (!needsDouble(request.method, settings)) return found(token)
  return found(token, doubleOf(request, settings, refresh))
}

function needsDouble(method: string, { JWT_CSRF_METHODS: methods }: JwtSettings): boolean {
  return Array.isArray(methods) ? methods.includes(method) : new Set(methods).has(method)
}

/** @throws {CSRFError} when the request has none */
function doubleOf(request: Request, settings: JwtSettings, refresh: boolean): string {
  const kind = refresh ? 'REFRESH' : 'ACCESS'
  const sent =
    request.headers.get(settings[`JWT_${kind}_CSRF_HEADER_NAME`]) ||
    (settings.JWT_CSRF_CHECK_FORM && request.form.get(settings[`JWT_${kind}_CSRF_FIELD_NAME`]))
  if (!sent) throw new CSRFError('Missing CSRF token')
  return sent
}

function inQueryString(request: Request, settings: JwtSettings): Found {
  const { JWT_QUERY_STRING_NAME: name, JWT_QUERY_STRING_VALUE_PREFIX: prefix } = settings
  const value = request.args.get(name)
  // The spelling is Flask-JWT-Extended's.
  if (!value) return missing(`Missing '${name}' query paramater`)
  if (!value.startsWith(prefix)) {
    throw new InvalidQueryParamError(
      `Invalid value for query parameter '${name}'. Expected the value to start with '${prefix}'`,
    )
  }
  return found(value.slice(prefix.length))
}

function inJson(request: Request, settings: JwtSettings, refresh: boolean): Found {
  if (!request.isJson) return missing('Invalid content-type. Must be application/json.')
  const name = refresh ? settings.JWT_REFRESH_JSON_KEY : settings.JWT_JSON_KEY
  let body: unknown
  try {
    body = request.json
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
  }
  const value =
    typeof body === 'object' && body !== null && Object.hasOwn(body, name)
      ? (body as Record<string, unknown>)[name]
      : undefined
  // What is no text is for the decoder to refuse.
  return value ? found(value as string) : missing(`Missing "${name}" key in json data.`)
}

/** How a token is looked for, by the name of the place. */
export const FINDERS: Readonly<Record<TokenLocation, Finder>> = {
  headers: inHeaders,
  cookies: inCookies,
  query_string: inQueryString,
  json: inJson,
}
