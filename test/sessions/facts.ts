import { readFileSync } from 'node:fs'
import { Markup } from '../../src/http/markup.ts'
import { Tuple } from '../../src/json/tuple.ts'
import { UUID } from '../../src/json/uuid.ts'

type Kind = 's' | 'i' | 'f' | 'l' | 't' | 'b' | 'm' | 'u' | 'd' | 'o'

/** A value by kinds, as the recording describes it. */
export type Described = null | boolean | { readonly k: Kind; readonly v: unknown }

/** A session cookie that Flask made. */
export interface CookieFact {
  readonly key: string
  readonly time: number
  readonly value: { readonly k: 'o'; readonly v: readonly (readonly [string, Described])[] }
  readonly outsideApp: string
  readonly inApp: string
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

/** Cookies made by Flask; the file says which. */
export const COOKIES: readonly CookieFact[] = (
  read('./flask-cookies.json') as { cookies: CookieFact[] }
).cookies

/** Streams made by Python's zlib; the file says which. */
export const STREAMS: {
  readonly texts: readonly (readonly [text: string, stream: string])[]
  readonly bytes: readonly (readonly [bytes: string, stream: string])[]
} = read('./zlib-streams.json') as {
  texts: [string, string][]
  bytes: [string, string][]
}

const INFINITIES: Readonly<Record<string, number>> = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
}

/** Makes the value; objects become Maps when their order is to be kept. */
export function build(described: Described, ordered: boolean): unknown {
  if (described === null || typeof described === 'boolean') return described
  const { k, v } = described
  const items = (): unknown[] => (v as Described[]).map((item) => build(item, ordered))
  switch (k) {
    case 's':
      return v
    case 'i':
      return Number.isSafeInteger(Number(v)) ? Number(v) : BigInt(v as string)
    case 'f':
      return INFINITIES[v as string] ?? Number(v)
    case 'l':
      return items()
    case 't':
      return Tuple.from(items())
    case 'b':
      return Buffer.from(v as string, 'hex')
    case 'm':
      return new Markup(v)
    case 'u':
      return new UUID(v as string)
    case 'd':
      return new Date((v as number) * 1000)
    case 'o': {
      const pairs = (v as [string, Described][]).map(
        ([key, item]) => [key, build(item, ordered)] as const,
      )
      return ordered ? new Map(pairs) : Object.fromEntries(pairs)
    }
  }
}

/** A value in a form in which equal means equal types as well. */
export function describeValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    return { [value instanceof Tuple ? 'tuple' : 'list']: Array.from(value, describeValue) }
  }
  if (value instanceof Markup) return { markup: String(value) }
  if (value instanceof UUID) return { uuid: value.hex }
  if (value instanceof Date) return { date: value.getTime() }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('hex') }
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return { object: pairs.map(([key, item]) => [key, describeValue(item)]) }
}
