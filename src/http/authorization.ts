import { base64Decode, base64Encode } from './base64.ts'
import { CallbackDict, type DictSource } from './callback-dict.ts'
import { dumpHeader, parseDictHeader, quoteHeaderValue } from './options-header.ts'
import { decodeUtf8Strict, encodeUtf8, strip, titleCase } from './text.ts'

/** Parameters of an authentication scheme; null for a bare name. */
export type AuthParameters = { readonly [name: string]: string | null }

/** Scheme and remainder of a header, or null for none. */
function splitScheme(value: string | null | undefined): [scheme: string, rest: string] | null {
  if (!value) return null
  const space = value.indexOf(' ')
  if (space === -1) return [value.toLowerCase(), '']
  return [value.slice(0, space).toLowerCase(), strip(value.slice(space + 1))]
}

/** Whether the remainder is `name=value` pairs; a token has `=` only at its end. */
function hasParameters(rest: string): boolean {
  return rest.replace(/=+$/, '').includes('=')
}

/**
 * An `Authorization` header (RFC 9110 §11.6.2, Werkzeug's `Authorization`). It has either
 * parameters (`basic` has `username` and `password`) or a token.
 */
export class Authorization {
  /** The scheme in lower case, such as `basic` or `bearer`. */
  readonly type: string
  /** The parameters, in an object without a prototype. */
  readonly parameters: AuthParameters
  /** The token, or null. */
  readonly token: string | null

  constructor(authType: string, data?: AuthParameters | null, token: string | null = null) {
    this.type = authType
    this.parameters = Object.assign(Object.create(null) as AuthParameters, data)
    this.token = token
  }

  /** Reads a header's value; null when it is missing or its `basic` token is malformed. */
  static fromHeader(value: string | null | undefined): Authorization | null {
    const parts = splitScheme(value)
    if (parts === null) return null
    const [scheme, rest] = parts
    if (scheme === 'basic') {
      const bytes = base64Decode(rest)
      const text = bytes === null ? null : decodeUtf8Strict(bytes)
      if (text === null) return null
      const colon = text.indexOf(':')
      const username = colon === -1 ? text : text.slice(0, colon)
      return new Authorization(scheme, {
        username,
        password: colon === -1 ? '' : text.slice(colon + 1),
      })
    }
    if (hasParameters(rest)) return new Authorization(scheme, parseDictHeader(rest))
    return new Authorization(scheme, null, rest)
  }

  /** The user name of `basic` and `digest`, or null. */
  get username(): string | null {
    return this.get('username')
  }

  /** The password of `basic`, or null. */
  get password(): string | null {
    return this.get('password')
  }

  /** The realm of `digest`, or null. */
  get realm(): string | null {
    return this.get('realm')
  }

  /** A parameter, or the default, which is null unless given. */
  get(key: string): string | null
  get<D>(key: string, defaultValue: D): string | null | D
  get(key: string, defaultValue: unknown = null): unknown {
    return key in this.parameters ? this.parameters[key] : defaultValue
  }

  /** A parameter, or null; unlike a dict it never throws, as in Werkzeug. */
  getItem(key: string): string | null {
    return this.get(key)
  }

  /** Whether the parameter is there. */
  has(key: string): boolean {
    return key in this.parameters
  }

  /** The header's value. */
  toHeader(): string {
    if (this.type === 'basic') {
      return `Basic ${base64Encode(encodeUtf8(`${this.username}:${this.password}`))}`
    }
    const scheme = titleCase(this.type)
    return `${scheme} ${this.token ?? dumpHeader(this.parameters)}`
  }

  toString(): string {
    return this.toHeader()
  }
}

/** Parameters of `Digest` that RFC 7616 §3.3 wants in quotes. */
const QUOTED = new Set(['realm', 'domain', 'nonce', 'opaque', 'qop'])

/**
 * A `WWW-Authenticate` header (RFC 9110 §11.6.1, Werkzeug's `WWWAuthenticate`). It has either
 * parameters or a token.
 */
export class WWWAuthenticate {
  #type: string
  #parameters: CallbackDict<string | null>
  #token: string | null
  /** Called with the object after each change; a response uses it to rewrite its header. */
  onUpdate: ((value: WWWAuthenticate) => void) | null = null

  constructor(
    authType: string,
    values?: DictSource<string | null> | null,
    token: string | null = null,
  ) {
    this.#type = authType.toLowerCase()
    this.#parameters = this.#watch(values)
    this.#token = token
  }

  /** Reads a header's value; null when it is missing. */
  static fromHeader(value: string | null | undefined): WWWAuthenticate | null {
    const parts = splitScheme(value)
    if (parts === null) return null
    const [scheme, rest] = parts
    if (hasParameters(rest)) return new WWWAuthenticate(scheme, parseDictHeader(rest))
    return new WWWAuthenticate(scheme, null, rest)
  }

  #watch(values: DictSource<string | null> | null | undefined): CallbackDict<string | null> {
    return new CallbackDict<string | null>(values, () => this.onUpdate?.(this))
  }

  /** The scheme, such as `basic` or `digest`. */
  get type(): string {
    return this.#type
  }
  set type(value: string) {
    this.#type = value
    this.onUpdate?.(this)
  }

  /** The parameters; changing them changes the header. */
  get parameters(): CallbackDict<string | null> {
    return this.#parameters
  }
  set parameters(values: DictSource<string | null>) {
    this.#parameters = this.#watch(values)
    this.onUpdate?.(this)
  }

  /** The token, or null. */
  get token(): string | null {
    return this.#token
  }
  set token(value: string | null) {
    this.#token = value
    this.onUpdate?.(this)
  }

  /** The realm, which browsers show to the user. */
  get realm(): string | null {
    return this.get('realm')
  }
  set realm(value: string | null) {
    this.set('realm', value)
  }

  /** A parameter, or the default, which is null unless given. */
  get(key: string): string | null
  get<D>(key: string, defaultValue: D): string | null | D
  get(key: string, defaultValue: unknown = null): unknown {
    return this.#parameters.get(key, defaultValue)
  }

  /** A parameter, or null; unlike a dict it never throws, as in Werkzeug. */
  getItem(key: string): string | null {
    return this.get(key)
  }

  /** Sets a parameter, or removes it with null. */
  set(key: string, value: string | null): void {
    if (value !== null) this.#parameters.set(key, value)
    else this.delete(key)
  }

  /** Removes a parameter; a missing one is no error. */
  delete(key: string): void {
    this.#parameters.pop(key, null)
  }

  /** Whether the parameter is there. */
  has(key: string): boolean {
    return this.#parameters.has(key)
  }

  /** The header's value. */
  toHeader(): string {
    const scheme = titleCase(this.#type)
    if (this.#token !== null) return `${scheme} ${this.#token}`
    if (this.#parameters.size === 0) return scheme
    if (this.#type !== 'digest') return `${scheme} ${dumpHeader(new Map(this.#parameters.items()))}`
    const items = Array.from(
      this.#parameters.items(),
      ([key, value]) => `${key}=${quoteHeaderValue(value ?? 'None', !QUOTED.has(key))}`,
    )
    return `Digest ${items.join(', ')}`
  }

  toString(): string {
    return this.toHeader()
  }
}
