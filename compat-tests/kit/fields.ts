import type { Json, JsonObject } from './json.ts'
import { isObject, show } from './json.ts'

/** The corpus says something that this driver does not know. Always a failure, never a pass. */
export class UnknownVocabulary extends Error {
  override name = 'UnknownVocabulary'
}

/** A part of the library that the corpus needs cannot be loaded. Always a failure. */
export class MissingPart extends Error {
  override name = 'MissingPart'
}

/**
 * Reads one JSON object of the corpus key by key. `done()` fails when a key was left unread, so
 * that an element the driver does not know can never be passed over in silence.
 */
export class Fields {
  /** Where the object stands, for messages. */
  readonly where: string
  readonly #source: JsonObject
  readonly #unread: Set<string>

  constructor(source: Json | undefined, where: string) {
    if (!isObject(source)) throw new UnknownVocabulary(`${where}: ${show(source)} is no object`)
    this.where = where
    this.#source = source
    this.#unread = new Set(Object.keys(source))
  }

  /** Whether the key is there; it stays unread. */
  has(key: string): boolean {
    return Object.hasOwn(this.#source, key)
  }

  /** The value as it stands, undefined when the key is absent. */
  take(key: string): Json | undefined {
    this.#unread.delete(key)
    return this.has(key) ? this.#source[key] : undefined
  }

  /** A text, or undefined when the key is absent. */
  text(key: string): string | undefined {
    return this.#typed(key, 'text', (value) => typeof value === 'string') as string | undefined
  }

  /** A number, or undefined when the key is absent. */
  number(key: string): number | undefined {
    return this.#typed(key, 'number', (value) => typeof value === 'number') as number | undefined
  }

  /** A boolean, or undefined when the key is absent. */
  flag(key: string): boolean | undefined {
    return this.#typed(key, 'boolean', (value) => typeof value === 'boolean') as boolean | undefined
  }

  /** A list; empty when the key is absent. */
  list(key: string): Json[] {
    return (this.#typed(key, 'list', Array.isArray) as Json[] | undefined) ?? []
  }

  /** A list of texts, or undefined when the key is absent. */
  texts(key: string): string[] | undefined {
    return this.#typed(
      key,
      'list of texts',
      (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
    ) as string[] | undefined
  }

  /** The entries of an object; none when the key is absent. */
  entries(key: string): [string, Json][] {
    return Object.entries((this.#typed(key, 'object', isObject) as JsonObject | undefined) ?? {})
  }

  /** A nested object to be read the same way, or undefined when the key is absent. */
  fields(key: string): Fields | undefined {
    const value = this.take(key)
    return value === undefined ? undefined : new Fields(value, `${this.where}.${key}`)
  }

  /** The keys that nothing has read, with their values. Reads them. */
  rest(): [string, Json][] {
    const left = [...this.#unread].map((key): [string, Json] => [key, this.#source[key] as Json])
    this.#unread.clear()
    return left
  }

  /** @throws {UnknownVocabulary} when a key was left unread. */
  done(): void {
    if (this.#unread.size === 0) return
    throw new UnknownVocabulary(`${this.where}: unknown ${[...this.#unread].join(', ')}`)
  }

  /** @throws {UnknownVocabulary} always, with the place in its message. */
  fail(message: string): never {
    throw new UnknownVocabulary(`${this.where}: ${message}`)
  }

  #typed(key: string, kind: string, test: (value: Json) => boolean): Json | undefined {
    const value = this.take(key)
    // Python's None stands for an argument that was not given.
    if (value === undefined || value === null) return undefined
    if (!test(value)) this.fail(`${key} is no ${kind}: ${show(value)}`)
    return value
  }
}
