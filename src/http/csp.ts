import { CallbackDict, type DictSource } from './callback-dict.ts'
import { strip } from './text.ts'

/**
 * The directives of a `Content-Security-Policy` header (CSP level 3, Werkzeug's
 * `ContentSecurityPolicy`): a mapping from directive to its value, with properties for the known
 * ones, where null means that it is not set.
 */
export class ContentSecurityPolicy extends CallbackDict<string> {
  /** Whether the header was there at all. */
  readonly provided: boolean

  declare baseUri: string | null
  declare childSrc: string | null
  declare connectSrc: string | null
  declare defaultSrc: string | null
  declare fontSrc: string | null
  declare formAction: string | null
  declare frameAncestors: string | null
  declare frameSrc: string | null
  declare imgSrc: string | null
  declare manifestSrc: string | null
  declare mediaSrc: string | null
  declare navigateTo: string | null
  declare objectSrc: string | null
  declare prefetchSrc: string | null
  declare pluginTypes: string | null
  declare reportTo: string | null
  declare reportUri: string | null
  declare sandbox: string | null
  declare scriptSrc: string | null
  declare scriptSrcAttr: string | null
  declare scriptSrcElem: string | null
  declare styleSrc: string | null
  declare styleSrcAttr: string | null
  declare styleSrcElem: string | null
  declare workerSrc: string | null

  constructor(
    values: DictSource<string> | null = [],
    onUpdate: ((csp: ContentSecurityPolicy) => void) | null = null,
  ) {
    super(values, onUpdate)
    this.provided = values !== null
  }

  /** The header's value. */
  toHeader(): string {
    return Array.from(this.items(), ([key, value]) => `${key} ${value}`).join('; ')
  }

  override toString(): string {
    return this.toHeader()
  }
}

const DIRECTIVES =
  'base-uri child-src connect-src default-src font-src form-action frame-ancestors frame-src img-src' +
  ' manifest-src media-src navigate-to object-src prefetch-src plugin-types report-to report-uri' +
  ' sandbox script-src script-src-attr script-src-elem style-src style-src-attr style-src-elem' +
  ' worker-src'

for (const directive of DIRECTIVES.split(' ')) {
  const property = directive.replace(/-([a-z])/g, (_match, letter: string) => letter.toUpperCase())
  Object.defineProperty(ContentSecurityPolicy.prototype, property, {
    configurable: true,
    get(this: ContentSecurityPolicy): string | null {
      return this.get(directive)
    },
    set(this: ContentSecurityPolicy, value: string | null | undefined): void {
      if (value == null) this.pop(directive, null)
      else this.set(directive, value)
    },
  })
}

/** Writes a `Content-Security-Policy` header (Werkzeug's `dump_csp_header`). */
export function dumpCspHeader(policy: ContentSecurityPolicy): string {
  return policy.toHeader()
}

/**
 * Reads a `Content-Security-Policy` header (Werkzeug's `parse_csp_header`). Directives without a
 * value are skipped.
 */
export function parseCspHeader(
  value: string | null | undefined,
  onUpdate: ((csp: ContentSecurityPolicy) => void) | null = null,
): ContentSecurityPolicy {
  const items: [string, string][] = []
  for (const part of value?.split(';') ?? []) {
    const policy = strip(part)
    const space = policy.indexOf(' ')
    if (space !== -1) items.push([strip(policy.slice(0, space)), strip(policy.slice(space + 1))])
  }
  return new ContentSecurityPolicy(items, onUpdate)
}
