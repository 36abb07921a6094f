import { get } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bustapi, enterFolder, FRONT_DOOR } from './support.ts'

const APP = `
import { BustAPI, currentApp } from '${FRONT_DOOR}'

export const app = new BustAPI(import.meta.url)
app.get('/', { endpoint: 'index' }, () => 'from the command line')
app.route('/x/<int:i>', { endpoint: 'x', methods: ['POST', 'PUT'] }, ({ i }) => String(i))
app.cli.command('hello', (name) => console.log('hello', name, 'from', currentApp.name), { help: 'Says hello.' })
app.cli.command('boom', () => { throw new RangeError('boom') })
app.cli.command('words', () => { throw Object.assign(new Error('Error: wrong words'), { exitCode: 2 }) })

export const broken = new BustAPI(import.meta.url)
broken.addUrlRule('/nowhere', 'nowhere')

export const notAnApp = { name: 'x' }
export function createApp(number) {
  if (number !== 3) throw new TypeError('expected 3')
  return app
}
`

let leave: () => Promise<void>

beforeAll(async () => {
  const entered = await enterFolder({
    'app.mjs': APP,
    'only.mjs': `import { BustAPI } from '${FRONT_DOOR}'\nexport const site = new BustAPI('only', { staticFolder: null })\n`,
    'factory.mjs': `import { BustAPI } from '${FRONT_DOOR}'\nexport const createApp = () => new BustAPI('made', { staticFolder: null })\n`,
    'typed.ts': `import { BustAPI } from '${FRONT_DOOR}'\nexport const app: BustAPI = new BustAPI('typed', { staticFolder: null })\n`,
    'common.cjs': `exports.makeApp = async () => (await import('./only.mjs')).site\n`,
    'empty.mjs': 'export const nothing = 1\n',
    'throws.mjs': `throw new SyntaxError('first line\\nsecond line')\n`,
  })
  leave = entered.leave
})
afterAll(() => leave())

describe('routes', () => {
  it('shows endpoint, methods and rule as flask routes does', async () => {
    expect(await bustapi('routes', 'app:app')).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        'Endpoint  Methods    Rule',
        '--------  ---------  -----------------------',
        'index     GET        /',
        'static    GET        /static/<path:filename>',
        'x         POST, PUT  /x/<int:i>',
        '',
      ].join('\n'),
    })
  })

  it('sorts, and shows all methods, on request', async () => {
    const { stdout } = await bustapi(
      'routes',
      '--app',
      'app:app',
      '--sort=methods',
      '--all-methods',
    )
    const rows = stdout.split('\n').slice(2, 5)
    expect(rows.map((row) => row.split(/\s\s+/)[1])).toEqual([
      'GET, HEAD, OPTIONS',
      'GET, HEAD, OPTIONS',
      'OPTIONS, POST, PUT',
    ])
  })

  it('says so when there are none', async () => {
    expect((await bustapi('routes', 'only')).stdout).toBe('No routes were registered.\n')
  })
})

describe('the app', () => {
  it('is the one of the module, or made by its factory', async () => {
    for (const spec of [
      'app',
      'app.mjs',
      './app',
      'only',
      'factory',
      'typed',
      'typed.ts:app',
      'common',
    ]) {
      expect(await bustapi('routes', spec)).toMatchObject({ code: 0, stderr: '' })
    }
    expect((await bustapi('routes', 'app:createApp(3)')).code).toBe(0)
  })

  it('comes from FLASK_APP, or from an app module, when none is named', async () => {
    process.env.FLASK_APP = 'only:site'
    expect((await bustapi('routes')).stdout).toBe('No routes were registered.\n')
    delete process.env.FLASK_APP
    expect((await bustapi('routes')).stdout).toContain('/x/<int:i>')
  })

  it.each([
    ['nope:app', "Could not import 'nope'."],
    ['app:zzz', "Failed to find attribute 'zzz' in 'app'."],
    ['app:notAnApp', "A valid BustAPI application was not obtained from 'app:notAnApp'."],
    ['app:a b', "Failed to parse 'a b' as an attribute name or function call."],
    ['app:createApp(x)', "Failed to parse arguments as literal values: 'createApp(x)'."],
    [
      'empty',
      "Failed to find BustAPI application or factory in module 'empty'. Use 'empty:name' to specify one.",
    ],
  ])('%s is one line on standard error and exit code 2', async (spec, message) => {
    for (const command of ['run', 'routes', 'check']) {
      expect(await bustapi(command, spec)).toEqual({
        code: 2,
        stdout: '',
        stderr: `Error: ${message}\n`,
      })
    }
  })

  it('whose module throws is one line as well, with the place', async () => {
    const { code, stderr } = await bustapi('check', 'throws')
    expect(code).toBe(2)
    expect(stderr).toMatch(
      /^Error: While importing 'throws', SyntaxError was raised: first line \(.*throws\.mjs.*\)\n$/,
    )
  })
})

describe('check', () => {
  it('is content with an app that has all its views', async () => {
    expect(await bustapi('check', 'app:app')).toEqual({
      code: 0,
      stdout: 'app: 3 routes, no problems found.\n',
      stderr: '',
    })
  })

  it('finds a rule without a view', async () => {
    expect(await bustapi('check', 'app:broken')).toEqual({
      code: 1,
      stdout: '',
      stderr: "Error: The rule '/nowhere' has no view: nothing is registered as 'nowhere'.\n",
    })
  })
})

describe('words that are wrong', () => {
  it.each([
    [
      ['run', 'app:app', '--port', 'abc'],
      "Invalid value for '--port': 'abc' is not a valid integer.",
    ],
    [
      ['run', 'app:app', '--port', '70000'],
      "Invalid value for '--port': 70000 is not in the range 0 to 65535.",
    ],
    [['run', 'app:app', '--port'], "Option '--port' requires an argument."],
    [['run', 'app:app', '--zz'], 'No such option: --zz'],
    [['run', 'app:app', '--debug=1'], "Option '--debug' does not take a value."],
    [['run', 'app:app', 'more'], 'Got unexpected extra argument (more)'],
    [
      ['routes', 'app:app', '--sort', 'zz'],
      "Invalid value for '--sort': 'zz' is not one of 'endpoint', 'methods', 'domain', 'rule', 'match'.",
    ],
    [['nonsense'], "No such command 'nonsense'."],
    [['--nonsense'], 'No such option: --nonsense'],
    [['--app', 'app:app', 'nonsense'], "No such command 'nonsense'."],
    [['--app', 'nope', 'hello'], "Could not import 'nope'."],
    [['conformance'], "Missing argument 'SUITE'. One of: flask"],
    [['conformance', 'django'], "No such suite 'django'."],
  ])('%j', async (words, message) => {
    expect(await bustapi(...words)).toEqual({ code: 2, stdout: '', stderr: `Error: ${message}\n` })
  })
})

describe("the app's own commands", () => {
  it('run inside an app context', async () => {
    expect(await bustapi('--app', 'app:app', 'hello', 'Ana')).toEqual({
      code: 0,
      stdout: 'hello Ana from app\n',
      stderr: '',
    })
  })

  it('fail with one line', async () => {
    expect(await bustapi('-A', 'app:app', 'boom')).toEqual({
      code: 1,
      stdout: '',
      stderr: 'RangeError: boom\n',
    })
  })

  it('can say that their words are wrong, by the exit code of what they throw', async () => {
    expect(await bustapi('-A', 'app:app', 'words')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'Error: wrong words\n',
    })
  })

  it('are in the overview', async () => {
    const { code, stdout } = await bustapi('--app', 'app:app', '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ {2}hello +Says hello\.$/m)
    expect(stdout).toMatch(/^ {2}routes +Show the routes for the app\.$/m)
    expect((await bustapi('run', '--help')).stdout).toContain('Usage: bustapi run [OPTIONS] [APP]')
    expect((await bustapi('--version')).stdout).toMatch(/^BustAPI \d+\.\d+\.\d+/)
  })
})

/** Waits for text on the standard output of a command line that goes on. */
async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

describe('run', () => {
  it('serves the app until it is told to stop', async () => {
    const lines: string[] = []
    const log = console.log
    console.log = (line: string) => lines.push(line)
    const { main } = await import('../../src/cli/main.ts')
    const ended = main(['run', 'app:app', '--port', '0', '--no-debug'])
    const url = await until(() => lines.join('\n').match(/Running on (http:\S+)/)?.[1])
    console.log = log
    const body = await new Promise<string>((resolve, reject) => {
      get(url, (response) => {
        let text = ''
        response.on('data', (chunk) => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      }).on('error', reject)
    })
    expect(body).toBe('from the command line')
    expect(lines.slice(0, 2)).toEqual([" * Serving BustAPI app 'app:app'", ' * Debug mode: off'])
    process.emit('SIGTERM')
    expect(await ended).toBe(0)
    const refused = await new Promise((resolve) => {
      connect(Number(new URL(url).port), '127.0.0.1')
        .on('connect', () => resolve(false))
        .on('error', () => resolve(true))
    })
    expect(refused).toBe(true)
  })

  it('says which address is taken, and fails', async () => {
    const { createServer } = await import('node:net')
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const { code, stderr } = await bustapi('run', 'app:app', '--port', String(port))
    taken.close()
    expect(code).toBe(1)
    expect(stderr).toContain(String(port))
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  })
})
