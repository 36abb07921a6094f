import { pyRepr } from '../errors/builtins.ts'
import { SecurityError } from '../errors/client-errors.ts'
import { idnaEncode } from './idna.ts'

const HOST = /^(?:[a-z0-9.-]+|\[[a-f0-9]*:[a-f0-9.:]+\])(?::[0-9]+)?$/i

/**
 * Whether a `Host` value is well formed and, if there is a list, on it (Werkzeug's
 * `host_is_trusted`).
 *
 * @param host `host` or `host:port`; the port does not count.
 * @param trusted Names to allow; one with a leading dot allows its subdomains too. Empty or null
 *   allows all.
 */
export function hostIsTrusted(
  host: string | null | undefined,
  trusted?: string | Iterable<string> | null,
): boolean {
  if (!host || !HOST.test(host)) return false
  const refs = typeof trusted === 'string' ? [trusted] : [...(trusted ?? [])]
  if (refs.length === 0) return true

  const name = withoutPort(host)
  for (const ref of refs) {
    const suffix = ref.startsWith('.')
    let allowed: string
    try {
      allowed = idnaEncode(withoutPort(suffix ? ref.slice(1) : ref))
    } catch {
      return false
    }
    if (name === allowed || (suffix && name.endsWith(`.${allowed}`))) return true
  }
  return false
}

/**
 * The host of `host:port`; an IPv6 address keeps its brackets, so that each is told from the
 * others.
 */
function withoutPort(host: string): string {
  const end = host.startsWith('[') ? host.indexOf(']') + 1 : host.indexOf(':')
  return end <= 0 ? host : host.slice(0, end)
}

/** Where the server listens; the port is null for a Unix socket. */
export type ServerAddress = readonly [host: string, port: number | null]

/**
 * The `host[:port]` of a request, checked (Werkzeug's `get_host`): the `Host` header, else the
 * server's address. The scheme's standard port is left out.
 *
 * @returns The host, or the empty text when there is none or it is malformed.
 * @throws SecurityError (400) when it is not among the trusted ones.
 */
export function getHost(
  scheme: string,
  hostHeader: string | null | undefined,
  server?: ServerAddress | null,
  trusted?: string | Iterable<string> | null,
): string {
  let host: string
  if (hostHeader != null) host = hostHeader
  else if (server != null && server[1] !== null) {
    const [name, port] = server
    host = `${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`
  } else return ''

  const port = scheme === 'http' || scheme === 'ws' ? ':80' : ':443'
  const known = port === ':80' || scheme === 'https' || scheme === 'wss'
  if (known && host.endsWith(port)) host = host.slice(0, -port.length)

  if (hostIsTrusted(host, trusted)) return host
  if (trusted != null && [...trusted].length > 0) {
    throw new SecurityError(`Host ${pyRepr(host)} is not trusted.`)
  }
  return ''
}
