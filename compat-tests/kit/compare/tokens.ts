import { inflateSync } from 'node:zlib'
import type { Json } from '../json.ts'
import { parseJson } from '../json.ts'

/** Header and payload of a JWT, unverified; null when the text is none. */
export function decodeJwt(token: unknown): { header: Json; payload: Json } | null {
  if (typeof token !== 'string') return null
  const [header, payload, signature] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) return null
  try {
    return {
      header: parseJson(Buffer.from(header, 'base64url').toString()),
      payload: parseJson(Buffer.from(payload, 'base64url').toString()),
    }
  } catch {
    return null
  }
}

/** The JSON text inside a session cookie, unverified; null when the text is none. */
export function decodeSession(cookie: string): string | null {
  const compressed = cookie.startsWith('.')
  const [payload] = (compressed ? cookie.slice(1) : cookie).split('.')
  try {
    const bytes = Buffer.from(payload ?? '', 'base64url')
    return (compressed ? inflateSync(bytes) : bytes).toString()
  } catch {
    return null
  }
}
