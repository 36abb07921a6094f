import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HTTPException } from '../../src/errors/http-exception.ts'
import { parseForm, parseFormFile } from '../../src/request/form-parser.ts'
import { MemorySource } from '../../src/request/spool.ts'

interface Fact {
  /** The body, one character per byte. */
  body: string
  maxMemory: number | null
  maxParts: number | null
  result: { error: number } | { form: Record<string, string[]>; files: Record<string, unknown[]> }
}

// Recorded from Werkzeug 3.1.8: bodies put together at random from what multipart is made of.
const facts = JSON.parse(
  readFileSync(new URL('werkzeug-multipart.json', import.meta.url), 'utf8'),
) as Fact[]

const PARAMS = { boundary: 'b' }
const limitsOf = (fact: Fact) => ({
  maxFormMemorySize: fact.maxMemory,
  maxFormParts: fact.maxParts,
})

function grouped(pairs: Iterable<readonly [string, unknown]>): Record<string, unknown[]> {
  const result: Record<string, unknown[]> = {}
  for (const [name, value] of pairs) result[name] = [...(result[name] ?? []), value]
  return result
}

async function parse(fact: Fact, inFile: boolean): Promise<unknown> {
  const source = new MemorySource(Buffer.from(fact.body, 'latin1'))
  try {
    const parsed = inFile
      ? await parseFormFile(source, PARAMS, limitsOf(fact))
      : parseForm(source, 'multipart/form-data', PARAMS, limitsOf(fact))
    const files: [string, unknown][] = []
    for (const [name, file] of parsed.files) {
      const bytes = (await file.buffer()).toString('latin1')
      files.push([name, [file.filename, bytes, file.contentType]])
    }
    return { form: grouped(parsed.fields), files: grouped(files) }
  } catch (error) {
    return error instanceof HTTPException ? { error: error.code } : error
  }
}

describe('a multipart body is taken apart as Werkzeug does it', () => {
  it.each(facts)('$body', async (fact) => {
    expect(await parse(fact, false)).toEqual(fact.result)
    expect(await parse(fact, true)).toEqual(fact.result)
  })
})
