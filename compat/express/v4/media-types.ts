import { type MediaType, remember } from '../media-types.ts'
import { contentType, mime } from './components.ts'

const CHARSET = /;\s*charset\s*=/

/** A Content-Type with its type's usual charset, unless it names one. */
export const withCharset: (type: string) => string = remember((type) => {
  if (CHARSET.test(type)) return type
  const charset = mime.charsets.lookup(type.split(';')[0] as string)
  return charset ? `${type}; charset=${charset.toLowerCase()}` : type
})

/** A Content-Type with another charset. */
export function setCharset(type: string, charset: string): string {
  if (!type || !charset) return type
  const parsed = contentType.parse(type)
  if (parsed.parameters) parsed.parameters.charset = charset
  return contentType.format(parsed)
}

/** A Content-Type with the charset of what `res.send` sends as text. */
export const withUtf8: (type: string) => string = remember((type) => setCharset(type, 'utf-8'))

/** The media type of an extension, or one taken apart. */
export function normalizeType(type: string): MediaType {
  return type.includes('/') ? acceptParams(type) : { value: mime.lookup(type), params: {} }
}

/** {@link normalizeType} for a list. */
export const normalizeTypes = (types: readonly string[]): MediaType[] => types.map(normalizeType)

function acceptParams(text: string): MediaType {
  const [value, ...parameters] = text.split(/ *; */)
  const parsed: MediaType = { value: value as string, quality: 1, params: {} }
  for (const parameter of parameters) {
    const [key, setting] = parameter.split(/ *= */)
    if (key === 'q') parsed.quality = Number.parseFloat(setting as string)
    else parsed.params[key as string] = setting as string
  }
  return parsed
}
