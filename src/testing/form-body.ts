import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { Headers } from '../http/headers.ts'
import { eachItem, type MultiItems } from '../http/multi-items.ts'
import { urlEncode } from '../http/urls.ts'
import { FileStorage } from '../request/file-storage.ts'
import { guessType } from '../response/guess-type.ts'
import type { MaybePromise } from '../types.ts'

/** The content of a file in a made-up form: bytes, text, a stream, a `Blob` or an upload. */
export type FileContent = Uint8Array | string | Readable | Blob | FileStorage

/** A file as Flask's tests write it: its content, its name and, if not guessed, its type. */
export type FileTuple = readonly [content: FileContent, filename: string, contentType?: string]

/** A value of a form: text, or a file. A list gives the field once for each element. */
export type FormValue = string | number | boolean | FileTuple | Exclude<FileContent, string>

/** What `data` may be: a body, or the fields of a form. */
export type FormData =
  | string
  | Uint8Array
  | Readable
  | MultiItems<FormValue>
  | { readonly [name: string]: FormValue | readonly FormValue[] }

/** A file of a form, ready to be written. */
export interface FormFile {
  readonly content: FileContent
  readonly filename: string | null
  readonly headers: Headers
}

/** The fields of a form in order, and its files. */
export interface FormParts {
  readonly fields: [name: string, value: string][]
  readonly files: [name: string, file: FormFile][]
}

const isContent = (value: unknown): value is Exclude<FileContent, string> =>
  value instanceof Uint8Array ||
  value instanceof Readable ||
  value instanceof Blob ||
  value instanceof FileStorage

/** A list that names a file: its first element cannot be the value of a text field. */
function isFileTuple(value: unknown): value is FileTuple {
  return Array.isArray(value) && isContent(value[0]) && typeof value[1] === 'string'
}

/** The name that a stream of `fs.createReadStream` or a `File` brings along. */
function nameOf(content: FileContent): string | null {
  if (content instanceof FileStorage) return content.filename
  const { path, name } = content as { path?: unknown; name?: unknown }
  if (typeof path === 'string') return basename(path)
  return typeof name === 'string' ? name : null
}

function toFile(content: FileContent, given?: string, contentType?: string): FormFile {
  const filename = given ?? nameOf(content)
  const headers = content instanceof FileStorage ? content.headers.copy() : new Headers()
  const own = content instanceof Blob && content.type !== '' ? content.type : null
  const type =
    contentType ??
    headers.get('Content-Type') ??
    own ??
    (filename === null ? null : guessType(filename)[0]) ??
    'application/octet-stream'
  headers.set('Content-Type', type)
  return { content, filename, headers }
}

/** Tells the text fields of a form from its files. */
export function formParts(data: Exclude<FormData, string | Uint8Array | Readable>): FormParts {
  const parts: FormParts = { fields: [], files: [] }
  const add = (name: string, value: unknown): void => {
    if (isFileTuple(value)) parts.files.push([name, toFile(value[0], value[1], value[2])])
    else if (isContent(value)) parts.files.push([name, toFile(value)])
    else if (Array.isArray(value)) for (const one of value) add(name, one)
    else parts.fields.push([name, String(value)])
  }
  if (Symbol.iterator in data || 'lists' in data) eachItem(data as MultiItems<unknown>, add)
  else for (const [name, value] of Object.entries(data)) add(name, value)
  return parts
}

/** The body of a form without files (`application/x-www-form-urlencoded`). */
export function urlencodedBody({ fields }: FormParts): Buffer {
  return Buffer.from(urlEncode(fields))
}

/** A boundary that no content is going to have in it. */
export function makeBoundary(): string {
  return `---------------BustAPIFormPart_${randomBytes(12).toString('hex')}`
}

/** All bytes of a file's content; a promise when they have to be read first. */
function bytesOf(content: FileContent): MaybePromise<Uint8Array> {
  if (typeof content === 'string') return Buffer.from(content)
  if (content instanceof Uint8Array) return content
  if (content instanceof FileStorage) return content.buffer()
  if (content instanceof Blob) return content.arrayBuffer().then((buffer) => new Uint8Array(buffer))
  return readAll(content)
}

/** Reads a stream to its end. */
export async function readAll(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array | string))
  return Buffer.concat(chunks)
}

/** A parameter of Content-Disposition as browsers write it in forms (RFC 7578 §4.2). */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}"`
}

/** The body of a form as `multipart/form-data`; a promise when a file has to be read first. */
export function multipartBody(
  { fields, files }: FormParts,
  boundary: string,
): MaybePromise<Buffer> {
  const head = fields.map(([name, value]) =>
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}\r\n\r\n${value}\r\n`,
    ),
  )
  const contents = files.map(([, { content }]) => bytesOf(content))
  const write = (bytes: readonly Uint8Array[]): Buffer => {
    const parts = files.flatMap(([name, file], at) => [
      Buffer.from(`--${boundary}\r\n${fileHead(name, file)}\r\n`),
      bytes[at] as Uint8Array,
      Buffer.from('\r\n'),
    ])
    return Buffer.concat([...head, ...parts, Buffer.from(`--${boundary}--\r\n`)])
  }
  if (contents.every((bytes) => bytes instanceof Uint8Array)) return write(contents)
  return Promise.all(contents).then(write)
}

function fileHead(name: string, { filename, headers }: FormFile): string {
  const filePart = filename === null ? '' : `; filename=${quoted(filename)}`
  const lines = [`Content-Disposition: form-data; name=${quoted(name)}${filePart}\r\n`]
  for (const [header, value] of headers) {
    if (header.toLowerCase() !== 'content-disposition') lines.push(`${header}: ${value}\r\n`)
  }
  return lines.join('')
}
