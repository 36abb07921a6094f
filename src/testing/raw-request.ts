import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { setEnviron } from '../request/environ.ts'
import type { BuiltRequest } from './environ-builder.ts'

/**
 * Makes a request object of node:http that came over no connection: for contexts that are made by
 * hand. Its body can be read like any other.
 */
export function createRawRequest({
  method,
  target,
  headers,
  body,
  environ,
}: BuiltRequest): IncomingMessage {
  const raw = new IncomingMessage(new Socket())
  raw.method = method
  raw.url = target
  raw.httpVersion = '1.1'
  raw.httpVersionMajor = 1
  raw.httpVersionMinor = 1
  const lines: string[] = []
  for (const [name, value] of headers) lines.push(name, value)
  if (body !== null && !(body instanceof Uint8Array)) lines.push('Transfer-Encoding', 'chunked')
  raw.rawHeaders = lines
  raw.headers = headerRecord(lines)
  setEnviron(raw, { remoteAddr: null, ...environ })
  if (body === null || body instanceof Uint8Array) {
    give(raw, body)
  } else {
    body.then(
      (bytes) => give(raw, bytes),
      (error: Error) => raw.destroy(error),
    )
  }
  return raw
}

/** Lower-case names; repeated headers joined as Node joins them. */
function headerRecord(lines: readonly string[]): IncomingMessage['headers'] {
  const record: Record<string, string> = Object.create(null)
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const name = (lines[i] as string).toLowerCase()
    const value = lines[i + 1] as string
    const before = record[name]
    if (before === undefined) record[name] = value
    else record[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return record
}

function give(raw: IncomingMessage, body: Uint8Array | null): void {
  raw.complete = true
  if (body !== null && body.byteLength > 0) raw.push(body)
  raw.push(null)
}
