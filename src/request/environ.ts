import type { IncomingMessage } from 'node:http'
import { ENVIRON } from '../symbols.ts'

/**
 * What a server, a proxy filter, a mount or a test client knows better about a request than the
 * bytes that arrived: the part of a WSGI environ that application code may replace.
 */
export interface Environ {
  /** `http` or `https` (`wsgi.url_scheme`). */
  scheme?: string
  /** Replaces the `Host` header (`HTTP_HOST`). */
  host?: string
  /** The client's address (`REMOTE_ADDR`). */
  remoteAddr?: string | null
  /** Decoded prefix that the app is mounted at, without a trailing slash (`SCRIPT_NAME`). */
  scriptName?: string
  /** Decoded path below the prefix (`PATH_INFO`). */
  pathInfo?: string
  /** The request target as the client sent it (`RAW_URI`). */
  rawUri?: string
  /** The name a front server authenticated the user as (`REMOTE_USER`). */
  remoteUser?: string
  /** Name and port of the server, where the socket does not tell (`SERVER_NAME`, `SERVER_PORT`). */
  server?: readonly [name: string, port: number | null]
}

type WithEnviron = IncomingMessage & { [ENVIRON]?: Environ }

/** The overrides that were set on this raw request, if any. */
export function getEnviron(raw: IncomingMessage): Environ | undefined {
  return (raw as WithEnviron)[ENVIRON]
}

/** Adds overrides to a raw request; later ones win. Set them before the request is first read. */
export function setEnviron(raw: IncomingMessage, values: Environ): void {
  const target = raw as WithEnviron
  target[ENVIRON] = { ...target[ENVIRON], ...values }
}
