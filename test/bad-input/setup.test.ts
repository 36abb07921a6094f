import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Blueprint, BustAPI, LookupError, ValueError } from '../../src/index.ts'
import { live } from '../security/live-app.ts'

const root = join(import.meta.dirname, '../..')

describe('a rule that cannot be parsed', () => {
  it.each([
    ['users', /must start with a slash. Write '\/users'/],
    ['', /must start with a slash/],
    ['/<', /Malformed URL rule '\/<' at '<'/],
    ['/<int:>', /Malformed URL rule/],
    ['/<int:id', /Malformed URL rule/],
    ['/<:id>', /Malformed URL rule/],
    ['/<a b>', /Malformed URL rule/],
    ['/<nope:id>', /the converter 'nope' does not exist. Known ones are /],
    ['/<id>/<id>', /variable name 'id'/],
    ['/<int(1:id>', /Malformed URL rule/],
  ])('%s is an error at once that names it', (rule, message) => {
    const app = new BustAPI('setup')
    expect(() => app.addUrlRule(rule, 'x', () => 'x')).toThrow(message)
    expect(() => app.get(rule as '/', () => 'x')).toThrow(message)
    expect(() => app.addUrlRule(rule, 'x', () => 'x')).toThrow(
      /nope/.test(rule) ? LookupError : ValueError,
    )
  })

  it('leaves the app as it was: others are served', async () => {
    const app = await live((a) => {
      expect(() => a.get('/<nope:id>' as '/', () => 'broken')).toThrow(LookupError)
      expect(() => a.get('broken' as '/', () => 'broken')).toThrow(ValueError)
      a.get('/good/<int:n>', ({ n }) => String(n))
    })
    expect((await app.send('GET', '/good/7')).body).toBe('7')
    expect((await app.send('GET', '/broken')).status).toBe(404)
    await app.expectHealthy()
  })
})

describe('a name that is taken', () => {
  it('an endpoint with another view is an error; with the same view it is not', async () => {
    const app = await live((a) => {
      const view = (): string => 'first'
      a.get('/one', { endpoint: 'it' }, view)
      a.get('/two', { endpoint: 'it' }, view)
      expect(() => a.get('/three', { endpoint: 'it' }, () => 'second')).toThrow(
        'View function mapping is overwriting an existing endpoint function: it',
      )
    })
    expect((await app.send('GET', '/one')).body).toBe('first')
    expect((await app.send('GET', '/two')).body).toBe('first')
    // As in Flask, the rule stands, and its endpoint is the first view's.
    expect((await app.send('GET', '/three')).body).toBe('first')
    await app.expectHealthy()
  })

  it('a blueprint’s is an error that says how to give it another', () => {
    const app = new BustAPI('setup')
    app.registerBlueprint(new Blueprint('shop', 'shop'))
    expect(() => app.registerBlueprint(new Blueprint('shop', 'other'))).toThrow(
      /The name 'shop' is already registered .*Use 'name=' to provide a unique name|name/,
    )
    expect(() => new Blueprint('a.b', 'x')).toThrow(ValueError)
    expect(() => new Blueprint('', 'x')).toThrow(ValueError)
  })

  it('setup after the first request is an error that says so', async () => {
    const app = await live(() => {})
    await app.expectHealthy()
    expect(() => app.app.get('/late', () => 'x')).toThrow(/can no longer be called/)
    expect(() => app.app.beforeRequest(() => {})).toThrow(/can no longer be called/)
    expect(() => app.app.use(() => {})).toThrow(/can no longer be called/)
    await app.expectHealthy()
  })
})

describe('S36: a limit that is no number', () => {
  it('of the server throws at the start', async () => {
    for (const listen of [
      { requestTimeout: Number.NaN },
      { maxHeaderSize: -1 },
      { port: 70_000 },
      { port: Number.NaN },
    ]) {
      await expect(new BustAPI('setup').run({ port: 0, ...listen })).rejects.toThrow()
    }
  })
})

describe('bustapi run', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'run-'))
    const door = JSON.stringify(join(root, 'src/index.ts'))
    await writeFile(
      join(folder, 'good.mjs'),
      `import { BustAPI } from ${door}\nexport const app = new BustAPI('good')\n`,
    )
    await writeFile(join(folder, 'throws.mjs'), "throw new TypeError('on import\\nsecond line')\n")
    await writeFile(join(folder, 'syntax.mjs'), 'export const = \n')
    await writeFile(join(folder, 'inner.mjs'), "import './not-there.mjs'\n")
    await writeFile(join(folder, 'rejects.mjs'), "await Promise.reject(new Error('later'))\n")
    await writeFile(
      join(folder, 'factory.mjs'),
      "export function createApp() { throw new Error('in the factory') }\n",
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  /** The command line in a process of its own. */
  async function run(
    ...words: string[]
  ): Promise<{ code: number | null; stdout: string; stderr: string }> {
    const main = JSON.stringify(join(root, 'src/cli/main.ts'))
    const script = `import { main } from ${main}\nprocess.exitCode = await main(process.argv.slice(1))`
    const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script]
    const child = spawn(process.execPath, [...args, '--', ...words], { cwd: folder })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += String(chunk)
    })
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk)
    })
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout, stderr }
  }

  it.each([
    ['nope:app', 2, "Error: Could not import 'nope'."],
    ['good:zzz', 2, "Error: Failed to find attribute 'zzz' in 'good'."],
    ['good:', 2, /^Error: Failed to parse '' as an attribute name/],
    [':app', 2, /^Error: /],
    ['throws:app', 2, /^Error: While importing 'throws', TypeError was raised: on import \(.*\)$/],
    ['syntax:app', 2, /^Error: While importing 'syntax', SyntaxError was raised: /],
    ['inner:app', 2, /^Error: While importing 'inner', Error was raised: Cannot find module/],
    ['rejects:app', 2, /^Error: While importing 'rejects', Error was raised: later/],
    ['factory:createApp', 1, /^Error: in the factory$/],
  ])('of %s ends with one line and a code', async (spec, code, line) => {
    const ended = await run('run', spec, '--port', '0')
    expect(ended.stdout).toBe('')
    expect(ended.stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(ended.stderr.trimEnd()).toMatch(line)
    expect(ended.code).toBe(code)
  })

  it('on a port that is taken ends with one line that says which', async () => {
    const taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as AddressInfo
    try {
      const ended = await run('run', 'good:app', '--port', String(port))
      expect([ended.code, ended.stderr.trimEnd().split('\n').length]).toEqual([1, 1])
      expect(ended.stderr).toMatch(new RegExp(`^Error: .*127\\.0\\.0\\.1:${port}`))
    } finally {
      taken.close()
    }
  })
})
