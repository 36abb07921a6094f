import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KeyError, RuntimeError } from './errors/builtins.ts'
import { importString } from './import-string.ts'
import { decodeJson } from './json/decode.ts'
import { byCodePoint } from './json/encode.ts'
import type { Lifetime } from './sessions/lifetime.ts'

/** The settings that Flask itself reads. Units and meanings are Flask's. */
export interface KnownConfig {
  /** Whether the app reloads and shows errors to developers; null means: as the environment says. */
  DEBUG: boolean | null
  /** Whether errors reach the test client instead of becoming responses. */
  TESTING: boolean
  /** Whether errors leave the app; null means: when testing or debugging. */
  PROPAGATE_EXCEPTIONS: boolean | null
  /** Signs sessions and tokens. */
  SECRET_KEY: string | Uint8Array | null
  /** Older keys that are still accepted, oldest first. */
  SECRET_KEY_FALLBACKS: readonly (string | Uint8Array)[] | null
  /** How long a permanent session lasts: seconds, or units such as `{ days: 31 }`. */
  PERMANENT_SESSION_LIFETIME: Lifetime
  /** Let the server in front send files, told by `X-Sendfile`. */
  USE_X_SENDFILE: boolean
  /** The host names that requests may be for; null means: any. */
  TRUSTED_HOSTS: readonly string[] | null
  /** Host and port that the app answers to; for subdomains and URLs outside requests. */
  SERVER_NAME: string | null
  /** The path under which the app is mounted. */
  APPLICATION_ROOT: string
  /** The session cookie's name. */
  SESSION_COOKIE_NAME: string
  /** The session cookie's Domain. */
  SESSION_COOKIE_DOMAIN: string | null
  /** The session cookie's Path; null means `APPLICATION_ROOT`. */
  SESSION_COOKIE_PATH: string | null
  /** Whether scripts in the page cannot read the session cookie. */
  SESSION_COOKIE_HTTPONLY: boolean
  /** Whether the session cookie is sent over HTTPS only. */
  SESSION_COOKIE_SECURE: boolean
  /** Whether the session cookie is kept per top-level site (CHIPS). */
  SESSION_COOKIE_PARTITIONED: boolean
  /** The session cookie's SameSite: `'Strict'`, `'Lax'`, `'None'` or null. */
  SESSION_COOKIE_SAMESITE: string | null
  /** Whether every response renews the cookie of a permanent session. */
  SESSION_REFRESH_EACH_REQUEST: boolean
  /** The most bytes a request's body may have; null means: any number. */
  MAX_CONTENT_LENGTH: number | null
  /** The most bytes a form field that is no file may have. */
  MAX_FORM_MEMORY_SIZE: number | null
  /** The most fields a multipart form may have. */
  MAX_FORM_PARTS: number | null
  /** How many seconds browsers may cache a file without asking; null means: they always ask. */
  SEND_FILE_MAX_AGE_DEFAULT: Lifetime | null
  /** Whether a missing form key is an error with a traceback; null means: when debugging. */
  TRAP_BAD_REQUEST_ERRORS: boolean | null
  /** Whether HTTP exceptions are handled as ordinary errors. */
  TRAP_HTTP_EXCEPTIONS: boolean
  /** Whether the search for each template is logged. */
  EXPLAIN_TEMPLATE_LOADING: boolean
  /** The scheme of URLs built outside a request. */
  PREFERRED_URL_SCHEME: string
  /** Whether changed templates are read again; null means: when debugging. */
  TEMPLATES_AUTO_RELOAD: boolean | null
  /** Warn of cookies of more bytes than this; 0 means: never. */
  MAX_COOKIE_SIZE: number
  /** Whether routes answer OPTIONS by themselves. */
  PROVIDE_AUTOMATIC_OPTIONS: boolean
}

/** Flask's default settings. Lifetimes are in seconds. */
export const DEFAULT_CONFIG: Readonly<KnownConfig> = Object.freeze({
  DEBUG: null,
  TESTING: false,
  PROPAGATE_EXCEPTIONS: null,
  SECRET_KEY: null,
  SECRET_KEY_FALLBACKS: null,
  PERMANENT_SESSION_LIFETIME: 31 * 24 * 60 * 60,
  USE_X_SENDFILE: false,
  TRUSTED_HOSTS: null,
  SERVER_NAME: null,
  APPLICATION_ROOT: '/',
  SESSION_COOKIE_NAME: 'session',
  SESSION_COOKIE_DOMAIN: null,
  SESSION_COOKIE_PATH: null,
  SESSION_COOKIE_HTTPONLY: true,
  SESSION_COOKIE_SECURE: false,
  SESSION_COOKIE_PARTITIONED: false,
  SESSION_COOKIE_SAMESITE: null,
  SESSION_REFRESH_EACH_REQUEST: true,
  MAX_CONTENT_LENGTH: null,
  MAX_FORM_MEMORY_SIZE: 500_000,
  MAX_FORM_PARTS: 1000,
  SEND_FILE_MAX_AGE_DEFAULT: null,
  TRAP_BAD_REQUEST_ERRORS: null,
  TRAP_HTTP_EXCEPTIONS: false,
  EXPLAIN_TEMPLATE_LOADING: false,
  PREFERRED_URL_SCHEME: 'http',
  TEMPLATES_AUTO_RELOAD: null,
  MAX_COOKIE_SIZE: 4093,
  PROVIDE_AUTOMATIC_OPTIONS: true,
})

/** Settings to take over: an object, a Map, or pairs. */
export type ConfigMapping = object | Iterable<readonly [string, unknown]>

/** Turns the text or the bytes of a file into settings. `JSON.parse` is one. */
export type ConfigLoader = ((text: string) => unknown) | ((bytes: Uint8Array) => unknown)

/** Options of `fromFile`. */
export interface FromFileOptions {
  /** Reads the file's contents; JSON unless told. */
  readonly load?: ConfigLoader
  /** Return false for a missing file instead of throwing. */
  readonly silent?: boolean
  /** Give `load` the text, as is the default, or the bytes. */
  readonly text?: boolean
}

/** Options of `fromPrefixedEnv`. */
export interface FromPrefixedEnvOptions {
  /** Reads one value; where it throws, the text is taken. JSON unless told. */
  readonly loads?: (text: string) => unknown
}

/** Options of `getNamespace`. */
export interface GetNamespaceOptions {
  /** Lower-case the names; default true. */
  readonly lowercase?: boolean
  /** Leave out the prefix; default true. */
  readonly trimNamespace?: boolean
}

/** Only names with a letter and no lower-case one are settings (Python's `str.isupper`). */
function isUpper(name: string): boolean {
  return name === name.toUpperCase() && name !== name.toLowerCase()
}

const isMissingFile = (error: unknown, codes: readonly string[]): boolean =>
  codes.includes((error as NodeJS.ErrnoException).code ?? '')

export interface Config extends KnownConfig {}

/**
 * An app's settings: Flask's `Config`. Each is a property of the object (`config.SECRET_KEY`,
 * `config['MY_OWN']`), and Python's dict methods work as well. Whatever is loaded from elsewhere
 * must have an upper-case name to be taken.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor sets what it is given
export class Config {
  [name: string]: unknown

  readonly #rootPath: string

  /**
   * @param rootPath the folder that relative file names start from
   * @param defaults the settings at first
   */
  constructor(rootPath: string = process.cwd(), defaults: ConfigMapping = {}) {
    this.#rootPath = rootPath
    for (const [name, value] of pairsOf(defaults)) this.set(name, value)
  }

  /** The folder that relative file names start from (Flask's `root_path`). */
  get rootPath(): string {
    return this.#rootPath
  }

  /**
   * Takes over the upper-case members of an object or a class, inherited ones included (Flask's
   * `from_object`).
   * @param source an object, a class with static members, or the name of one to import, such as
   *   `'config.Production'`; names start from `rootPath`
   * @throws {ImportStringError} when there is nothing of that name.
   */
  fromObject(source: object | string): void {
    const from = typeof source === 'string' ? importString(source, this.#rootPath) : source
    const names = new Set<string>()
    for (let at = from as object | null; at !== null; at = Object.getPrototypeOf(at)) {
      for (const name of Object.getOwnPropertyNames(at)) if (isUpper(name)) names.add(name)
    }
    for (const name of names) this.set(name, Reflect.get(from as object, name))
  }

  /**
   * Takes over the settings in a file (Flask's `from_file`).
   * @param filename absolute, or relative to `rootPath`
   * @param load reads the contents, such as `JSON.parse`; or all options
   * @returns whether the file was there
   * @throws an error with Node's `code` when it cannot be read.
   */
  fromFile(
    filename: string,
    load: ConfigLoader | FromFileOptions = {},
    options: FromFileOptions = {},
  ): boolean {
    const given = typeof load === 'function' ? { ...options, load } : load
    const read = (given.load ?? decodeJson) as (contents: string | Uint8Array) => unknown
    const contents = this.#read(filename, given.silent ?? false, ['ENOENT', 'EISDIR'])
    if (contents === null) return false
    const loaded = read(given.text === false ? contents : contents.toString('utf8'))
    return this.fromMapping(loaded as ConfigMapping)
  }

  #read(filename: string, silent: boolean, missing: readonly string[]): Buffer | null {
    const path = resolve(this.#rootPath, filename)
    try {
      return readFileSync(path)
    } catch (error) {
      if (silent && isMissingFile(error, missing)) return null
      const { code, message } = error as NodeJS.ErrnoException
      throw Object.assign(
        new Error(`Unable to load configuration file (${message})`, { cause: error }),
        { code, path },
      )
    }
  }

  /**
   * Takes over the upper-case exports of a JavaScript, TypeScript or JSON file (for Flask's
   * `from_pyfile`).
   * @param filename absolute, or relative to `rootPath`
   * @returns whether the file was there
   * @throws an error with Node's `code` when it cannot be read.
   */
  fromPyfile(filename: string, options: { readonly silent?: boolean } = {}): boolean {
    const missing = ['ENOENT', 'EISDIR', 'ENOTDIR']
    if (this.#read(filename, options.silent ?? false, missing) === null) return false
    const module = importString(resolve(this.#rootPath, filename)) as { default?: unknown }
    if (typeof module.default === 'object' && module.default !== null) {
      this.fromObject(module.default)
    }
    this.fromObject(module)
    return true
  }

  /**
   * Takes over the file that an environment variable names, as `fromPyfile` does (Flask's
   * `from_envvar`).
   * @returns whether the file was there
   * @throws {RuntimeError} when the variable is not set and `silent` is not.
   */
  fromEnvvar(variableName: string, options: { readonly silent?: boolean } = {}): boolean {
    const filename = process.env[variableName]
    if (filename) return this.fromPyfile(filename, options)
    if (options.silent) return false
    throw new RuntimeError(
      `The environment variable '${variableName}' is not set and as such configuration could not` +
        ' be loaded. Set this variable and make it point to a configuration file',
    )
  }

  /**
   * Takes over the environment variables that start with the prefix and `_` (Flask's
   * `from_prefixed_env`). Values are read as JSON, else as text; `__` goes into nested objects.
   * @returns true
   */
  fromPrefixedEnv(prefix = 'FLASK', options: FromPrefixedEnvOptions = {}): boolean {
    const { loads = decodeJson } = options
    const start = `${prefix}_`
    const variables = Object.keys(process.env).filter((name) => name.startsWith(start))
    for (const variable of variables.sort(byCodePoint)) {
      const text = process.env[variable] ?? ''
      let value: unknown = text
      try {
        value = loads(text)
      } catch {
        // No JSON: the text itself is the value.
      }
      this.#setNested(variable.slice(start.length).split('__'), value)
    }
    return true
  }

  #setNested(path: string[], value: unknown): void {
    const last = path.pop() as string
    let at: Record<string, unknown> = this
    for (const name of path) {
      if (!Object.hasOwn(at, name)) setOwn(at, name, {})
      const inner = at[name]
      if (typeof inner !== 'object' || inner === null) {
        throw new TypeError(`'${name}' is no object that '${last}' could be set in`)
      }
      at = inner as Record<string, unknown>
    }
    setOwn(at, last, value)
  }

  /** Takes over the upper-case names of an object, a Map, or pairs (Flask's `from_mapping`). */
  fromMapping(mapping: ConfigMapping = {}): boolean {
    for (const [name, value] of pairsOf(mapping)) if (isUpper(name)) this.set(name, value)
    return true
  }

  /** The settings whose names start with `namespace`, as an object (Flask's `get_namespace`). */
  getNamespace(namespace: string, options: GetNamespaceOptions = {}): Record<string, unknown> {
    const { lowercase = true, trimNamespace = true } = options
    const found: Record<string, unknown> = {}
    for (const [name, value] of this.items()) {
      if (!name.startsWith(namespace)) continue
      const key = trimNamespace ? name.slice(namespace.length) : name
      setOwn(found, lowercase ? key.toLowerCase() : key, value)
    }
    return found
  }

  /** A setting, or `fallback` (null) when there is none. */
  get<T = unknown>(name: string, fallback: T | null = null): T | null {
    return this.has(name) ? (this[name] as T) : fallback
  }

  /**
   * A setting (Python's `config[name]`).
   * @throws {KeyError} when there is none.
   */
  getItem<T = unknown>(name: string): T {
    if (!this.has(name)) throw new KeyError(name)
    return this[name] as T
  }

  /** Whether there is a setting of that name. */
  has(name: string): boolean {
    return Object.hasOwn(this, name)
  }

  /** Changes or adds a setting; any name will do. */
  set(name: string, value: unknown): this {
    setOwn(this, name, value)
    return this
  }

  /** The setting, which is first set to `fallback` (null) when there is none. */
  setdefault<T = unknown>(name: string, fallback: T | null = null): T | null {
    if (!this.has(name)) this.set(name, fallback)
    return this[name] as T | null
  }

  /** Changes or adds settings; unlike `fromMapping`, under any name. */
  update(mapping: ConfigMapping): void {
    for (const [name, value] of pairsOf(mapping)) this.set(name, value)
  }

  /** The names. */
  keys(): string[] {
    return Object.keys(this)
  }

  /** The values. */
  values(): unknown[] {
    return Object.values(this)
  }

  /** Names with values. */
  items(): [string, unknown][] {
    return Object.entries(this)
  }
}

/** Sets data under any name, also one that the object has a method of. */
function setOwn(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

function pairsOf(mapping: ConfigMapping): Iterable<readonly [string, unknown]> {
  return Symbol.iterator in mapping
    ? (mapping as Iterable<readonly [string, unknown]>)
    : Object.entries(mapping)
}
