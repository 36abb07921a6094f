import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { BustAPI, renderTemplate } from '../../src/index.ts'

// Configuration keys that no scenario of the corpus sets.

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bustapi-keys-'))
  for (const folder of ['static', 'templates']) mkdirSync(join(root, folder))
  writeFileSync(join(root, 'static', 'a.txt'), 'a')
  writeFileSync(join(root, 'templates', 'a.html'), 'one')
})
afterEach(() => rmSync(root, { recursive: true }))

const makeApp = (config: Record<string, unknown>): BustAPI => {
  const app = new BustAPI('app', { rootPath: root })
  app.config.fromMapping(config)
  return app
}

describe('the key', () => {
  it('PROVIDE_AUTOMATIC_OPTIONS lets routes answer OPTIONS, or not', async () => {
    const status = async (value: boolean): Promise<number> => {
      const app = makeApp({ PROVIDE_AUTOMATIC_OPTIONS: value })
      app.get('/', () => 'x')
      return (await app.testClient().options('/')).statusCode
    }
    expect(await status(true)).toBe(200)
    expect(await status(false)).toBe(405)
  })

  it('SEND_FILE_MAX_AGE_DEFAULT is how long browsers keep a file', async () => {
    const cacheControl = async (value: number | null): Promise<string | null> => {
      const client = makeApp({ SEND_FILE_MAX_AGE_DEFAULT: value }).testClient()
      return (await client.get('/static/a.txt')).headers.get('Cache-Control')
    }
    expect(await cacheControl(null)).toBe('no-cache')
    expect(await cacheControl(60)).toBe('public, max-age=60')
  })

  it('TEMPLATES_AUTO_RELOAD has changed templates read again', () => {
    const rendered = (value: boolean): string[] => {
      const file = join(root, 'templates', 'a.html')
      writeFileSync(file, 'one')
      const app = makeApp({ TEMPLATES_AUTO_RELOAD: value })
      const render = (): string => app.appContext().run(() => renderTemplate('a.html'))
      const before = render()
      writeFileSync(file, 'two')
      utimesSync(file, 1, 1)
      return [before, render()]
    }
    expect(rendered(false)).toEqual(['one', 'one'])
    expect(rendered(true)).toEqual(['one', 'two'])
  })

  it('EXPLAIN_TEMPLATE_LOADING logs where a template was looked for', () => {
    const logged = (value: boolean): string[] => {
      const app = makeApp({ EXPLAIN_TEMPLATE_LOADING: value })
      const info = vi.spyOn(app.logger, 'info').mockImplementation(() => undefined)
      app.appContext().run(() => renderTemplate('a.html'))
      return info.mock.calls.map(([message]) => String(message))
    }
    expect(logged(false)).toEqual([])
    expect(logged(true).join()).toMatch(
      /Locating template 'a\.html'[\s\S]+application 'app': found/,
    )
  })
})
