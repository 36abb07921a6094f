import { mkdirSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { type BustAPI, RuntimeError } from '../../src/index.ts'
import { createEngine } from './dialects/create-engine.ts'
import type { Engine, EngineOptions } from './dialects/engine.ts'
import { EngineUrl } from './dialects/url.ts'
import { recordQueries } from './recorded-queries.ts'

/** Options of one engine as the configuration writes them: SQLAlchemy's names, in either spelling. */
export type EngineConfig = EngineOptions & { readonly url?: string | EngineUrl } & Readonly<
    Record<string, unknown>
  >

/** Engines by bind key; `null` is the default one. */
export type Engines = ReadonlyMap<string | null, Engine>

/** Seconds after which a MySQL connection is replaced: its servers close idle ones after eight hours. */
const MYSQL_RECYCLE = 7200

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())

/** The options with their names in camelCase: configuration keeps Python's spelling where it has it. */
function camelOptions(options: object): EngineConfig {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [camelCase(name), value]),
  ) as EngineConfig
}

type Binds = Iterable<[string | null, string | EngineUrl | object]>

/** An object, or a Map where the default database is to be among them, under the key null. */
const bindsOf = (binds: unknown): Binds =>
  binds instanceof Map ? (binds as Map<string | null, object>) : Object.entries(binds ?? {})

/** The options of each bind key, the extension's own defaults first. */
function configured(app: BustAPI, defaults: object): Map<string | null, EngineConfig> {
  const { config } = app
  config.setdefault('SQLALCHEMY_DATABASE_URI', null)
  config.setdefault('SQLALCHEMY_ENGINE_OPTIONS', {})
  config.setdefault('SQLALCHEMY_BINDS', {})
  const found = new Map<string | null, EngineConfig>()
  for (const [key, value] of bindsOf(config.SQLALCHEMY_BINDS)) {
    const own = typeof value === 'string' || value instanceof EngineUrl ? { url: value } : value
    found.set(key, { ...camelOptions(defaults), ...camelOptions(own) })
  }
  const basic = {
    ...camelOptions(defaults),
    ...camelOptions(config.SQLALCHEMY_ENGINE_OPTIONS as object),
  }
  const uri = config.SQLALCHEMY_DATABASE_URI as string | EngineUrl | null
  const url = uri ?? basic.url
  if (url !== undefined) found.set(null, { ...found.get(null), ...basic, url })
  return found
}

/** What Flask-SQLAlchemy sets for some databases: where SQLite's files are, MySQL's character set. */
function withDriverDefaults(app: BustAPI, { url: given, ...options }: EngineConfig) {
  const url = given instanceof EngineUrl ? given : EngineUrl.parse(given ?? '')
  if (url.backend === 'sqlite' && !url.isMemory) {
    // SQLite's own form of a name: `sqlite:///file:notes.db?mode=ro&uri=true`.
    const scheme = url.query.uri ? 'file:' : ''
    const path = (url.database ?? '').slice(scheme.length)
    if (isAbsolute(path)) return { url, options }
    mkdirSync(app.instancePath, { recursive: true })
    return { url: url.set({ database: scheme + join(app.instancePath, path) }), options }
  }
  if (url.backend === 'mysql') {
    const charset = { charset: 'utf8mb4', ...url.query }
    return { url: url.set({ query: charset }), options: { poolRecycle: MYSQL_RECYCLE, ...options } }
  }
  return { url, options }
}

/**
 * Makes the engines that an app's configuration asks for.
 * @throws {RuntimeError} when it names no database
 */
export function makeEngines(app: BustAPI, defaults: object): Engines {
  const settings = configured(app, defaults)
  if (settings.size === 0) {
    throw new RuntimeError("Either 'SQLALCHEMY_DATABASE_URI' or 'SQLALCHEMY_BINDS' must be set.")
  }
  const echo = app.config.setdefault('SQLALCHEMY_ECHO', false) as boolean
  const records = Boolean(app.config.setdefault('SQLALCHEMY_RECORD_QUERIES', false))
  const engines = new Map<string | null, Engine>()
  for (const [key, config] of settings) {
    const { url, options } = withDriverDefaults(app, config)
    const engine = createEngine(url, { echo, ...options })
    if (records) recordQueries(engine)
    engines.set(key, engine)
  }
  return engines
}
