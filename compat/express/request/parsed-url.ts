import { type ParsedUrl, parseUrl } from '../components.ts'

/**
 * The URL as the `parseurl` package has parsed it and remembers it, under the name that it uses.
 * Express's router parses every URL so; ours only when somebody asks.
 */
export const parsedUrlMembers: object = {
  get _parsedUrl(): ParsedUrl | undefined {
    remember(this, undefined)
    return parseUrl(this)
  },
  set _parsedUrl(parsed: ParsedUrl | undefined) {
    remember(this, parsed)
  },
}

function remember(req: object, parsed: ParsedUrl | undefined): void {
  Object.defineProperty(req, '_parsedUrl', {
    value: parsed,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

// Express's request prototype does not list it, so neither does ours.
Object.defineProperty(parsedUrlMembers, '_parsedUrl', { enumerable: false })
