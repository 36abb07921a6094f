import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { Config, DEFAULT_CONFIG } from '../src/config.ts'
import { KeyError, RuntimeError } from '../src/errors/builtins.ts'
import { ImportStringError, importString } from '../src/import-string.ts'

let root: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'config-'))
  const file = (name: string, text: string): void => writeFileSync(join(root, name), text)
  file('config.json', '{"A": 1, "lower": 2, "N": NaN}')
  file('broken.json', '{')
  file(
    'settings.cjs',
    'class Base { static NAME = "base"; static DEBUG = false }\n' +
      'class Production extends Base { static NAME = "production"; static lower = 1 }\n' +
      'module.exports = { Base, Production, TOP: 1, lower: 2 }',
  )
  file(
    'modern.mjs',
    'export const MODERN = true\nexport const lower = 1\nexport default { DEEP: 2 }',
  )
  file('throws.cjs', 'throw new RangeError("inside")')
  file('needs.cjs', 'require("./not-there.cjs")')
  mkdirSync(join(root, 'pkg', 'conf'), { recursive: true })
  file(join('pkg', 'conf', 'index.js'), 'module.exports = { Dev: { LEVEL: 3 } }')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))
afterEach(() => vi.unstubAllEnvs())

const make = (defaults = {}): Config => new Config(root, defaults)

describe('Config', () => {
  it('has Flask’s defaults', () => {
    const config = new Config(root, DEFAULT_CONFIG)
    expect({ ...config }).toEqual({
      APPLICATION_ROOT: '/',
      DEBUG: null,
      EXPLAIN_TEMPLATE_LOADING: false,
      MAX_CONTENT_LENGTH: null,
      MAX_COOKIE_SIZE: 4093,
      MAX_FORM_MEMORY_SIZE: 500000,
      MAX_FORM_PARTS: 1000,
      PERMANENT_SESSION_LIFETIME: 2678400,
      PREFERRED_URL_SCHEME: 'http',
      PROPAGATE_EXCEPTIONS: null,
      PROVIDE_AUTOMATIC_OPTIONS: true,
      SECRET_KEY: null,
      SECRET_KEY_FALLBACKS: null,
      SEND_FILE_MAX_AGE_DEFAULT: null,
      SERVER_NAME: null,
      SESSION_COOKIE_DOMAIN: null,
      SESSION_COOKIE_HTTPONLY: true,
      SESSION_COOKIE_NAME: 'session',
      SESSION_COOKIE_PARTITIONED: false,
      SESSION_COOKIE_PATH: null,
      SESSION_COOKIE_SAMESITE: null,
      SESSION_COOKIE_SECURE: false,
      SESSION_REFRESH_EACH_REQUEST: true,
      TEMPLATES_AUTO_RELOAD: null,
      TESTING: false,
      TRAP_BAD_REQUEST_ERRORS: null,
      TRAP_HTTP_EXCEPTIONS: false,
      TRUSTED_HOSTS: null,
      USE_X_SENDFILE: false,
    })
    expect(Object.isFrozen(DEFAULT_CONFIG)).toBe(true)
    config.DEBUG = true
    expect(DEFAULT_CONFIG.DEBUG).toBeNull()
  })

  it('is an object and a dict', () => {
    const config = make({ A: 1 })
    config.B = 2
    config.own = 3
    expect(config.get('A')).toBe(1)
    expect(config.get('X')).toBeNull()
    expect(config.get('X', 'd')).toBe('d')
    expect(config.getItem('A')).toBe(1)
    expect(() => config.getItem('X')).toThrow(KeyError)
    expect(config.has('toString')).toBe(false)
    expect(config.setdefault('A', 9)).toBe(1)
    expect(config.setdefault('C')).toBeNull()
    config.update({ lower: 4 })
    config.set('get', 5)
    expect(Object.keys(config)).toEqual(['A', 'B', 'own', 'C', 'lower', 'get'])
    expect(config.keys()).toEqual(Object.keys(config))
    expect(config.items()).toEqual(Object.entries(config))
    expect(config.values()).toEqual([1, 2, 3, null, 4, 5])
    expect(config.rootPath).toBe(root)
  })

  it('takes upper-case names only, from an object, a Map or pairs', () => {
    const config = make()
    const names = { A_KEY: 1, lower: 2, MiXed: 3, B: [1], _1: 4, É9: 5 }
    expect(config.fromMapping(names)).toBe(true)
    config.fromMapping(new Map(Object.entries({ C: 6, c: 7 })))
    config.fromMapping([['D', 8]])
    config.fromMapping()
    expect({ ...config }).toEqual({ A_KEY: 1, B: [1], É9: 5, C: 6, D: 8 })
  })

  it('keeps a name that other objects inherit as data', () => {
    const config = make()
    config.update(JSON.parse('{"__proto__": {"ADMIN": true}}') as object)
    expect(config.ADMIN).toBeUndefined()
    expect(config).toBeInstanceOf(Config)
  })
})

describe('fromObject', () => {
  it('takes objects, classes with static members, and instances, inherited members included', () => {
    class Base {
      ofInstances = 'not taken'
      static DEBUG = false
      static NAME = 'base'
      static get COMPUTED(): string {
        return 'computed'
      }
    }
    class Production extends Base {
      static override NAME = 'production'
      static lower = 1
    }
    class Instance {
      URL = 'u'
      get HOST(): string {
        return `${this.URL}.test`
      }
    }
    const config = make({ X: 'old' })
    config.fromObject({ X: 'new', y: 1 })
    config.fromObject(Production)
    config.fromObject(new Instance())
    expect({ ...config }).toEqual({
      X: 'new',
      NAME: 'production',
      DEBUG: false,
      COMPUTED: 'computed',
      URL: 'u',
      HOST: 'u.test',
    })
  })

  it.each([
    ['settings.Production', { NAME: 'production', DEBUG: false }],
    ['settings:Production', { NAME: 'production', DEBUG: false }],
    ['./settings.cjs:Base', { NAME: 'base', DEBUG: false }],
    ['settings', { TOP: 1 }],
    ['settings.cjs', { TOP: 1 }],
    ['modern', { MODERN: true }],
    ['pkg.conf.Dev', { LEVEL: 3 }],
    ['pkg/conf:Dev', { LEVEL: 3 }],
  ])('imports %s', (name, expected) => {
    const config = make()
    config.fromObject(name)
    expect({ ...config }).toEqual(expected)
  })

  it('says what it looked for', () => {
    const config = make()
    expect(() => config.fromObject('nowhere.Config')).toThrow(ImportStringError)
    expect(() => config.fromObject('nowhere.Config')).toThrow(
      /Could not import 'nowhere\.Config'.*- nowhere\.Config\n- nowhere:Config/s,
    )
    expect(() => config.fromObject('settings:Missing')).toThrow("has no member 'Missing'")
  })

  it('does not hide errors inside the module', () => {
    expect(() => make().fromObject('throws')).toThrow(new RangeError('inside'))
    expect(() => make().fromObject('needs')).toThrow('not-there.cjs')
    expect(() => make().fromObject('needs')).not.toThrow(ImportStringError)
  })

  it('finds installed packages, and members of default exports', () => {
    expect(importString('node:path:join')).toBe(join)
    expect(importString('modern:DEEP', root)).toBe(2)
  })
})

describe('fromFile', () => {
  it('reads with the given function, or as JSON', () => {
    const config = make()
    expect(config.fromFile('config.json')).toBe(true)
    expect({ ...config }).toEqual({ A: 1, N: Number.NaN })
    const seen: unknown[] = []
    const load = (contents: unknown): object => {
      seen.push(contents)
      return { B: 2, lower: 1 }
    }
    config.fromFile('config.json', load)
    config.fromFile('config.json', { load })
    config.fromFile(join(root, 'config.json'), load, { text: false })
    expect(config.B).toBe(2)
    expect(config.lower).toBeUndefined()
    expect(seen.map((contents) => typeof contents)).toEqual(['string', 'string', 'object'])
    expect(Buffer.isBuffer(seen[2])).toBe(true)
  })

  it('is silent on demand about missing files only', () => {
    const config = make()
    expect(config.fromFile('absent.json', JSON.parse, { silent: true })).toBe(false)
    expect(config.fromFile('.', { silent: true })).toBe(false)
    expect(() => config.fromFile('absent.json', JSON.parse)).toThrow(
      expect.objectContaining({
        code: 'ENOENT',
        message: expect.stringContaining('Unable to load configuration file'),
      }),
    )
    expect(() => config.fromFile('broken.json', { silent: true })).toThrow(SyntaxError)
  })
})

describe('fromPyfile and fromEnvvar', () => {
  it('take the upper-case exports of a module or the members of a JSON file', () => {
    const config = make()
    expect(config.fromPyfile('settings.cjs')).toBe(true)
    expect(config.fromPyfile(join(root, 'modern.mjs'))).toBe(true)
    expect({ ...config }).toEqual({ TOP: 1, MODERN: true, DEEP: 2 })
    expect(config.fromPyfile('absent.js', { silent: true })).toBe(false)
    expect(config.fromPyfile('settings.cjs/x', { silent: true })).toBe(false)
    expect(() => config.fromPyfile('absent.js')).toThrow('Unable to load configuration file')
  })

  it('find the file by an environment variable', () => {
    const config = make()
    vi.stubEnv('APP_SETTINGS', 'settings.cjs')
    expect(config.fromEnvvar('APP_SETTINGS')).toBe(true)
    expect(config.TOP).toBe(1)
    vi.stubEnv('APP_SETTINGS', '')
    expect(config.fromEnvvar('APP_SETTINGS', { silent: true })).toBe(false)
    expect(() => config.fromEnvvar('APP_SETTINGS')).toThrow(RuntimeError)
    expect(() => config.fromEnvvar('APP_SETTINGS')).toThrow(
      "The environment variable 'APP_SETTINGS' is not set and as such configuration could not be" +
        ' loaded. Set this variable and make it point to a configuration file',
    )
  })
})

describe('fromPrefixedEnv', () => {
  const stub = (variables: Record<string, string>): void => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  }

  it('reads JSON or text, and `__` as nesting', () => {
    stub({
      FLASK_STR: 'value',
      FLASK_INT: '1',
      FLASK_TRUE: 'true',
      FLASK_PYTRUE: 'True',
      FLASK_NULL: 'null',
      FLASK_LIST: '[1, 2]',
      FLASK_DICT: '{"k": "v"}',
      FLASK_QUOTED: '"1"',
      FLASK_FLOAT: '1.5',
      FLASK_EMPTY: '',
      FLASK_DICT__K: 'over',
      FLASK_NEW__A__B: '2',
      OTHER_X: 'no',
    })
    const config = make()
    expect(config.fromPrefixedEnv()).toBe(true)
    expect({ ...config }).toEqual({
      STR: 'value',
      INT: 1,
      TRUE: true,
      PYTRUE: 'True',
      NULL: null,
      LIST: [1, 2],
      DICT: { k: 'v', K: 'over' },
      QUOTED: '1',
      FLOAT: 1.5,
      EMPTY: '',
      NEW: { A: { B: 2 } },
    })
  })

  it('takes another prefix and another reader', () => {
    stub({ ZED_N: '[1]', ZED_lower: 'x' })
    const config = make()
    config.fromPrefixedEnv('ZED', { loads: (text) => text.toUpperCase() })
    expect({ ...config }).toEqual({ N: '[1]', lower: 'X' })
  })

  it('goes into settings that are objects, and no others', () => {
    stub({ ZED_A__B: '1', ZED_T: 'text' })
    const config = make({ A: { C: 2 } })
    config.fromPrefixedEnv('ZED')
    expect(config.A).toEqual({ C: 2, B: 1 })
    stub({ ZED_T__X: '1' })
    expect(() => config.fromPrefixedEnv('ZED')).toThrow(TypeError)
  })

  it('changes no prototype', () => {
    stub({ ZED_constructor__prototype__ADMIN: '1', ZED_X: '{"__proto__": {"ADMIN": 1}}' })
    const config = make()
    config.fromPrefixedEnv('ZED')
    expect(({} as Record<string, unknown>).ADMIN).toBeUndefined()
    expect(config.ADMIN).toBeUndefined()
  })
})

describe('getNamespace', () => {
  it('collects settings by their prefix', () => {
    const config = make({ NS_A: 1, NS_B_C: 2, OTHER: 3 })
    expect(config.getNamespace('NS_')).toEqual({ a: 1, b_c: 2 })
    expect(config.getNamespace('NS_', { lowercase: false })).toEqual({ A: 1, B_C: 2 })
    expect(config.getNamespace('NS_', { trimNamespace: false })).toEqual({ ns_a: 1, ns_b_c: 2 })
  })
})
