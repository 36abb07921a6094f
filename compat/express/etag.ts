import { hash } from 'node:crypto'

/** Makes the ETag of a body; the setting `etag` may be one. */
export type ETagFunction = (body: Buffer | string, encoding?: BufferEncoding) => string | undefined

/** The `etag` package's form: length in hexadecimal, and 27 letters of the SHA-1 in base 64. */
function entityTag(body: Buffer | string, encoding: BufferEncoding | undefined): string {
  if (typeof body !== 'string') return hashed(body)
  if (encoding !== undefined && encoding !== 'utf8') return hashed(Buffer.from(body, encoding))
  return body.length <= REMEMBERED_LENGTH ? remembered(body) : hashed(body)
}

function hashed(body: Buffer | string): string {
  const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length
  return `"${length.toString(16)}-${hash('sha1', body, 'base64').substring(0, 27)}"`
}

/** Longest text, in letters, whose ETag is remembered. */
const REMEMBERED_LENGTH = 512
/** Texts that are remembered; a power of two. */
const SLOTS = 64

interface Remembered {
  readonly body: string
  readonly tag: string
}

const slots: (Remembered | undefined)[] = new Array(SLOTS).fill(undefined)

/**
 * The ETag of a short text, from the last few: most of what an app sends again and again (a health
 * check, an empty list, an error) is short, and comparing takes a tenth of the time of hashing.
 */
function remembered(body: string): string {
  const { length } = body
  // Where texts of one length differ is anyone's guess: near the end as well as in the middle.
  const slot =
    (length * 31 + body.charCodeAt(length >> 1) * 7 + body.charCodeAt(length - 2)) & (SLOTS - 1)
  const known = slots[slot]
  if (known?.body === body) return known.tag
  const tag = hashed(body)
  slots[slot] = { body, tag }
  return tag
}

/** A strong ETag. */
export function etag(body: Buffer | string, encoding?: BufferEncoding): string {
  return entityTag(body, encoding)
}

/** A weak ETag, which says that a body means the same rather than that it is the same bytes. */
export function wetag(body: Buffer | string, encoding?: BufferEncoding): string {
  return `W/${entityTag(body, encoding)}`
}

/** Whether an ETag function is one of ours, which take text as it is. */
export const takesText = (fn: unknown): boolean => fn === wetag || fn === etag
