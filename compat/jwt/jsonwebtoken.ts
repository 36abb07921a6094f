import type { KeyObject } from 'node:crypto'
import { createRequire } from 'node:module'

/** The part of the `jsonwebtoken` package that is used; version 9 has it. */
export interface JsonWebToken {
  sign(
    payload: string,
    key: KeyObject,
    options: { algorithm: string; header: Record<string, unknown> },
  ): string
  verify(
    token: string,
    key: KeyObject,
    options: {
      algorithms: readonly string[]
      ignoreExpiration: true
      ignoreNotBefore: true
    },
  ): unknown
}

let loaded: JsonWebToken | undefined

/**
 * The `jsonwebtoken` package, loaded when the first token is made or read.
 * @throws when it is not installed, saying how to
 */
export function jsonwebtoken(): JsonWebToken {
  if (loaded === undefined) {
    try {
      loaded = createRequire(import.meta.url)('jsonwebtoken') as JsonWebToken
    } catch (cause) {
      throw new Error("bustapi/jwt needs 'jsonwebtoken': npm install jsonwebtoken", { cause })
    }
  }
  return loaded
}
