import { createRequire } from 'node:module'
import { getRequestContext } from '../../../src/core.ts'
import { RuntimeError } from '../../../src/index.ts'
import { addMembers } from './request-members.ts'
import type { PassportLike } from './types.ts'

/** Loads passport when a strategy is first used, and shows logins to it. */
export class Passport {
  #authenticator: PassportLike | null = null

  /** The authenticator; a new one unless it was set. */
  get authenticator(): PassportLike {
    this.#authenticator ??= newAuthenticator()
    return this.#authenticator
  }

  set authenticator(authenticator: PassportLike) {
    this.#authenticator = authenticator
  }

  /** Puts passport's members on the running request, when strategies are used at all. */
  prepare(): void {
    if (this.#authenticator !== null) addMembers(getRequestContext())
  }
}

/** The package's exports that are used. */
interface PassportPackage {
  readonly Authenticator: new () => PassportLike
}

function newAuthenticator(): PassportLike {
  let passport: PassportPackage
  try {
    passport = createRequire(import.meta.url)('passport') as PassportPackage
  } catch (cause) {
    throw new RuntimeError(
      'Strategies need the package passport: npm install passport. Or set loginManager.passport.',
      { cause },
    )
  }
  return new passport.Authenticator()
}
