import type { IncomingMessage } from 'node:http'
import { Headers } from '../http/headers.ts'
import { FileStorage } from './file-storage.ts'
import type { ParsedForm } from './form-parser.ts'
import { type ByteSource, FileSource, MemorySource } from './spool.ts'

/** A file as multer and its relatives describe it. */
interface ParsedFile {
  readonly fieldname: string
  readonly originalname: string
  readonly mimetype?: string
  readonly size?: number
  readonly buffer?: Uint8Array
  readonly path?: string
}

/** What body-parsing middleware leaves on Node's request. */
type ParsedRequest = IncomingMessage & {
  body?: unknown
  rawBody?: unknown
  file?: unknown
  files?: unknown
}

/** Whether a middleware has read the body already, so that nothing is left for us to read. */
export function isConsumed(raw: IncomingMessage): boolean {
  if (raw.readableEnded) return true
  const { file, files } = raw as ParsedRequest
  return raw.readableDidRead && (file !== undefined || files !== undefined)
}

/** The body as a Connect middleware (`express.json()`, multer and so on) has parsed it. */
export class ForeignBody {
  readonly #raw: ParsedRequest

  constructor(raw: IncomingMessage) {
    this.#raw = raw
  }

  /** The value that a JSON parser left, or undefined when the body was left as bytes or text. */
  get parsed(): unknown {
    const { body } = this.#raw
    return typeof body === 'string' || body instanceof Uint8Array ? undefined : body
  }

  /** The bytes, where the middleware kept them; those of the parsed value written again otherwise. */
  bytes(isForm: boolean): Buffer {
    const { rawBody, body } = this.#raw
    if (rawBody instanceof Uint8Array) return Buffer.from(rawBody)
    if (body instanceof Uint8Array) return Buffer.from(body)
    if (typeof body === 'string') return Buffer.from(body)
    if (body === undefined || body === null || isForm) return Buffer.alloc(0)
    return Buffer.from(JSON.stringify(body))
  }

  /** The source to parse a form from, when the middleware kept the bytes. */
  get source(): ByteSource | null {
    const { rawBody, body } = this.#raw
    const kept =
      rawBody instanceof Uint8Array || body instanceof Uint8Array || typeof body === 'string'
    return kept ? new MemorySource(this.bytes(false)) : null
  }

  /** Fields and files that a form parser left. */
  form(): ParsedForm {
    const fields: [string, string][] = []
    const { body, file, files } = this.#raw
    if (typeof body === 'object' && body !== null) flatten('', body, fields)
    const uploads = [file, ...(Array.isArray(files) ? files : Object.values(files ?? {}))].flat()
    return {
      fields,
      files: uploads.filter(isParsedFile).map((parsed) => [parsed.fieldname, toStorage(parsed)]),
      consumed: true,
    }
  }
}

/** Writes nested values the way they came: `a[b]=1`. */
function flatten(prefix: string, value: object, fields: [string, string][]): void {
  for (const [key, item] of Object.entries(value)) {
    const name = prefix === '' ? key : `${prefix}[${key}]`
    for (const one of Array.isArray(item) ? item : [item]) {
      if (typeof one === 'object' && one !== null) flatten(name, one, fields)
      else if (one !== undefined) fields.push([name, String(one)])
    }
  }
}

function isParsedFile(value: unknown): value is ParsedFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as ParsedFile).fieldname === 'string' &&
    typeof (value as ParsedFile).originalname === 'string'
  )
}

function toStorage(parsed: ParsedFile): FileStorage {
  const { fieldname: name, originalname: filename, mimetype, buffer, path } = parsed
  const headers = new Headers()
  if (mimetype !== undefined) headers.set('Content-Type', mimetype)
  const source =
    buffer === undefined && path !== undefined
      ? new FileSource(path, parsed.size ?? 0)
      : new MemorySource(Buffer.from(buffer ?? ''))
  return new FileStorage(source, { name, filename, headers })
}
