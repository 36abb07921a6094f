import { type ParsedUrl, parseUrl } from '../components.ts'
import { hideMembers } from '../define-members.ts'

/**
 * The URL as the `parseurl` package has parsed it and remembers it, under the name that it uses.
 * Express's router parses every URL so; ours only when somebody asks.
 */
export const parsedUrlMembers: object = hideMembers({
  get _parsedUrl(): ParsedUrl | undefined {
    remember(this, undefined)
    return parseUrl(this as { url?: string })
  },
  set _parsedUrl(parsed: ParsedUrl | undefined) {
    remember(this, parsed)
  },
})

function remember(req: object, parsed: ParsedUrl | undefined): void {
  Object.defineProperty(req, '_parsedUrl', {
    value: parsed,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}
