import { encodeUrl, vary as varyHeader } from '../components.ts'
import { contentTypeOf, remember } from '../media-types.ts'
import type { Res } from '../types.ts'

const typeOfExtension = remember((name) => contentTypeOf(name) || 'application/octet-stream')

const isContentType = (field: string): boolean =>
  field === 'Content-Type' || (field.length === 12 && field.toLowerCase() === 'content-type')

/** Completes a Content-Type with the charset that its type has by default. */
export type ContentTypeRule = (value: string) => unknown

/**
 * Makes `res.set`: sets a header, or each of an object of them.
 *
 * @param complete What the version makes of a Content-Type.
 */
export function makeSet(
  complete: ContentTypeRule,
): (this: Res, field: unknown, given?: unknown) => Res {
  return function header(this: Res, field: unknown, given?: unknown): Res {
    // biome-ignore lint/complexity/noArguments: an explicit undefined is a value, and this is called often
    if (arguments.length !== 2) {
      for (const key in field as object) this.set(key, (field as Record<string, unknown>)[key])
      return this
    }
    let value: unknown = Array.isArray(given) ? given.map(String) : String(given)
    // What is no string has no toLowerCase(), and Express's way to say so is to call it.
    if (typeof field !== 'string' ? (field as string).toLowerCase() : isContentType(field)) {
      if (Array.isArray(value)) throw new TypeError('Content-Type cannot be set to an Array')
      value = complete(value as string)
    }
    this.setHeader(field as string, value as string)
    return this
  }
}

/** A header that has been set. */
export function get(this: Res, field: string): number | string | string[] | undefined {
  return this.getHeader(field)
}

/** Adds a value to a header. */
export function append(this: Res, field: string, value: unknown): Res {
  const before = this.get(field)
  if (!before) return this.set(field, value)
  return this.set(field, [before, value].flat())
}

/** Sets the Content-Type by a media type or an extension. */
export function type(this: Res, name: string): Res {
  return this.set('Content-Type', name.includes('/') ? name : typeOfExtension(name))
}

/** Adds links by their relations to the Link header; a relation may have several. */
export function links(this: Res, relations: Record<string, unknown>): Res {
  const before = this.get('Link')
  const added = Object.keys(relations)
    .flatMap((relation) =>
      [relations[relation]].flat().map((target) => `<${target}>; rel="${relation}"`),
    )
    .join(', ')
  return this.set('Link', (before ? `${before}, ` : '') + added)
}

/** Sets the Location header, percent-encoded where it has to be. */
export function location(this: Res, url: unknown): Res {
  return this.set('Location', encodeUrl(url))
}

/** Adds names of request headers to Vary. */
export function vary(this: Res, field: string | readonly string[]): Res {
  varyHeader(this, field)
  return this
}
