import { isUtf8 } from 'node:buffer'
import { ValueError } from '../errors/builtins.ts'
import { RequestEntityTooLarge } from '../errors/http-exception.ts'
import type { Headers } from '../http/headers.ts'
import { parseOptionsHeader } from '../http/options-header.ts'
import { parseQuery } from '../http/urls.ts'
import { FileStorage } from './file-storage.ts'
import { FEED_SIZE, MultipartDecoder, type Part } from './multipart.ts'
import { type ByteSource, WindowSource } from './spool.ts'

/** The limits that form parsing keeps to; null is unlimited. */
export interface FormLimits {
  /** Largest field in bytes, and largest urlencoded body (`MAX_FORM_MEMORY_SIZE`). */
  readonly maxFormMemorySize: number | null
  /** Largest number of parts of a multipart form (`MAX_FORM_PARTS`). */
  readonly maxFormParts: number | null
}

/** What a form consists of, in the order it was sent. */
export interface ParsedForm {
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly files: readonly (readonly [name: string, file: FileStorage])[]
  /** Whether the body was a form, and so is no longer there as `data`. */
  readonly consumed: boolean
}

const NON_ASCII = /[\x80-\uffff]/

const NOTHING: ParsedForm = Object.freeze({ fields: [], files: [], consumed: false })
const UNREADABLE: ParsedForm = Object.freeze({ fields: [], files: [], consumed: true })

/**
 * Takes the body apart if it is a form (Werkzeug's `FormDataParser`). A form that is not well-formed
 * counts as empty.
 * @throws {RequestEntityTooLarge} when a limit is passed.
 */
export function parseForm(
  source: ByteSource,
  mimetype: string,
  params: Readonly<Record<string, string>>,
  limits: FormLimits,
): ParsedForm {
  if (mimetype === 'application/x-www-form-urlencoded') return parseUrlencoded(source, limits)
  if (mimetype !== 'multipart/form-data') return NOTHING
  const decoder = makeDecoder(params, limits)
  if (decoder === null) return NOTHING
  try {
    for (let at = 0; at < source.size; at += FEED_SIZE) {
      decoder.feed(source.readAtSync(at, FEED_SIZE))
    }
    decoder.finish()
  } catch (error) {
    if (error instanceof ValueError) return UNREADABLE
    throw error
  }
  return collect(decoder.parts, source)
}

/**
 * `parseForm` for a multipart body that lies in a file: reads it piece by piece without blocking.
 * Rejects as `parseForm` throws.
 */
export async function parseFormFile(
  source: ByteSource,
  params: Readonly<Record<string, string>>,
  limits: FormLimits,
): Promise<ParsedForm> {
  const decoder = makeDecoder(params, limits)
  if (decoder === null) return NOTHING
  try {
    for (let at = 0; at < source.size; at += FEED_SIZE) {
      decoder.feed(await source.readAt(at, FEED_SIZE))
    }
    decoder.finish()
  } catch (error) {
    if (error instanceof ValueError) return UNREADABLE
    throw error
  }
  return collect(decoder.parts, source)
}

function makeDecoder(
  params: Readonly<Record<string, string>>,
  limits: FormLimits,
): MultipartDecoder | null {
  const boundary = params.boundary ?? ''
  if (boundary === '' || NON_ASCII.test(boundary)) return null
  return new MultipartDecoder(boundary, limits.maxFormMemorySize, limits.maxFormParts)
}

function parseUrlencoded(source: ByteSource, limits: FormLimits): ParsedForm {
  if (limits.maxFormMemorySize !== null && source.size > limits.maxFormMemorySize) {
    throw new RequestEntityTooLarge()
  }
  const bytes = source.readAtSync(0, source.size)
  // Raw bytes that are no UTF-8 make the form unreadable; escaped ones do not.
  if (!isUtf8(bytes)) return UNREADABLE
  return { fields: parseQuery(bytes.toString()), files: [], consumed: true }
}

function collect(parts: readonly Part[], source: ByteSource): ParsedForm {
  const fields: (readonly [string, string])[] = []
  const files: (readonly [string, FileStorage])[] = []
  for (const part of parts) {
    if (part.kind === 'field') {
      fields.push([part.name, decodeField(part.value, part.headers)])
    } else {
      const { name, filename, headers } = part
      const window = new WindowSource(source, part.start, part.size)
      files.push([name, new FileStorage(window, { name, filename, headers })])
    }
  }
  return { fields, files, consumed: true }
}

function decodeField(bytes: Buffer, headers: Headers): string {
  const type = headers.get('Content-Type')
  if (type === null) return bytes.toString()
  const [, { charset = '' }] = parseOptionsHeader(type)
  switch (charset.toLowerCase()) {
    case 'iso-8859-1':
      return bytes.toString('latin1')
    case 'ascii':
    case 'us-ascii':
      return bytes.toString('latin1').replace(/[\x80-\xff]/g, '\ufffd')
    default:
      return bytes.toString()
  }
}
