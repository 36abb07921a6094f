import type { RawRequest } from './client/exchange.ts'
import type { Jar } from './client/jar.ts'
import { parseSetCookie } from './client/jar.ts'
import type { Reply } from './client/reply.ts'
import { Fields, UnknownVocabulary } from './fields.ts'
import type { Json } from './json.ts'
import { isObject, show } from './json.ts'

/** A recorded HTTP request, read. */
export interface HttpStep {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Uint8Array | null
  readonly useJar: boolean
  readonly scheme: 'http' | 'https'
  readonly scriptName: string
  readonly remoteAddr: string | null
  readonly capture: readonly [name: string, from: string][]
  readonly sessionTransaction: readonly [string, Json][] | null
  readonly mask: readonly string[]
}

/** Names that earlier answers gave to `{{name}}`. */
export type Captured = Map<string, string>

function replaceNames(text: string, captured: Captured): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => captured.get(name) ?? whole)
}

function readBody(source: Json | undefined, captured: Captured): Uint8Array | null {
  if (source === undefined || source === null) return null
  const fields = new Fields(source, 'body')
  const text = fields.text('text')
  const bytes = fields.text('b64')
  fields.done()
  if (text !== undefined) return Buffer.from(replaceNames(text, captured))
  if (bytes !== undefined) return Buffer.from(bytes, 'base64')
  return fields.fail('neither text nor b64')
}

function readHeaders(fields: Fields, captured: Captured): [string, string][] {
  return fields.list('headers').map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2) fields.fail(`${show(pair)} is no header`)
    const [name, value] = pair as [string, string]
    return [name, replaceNames(value, captured)]
  })
}

/** Reads the members of a request that make up an HTTP request. */
export function readHttpStep(fields: Fields, captured: Captured): HttpStep {
  const scheme = fields.text('scheme') ?? 'http'
  if (scheme !== 'http' && scheme !== 'https') fields.fail(`unknown scheme ${scheme}`)
  const transaction = fields.take('session_transaction')
  return {
    method: fields.text('method') ?? 'GET',
    target: replaceNames(fields.text('path') ?? fields.fail('no path'), captured),
    headers: readHeaders(fields, captured),
    body: readBody(fields.take('body'), captured),
    useJar: fields.flag('jar') ?? true,
    scheme: scheme as 'http' | 'https',
    scriptName: fields.text('script_name') ?? '',
    remoteAddr: fields.text('remote_addr') ?? null,
    capture: fields
      .entries('capture')
      .map(([name, from]): [string, string] => [name, String(from)]),
    sessionTransaction: isObject(transaction) ? Object.entries(transaction) : null,
    mask: fields.texts('mask') ?? [],
  }
}

/** The path that the jar goes by: undecoded, with the mount prefix, without the query. */
export function jarPath({ target, scriptName }: HttpStep): string {
  const path = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? ''
  return scriptName + (path.startsWith('/') ? path : `/${path}`)
}

/** The request as it goes over the wire: listed headers, with the jar's cookies behind theirs. */
export function toRawRequest(step: HttpStep, jar: Jar): RawRequest {
  const { method, target, body } = step
  const headers = [...step.headers]
  const cookies = step.useJar ? jar.header(jarPath(step)) : null
  if (cookies !== null) {
    const at = headers.findIndex(([name]) => name.toLowerCase() === 'cookie')
    if (at === -1) headers.push(['Cookie', cookies])
    else headers[at] = ['Cookie', `${headers[at]?.[1]}; ${cookies}`]
  }
  return { method, target, headers, body }
}

/** What an answer gives to a name: `json:key`, `header:name` or `cookie:name`. */
function captureFrom(from: string, reply: Reply): string {
  const [kind, name = ''] = from.split(/:(.*)/s)
  if (kind === 'json') {
    const body: unknown = JSON.parse(reply.body.toString())
    return isObject(body) ? String(body[name] ?? '') : ''
  }
  if (kind === 'header') {
    return reply.headers.find(([header]) => header === name.toLowerCase())?.[1] ?? ''
  }
  if (kind === 'cookie') {
    const cookies = reply.headers
      .filter(([header]) => header === 'set-cookie')
      .map(([, value]) => parseSetCookie(value))
    return cookies.find((cookie) => cookie.name === name)?.value ?? ''
  }
  throw new UnknownVocabulary(`unknown capture ${from}`)
}

/** Keeps what later requests of the scenario refer to. */
export function captureAll(step: HttpStep, reply: Reply, captured: Captured): void {
  for (const [name, from] of step.capture) {
    let value = ''
    try {
      value = captureFrom(from, reply)
    } catch (error) {
      if (error instanceof UnknownVocabulary) throw error
    }
    captured.set(name, value)
  }
}
