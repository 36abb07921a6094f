import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bustapi } from '../cli/support.ts'

const scenario = (area: string, text: string): object => ({
  id: `${area}/one`,
  area,
  title: 't',
  app: { routes: [{ rule: '/', endpoint: 'i', handler: { do: 'text', text: 'hi' } }] },
  requests: [
    {
      id: `${area}/one#1`,
      path: '/',
      tags: ['clock'],
      expect: { status: 200, headers: [], body: text, body_match: 'exact' },
    },
  ],
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bustapi-conformance-command-'))
  const file = (area: string, text: string): string =>
    JSON.stringify({ schema: 1, area, scenarios: [scenario(area, text)] })
  await writeFile(join(folder, 'good.json'), file('good', 'hi'))
  await writeFile(join(folder, 'bad.json'), file('bad', 'ho'))
})
afterAll(() => rm(folder, { recursive: true }))

it('ends with the counts, and with exit code 1 when anything failed', async () => {
  const { code, stdout } = await bustapi('conformance', 'flask', '--corpus', folder)
  expect(code).toBe(1)
  expect(stdout).toBe(
    [
      'FAILED  bad/one#1  body: expected "ho", got "hi"',
      'bad   0 passed, 1 failed, 0 waived',
      'good  1 passed, 0 failed, 0 waived',
      '1 passed, 1 failed, 0 waived',
      '',
    ].join('\n'),
  )
})

it('runs only the areas that are named', async () => {
  const words = ['conformance', 'flask', '--corpus', folder, '--area']
  expect(await bustapi(...words, 'good')).toMatchObject({ code: 0 })
  expect((await bustapi(...words, 'good,none')).stderr).toContain('No such area: none')
  expect(await bustapi(...words, 'none')).toMatchObject({ code: 2, stdout: '' })
})

it('writes every result as JSON', async () => {
  const file = join(folder, 'results.txt')
  await bustapi('conformance', 'flask', '--corpus', folder, '--json', file)
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([
    {
      area: 'bad',
      scenario: 'bad/one',
      request: 'bad/one#1',
      ok: false,
      tags: ['clock'],
      difference: 'body: expected "ho", got "hi"',
    },
    {
      area: 'good',
      scenario: 'good/one',
      request: 'good/one#1',
      ok: true,
      tags: ['clock'],
      difference: null,
    },
  ])
})

it('says in one line that a corpus cannot be read', async () => {
  const { code, stderr } = await bustapi('conformance', 'flask', '--corpus', join(folder, 'none'))
  expect(code).toBe(2)
  expect(stderr).toMatch(/^Error: The corpus cannot be read: .+\n$/)
})
