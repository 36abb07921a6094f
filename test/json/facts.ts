import { readFileSync } from 'node:fs'

/** A value and what Python makes of it. */
export interface TextFact {
  readonly value: string
  readonly dumps: string
  readonly response: string
  readonly pretty: string
  readonly unicode: string
}

interface Facts {
  readonly texts: readonly TextFact[]
  readonly refused: readonly (readonly [text: string, message: string])[]
}

/** Facts recorded from CPython and Flask; the file says which. */
export const FACTS: Facts = JSON.parse(
  readFileSync(new URL('./python-json.json', import.meta.url), 'utf8'),
) as Facts

/** Stands in for a response: keeps what the provider gave it. */
export class FakeResponse {
  readonly body: string
  readonly mimetype: string

  constructor(body: string, options: { mimetype: string }) {
    this.body = body
    this.mimetype = options.mimetype
  }
}
