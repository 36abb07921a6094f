/** A part of the tree with one job, and what it may load. */
export interface Room {
  readonly name: string
  /** Files, or folders when they end in `/`. The longest match decides to which room a file belongs. */
  readonly paths: readonly string[]
  /** Rooms it may import at run time besides itself. */
  readonly may: readonly string[]
}

const ground = ['types', 'symbols', 'and-then']
const protocol = [...ground, 'errors', 'http', 'signals', 'json']
const parts = [...protocol, 'parts']
const services = [...parts, 'routing', 'config', 'logging', 'sessions', 'templating']
const contextual = [...services, 'context']
const wrappers = [...contextual, 'request', 'response']
const registries = [...wrappers, 'dispatch', 'scaffold', 'blueprint']
const doors = ['index', 'core']

/** DESIGN's table. Imports of types alone are not held to it. */
export const ROOMS: readonly Room[] = [
  { name: 'types', paths: ['src/types.ts'], may: [] },
  { name: 'symbols', paths: ['src/symbols.ts'], may: [] },
  { name: 'and-then', paths: ['src/dispatch/and-then.ts'], may: ['types'] },

  // The protocol row. `errors` and `http` need each other; that no two files do is the cycle rule's business.
  { name: 'errors', paths: ['src/errors/'], may: protocol },
  { name: 'http', paths: ['src/http/'], may: protocol },
  { name: 'signals', paths: ['src/signals.ts'], may: protocol },
  { name: 'json', paths: ['src/json/'], may: protocol },

  // What app, blueprints, configuration and the command line share, each thing in a file of its own.
  {
    name: 'parts',
    paths: [
      'src/callable.ts',
      'src/commands.ts',
      'src/endpoint-name.ts',
      'src/import-string.ts',
      'src/members.ts',
      'src/root-path.ts',
    ],
    may: protocol,
  },

  { name: 'routing', paths: ['src/routing/'], may: parts },
  { name: 'config', paths: ['src/config.ts'], may: parts },
  { name: 'logging', paths: ['src/logging.ts'], may: parts },
  { name: 'sessions', paths: ['src/sessions/'], may: parts },
  { name: 'templating', paths: ['src/templating/'], may: parts },

  { name: 'context', paths: ['src/context/'], may: services },
  { name: 'proxies', paths: ['src/context/proxies.ts'], may: [...protocol, 'context'] },

  { name: 'request', paths: ['src/request/'], may: contextual },
  // Of security, `sendFromDirectory` needs the one function that knows which paths lead outside.
  { name: 'safe-join', paths: ['src/security/safe-join.ts'], may: [] },
  { name: 'response', paths: ['src/response/'], may: [...contextual, 'safe-join'] },

  // Inside the framework the context is an argument: none of these may import `proxies`.
  { name: 'middleware', paths: ['src/middleware/'], may: wrappers },
  { name: 'dispatch', paths: ['src/dispatch/'], may: [...wrappers, 'middleware'] },
  { name: 'scaffold', paths: ['src/scaffold.ts'], may: [...wrappers, 'dispatch'] },
  { name: 'blueprint', paths: ['src/blueprint.ts'], may: [...wrappers, 'dispatch', 'scaffold'] },
  { name: 'engine', paths: ['src/engine/'], may: [...wrappers, 'dispatch', 'middleware'] },
  {
    name: 'app',
    paths: ['src/app.ts', 'src/base-app.ts', 'src/url-building.ts', 'src/wsgi-seam.ts'],
    may: [...registries, 'middleware', 'engine', 'testing', 'template-env'],
  },

  // Hands the proxies to templates as names in scope, hence is outside of what takes the context as an argument.
  {
    name: 'template-env',
    paths: ['src/template-env.ts'],
    may: [...contextual, 'proxies', 'helpers'],
  },
  {
    name: 'helpers',
    paths: ['src/helpers.ts', 'src/flashing.ts', 'src/stream-with-context.ts', 'src/templates.ts'],
    may: [...registries, 'proxies', 'template-env'],
  },
  { name: 'security', paths: ['src/security/'], may: [...registries, 'proxies', 'safe-join'] },
  { name: 'views', paths: ['src/views.ts'], may: [...registries, 'proxies'] },
  { name: 'testing', paths: ['src/testing/'], may: [...registries, 'engine'] },

  {
    name: 'core',
    paths: ['src/core.ts'],
    may: [...registries, 'proxies', 'middleware', 'engine', 'app'],
  },
  {
    name: 'index',
    paths: ['src/index.ts'],
    may: [
      ...registries,
      'proxies',
      'middleware',
      'app',
      'helpers',
      'security',
      'safe-join',
      'views',
      'testing',
    ],
  },
  { name: 'cli', paths: ['src/cli/'], may: doors },
  { name: 'dev', paths: ['src/dev/'], may: doors },

  { name: 'connect', paths: ['compat/connect/'], may: doors },
  { name: 'express', paths: ['compat/express/'], may: [...doors, 'connect'] },
  { name: 'cors', paths: ['compat/cors/'], may: doors },
  { name: 'login', paths: ['compat/login/'], may: [...doors, 'connect'] },
  { name: 'jwt', paths: ['compat/jwt/'], may: doors },
  { name: 'sqlalchemy', paths: ['compat/sqlalchemy/'], may: doors },

  // These stand where a user of the package stands: published subpaths only.
  { name: 'compat-tests', paths: ['compat-tests/'], may: [] },
  { name: 'bench', paths: ['bench/'], may: ['databases'] },
  { name: 'demo', paths: ['demo/'], may: [] },
  // Starts database servers, for tests and for the bench.
  { name: 'databases', paths: ['scripts/databases/'], may: [] },
]

/** Rooms that the rest may reach by `import()` only. */
export const LATE_ROOMS: readonly string[] = ['cli', 'dev']

/** Rooms that must run on any platform: no `node:` import, not even of a type. */
export const PURE_ROOMS: readonly string[] = ['http', 'errors']

/** Rooms that see this package as its users do. */
export const OUTSIDE_ROOMS: readonly string[] = ['compat-tests', 'bench', 'demo']

/**
 * Who may name a third party, types included; nobody else in `src` may. A folder ends in `/`.
 * `module#name` stands for one name out of a module.
 */
export const SOLE_USERS: Readonly<Record<string, string | readonly string[]>> = {
  fastify: 'src/engine/',
  'find-my-way': 'src/routing/compile.ts',
  'mime-types': 'src/response/',
  'node:async_hooks#AsyncLocalStorage': [
    'src/context/store.ts',
    // A session tells calls from inside its own flush, which may go on, from others, which wait.
    'compat/sqlalchemy/orm/session/serial-queue.ts',
  ],
}

/** Past this a file does more than one thing. */
export const MOST_LINES = 1000

/** Past this the test's output asks whether it does. */
export const MANY_LINES = 500
