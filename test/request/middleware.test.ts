import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import connect from 'connect'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { fetchRaw, serve, type TestServer, type View } from './serve.ts'

/** The part of multer that is used; it has no types of its own. */
interface Multer {
  any(): unknown
  single(name: string): unknown
  fields(list: { name: string }[]): unknown
}
const multer = createRequire(import.meta.url)('multer') as (options?: { dest: string }) => Multer

let server: TestServer
afterEach(() => server.close())

/** Serves `view` behind unmodified Connect middleware. */
async function behind(view: View, ...layers: unknown[]): Promise<void> {
  server = await serve(view, {}, (req: IncomingMessage, res: ServerResponse) => {
    const chain = connect()
    for (const layer of layers) chain.use(layer as connect.NextHandleFunction)
    return new Promise((resolve, reject) => {
      chain(req, res, (error: unknown) => (error ? reject(error) : resolve()))
    })
  })
}

const post = (body: string, type: string, headers: Record<string, string> = {}) =>
  fetchRaw(server.port, '/', {
    method: 'POST',
    body,
    headers: { 'Content-Type': type, ...headers },
  })

describe('express’s own body parsers', () => {
  const parsers = [express.json(), express.urlencoded({ extended: true }), express.text()]

  it('leave JSON, forms and text where we find them', async () => {
    await behind(
      (request) => [
        request.isJson ? request.json : null,
        request.form.toDict({ flat: false }),
        String(request.data),
      ],
      ...parsers,
    )
    expect((await post('{"a":[1]}', 'application/json')).json()).toEqual([
      { a: [1] },
      {},
      '{"a":[1]}',
    ])
    const form = await post('a=1&a=2&b[c]=3&d[]=4', 'application/x-www-form-urlencoded')
    expect(form.json()).toEqual([null, { a: ['1', '2'], 'b[c]': ['3'], d: ['4'] }, ''])
    expect((await post('text', 'text/plain')).json()).toEqual([null, {}, 'text'])
  })

  it('leave what they do not know to us', async () => {
    await behind((request) => [String(request.data), request.mimetype], ...parsers)
    expect((await post('<x/>', 'application/xml')).json()).toEqual(['<x/>', 'application/xml'])
    const multipart = await behindMultipart()
    expect(multipart).toEqual({ a: '1' })
  })

  async function behindMultipart(): Promise<unknown> {
    await server.close()
    await behind((request) => request.form.toDict(), ...parsers)
    const body = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n'
    return (await post(body, 'multipart/form-data; boundary=b')).json()
  }

  it('may have taken raw bytes: everything is parsed of those', async () => {
    await behind((request) => [request.json, String(request.data)], express.raw({ type: '*/*' }))
    expect((await post('{"a": 1}', 'application/json')).json()).toEqual([{ a: 1 }, '{"a": 1}'])
  })

  it('do not disturb a request without a body', async () => {
    await behind((request) => [request.data.length, request.form.size], ...parsers)
    expect((await fetchRaw(server.port, '/')).json()).toEqual([0, 0])
  })
})

describe('multer', () => {
  const body = [
    '--b\r\nContent-Disposition: form-data; name="title"\r\n\r\nhello\r\n',
    '--b\r\nContent-Disposition: form-data; name="doc"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nabc\r\n',
    '--b--\r\n',
  ].join('')

  const view: View = async (request) => {
    const file = request.files.getItem('doc')
    return [request.form.toDict(), file.filename, file.mimetype, file.size, await file.text()]
  }
  const expected = [{ title: 'hello' }, 'a.txt', 'text/plain', 3, 'abc']

  it.each([
    ['any', (m: Multer) => m.any()],
    ['single', (m: Multer) => m.single('doc')],
    ['fields', (m: Multer) => m.fields([{ name: 'doc' }])],
  ])('in memory, %s', async (_name, use) => {
    await behind(view, use(multer()))
    expect((await post(body, 'multipart/form-data; boundary=b')).json()).toEqual(expected)
  })

  it('on disk', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'multer-test-'))
    await behind(view, multer({ dest: folder }).any())
    expect((await post(body, 'multipart/form-data; boundary=b')).json()).toEqual(expected)
    rmSync(folder, { recursive: true })
  })
})
