import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page, Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../demo/app.ts'
import { createClient } from '../../demo/tutorial/client.ts'
import { CHROMIUM, launch } from './chromium.ts'

// A real browser goes through the demo's tutorial, and through its client on another origin.

if (CHROMIUM === undefined) console.log('Browser test: skipped, there is no Chromium here.')

const PASSWORD = 'correct horse'

describe.skipIf(CHROMIUM === undefined)('in Chromium', { timeout: 60_000 }, () => {
  const servers: Server[] = []
  /** What came over the wire, `METHOD path origin?`; a browser's tools do not show every preflight. */
  const received: string[] = []
  let browser: Browser
  let tutorial = ''
  let friend = ''
  let stranger = ''

  async function serve(listener: RequestListener): Promise<string> {
    const server = createServer(listener).listen(0, '127.0.0.1')
    servers.push(server)
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  beforeAll(async () => {
    const client = createClient(() => `${tutorial}api`)
    friend = await serve(client)
    stranger = await serve(client)
    const app = await createApp({
      databaseUri: 'sqlite://',
      log: false,
      clientOrigins: [friend],
    })
    const site = await serve((req, res) => {
      received.push([req.method, req.url, req.headers.origin ?? ''].join(' ').trim())
      app(req, res)
    })
    tutorial = `${site}/tutorial/`
    browser = await launch(CHROMIUM as string)
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })

  /** A page of a visitor with no cookies; what its scripts fail at is collected. */
  async function visit(url: string): Promise<{ page: Page; errors: string[] }> {
    const page = await (await browser.newContext()).newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(url)
    return { page, errors }
  }

  const press = (page: Page, name: string): Promise<void> =>
    page.getByRole('button', { name, exact: true }).click()
  const follow = (page: Page, name: string): Promise<void> =>
    page.getByRole('link', { name, exact: true }).click()
  const text = (page: Page): Promise<string> => page.locator('body').innerText()

  async function signUp(page: Page, name: string): Promise<void> {
    await page.goto(`${tutorial}sign-up`)
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill(PASSWORD)
    await press(page, 'Sign up')
    await page.waitForURL(tutorial)
  }

  it('signs up, is remembered, confirms, and signs out', async () => {
    const { page, errors } = await visit(new URL('/', tutorial).href)
    await follow(page, 'Tutorial')
    expect(await text(page)).toContain('Nobody is signed in.')
    await signUp(page, 'ada')
    expect(await text(page)).toContain('Welcome, ada.')
    await press(page, 'Sign out')
    await page.waitForURL(tutorial)

    await page.goto(`${tutorial}secret`)
    expect(await text(page)).toContain('Please log in to access this page.')
    await page.getByLabel('Name').fill('ada')
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByLabel('Remember me').check()
    await press(page, 'Sign in')
    await page.waitForURL(`${tutorial}secret`)
    expect(await text(page)).toContain('The secret is safe with you, ada.')

    // The browser is closed and opened again: cookies without an age are gone.
    const context = page.context()
    const cookies = await context.cookies()
    const remember = cookies.find(({ name }) => name === 'tutorial_remember')
    expect(remember).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    expect((remember?.expires ?? 0) - Date.now() / 1000).toBeGreaterThan(13 * 24 * 3600)
    expect(cookies.find(({ name }) => name === 'tutorial_session')?.expires).toBe(-1)
    await context.clearCookies({ name: 'tutorial_session' })
    await page.goto(tutorial)
    expect(await text(page)).toContain('from a cookie that remembered you')

    await follow(page, 'Change password')
    await page.waitForURL(/\/confirm\?/)
    await page.getByLabel('Password').fill(PASSWORD)
    await press(page, 'Confirm')
    await page.waitForURL(`${tutorial}password`)
    await page.getByLabel('New password').fill('a new secret')
    await press(page, 'Change')
    await page.waitForURL(tutorial)
    expect(await text(page)).toContain('Your password is changed.')

    await press(page, 'Sign out')
    await page.waitForURL(tutorial)
    expect(await text(page)).toContain('Nobody is signed in.')
    await context.clearCookies({ name: 'tutorial_session' })
    await page.goto(tutorial)
    expect(await text(page)).toContain('Nobody is signed in.')
    expect(errors).toEqual([])
    await context.close()
  })

  const answerOf = async (page: Page, name: string): Promise<string> => {
    await press(page, name)
    const answer = page.locator('#answer', { hasNotText: '…' }).filter({ hasText: /\S/ })
    return answer.innerText()
  }

  async function getTokens(page: Page, name: string): Promise<string> {
    await page.getByLabel('Name').fill(name)
    await page.getByLabel('Password').fill(PASSWORD)
    return answerOf(page, 'Get tokens')
  }

  it('uses the API from another origin, with preflights', async () => {
    const { page: account } = await visit(tutorial)
    await signUp(account, 'grace')
    const { page, errors } = await visit(friend)
    received.length = 0
    expect(await getTokens(page, 'grace')).toMatch(/^201 .*"access_token"/)
    expect(await answerOf(page, 'Change my motto')).toBe(
      '200 {"motto":"Across origins","name":"grace"}',
    )
    expect(await answerOf(page, 'Refresh')).toMatch(/^200 /)
    expect(await answerOf(page, 'Change my motto')).toBe('401 {"msg":"Fresh token required"}')
    expect(await answerOf(page, 'Who am I?')).toBe('200 {"motto":"Across origins","name":"grace"}')
    expect(await answerOf(page, 'Revoke')).toBe('200 {"revoked":"access"}')
    expect(await answerOf(page, 'Who am I?')).toBe('401 {"msg":"Token has been revoked"}')
    expect(received).toContain(`OPTIONS /tutorial/api/token ${friend}`)
    expect(received).toContain(`OPTIONS /tutorial/api/me ${friend}`)
    // The browser may remember the answer to a preflight (maxAge): one does for both changes.
    expect(received.filter((line) => line.startsWith('OPTIONS /tutorial/api/me'))).toHaveLength(1)
    expect(received.filter((line) => line.startsWith('PUT /tutorial/api/me'))).toHaveLength(2)
    expect(errors).toEqual([])
    await account.reload()
    expect(await text(account)).toContain('Across origins')
  })

  it('keeps a page of a third origin out, before a request that changes anything', async () => {
    const { page } = await visit(stranger)
    const failed: Request[] = []
    page.on('requestfailed', (request) => failed.push(request))
    received.length = 0
    expect(await getTokens(page, 'grace')).toBe('TypeError: Failed to fetch')
    expect(received).toEqual([`OPTIONS /tutorial/api/token ${stranger}`])
    expect(failed.map((request) => request.method())).toEqual(['POST'])
  })
})
