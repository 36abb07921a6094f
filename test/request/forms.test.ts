import { mkdtemp, readFile, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'
import type { Request, RequestSettings } from '../../src/request/request.ts'
import { fetchRaw, serve, type TestServer, type View } from './serve.ts'
import { namedSpools, openSpools } from './spools.ts'

let server: TestServer
afterEach(() => server.close())

const URLENCODED = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=b'

async function post(
  view: View,
  body: string | Buffer,
  type: string,
  settings: Partial<RequestSettings> = {},
) {
  server = await serve(view, settings)
  return fetchRaw(server.port, '/?a=q&z=0', {
    method: 'POST',
    body,
    headers: { 'Content-Type': type },
  })
}

const lists = (request: Request): unknown => [
  request.form.toDict({ flat: false }),
  [...request.files.items({ multi: true })].map(([name, file]) => [name, file.filename, file.size]),
]

/** A part of a form with boundary `b`. */
const part = (head: string, body: string): string =>
  `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`

describe('an urlencoded form', () => {
  it('gives its fields, with repeats and blanks', async () => {
    const reply = await post(lists, 'a=1&a=2&b=x+y%26%3D%C3%A9&c&d=', URLENCODED)
    expect(reply.json()).toEqual([{ a: ['1', '2'], b: ['x y&=é'], c: [''], d: [''] }, []])
  })

  it('keeps escapes that are no UTF-8', async () => {
    const reply = await post(lists, 'a=%FF&b=%zz', URLENCODED)
    expect(reply.json()).toEqual([{ a: ['%FF'], b: ['%zz'] }, []])
  })

  it('is empty when its raw bytes are no UTF-8', async () => {
    const reply = await post(lists, Buffer.from('a=\xff', 'latin1'), URLENCODED)
    expect(reply.json()).toEqual([{}, []])
  })

  it('joins the query in values, the query first', async () => {
    const reply = await post((r) => r.values.toDict({ flat: false }), 'a=1&b=2', URLENCODED)
    expect(reply.json()).toEqual({ a: ['q', '1'], z: ['0'], b: ['2'] })
  })

  it('is not there as data, unless data was asked for first', async () => {
    const reply = await post((r) => [String(r.data), r.form.get('a')], 'a=1', URLENCODED)
    expect(reply.json()).toEqual(['', '1'])
    await server.close()
    const again = await post(
      (r) => [String(r.getData()), String(r.data), r.form.get('a')],
      'a=1',
      URLENCODED,
    )
    expect(again.json()).toEqual(['a=1', 'a=1', '1'])
  })

  it('is read of no other type', async () => {
    expect((await post(lists, 'a=1', 'text/plain')).json()).toEqual([{}, []])
  })

  it('of more than maxFormMemorySize is a 413; the raw data is still there', async () => {
    const body = `a=${'x'.repeat(499_999)}`
    expect((await post(lists, body, URLENCODED)).status).toBe(413)
    await server.close()
    expect((await post((r) => r.getData().length, body, URLENCODED)).json()).toBe(500_001)
    await server.close()
    expect((await post(lists, body.slice(1), URLENCODED)).status).toBe(200)
    await server.close()
    expect((await post(lists, body, URLENCODED, { maxFormMemorySize: null })).status).toBe(200)
  })

  it('of a hundred thousand names has no power over prototypes or time', async () => {
    const names = Array.from({ length: 60_000 }, (_, i) => `k${i}`).join('&')
    const reply = await post(
      (r) => [r.form.size, r.form.get('__proto__'), ({} as { x?: unknown }).x ?? null],
      `${names}&__proto__=p&__proto__[x]=1&constructor=c`,
      URLENCODED,
    )
    expect(reply.json()).toEqual([60_003, 'p', null])
  })
})

describe('a multipart form', () => {
  it('gives fields and files', async () => {
    const body =
      part('name="title"', 'hello é') +
      part('name="doc"; filename="a.txt"\r\nContent-Type: text/plain', 'line1\r\nline2\n') +
      part('name="doc"; filename="b"', 'yy') +
      part('name="none"; filename=""', '') +
      part('name="title"', '') +
      '--b--\r\n'
    const reply = await post(
      async (request) => {
        const file = request.files.getItem('doc')
        return [
          lists(request),
          [file.contentType, file.mimetype, String(await file.read()), file.name],
          request.files.getlist('doc')[1]?.contentType,
          request.files.getlist('doc')[1]?.mimetype,
        ]
      },
      body,
      MULTIPART,
    )
    expect(reply.json()).toEqual([
      [
        { title: ['hello é', ''] },
        [
          ['doc', 'a.txt', 13],
          ['doc', 'b', 2],
          ['none', '', 0],
        ],
      ],
      ['text/plain', 'text/plain', 'line1\r\nline2\n', 'doc'],
      null,
      '',
    ])
  })

  it.each([
    ['bare line feeds', '--b\nContent-Disposition: form-data; name="a"\n\n1\n--b--\n'],
    ['bare carriage returns', '--b\rContent-Disposition: form-data; name="a"\r\r1\r--b--\r'],
    ['a preamble', `preamble\r\n${part('name="a"', '1')}--b--`],
    ['white space behind the boundary', `--b \t\r\n${part('name="a"', '1').slice(5)}--b-- \r\n`],
    ['a folded header', '--b\r\nContent-Disposition: form-data;\r\n name="a"\r\n\r\n1\r\n--b--'],
    ['an epilogue', `${part('name="a"', '1')}--b--\r\nepilogue`],
  ])('may have %s', async (_name, body) => {
    expect((await post(lists, body, MULTIPART)).json()).toEqual([{ a: ['1'] }, []])
  })

  it.each([
    ['without an end', part('name="a"', '1')],
    [
      'cut off in a file',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc',
    ],
    ['cut off in a head', `${part('name="a"', '1')}--b\r\nContent-Dispo`],
    [
      'with a part that has no name for itself',
      `${part('name="a"', '1')}--b\r\nX: y\r\n\r\n1\r\n--b--`,
    ],
    [
      'with a head that is no UTF-8',
      Buffer.from('--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n1\r\n--b--', 'latin1'),
    ],
    ['of another boundary', part('name="a"', '1').replaceAll('--b', '--c')],
    ['that is empty', ''],
  ])('is empty when it comes %s', async (_name, body) => {
    expect((await post(lists, body, MULTIPART)).json()).toEqual([{}, []])
  })

  it('is left as data without a boundary', async () => {
    const reply = await post((r) => [lists(r), String(r.data)], 'x', 'multipart/form-data')
    expect(reply.json()).toEqual([[{}, []], 'x'])
  })

  it('decodes a field by the charset it names, if that is a harmless one', async () => {
    const typed = (charset: string): string =>
      part(`name="a"\r\nContent-Type: text/plain; charset=${charset}`, '\xe9')
    const body = `${typed('iso-8859-1')}${typed('ascii')}${typed('utf-7')}--b--`
    const reply = await post(lists, Buffer.from(body, 'latin1'), MULTIPART)
    expect(reply.json()).toEqual([{ a: ['é', '\ufffd', '\ufffd'] }, []])
  })

  it('takes the client’s file name as it is', async () => {
    const body = `${part('name="f"; filename="C:\\\\dir\\\\naïve 文.txt"', 'z')}--b--`
    const reply = await post((r) => r.files.get('f')?.filename, body, MULTIPART)
    expect(reply.json()).toBe('C:\\dir\\naïve 文.txt')
  })

  it('of more than maxFormParts parts is a 413', async () => {
    const body = (count: number): string => `${part('name="a"', '1').repeat(count)}--b--`
    expect((await post(lists, body(1001), MULTIPART)).status).toBe(413)
    await server.close()
    expect((await post((r) => r.form.getlist('a').length, body(1000), MULTIPART)).json()).toBe(1000)
    await server.close()
    expect((await post(lists, body(3), MULTIPART, { maxFormParts: 2 })).status).toBe(413)
    await server.close()
    expect((await post(lists, body(1500), MULTIPART, { maxFormParts: null })).status).toBe(200)
  })

  it('with a field of more than maxFormMemorySize is a 413, of a larger file not', async () => {
    const field = (size: number): string => `${part('name="a"', 'x'.repeat(size))}--b--`
    expect((await post(lists, field(500_001), MULTIPART)).status).toBe(413)
    await server.close()
    expect((await post((r) => r.form.get('a')?.length, field(500_000), MULTIPART)).json()).toBe(
      500_000,
    )
    await server.close()
    const two = part('name="a"', 'x'.repeat(400_000)) + field(400_000)
    expect((await post((r) => r.form.getlist('a').length, two, MULTIPART)).json()).toBe(2)
    await server.close()
    const file = `${part('name="f"; filename="x"', 'x'.repeat(3_000_000))}--b--`
    expect((await post(lists, file, MULTIPART)).json()).toEqual([{}, [['f', 'x', 3_000_000]]])
    await server.close()
    const raised = { maxFormMemorySize: 600_000 }
    expect((await post(lists, field(500_001), MULTIPART, raised)).status).toBe(200)
  })

  it('counts what it holds at a time: a small limit refuses files, too', async () => {
    const body = `${part('name="f"; filename="x"', 'x'.repeat(300))}--b--`
    expect((await post(lists, body, MULTIPART, { maxFormMemorySize: 100 })).status).toBe(413)
  })

  it('of endless head or preamble is a 413', async () => {
    expect((await post(lists, 'x'.repeat(600_000), MULTIPART)).status).toBe(413)
    await server.close()
    const head = `--b\r\nContent-Disposition: ${'x'.repeat(600_000)}`
    expect((await post(lists, head, MULTIPART)).status).toBe(413)
  })

  it('obeys limits that a hook sets for the request', async () => {
    const body = `${part('name="a"', 'x'.repeat(600_000))}--b--`
    const raised = await post(
      (request) => {
        request.maxFormMemorySize = 700_000
        return request.form.get('a')?.length
      },
      body,
      MULTIPART,
    )
    expect(raised.json()).toBe(600_000)
    await server.close()
    const lowered = await post(
      (request) => {
        request.maxFormParts = 0
        return request.form.size
      },
      `${part('name="a"', '1')}--b--`,
      MULTIPART,
    )
    expect(lowered.status).toBe(413)
  })

  it('raises its 413 again for whoever asks again', async () => {
    const reply = await post(
      (request) => {
        const names: string[] = []
        for (const read of [() => request.form, () => request.files, () => request.data]) {
          try {
            read()
          } catch (error) {
            names.push((error as Error).constructor.name)
          }
        }
        return names
      },
      `${part('name="a"', 'x'.repeat(600_000))}--b--`,
      MULTIPART,
    )
    expect(reply.json()).toEqual(Array(3).fill('RequestEntityTooLarge'))
  })

  it('finds a boundary wherever the pieces of the body are cut', async () => {
    const body = Buffer.from(
      `${part('name="f"; filename="x"', 'ab\r\n-\r\n--c\r\n')}${part('name="a"', '1')}--b--\r\n`,
    )
    server = await serve(async (request) => [
      request.form.get('a'),
      String(await request.files.get('f')?.read()),
    ])
    for (let cut = 1; cut < body.length; cut += 3) {
      const socket = net.connect(server.port, '127.0.0.1')
      socket.setNoDelay(true)
      socket.write(
        `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: ${MULTIPART}\r\n` +
          `Content-Length: ${body.length}\r\n\r\n`,
      )
      socket.write(body.subarray(0, cut))
      await new Promise((resolve) => setImmediate(resolve))
      socket.write(body.subarray(cut))
      const reply = Buffer.concat(await socket.toArray()).toString()
      expect(reply.split('\r\n\r\n')[1]).toBe('["1","ab\\r\\n-\\r\\n--c\\r\\n"]')
    }
  })
})

describe('an uploaded file', () => {
  const upload = (size: number): string =>
    `${part('name="f"; filename="x"\r\nContent-Type: text/plain; charset=utf-8', 'line\n'.repeat(size / 5))}--b--`

  it.each([100, 3_000_000])('of %i bytes is saved, streamed, read and sought', async (size) => {
    const folder = await mkdtemp(join(tmpdir(), 'bustapi-test-'))
    const reply = await post(
      async (request) => {
        const file = request.files.getItem('f')
        const result: unknown[] = [file.size, file.mimetypeParams, file.contentLength]
        const first = await file.read(7)
        result.push(String(first), file.tell())
        await file.save(join(folder, 'rest'))
        result.push((await readFile(join(folder, 'rest'))).length, (await file.read()).length)
        file.seek(0)
        await file.save(join(folder, 'all'))
        result.push((await readFile(join(folder, 'all'))).length)
        result.push((await file.buffer()).length, (await file.text()).length)
        file.seek(-6, 2)
        result.push(String(await file.readline()), String(await file.readline()))
        file.seek(0)
        let lines = 0
        for await (const line of file) lines += line.length === 5 ? 1 : 0
        result.push(lines === size / 5)
        file.seek(0)
        const chunks: Buffer[] = []
        for await (const chunk of file.stream) chunks.push(chunk)
        result.push(Buffer.concat(chunks).length)
        file.seek(0)
        let written = 0
        const sink = new Writable({
          write(chunk: Buffer, _encoding, done) {
            written += chunk.length
            done()
          },
        })
        await file.save(sink)
        result.push(written, sink.writableEnded, openSpools())
        return result
      },
      upload(size),
      MULTIPART,
    )
    expect(reply.json()).toEqual([
      size,
      { charset: 'utf-8' },
      0,
      'line\nli',
      7,
      size - 7,
      0,
      size,
      size,
      size,
      '\n',
      'line\n',
      true,
      size,
      size,
      false,
      size > 500_000 ? 1 : 0,
    ])
    await rm(folder, { recursive: true })
    await expect.poll(openSpools).toBe(0)
    expect(namedSpools()).toBe(0)
  })

  it('cannot be read when the request has ended', async () => {
    for (const size of [100, 3_000_000]) {
      await post((request) => request.files.get('f')?.size, upload(size), MULTIPART)
      const file = server.requests[0]?.files.get('f')
      await expect(file?.read()).rejects.toThrow('closed file')
      await expect(file?.save('/nowhere')).rejects.toThrow()
      await server.close()
    }
  })

  it('leaves nothing behind when the view fails', async () => {
    await post(
      (request) => {
        request.files.get('f')
        throw new Error('boom')
      },
      upload(3_000_000),
      MULTIPART,
    )
    await expect.poll(openSpools).toBe(0)
  })
})

describe('in debug mode', () => {
  it('a file that the form only names is explained', async () => {
    const messages: string[] = []
    const view: View = (request) => {
      for (const name of ['f', 'none']) {
        try {
          request.files.getItem(name)
        } catch (error) {
          messages.push((error as Error).message)
        }
      }
    }
    await post(view, 'f=a.txt', URLENCODED, { debug: true })
    expect(messages[0]).toContain(
      "The mimetype of the request is 'application/x-www-form-urlencoded'",
    )
    expect(messages[0]).toContain("instead: 'a.txt'")
    expect(messages[1]).toContain('400')
  })
})
