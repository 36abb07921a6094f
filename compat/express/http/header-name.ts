import { validateHeaderName, validateHeaderValue } from 'node:http'

/** Headers that change what node:http does, or that it treats in a way of its own. */
const ACTED_UPON: ReadonlySet<string> = new Set([
  'connection',
  'content-disposition',
  'cookie',
  'date',
  'expect',
  'keep-alive',
  'trailer',
  'transfer-encoding',
])

const TAB = 9
const SPACE = 32
const TILDE = 126
/** Longer values are not remembered. */
const MAX_VALUE = 1024

function isPrintableAscii(text: string): boolean {
  // Most are short, which a loop is faster for than a regular expression.
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > TILDE || (code < SPACE && code !== TAB)) return false
  }
  return true
}

/** A header's name, checked once for all the responses that have it. */
export class HeaderName {
  readonly lowerCase: string
  /** Whether node:http takes no notice of the header. */
  readonly isOrdinary: boolean
  /** The last value that was found to be plain: most headers have one value only, again and again. */
  #lastPlain: string | null = null

  /**
   * @throws TypeError (Node's ERR_INVALID_HTTP_TOKEN) for what is no header name.
   */
  constructor(name: string) {
    validateHeaderName(name)
    this.lowerCase = name.toLowerCase()
    this.isOrdinary = !ACTED_UPON.has(this.lowerCase)
  }

  /**
   * Checks a value, and whether it is ASCII.
   *
   * @param name The header's name as it is to stand in the error.
   * @throws TypeError (Node's ERR_INVALID_CHAR or ERR_HTTP_INVALID_HEADER_VALUE) for one that cannot
   *   be sent.
   */
  isPlain(value: unknown, name: string): boolean {
    if (typeof value === 'number') return true
    if (typeof value !== 'string') {
      validateHeaderValue(name, value as string)
      return Array.isArray(value) && value.every((one) => isPrintableAscii(String(one)))
    }
    if (value === this.#lastPlain) return true
    if (!isPrintableAscii(value)) {
      validateHeaderValue(name, value)
      return false
    }
    if (value.length <= MAX_VALUE) this.#lastPlain = value
    return true
  }
}

const known = new Map<string, HeaderName>()
/** Apps have few header names; one that makes them up does not fill the memory. */
const MAX_KNOWN = 256

/** The header of a name; throws what {@link HeaderName} throws. */
export function headerName(name: string): HeaderName {
  let header = known.get(name)
  if (header === undefined) {
    header = new HeaderName(name)
    if (known.size < MAX_KNOWN) known.set(name, header)
  }
  return header
}

/** A name in lower case, whether it is a header's or not. */
export const lowerCaseName = (name: string): string =>
  known.get(name)?.lowerCase ?? name.toLowerCase()
