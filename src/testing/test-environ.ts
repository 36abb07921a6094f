import type { Environ } from '../request/environ.ts'

/** What a test knows of a request besides its bytes: our names, or the keys of a WSGI environ. */
export type TestEnviron = Environ & { readonly [wsgiKey: string]: unknown }

/** WSGI's keys and what they are called here. Everything else with `HTTP_` in front is a header. */
const WSGI_KEYS: ReadonlyMap<string, keyof Environ> = new Map([
  ['REMOTE_ADDR', 'remoteAddr'],
  ['REMOTE_USER', 'remoteUser'],
  ['SCRIPT_NAME', 'scriptName'],
  ['PATH_INFO', 'pathInfo'],
  ['RAW_URI', 'rawUri'],
  ['REQUEST_URI', 'rawUri'],
  ['wsgi.url_scheme', 'scheme'],
] as const)

/** `USER_AGENT` → `User-Agent`. */
function headerName(key: string): string {
  return key
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-')
}

/** Tells what the transport knows from the headers among the keys of a WSGI environ. */
export function splitEnviron(
  given: TestEnviron,
): [environ: Environ, headers: [name: string, value: string][]] {
  const environ: Record<string, unknown> = {}
  const headers: [string, string][] = []
  for (const [key, value] of Object.entries(given)) {
    const known = WSGI_KEYS.get(key)
    if (known !== undefined) environ[known] = value
    else if (key.startsWith('HTTP_')) headers.push([headerName(key.slice(5)), String(value)])
    else if (key === 'CONTENT_TYPE') headers.push(['Content-Type', String(value)])
    else environ[key] = value
  }
  return [environ, headers]
}
