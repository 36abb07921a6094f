import { once } from 'node:events'
import { mkdtempSync, readdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../demo/app.ts'
import { eachDatabase } from '../compat/sqlalchemy/databases.ts'
import { Visitor } from './support.ts'

let base = ''

async function signedUp(name: string): Promise<Visitor> {
  const visitor = new Visitor(base)
  const token = await visitor.token('/sign-up')
  const reply = await visitor.post('/sign-up', {
    csrf_token: token,
    name,
    password: 'correct horse',
  })
  expect([reply.status, reply.headers.get('location')]).toEqual([303, '/'])
  return visitor
}

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
)

describe('the noticeboard', () => {
  eachDatabase((database) => {
    const uploads = mkdtempSync(join(tmpdir(), 'noticeboard-'))
    let uri = ''
    let server: Server

    beforeAll(async () => {
      uri = await database.create()
      server = createServer(
        await createApp({ databaseUri: uri, uploadFolder: uploads, log: false }),
      )
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    })

    afterAll(async () => {
      server.closeAllConnections()
      server.close()
      await database.drop(uri)
    })

    it('shows its first page, with the headers of helmet and a compressed body', async () => {
      const visitor = new Visitor(base)
      const reply = await visitor.open('/')
      expect(reply.status).toBe(200)
      expect(reply.text).toContain('Nothing here yet.')
      expect(reply.text).toContain('href="/static/style.css"')
      expect(reply.headers.get('content-security-policy')).toContain("default-src 'self'")
      const style = await visitor.open('/static/style.css', {
        headers: { 'accept-encoding': 'gzip' },
      })
      expect([style.status, style.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    })

    it('signs up, signs out and in, and greets once', async () => {
      const visitor = await signedUp('grace')
      const page = await visitor.open('/')
      expect(page.text).toContain('Welcome, grace.')
      expect((await visitor.open('/')).text).not.toContain('Welcome, grace.')
      await visitor.post('/sign-out', { csrf_token: await visitor.token('/') })
      expect((await visitor.open('/notes/new')).headers.get('location')).toBe('/sign-in')
      const token = await visitor.token('/sign-in')
      const fields = { csrf_token: token, name: 'grace' }
      expect((await visitor.post('/sign-in', { ...fields, password: 'wrong' })).status).toBe(401)
      const reply = await visitor.post('/sign-in', { ...fields, password: 'correct horse' })
      expect(reply.status).toBe(303)
    })

    it('refuses a form without the session’s token', async () => {
      const visitor = await signedUp('mallory')
      const reply = await visitor.post('/notes', { csrf_token: 'guessed', title: 'x' })
      expect(reply.status).toBe(400)
      expect(reply.text).toContain('The form has expired')
    })

    it('pins up a note with a picture, shows it, and lets only its author delete it', async () => {
      const ada = await signedUp('ada')
      const form = new FormData()
      form.set('csrf_token', await ada.token('/notes/new'))
      form.set('title', 'Lost <cat>')
      form.set('body', 'Black & white.\nCalled Ada.')
      form.set('picture', new Blob([PIXEL], { type: 'image/png' }), '../../cat.png')
      const pinned = await ada.open('/notes', { method: 'POST', body: form })
      expect(pinned.status).toBe(303)
      const path = pinned.headers.get('location') ?? ''
      const page = await ada.open(path)
      expect(page.text).toContain('Lost &lt;cat&gt;')
      expect(page.text).toContain('<p>Black &amp; white.</p><p>Called Ada.</p>')
      const picture = /src="(\/pictures\/[^"]+)"/.exec(page.text)?.[1] ?? ''
      const shown = await fetch(base + picture)
      expect(shown.headers.get('content-type')).toBe('image/png')
      expect(Buffer.from(await shown.arrayBuffer())).toEqual(PIXEL)
      expect(readdirSync(uploads)).toHaveLength(1)

      const eve = await signedUp('eve')
      const stolen = await eve.post(`${path}/delete`, { csrf_token: await eve.token('/') })
      expect(stolen.status).toBe(403)
      const gone = await ada.post(`${path}/delete`, { csrf_token: await ada.token('/') })
      expect(gone.status).toBe(303)
      expect((await ada.open(path)).status).toBe(404)
    })

    it('answers over JSON, errors included', async () => {
      const ada = await signedUp('ada lovelace')
      const headers = { 'content-type': 'application/json' }
      const made = await ada.open('/api/notes', {
        method: 'POST',
        headers,
        body: JSON.stringify({ title: 'From the API', body: 'text' }),
      })
      expect(made.status).toBe(201)
      const note = JSON.parse(made.text) as { id: number; url: string }
      expect(made.headers.get('location')).toBe(`/api/notes/${note.id}`)
      expect(note.url).toBe(`${base}/notes/${note.id}`)
      const shown = await ada.open(`/api/notes/${note.id}`)
      expect(JSON.parse(shown.text)).toMatchObject({
        title: 'From the API',
        author: 'ada lovelace',
      })
      expect(JSON.parse((await ada.open('/api/notes')).text)).toHaveLength(1)
      const missing = await ada.open('/api/notes/999')
      expect([missing.status, JSON.parse(missing.text)]).toEqual([
        404,
        { error: 'Not Found', message: 'There is no such note.' },
      ])
      const anonymous = await new Visitor(base).open('/api/notes', {
        method: 'POST',
        headers,
        body: '{}',
      })
      expect(anonymous.status).toBe(401)
      const malformed = await ada.open('/api/notes', { method: 'POST', headers, body: '{' })
      expect(malformed.status).toBe(400)
    })

    it('shows error pages, and counts visits in the session of express-session', async () => {
      const visitor = new Visitor(base)
      const missing = await visitor.open('/no/such/page')
      expect(missing.status).toBe(404)
      expect(missing.text).toContain('<h2>404 Not Found</h2>')
      expect(JSON.parse((await visitor.open('/stats')).text).visits).toBe(1)
      expect(JSON.parse((await visitor.open('/stats')).text).visits).toBe(2)
    })

    it('sends somebody whose picture is too large back to the form', async () => {
      const visitor = await signedUp('large')
      const form = new FormData()
      form.set('csrf_token', await visitor.token('/notes/new'))
      form.set('title', 'big')
      form.set('picture', new Blob([new Uint8Array(3 * 1024 * 1024)]), 'big.png')
      const reply = await visitor.open('/notes', { method: 'POST', body: form })
      expect([reply.status, reply.headers.get('location')]).toEqual([303, '/notes/new'])
      expect((await visitor.open('/notes/new')).text).toContain('A picture may have 2 MB at most.')
    })
  })
})
