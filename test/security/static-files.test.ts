import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Blueprint, type BustAPI, sendFromDirectory } from '../../src/index.ts'
import { expectNoTrace, type LiveApp, live } from './live-app.ts'

let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'static-'))
  await mkdir(join(folder, 'static/sub'), { recursive: true })
  await writeFile(join(folder, 'static/open.txt'), 'open')
  await writeFile(join(folder, 'static/sub/deep.txt'), 'deep')
  await writeFile(join(folder, 'secret.txt'), 'SECRET')
  await mkdir(join(folder, 'static-other'))
  await writeFile(join(folder, 'static-other/secret.txt'), 'SECRET')
})
afterAll(() => rm(folder, { recursive: true }))

/** The same folder behind the three doors that Flask has. */
function serve(): Promise<LiveApp> {
  return live(
    (app: BustAPI) => {
      app.get('/send/<path:name>', ({ name }) => sendFromDirectory(join(folder, 'static'), name))
      app.get('/named', () => sendFromDirectory(join(folder, 'static'), '../secret.txt'))
      const blueprint = new Blueprint('bp', 'bp', {
        staticFolder: join(folder, 'static'),
        staticUrlPath: '/assets',
        urlPrefix: '/bp',
      })
      app.registerBlueprint(blueprint)
    },
    { staticFolder: join(folder, 'static') },
  )
}

const DOORS = ['/static/', '/send/', '/bp/assets/']

describe.each(DOORS)('S23: nothing outside of the folder is served by %s', (door) => {
  it('while what is inside is', async () => {
    const app = await serve()
    expect((await app.send('GET', `${door}open.txt`)).body).toBe('open')
    expect((await app.send('GET', `${door}sub/deep.txt`)).body).toBe('deep')
    expect((await app.send('GET', `${door}sub/../open.txt`)).body).toBe('open')
    expect((await app.send('GET', `${door}open.txt/`)).body).toBe('open')
  })

  it.each([
    '../secret.txt',
    '..%2fsecret.txt',
    '..%2Fsecret.txt',
    '%2e%2e/secret.txt',
    '%2e%2e%2fsecret.txt',
    '%2E%2E/secret.txt',
    '.%2e/secret.txt',
    '..%5csecret.txt',
    '..%5Csecret.txt',
    '..\\secret.txt',
    '....//secret.txt',
    '..././secret.txt',
    '..;/secret.txt',
    './../secret.txt',
    'sub/../../secret.txt',
    'sub/..%2f..%2fsecret.txt',
    '..%252fsecret.txt',
    '%252e%252e/secret.txt',
    '..%c0%afsecret.txt',
    '%c0%ae%c0%ae/secret.txt',
    '%uff0e%uff0e/secret.txt',
    '..%ef%bc%8fsecret.txt',
    '..%00/secret.txt',
    'open.txt%00',
    'open.txt%00.png',
    '%00../secret.txt',
    '../static-other/secret.txt',
    '..-other/secret.txt',
    '../../../../../../../../etc/passwd',
    '/etc/passwd',
    '//etc/passwd',
    '%2fetc%2fpasswd',
    '%2f%2fetc/passwd',
    'C:%5cWindows%5cwin.ini',
    'C:/Windows/win.ini',
    'c:open.txt',
    '%5c%5chost%5cshare%5csecret.txt',
    '//host/share/secret.txt',
    'file:///etc/passwd',
    '~/secret.txt',
    'open.txt/../../secret.txt',
    'open.txt::$DATA',
    '..',
    '.',
    '%2e%2e',
    'a'.repeat(5000),
    `${'../'.repeat(2000)}etc/passwd`,
  ])('%s', async (name) => {
    const app = await serve()
    const reply = await app.send('GET', door + name)
    expect(reply.statuses).toHaveLength(1)
    expect([308, 400, 404]).toContain(reply.status)
    expect(reply.output).not.toMatch(/SECRET|root:/)
    expectNoTrace(reply)
    expect(app.records).toEqual([])
    await app.expectHealthy()
  })

  it.each(['CON', 'NUL.txt', 'aux%20', 'com1', 'LPT9.tar.gz', 'con%3a', 'CONIN$', 'prn.'])(
    'S24 the device %s of Windows is a 404',
    async (name) => {
      const app = await serve()
      for (const path of [name, `sub/${name}`]) {
        expect((await app.send('GET', door + path)).statuses).toEqual([404])
      }
      await app.expectHealthy()
    },
  )

  it.each(['', '/', 'sub', 'sub/'])('the folder itself (%s) is not listed', async (name) => {
    const app = await serve()
    const reply = await app.send('GET', door + name)
    expect([308, 404]).toContain(reply.status)
    expect(reply.output).not.toMatch(/deep\.txt|open\.txt/)
  })
})

it('a view that asks for what is outside gets Flask’s 404', async () => {
  const app = await serve()
  expect((await app.send('GET', '/named')).statuses).toEqual([404])
})

describe('S44: ranges and tags of a file', () => {
  const head = (app: LiveApp, ...headers: string[]) =>
    app.send('GET', '/static/open.txt', { headers })

  it.each([
    ['a thousand overlapping ranges', Array.from({ length: 1000 }, () => '0-3').join(',')],
    ['two ranges', '0-1,2-3'],
    ['one that begins behind the end', '9-'],
    ['one without an end or a beginning', '-'],
    ['one that runs backwards', '3-1'],
    ['letters', 'a-b'],
    ['huge numbers', '99999999999999999999-99999999999999999999'],
    ['numbers that a double cannot tell apart', '9007199254740993-9007199254740993'],
    ['numbers of a thousand digits', `${'9'.repeat(1000)}-${'9'.repeat(1000)}`],
    ['a suffix of a thousand digits', `-${'9'.repeat(1000)}`],
    ['open ones', '-,-,-'],
  ])('%s: one short 416', async (_what, ranges) => {
    const app = await serve()
    const reply = await head(app, `Range: bytes=${ranges}`)
    expect(reply.statuses).toHaveLength(1)
    expect(reply.status).toBe(416)
    expect(reply.body.length).toBeLessThan(1000)
    await app.expectHealthy()
  })

  it('a unit that is not bytes is a 416', async () => {
    const app = await serve()
    expect((await head(app, 'Range: lines=0-3')).status).toBe(416)
  })

  it('a suffix, a beginning and an exact range are served', async () => {
    const app = await serve()
    for (const [range, body] of [
      ['-2', 'en'],
      ['1-', 'pen'],
      ['0-0', 'o'],
      ['0-99', 'open'],
    ]) {
      const reply = await head(app, `Range: bytes=${range}`)
      expect([range, reply.status, reply.body]).toEqual([range, 206, body])
    }
  })

  it('If-None-Match of 15 KB is read', async () => {
    const app = await serve()
    const [tag] = (await head(app)).header('ETag')
    const many = Array.from({ length: 1000 }, (_, i) => `"${i}"`).join(', ')
    expect((await head(app, `If-None-Match: ${many}`)).status).toBe(200)
    expect((await head(app, `If-None-Match: ${many}, ${tag}`)).status).toBe(304)
    expect((await head(app, `If-None-Match: ${'"'.repeat(15_000)}`)).status).toBe(200)
    expect((await head(app, `If-Match: ${many}`)).status).toBe(412)
    await app.expectHealthy()
  })
})
