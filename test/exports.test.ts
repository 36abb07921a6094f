import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ENTRIES, specifier } from '../scripts/entries.ts'
import { publishedFields } from '../scripts/manifest.ts'
import { filesUnder, ROOT } from '../scripts/paths.ts'
import { must, type RunOptions } from '../scripts/run.ts'
import { type Consumer, makeConsumer } from './support/consumer.ts'

let consumer: Consumer
beforeAll(async () => {
  consumer = await makeConsumer()
}, 120_000)
afterAll(() => (consumer as Consumer | undefined)?.[Symbol.asyncDispose]())

const node = (args: readonly string[], options: RunOptions = {}): Promise<string> =>
  must(process.execPath, args, { cwd: consumer.folder, ...options })

const tool = (name: string, args: readonly string[]): Promise<string> =>
  must(name, args, { cwd: consumer.folder })

describe('the packed package', () => {
  it('names its entries as the build made them', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as object
    expect(manifest).toMatchObject(publishedFields())
  })

  it('carries its licence, the notices of bundled code, and no source', () => {
    const home = join(consumer.folder, 'node_modules', 'bustapi')
    const files = filesUnder(home).map((file) => file.slice(home.length + 1))
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/THIRD-PARTY-NOTICES.txt']),
    )
    expect(files.filter((file) => /^(src|compat|test|bench)\//.test(file))).toEqual([])
  })

  it('has nothing that publint would change', async () => {
    expect(await tool('publint', ['run', consumer.tarball, '--strict'])).toContain('All good!')
  })

  it('has types that are right for every kind of resolution', async () => {
    expect(await tool('attw', [consumer.tarball])).toContain('No problems found')
  }, 60_000)
})

describe('import and require', () => {
  it('give the same objects from every entry', async () => {
    const names = JSON.parse(await node(['same.mjs', ...ENTRIES.map(specifier)])) as object
    expect(names).toMatchSnapshot()
  })

  // As real Express: a function with parts, of which an `import` finds each by name.
  it.each([
    ['5', []],
    ['4', ['query']],
  ])('give the function and its parts for Express %s', async (major, more) => {
    const found = JSON.parse(await node(['express.cjs', major])) as { keys: string[] }
    expect(found).toMatchObject({ callable: true, same: true, named: true, reply: '{"id":"7"}' })
    const original = createRequire(import.meta.url)(
      major === '4' ? 'express4' : 'express',
    ) as object
    expect(found.keys.toSorted()).toEqual(Object.keys(original).toSorted())
    expect(found.keys).toEqual(expect.arrayContaining(more))
  })

  it('share one request context', async () => {
    const line = '200 {"id":7,"path":"/7","query":"x"}'
    expect((await node(['context.mjs'])).trim().split('\n')).toEqual([line, line])
  })

  it('have types of their own kind', async () => {
    expect(await tool('tsc', ['-p', 'types'])).toBe('')
  }, 60_000)

  it('work under Jest, with and without ES modules', async () => {
    const jest = join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js')
    const output = await node(['--experimental-vm-modules', jest, '--no-cache'], {
      env: { NODE_OPTIONS: '--no-warnings', FORCE_COLOR: '0' },
    })
    expect(output).toMatch(/Tests: +2 passed, 2 total/)
  }, 60_000)
})

describe('the command', () => {
  const bustapi = (...args: string[]): Promise<string> =>
    node([join('node_modules', 'bustapi', 'dist', 'bin.cjs'), ...args])

  it('runs from the folder of another project', async () => {
    expect(await bustapi('--help')).toContain('Usage: bustapi')
  })

  it('brings the corpus with it', async () => {
    const output = await bustapi('conformance', 'flask', '--area', 'flash')
    expect(output.trim().split('\n').at(-1)).toMatch(/^[1-9]\d* passed, 0 failed, 0 waived$/)
  })
})

describe('a first request', () => {
  it('loads none of the parts that it does not need', async () => {
    const { status, files } = JSON.parse(await node(['first-request.cjs'])) as {
      status: number
      files: string[]
    }
    expect(status).toBe(200)
    const packages = files.map((file) => /node_modules\/(?!bustapi\/)([^.].*)$/.exec(file)?.[1])
    expect(packages.filter((name) => name !== undefined)).toEqual([])
  })
})
