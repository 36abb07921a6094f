import { createReadStream } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { BustAPI, FileStorage, request } from 'bustapi'
import { afterAll, beforeAll, expect, it } from 'vitest'

const app = new BustAPI('multipart_test', { staticFolder: null })
app.post('/upload', async () => {
  const files = await Promise.all(
    [...request.files.items({ multi: true })].map(async ([name, file]) => [
      name,
      file.filename,
      file.contentType,
      await file.text(),
    ]),
  )
  return { files, form: request.form.toDict({ flat: false }), type: request.mimetype }
})

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bustapi-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

const upload = async (data: object): Promise<unknown> =>
  (await app.testClient().post('/upload', { data: data as never })).json

it('sends files as [content, filename, contentType]', async () => {
  expect(
    await upload({
      title: 'héllo "quoted"',
      a: [Buffer.from('bytes'), 'a.txt'],
      b: [Buffer.from('typed'), 'b.bin', 'text/x-thing'],
    }),
  ).toEqual({
    type: 'multipart/form-data',
    form: { title: ['héllo "quoted"'] },
    files: [
      ['a', 'a.txt', 'text/plain', 'bytes'],
      ['b', 'b.bin', 'text/x-thing', 'typed'],
    ],
  })
})

it('sends several files under one name, beside lists of text', async () => {
  expect(
    await upload({
      tags: ['x', 'y'],
      f: [
        [Buffer.from('1'), '1.json'],
        [Buffer.from('2'), 'é "2".unknown'],
      ],
    }),
  ).toEqual({
    type: 'multipart/form-data',
    form: { tags: ['x', 'y'] },
    files: [
      ['f', '1.json', 'application/json', '1'],
      ['f', 'é "2".unknown', 'application/octet-stream', '2'],
    ],
  })
})

it('sends streams, blobs and uploads with the name that they bring along', async () => {
  const path = join(folder, 'from-disk.txt')
  await writeFile(path, 'on disk')
  expect(
    await upload({
      disk: createReadStream(path),
      stream: [Readable.from(['in ', 'parts']), 's.txt'],
      file: new File(['of the web'], 'w.html', { type: 'text/html' }),
      storage: new FileStorage('stored', { filename: 'st.csv', contentType: 'text/csv' }),
    }),
  ).toEqual({
    type: 'multipart/form-data',
    form: {},
    files: [
      ['disk', 'from-disk.txt', 'text/plain', 'on disk'],
      ['stream', 's.txt', 'text/plain', 'in parts'],
      ['file', 'w.html', 'text/html', 'of the web'],
      ['storage', 'st.csv', 'text/csv', 'stored'],
    ],
  })
})

it('sends a form without files as multipart when told so', async () => {
  const response = await app.testClient().post('/upload', {
    data: { a: '1' },
    contentType: 'multipart/form-data',
  })
  expect(response.json).toEqual({ type: 'multipart/form-data', form: { a: ['1'] }, files: [] })
})
