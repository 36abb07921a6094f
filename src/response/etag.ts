import { hash } from 'node:crypto'

/** A strong entity tag for `data`: its SHA-1 in hexadecimal (Werkzeug's `generate_etag`). */
export function generateEtag(data: string | Uint8Array): string {
  return hash('sha1', data, 'hex')
}
