import { KeyError } from '../errors/builtins.ts'
import { httpDate, parseDate } from '../http/dates.ts'
import { Markup } from '../http/markup.ts'
import { dumps, loads } from './current.ts'
import { hasMethod, isDate } from './default.ts'
import { isPlainObject } from './encode.ts'
import { setOwn } from './python-parser.ts'
import { Tuple } from './tuple.ts'
import { UUID } from './uuid.ts'

/** What tags see of the serializer that they belong to. */
export interface TagRegistry {
  /** The registered tags by key. */
  readonly tags: ReadonlyMap<string, JSONTag>
  /** A value with all that needs a tag tagged. */
  tag(value: unknown): unknown
}

/** The class of a tag, as `TaggedJSONSerializer.register` takes it. */
export type JSONTagClass = new (serializer: TagRegistry) => JSONTag

/** How one type that JSON lacks is written inside it (Flask's `JSONTag`). */
export abstract class JSONTag {
  /** The only member name of the object that stands for the value; empty for types left untagged. */
  readonly key: string = ''
  /** The serializer that the tag belongs to. */
  protected readonly serializer: TagRegistry

  constructor(serializer: TagRegistry) {
    this.serializer = serializer
  }

  /** Whether this tag is for the value. */
  abstract check(value: unknown): boolean

  /** The value as JSON knows it, without the tag. */
  abstract toJson(value: unknown): unknown

  /** The value back from what `toJson` made (Flask's `to_python`). */
  toPython(value: unknown): unknown {
    return value
  }

  /** The value as JSON knows it, with the tag around it. */
  tag(value: unknown): unknown {
    return { [this.key]: this.toJson(value) }
  }
}

type Dict = Record<string, unknown> | ReadonlyMap<string, unknown>

const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  (value instanceof Map || isPlainObject(value))

const entriesOf = (dict: Dict): [string, unknown][] =>
  dict instanceof Map ? [...dict] : Object.entries(dict)

/** Marks objects of one member whose name is a tag's key, so that they are not taken for a value. */
export class TagDict extends JSONTag {
  override readonly key: string = ' di'

  override check(value: unknown): boolean {
    if (!isDict(value)) return false
    const entries = entriesOf(value)
    return entries.length === 1 && this.serializer.tags.has(entries[0]?.[0] ?? '')
  }

  override toJson(value: unknown): unknown {
    return Object.fromEntries(
      entriesOf(value as Dict).map(([key, item]) => [`${key}__`, this.serializer.tag(item)]),
    )
  }

  override toPython(value: unknown): unknown {
    return Object.fromEntries(
      Object.entries(value as object).map(([key, item]) => [key.slice(0, -2), item]),
    )
  }
}

/** Leaves objects as they are, and tags what is in them. */
export class PassDict extends JSONTag {
  override check(value: unknown): boolean {
    return isDict(value)
  }

  override toJson(value: unknown): unknown {
    const entries = entriesOf(value as Dict)
    // An object would move such names to its front; Python keeps the order.
    if (value instanceof Map && entries.some(([key]) => /^\d+$/.test(key))) {
      return new Map(entries.map(([key, item]) => [key, this.serializer.tag(item)]))
    }
    const tagged: Record<string, unknown> = {}
    for (const [key, item] of entries) {
      if (item !== undefined) setOwn(tagged, key, this.serializer.tag(item))
    }
    return tagged
  }

  override tag(value: unknown): unknown {
    return this.toJson(value)
  }
}

/** Tuples, as ` t`. */
export class TagTuple extends JSONTag {
  override readonly key: string = ' t'

  override check(value: unknown): boolean {
    return value instanceof Tuple
  }

  override toJson(value: unknown): unknown {
    return Array.from(value as Tuple, (item) => this.serializer.tag(item))
  }

  override toPython(value: unknown): unknown {
    return Tuple.from(value as unknown[])
  }
}

/** Leaves lists as they are, and tags what is in them. */
export class PassList extends JSONTag {
  override check(value: unknown): boolean {
    return Array.isArray(value)
  }

  override toJson(value: unknown): unknown {
    return (value as unknown[]).map((item) => this.serializer.tag(item))
  }

  override tag(value: unknown): unknown {
    return this.toJson(value)
  }
}

/** Bytes, as ` b` in Base64; read back as a Buffer. */
export class TagBytes extends JSONTag {
  override readonly key: string = ' b'

  override check(value: unknown): boolean {
    return value instanceof Uint8Array
  }

  override toJson(value: unknown): unknown {
    const bytes = value as Uint8Array
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  }

  override toPython(value: unknown): unknown {
    return Buffer.from(String(value), 'base64')
  }
}

/** Whatever has `__html__`, as ` m`; read back as Markup. */
export class TagMarkup extends JSONTag {
  override readonly key: string = ' m'

  override check(value: unknown): boolean {
    return typeof value === 'object' && value !== null && hasMethod(value, '__html__')
  }

  override toJson(value: unknown): unknown {
    return String((value as { __html__(): unknown }).__html__())
  }

  override toPython(value: unknown): unknown {
    return new Markup(String(value))
  }
}

/** UUIDs, as ` u` in hexadecimal. */
export class TagUUID extends JSONTag {
  override readonly key: string = ' u'

  override check(value: unknown): boolean {
    return value instanceof UUID
  }

  override toJson(value: unknown): unknown {
    return (value as UUID).hex
  }

  override toPython(value: unknown): unknown {
    return new UUID(String(value))
  }
}

/** Points in time, as ` d` in the form of HTTP dates, so in whole seconds. */
export class TagDateTime extends JSONTag {
  override readonly key: string = ' d'

  override check(value: unknown): boolean {
    return typeof value === 'object' && value !== null && isDate(value)
  }

  override toJson(value: unknown): unknown {
    return httpDate(value as Date)
  }

  override toPython(value: unknown): unknown {
    return parseDate(String(value))
  }
}

/**
 * JSON that also carries tuples, bytes, Markup, UUIDs, Dates and objects that look like tags:
 * Flask's `TaggedJSONSerializer`, byte for byte. Integers beyond 2^53 are read as bigints, so that
 * a session keeps what a Flask app stored.
 */
export class TaggedJSONSerializer implements TagRegistry {
  /** The tags that a new serializer knows, in the order in which they are asked. */
  static readonly defaultTags: readonly JSONTagClass[] = [
    TagDict,
    PassDict,
    TagTuple,
    PassList,
    TagBytes,
    TagMarkup,
    TagUUID,
    TagDateTime,
  ]

  /** The tags by key. */
  readonly tags: Map<string, JSONTag> = new Map()
  /** The tags in the order in which they are asked. */
  readonly order: JSONTag[] = []

  constructor() {
    for (const tagClass of TaggedJSONSerializer.defaultTags) this.register(tagClass)
  }

  /**
   * Adds a tag.
   * @param options `force` replaces a tag with the same key; `index` is its place in the order,
   *   the end by default: a special case of another tag has to be asked before it.
   * @throws {KeyError} when the key is taken and `force` is not set.
   */
  register(tagClass: JSONTagClass, options: { force?: boolean; index?: number } = {}): void {
    const tag = new tagClass(this)
    if (tag.key) {
      if (!options.force && this.tags.has(tag.key)) {
        throw new KeyError(`Tag '${tag.key}' is already registered.`)
      }
      this.tags.set(tag.key, tag)
    }
    if (options.index === undefined) this.order.push(tag)
    else this.order.splice(options.index, 0, tag)
  }

  /** The value with a tag where it needs one, itself and all that is in it. */
  tag(value: unknown): unknown {
    for (const tag of this.order) if (tag.check(value)) return tag.tag(value)
    return value
  }

  /** The value that one tagged object stands for; other objects as they are. */
  untag(value: Record<string, unknown>): unknown {
    const keys = Object.keys(value)
    const key = keys[0]
    if (keys.length !== 1 || key === undefined) return value
    const tag = this.tags.get(key)
    return tag === undefined ? value : tag.toPython(value[key])
  }

  #untagAll(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#untagAll(item))
    if (typeof value !== 'object' || value === null) return value
    const members = value as Record<string, unknown>
    for (const key of Object.keys(members)) setOwn(members, key, this.#untagAll(members[key]))
    return this.untag(members)
  }

  /** Writes the value as compact JSON, with the current app's provider if there is one. */
  dumps(value: unknown): string {
    return dumps(this.tag(value), { separators: [',', ':'] })
  }

  /**
   * Reads what `dumps` wrote.
   * @throws {SyntaxError} when it is no JSON.
   */
  loads(text: string): unknown {
    return this.#untagAll(loads(text, { proto: 'keep', bigIntegers: true }))
  }
}
