import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { ENTRIES, specifier } from '../scripts/entries.ts'
import { filesUnder, ROOT } from '../scripts/paths.ts'
import { main } from '../src/cli/main.ts'
import { errorCodes } from '../src/errors/codes.ts'
import * as facade from '../src/index.ts'
import { EXTENSION_KEYS, EXTENSION_SOURCES } from './docs/extension-keys.ts'
import { FLASK_FACTS } from './docs/facts/index.ts'
import { anchors, codeSpans, page, section, tableRows } from './docs/markdown.ts'
import { app as example } from './docs/readme-example.ts'
import { ENTRY_EXPORTS, SAMPLES } from './docs/samples.ts'

const MIGRATION = page('MIGRATION.md')
const README = page('README.md')
const PAGES = {
  'MIGRATION.md': MIGRATION,
  'README.md': README,
  'CHANGELOG.md': page('CHANGELOG.md'),
}

const MATRIX = tableRows(MIGRATION, '| Flask | TypeScript | Status | Proof |').map(
  ([flask = '', form = '', status = '', proof = '']) => ({
    flask: codeSpans(flask),
    forms: codeSpans(form),
    status: /^(?:\*\*)?(full|partial|not)\b/.exec(status)?.[1],
    hasNote: status.includes(': '),
    proof,
  }),
)

const EXPORTS: Readonly<Record<string, unknown>> = Object.assign(
  {},
  ...ENTRY_EXPORTS.toReversed(),
) as Record<string, unknown>

const ABSENT = Symbol('absent')

/** The member of an object, whatever reading it says. */
function memberOf(owner: unknown, name: string): unknown {
  if (owner === null || owner === undefined) return ABSENT
  let value: unknown
  try {
    value = (owner as Record<string, unknown>)[name]
  } catch {
    return undefined
  }
  // A session's Proxy answers `in` by what is stored, not by what it can do.
  return value === undefined && !(name in Object(owner)) ? ABSENT : value
}

/** What `app.urlFor` names. */
function resolve(path: string): unknown {
  const [root = '', ...names] = path.split('.')
  let value: unknown = SAMPLES[root] ?? (root in EXPORTS ? EXPORTS[root] : ABSENT)
  for (const name of names) value = value === ABSENT ? ABSENT : memberOf(value, name)
  return value
}

/** Flask's names carried over: `url_for` → `urlFor`. */
const camelCase = (name: string): string =>
  /^[A-Z]/.test(name)
    ? name
    : name.replace(/(?<=[a-z0-9])_+([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())

/** The samples of the classes whose missing members the matrix lists. */
const SAMPLE_OF: Readonly<Record<string, string>> = {
  Flask: 'app',
  Blueprint: 'blueprint',
  Request: 'request',
  Response: 'response',
  JSONProvider: 'provider',
  Environment: 'app.jinjaEnv',
  FlaskClient: 'client',
  FlaskCliRunner: 'runner',
  EnvironBuilder: 'builder',
  Signal: 'signal',
  session: 'session',
  Map: 'app.urlMap',
  Rule: 'rule',
  MapAdapter: 'mapAdapter',
  MultiDict: 'multiDict',
  MIMEAccept: 'accept',
  HeaderSet: 'headerSet',
  Serializer: 'serializer',
  Signer: 'signer',
  LoginManager: 'loginManager',
  UserMixin: 'user',
  JWTManager: 'jwt',
  CORS: 'cors',
  SQLAlchemy: 'db',
  Pagination: 'pagination',
  Session: 'db.session',
  Query: 'query',
  Select: 'select',
  ColumnElement: 'column',
  RelationshipProperty: 'posts',
  Result: 'result',
  ScalarResult: 'scalarResult',
  MappingResult: 'mappingResult',
  MetaData: 'metadata',
  Table: 'table',
  Inspector: 'inspector',
  sqlalchemy: 'db',
  MapperEvents: 'mapperEvents',
  InstanceEvents: 'mapperEvents',
  SessionEvents: 'sessionEvents',
  AttributeEvents: 'attributeEvents',
}

describe('the compatibility matrix', () => {
  it('has a status, a form and a proof in every row', () => {
    const broken = MATRIX.filter(({ flask, forms, status, hasNote, proof }) => {
      if (flask.length === 0 || status === undefined) return true
      if (status === 'not') return forms.length > 0
      return forms.length === 0 || proof === '' || (status === 'partial' && !hasNote)
    })
    expect(broken).toEqual([])
    expect(MATRIX.length).toBeGreaterThan(900)
  })

  it('names no Flask name twice in a section', () => {
    const twice = MIGRATION.split(/^### /m).flatMap((part) => {
      const names = tableRows(part, '| Flask | TypeScript | Status | Proof |').flatMap(([flask]) =>
        codeSpans(flask ?? ''),
      )
      return names.filter((name, at) => names.indexOf(name) !== at)
    })
    expect(twice).toEqual([])
  })

  it('counts its names as they are', () => {
    const count = (wanted: string): number =>
      MATRIX.filter(({ status }) => status === wanted).reduce((n, { flask }) => n + flask.length, 0)
    expect(MIGRATION).toContain(
      `${count('full')} names full, ${count('partial')} partial, ${count('not')} not.`,
    )
  })

  it('names forms that exist, functions with their parentheses', () => {
    const wrong = MATRIX.flatMap(({ forms }) => forms).filter((form) => {
      const value = resolve(form.replace('()', ''))
      return form.endsWith('()') ? typeof value !== 'function' : value === ABSENT
    })
    expect(wrong).toEqual([])
  })

  it('calls nothing missing that is there', () => {
    const there = MATRIX.filter(({ status }) => status === 'not')
      .flatMap(({ flask }) => flask)
      .filter((name) => {
        const [owner = '', ...rest] = name.split('.')
        const last = camelCase(rest.at(-1) ?? owner)
        const sample = SAMPLE_OF[owner]
        return resolve(sample === undefined ? last : `${sample}.${last}`) !== ABSENT
      })
    expect(there).toEqual([])
  })

  it('names tests and areas of the corpus that exist', () => {
    const files = MATRIX.flatMap(({ proof }) => codeSpans(proof))
    const areas = MATRIX.flatMap(({ proof }) =>
      [...proof.matchAll(/corpus: (\w+)/g)].map(([, area]) => `compat-tests/corpus/${area}.json`),
    )
    const missing = [...new Set([...files, ...areas])].filter(
      (file) => !existsSync(join(ROOT, file)),
    )
    expect(missing).toEqual([])
  })

  it('goes by the facts where it says so, and by all of them', () => {
    const asked = new Set(FLASK_FACTS.flatMap(({ names }) => names))
    const PROOF = '`test/docs/flask-facts.test.ts`'
    const claimed = MATRIX.filter(({ proof }) => proof === PROOF).flatMap(({ flask }) => flask)
    expect([...asked].toSorted()).toEqual(claimed.toSorted())
  })

  it('has every export of the front door', () => {
    const named = new Set(
      codeSpans(section(MIGRATION, '## Compatibility matrix')).map((code) => code.split(/[.(]/)[0]),
    )
    expect(Object.keys(facade).filter((name) => !named.has(name))).toEqual([])
  })

  it('has every configuration key', () => {
    const rows = MATRIX.flatMap(({ forms }) => forms).filter((form) =>
      /^config\.[A-Z_]+$/.test(form),
    )
    expect(rows.toSorted()).toEqual(
      Object.keys(facade.DEFAULT_CONFIG)
        .concat(EXTENSION_KEYS)
        .map((key) => `config.${key}`)
        .toSorted(),
    )
  })
})

describe('codes', () => {
  const documented = tableRows(MIGRATION, '| Code | Meaning |').flatMap(([code]) =>
    codeSpans(code ?? ''),
  )

  it('are documented, and the documented ones exist', () => {
    const warnings = readFileSync(join(ROOT, 'src/errors/warnings.ts'), 'utf8').matchAll(
      /^export const (BUST_WARN_\w+)/gm,
    )
    const ofExtensions = EXTENSION_SOURCES.match(/BUST_(?:ERR|WARN)_[A-Z_]+/g) ?? []
    const defined = [
      ...errorCodes().keys(),
      ...[...warnings].map(([, code]) => code as string),
      ...ofExtensions,
    ]
    expect(documented).toEqual([...new Set(defined)].toSorted())
  })

  it('are mentioned elsewhere only as they are', () => {
    const mentioned = Object.values(PAGES).flatMap(
      (text) => text.match(/BUST_(?:ERR|WARN)_[A-Z_]+/g) ?? [],
    )
    expect(mentioned.filter((code) => !documented.includes(code))).toEqual([])
  })
})

describe('the pages', () => {
  it('link to what exists', () => {
    const broken = Object.entries(PAGES).flatMap(([name, text]) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target]) => target as string)
        .filter((target) => !/^https?:/.test(target))
        .filter((target) => {
          const [file = '', anchor] = target.split('#')
          const path = join(ROOT, file === '' ? name : file)
          if (!existsSync(path)) return true
          return anchor !== undefined && !anchors(readFileSync(path, 'utf8')).has(anchor)
        }),
    )
    expect(broken).toEqual([])
  })

  it('name test files and folders that exist', () => {
    const names = Object.values(PAGES)
      .flatMap(codeSpans)
      .filter((code) => /^(?:src|test|compat|compat-tests)\/[\w./-]+$/.test(code))
    expect(names.filter((name) => !existsSync(join(ROOT, name)))).toEqual([])
  })

  it('name npm scripts and commands that exist', async () => {
    const { scripts } = JSON.parse(page('package.json')) as { scripts: Record<string, string> }
    const text = Object.values(PAGES).join('\n')
    const ran = [...text.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(
      ([, script]) => script as string,
    )
    const unknown = ran.filter((script) => script !== 'ci' && !Object.hasOwn(scripts, script))
    expect(unknown).toEqual([])

    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)
    const commands = [...text.matchAll(/\bnpx bustapi (\w+)/g)].map(
      ([, command]) => command as string,
    )
    expect(commands.length).toBeGreaterThan(0)
    for (const command of new Set(commands)) expect(await main([command, '--help'])).toBe(0)
    log.mockRestore()
  })
})

describe('the README', () => {
  it('has exactly two set-up commands', () => {
    expect(README.match(/npm ci && npm \w+/g)).toEqual([
      'npm ci && npm start',
      'npm ci && npm test',
    ])
    expect(page('.ci/run')).toContain('npm ci && npm test')
  })

  it('lists the entries of the package', () => {
    const listed = tableRows(section(README, '## Entries of the package'), '| Entry | For |')
      .map(([entry]) => entry ?? '')
      .filter((entry) => !entry.includes('(command)'))
      .flatMap(codeSpans)
    expect(listed.toSorted()).toEqual(ENTRIES.map(specifier).toSorted())
  })

  it('names every room', () => {
    const rooms = new Set(
      filesUnder(join(ROOT, 'src'))
        .map((file) => file.slice(join(ROOT, 'src').length + 1).split('/')[0] as string)
        .filter((name) => statSync(join(ROOT, 'src', name)).isDirectory()),
    )
    const named = codeSpans(section(README, '## The rooms'))
      .filter((code) => code.startsWith('src/'))
      .map((code) => basename(code))
    expect([...rooms].filter((room) => !named.includes(room))).toEqual([])
  })

  it('shows an example that does what it says', async () => {
    const source = page('test/docs/readme-example.ts')
    expect(section(README, '## A small app')).toContain(`\`\`\`ts\n${source}\`\`\``)
    const client = example.testClient()
    expect((await client.get('/')).text).toBe('<h1>Visit 1</h1>')
    expect((await client.get('/')).text).toBe('<h1>Visit 2</h1>')
    const user = await client.get('/users/7')
    expect(user.json).toEqual({ user_id: 7, next: 8 })
    expect(user.headers.has('Content-Security-Policy')).toBe(true)
    const echo = await client.post('/echo', { json: { a: 1 } })
    expect([echo.statusCode, echo.json]).toEqual([201, { got: { a: 1 } }])
    expect((await client.get('/none')).json).toEqual({ error: 'nothing here' })
  })

  it('has a place for the measurements', () => {
    expect(README).toMatch(/<!-- bench:start -->\n[\s\S]+\n<!-- bench:end -->/)
    expect(README).toMatch(/<!-- bench-express:start -->\n[\s\S]+\n<!-- bench-express:end -->/)
    expect(README).toMatch(/<!-- bench-database:start -->\n[\s\S]+\n<!-- bench-database:end -->/)
  })
})
