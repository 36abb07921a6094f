import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HTTPException } from '../../src/errors/http-exception.ts'
import { Headers } from '../../src/http/headers.ts'
import { finalHeaders, isBodiless } from '../../src/response/final-headers.ts'
import { Response } from '../../src/response/response.ts'

interface Fact {
  method: string
  headers: Record<string, string>
  etag: string | null
  weak: boolean
  lastModified: number | null
  acceptRanges: boolean | string
  completeLength: number | null
  body: 'str' | 'list' | 'gen'
  result: [status: string, headers: [string, string][], body: string] | [number, [string, string][]]
}

// Recorded from Werkzeug 3.1.8: conditions, validators and ranges combined at random.
const facts = JSON.parse(
  readFileSync(new URL('werkzeug-conditional.json', import.meta.url), 'utf8'),
) as Fact[]

function answer(fact: Fact): unknown {
  const parts = ['012', '3456', '789']
  const bodies = { str: '0123456789', list: parts, gen: parts.values() }
  const response = new Response(bodies[fact.body], { mimetype: 'text/plain' })
  response.headers.set('Date', 'x')
  if (fact.etag !== null) response.setEtag(fact.etag, { weak: fact.weak })
  if (fact.lastModified !== null) response.lastModified = fact.lastModified
  try {
    response.makeConditional(
      { method: fact.method, headers: new Headers(fact.headers) },
      { acceptRanges: fact.acceptRanges, completeLength: fact.completeLength },
    )
  } catch (error) {
    if (!(error instanceof HTTPException)) throw error
    return [error.code, error.getHeaders().sort(([a], [b]) => (a < b ? -1 : 1))]
  }
  const flat = finalHeaders(response, null)
  const headers: [string, string][] = []
  for (let i = 0; i < flat.length; i += 2) headers.push([flat[i] as string, flat[i + 1] as string])
  const silent = fact.method === 'HEAD' || isBodiless(response.statusCode)
  const chunks = silent ? [] : [...(response.iterEncoded() as Iterable<Uint8Array>)]
  return [response.status, headers, Buffer.concat(chunks).toString()]
}

describe('a conditional answer is Werkzeug’s', () => {
  it.each(facts)('$method $headers of $body with $etag, $lastModified', (fact) => {
    expect(answer(fact)).toEqual(fact.result)
  })
})
