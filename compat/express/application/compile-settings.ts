import { parse as parseSimple } from 'node:querystring'
import { proxyAddr, type TrustFunction } from '../components.ts'
import { type ETagFunction, etag, wetag } from '../etag.ts'

/** Parses a query string; the setting `query parser` may be one. */
export type QueryParser = (query: string | null) => Record<string, unknown>

/**
 * What the setting `etag` stands for.
 *
 * @throws TypeError for a value that it does not have.
 */
export function compileETag(value: unknown): ETagFunction | undefined {
  if (typeof value === 'function') return value as ETagFunction
  switch (value) {
    case true:
    case 'weak':
      return wetag
    case false:
      return undefined
    case 'strong':
      return etag
    default:
      throw new TypeError(`unknown value for etag function: ${value}`)
  }
}

/**
 * What the setting `query parser` stands for.
 *
 * @param extended The version's parser of nested objects.
 * @param disabled The version's answer to `false`.
 * @throws TypeError for a value that it does not have.
 */
export function compileQueryParser(
  value: unknown,
  extended: QueryParser,
  disabled: QueryParser | undefined,
): QueryParser | undefined {
  if (typeof value === 'function') return value as QueryParser
  switch (value) {
    case true:
    case 'simple':
      return parseSimple as QueryParser
    case false:
      return disabled
    case 'extended':
      return extended
    default:
      throw new TypeError(`unknown value for query parser function: ${value}`)
  }
}

/** What the setting `trust proxy` stands for: everybody, a number of hops, or addresses. */
export function compileTrust(value: unknown): TrustFunction {
  if (typeof value === 'function') return value as TrustFunction
  if (value === true) return () => true
  if (typeof value === 'number') return (_address, hop) => hop < value
  const addresses = typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value
  return proxyAddr.compile((addresses as string[]) || [])
}
