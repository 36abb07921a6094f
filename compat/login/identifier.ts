import { createHash } from 'node:crypto'
import type { Request } from '../../src/index.ts'

/**
 * Tells clients apart: the SHA-512 of `address|agent` in hex.
 * @param address the client's address; null is the text `None`
 * @param agent its `User-Agent`; null is the text `None`
 */
export function sessionIdentifier(address: string | null, agent: string | null): string {
  return createHash('sha512')
    .update(`${address ?? 'None'}|${agent ?? 'None'}`, 'utf8')
    .digest('hex')
}

/**
 * The identifier of the client that sent a request, from the first address in `X-Forwarded-For`,
 * else the connection's, and from `User-Agent`. Flask-Login 0.6 formats them as bytes, so what is
 * hashed is `b'127.0.0.1'|b'agent'`; a session that it made stays fresh here.
 */
export function createIdentifier(request: Request): string {
  return clientIdentifier(
    request.headers.get('X-Forwarded-For') ?? request.remoteAddr,
    request.headers.get('User-Agent'),
  )
}

/** As {@link createIdentifier}, from the values themselves. */
export function clientIdentifier(route: string | null, agent: string | null): string {
  return sessionIdentifier(
    route === null ? null : pythonBytes(stripped(route.split(',', 1)[0] as string)),
    agent === null ? null : pythonBytes(agent),
  )
}

const stripped = (text: string): string => text.replace(/^[ \t\n\r\f\v]+|[ \t\n\r\f\v]+$/g, '')

const PLAIN = /^[ -&(-[\]-~]*$/
const ESCAPES: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' }

/** Flask-Login formats the bytes themselves, so that what is hashed is Python's `b'…'`. */
function pythonBytes(text: string): string {
  if (PLAIN.test(text)) return `b'${text}'`
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte)
    if (character === mark) out += `\\${mark}`
    else if (byte < 0x20 || byte > 0x7e || byte === 0x5c) {
      out += ESCAPES[byte] ?? `\\x${byte.toString(16).padStart(2, '0')}`
    } else out += character
  }
  return `b${mark}${out}${mark}`
}
