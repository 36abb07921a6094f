import { isIP } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { parseUrl, proxyAddr, type TrustFunction } from '../components.ts'
import type { Req } from '../types.ts'

const trustOf = (req: Req): TrustFunction => req.app.get('trust proxy fn') as TrustFunction

/** The first of the values that proxies have lined up in a header. */
const first = (header: string): string => {
  const comma = header.indexOf(',')
  return comma === -1 ? header : header.substring(0, comma)
}

const isTrusted = (req: Req): boolean => trustOf(req)(req.socket.remoteAddress, 0)

/** The host that a trusted proxy was asked for, or else the Host header. */
function forwardedHost(req: Req): string | undefined {
  const forwarded = req.get('X-Forwarded-Host') as string | undefined
  if (!forwarded || !isTrusted(req)) return req.get('Host') as string | undefined
  return forwarded.includes(',') ? first(forwarded).trimEnd() : forwarded
}

/** A host without its port. */
function withoutPort(host: string): string {
  const afterAddress = host[0] === '[' ? host.indexOf(']') + 1 : 0
  const colon = host.indexOf(':', afterAddress)
  return colon === -1 ? host : host.substring(0, colon)
}

/** The host name of a request; undefined when it names no host. */
export function hostnameOf(host: string | undefined): string | undefined {
  return host ? withoutPort(host) : undefined
}

/** The host of a request, with the port. */
export const hostOf = (req: Req): string | undefined => forwardedHost(req) || undefined

/** `req.ip`, `req.protocol` and their like: who asked, and for which host. */
export const addressMembers: object = {
  /** `https` or `http`, by the connection or by a trusted proxy. */
  get protocol(): string {
    const req = this as unknown as Req
    const own = (req.socket as TLSSocket).encrypted ? 'https' : 'http'
    if (!isTrusted(req)) return own
    return first((req.get('X-Forwarded-Proto') as string) || own).trim()
  },
  /** Whether the protocol is https. */
  get secure(): boolean {
    return (this as unknown as Req).protocol === 'https'
  },
  /** The client's address, as far as proxies are trusted. */
  get ip(): string {
    const req = this as unknown as Req
    return proxyAddr(req, trustOf(req))
  },
  /** The addresses of the client and of trusted proxies, the client's first. */
  get ips(): string[] {
    const req = this as unknown as Req
    // Without the socket's address, which stands first here.
    return proxyAddr.all(req, trustOf(req)).slice(1).reverse()
  },
  /** The labels of the host name below the domain, the nearest first. */
  get subdomains(): string[] {
    const req = this as unknown as Req
    const { hostname } = req
    if (!hostname) return []
    const labels = isIP(hostname) ? [hostname] : hostname.split('.').reverse()
    return labels.slice(req.app.get('subdomain offset') as number)
  },
  /** The path of the URL. */
  get path(): string | null | undefined {
    return parseUrl(this as unknown as Req)?.pathname
  },
}
