import { BadHost } from '../errors/http-exception.ts'
import { idnaEncode } from '../http/idna.ts'

/**
 * A host as routing compares it: lower case, international names in ASCII, the port kept.
 * @param host with or without a port
 * @throws {BadHost} when it is no domain name, such as one with an empty label
 */
export function toServerName(host: string): string {
  const lower = host.toLowerCase()
  const colon = lower.indexOf(':')
  // A port is no part of a domain name, and might make it longer than one may be.
  const name = colon === -1 ? lower : lower.slice(0, colon)
  try {
    const ascii = idnaEncode(name)
    return colon === -1 ? ascii : ascii + lower.slice(colon)
  } catch {
    throw new BadHost()
  }
}
