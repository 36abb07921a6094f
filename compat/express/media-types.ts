import { contentType as contentTypes, mime } from './components.ts'

/** Results to remember for each question: apps have few media types, whatever clients may ask for. */
const REMEMBERED = 128

/** Remembers a pure function's first results, and answers the last question again at once. */
export function remember<T>(ask: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  let lastText: string | undefined
  let lastAnswer: T
  return (text) => {
    if (text === lastText) return lastAnswer
    let answer = known.get(text)
    if (answer === undefined) {
      answer = ask(text)
      if (known.size >= REMEMBERED) return answer
      known.set(text, answer)
    }
    lastText = text
    lastAnswer = answer
    return answer
  }
}

/** The Content-Type for an extension or a media type, with its usual charset; false if unknown. */
export const contentTypeOf: (text: string) => string | false = remember(mime.contentType)

/** A Content-Type with another charset. */
export function setCharset(type: string, charset: string): string {
  if (!type || !charset) return type
  const parsed = contentTypes.parse(type)
  parsed.parameters = Object.assign(parsed.parameters ?? {}, { charset })
  return contentTypes.format(parsed)
}

/** A Content-Type with the charset of what `res.send` sends as text. */
export const withUtf8: (type: string) => string = remember((type) => setCharset(type, 'utf-8'))

/** A media type with its parameters, as content negotiation compares it. */
export interface MediaType {
  value: string
  quality?: number
  params: Record<string, string>
}

/** The media type of an extension, or one taken apart. */
export function normalizeType(type: string): MediaType {
  return type.includes('/')
    ? acceptParams(type)
    : { value: mime.lookup(type) || 'application/octet-stream', params: {} }
}

/** {@link normalizeType} for a list. */
export const normalizeTypes = (types: readonly string[]): MediaType[] => types.map(normalizeType)

function acceptParams(text: string): MediaType {
  const { length } = text
  let index = text.indexOf(';')
  if (index === -1) index = length
  const parsed: MediaType = { value: text.slice(0, index).trim(), quality: 1, params: {} }
  while (index < length) {
    const equals = text.indexOf('=', index)
    if (equals === -1) break
    const semicolon = text.indexOf(';', index)
    const end = semicolon === -1 ? length : semicolon
    if (equals > end) {
      // A parameter without a value: on to the one that the equals sign belongs to.
      index = text.lastIndexOf(';', equals - 1) + 1
      continue
    }
    const key = text.slice(index, equals).trim()
    const value = text.slice(equals + 1, end).trim()
    if (key === 'q') parsed.quality = Number.parseFloat(value)
    else parsed.params[key] = value
    index = end + 1
  }
  return parsed
}
