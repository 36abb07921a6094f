import type { Fields } from '../fields.ts'
import { Fields as Reader } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import { camelCase } from '../names.ts'
import { compileOptions, plainValue } from '../typed-values.ts'
import { NO_RUN } from '../world.ts'
import { partOf } from './extension-parts.ts'

type Claims = Record<string, unknown>

/** What the driver uses of `bustapi/jwt`. */
export interface JwtPart {
  JWTManager: new (app: unknown) => object
  createAccessToken(identity: unknown, options?: Record<string, unknown>): unknown
  createRefreshToken(identity: unknown, options?: Record<string, unknown>): unknown
  setAccessCookies(response: unknown, token: unknown): unknown
  setRefreshCookies(response: unknown, token: unknown): unknown
  unsetJwtCookies(response: unknown): unknown
  getJwt(): Claims
  getJwtHeader(): Claims
  getJwtIdentity(): unknown
  getJwtRequestLocation(): string | null
  getCurrentUser(): unknown
}

/** The handlers whose callback gets a message, and those whose callback gets the token. */
const HANDLERS: Readonly<Record<string, 'message' | 'token'>> = {
  unauthorized: 'message',
  invalid_token: 'message',
  expired_token: 'token',
  needs_fresh_token: 'token',
  revoked_token: 'token',
  user_lookup_error: 'token',
  token_verification_failed: 'token',
}

type Loader = (callback: (...args: never[]) => unknown) => unknown

function buildHandlers(fields: Fields, compiler: Compiler, loader: (name: string) => Loader): void {
  for (const [name, source] of fields.entries('handlers')) {
    const kind = HANDLERS[name] ?? fields.fail(`unknown handler ${name}`)
    const step = compiler.handler(source, `${fields.where}.handlers.${name}`)
    loader(`${name}_loader`)(
      kind === 'message'
        ? (msg: string) => step({ args: { msg }, error: null })
        : (_header: unknown, claims: Claims | undefined) =>
            step({ args: claims ?? {}, error: null }),
    )
  }
}

/** `jwt`: a JWTManager with the callbacks of the description. */
export function buildJwt(fields: Fields, compiler: Compiler): void {
  const { world } = compiler
  const { JWTManager } = partOf<JwtPart>(world, 'jwt')
  const manager = new JWTManager(world.app)
  const loader = (name: string): Loader =>
    (Reflect.get(manager, camelCase(name)) as Loader).bind(manager)
  const blocklist = new Set(fields.texts('blocklist'))
  loader('token_in_blocklist_loader')((_header: unknown, { jti }: { jti: string }) =>
    blocklist.has(jti),
  )
  if (fields.has('users')) {
    const users = new Map(fields.entries('users'))
    loader('user_lookup_loader')((_header: unknown, claims: Claims) => {
      const claim = String(world.app.config.JWT_IDENTITY_CLAIM ?? 'sub')
      return users.get(String(claims[claim])) ?? null
    })
  }
  if (fields.has('additional_claims')) {
    const claims = compileOptions(fields.entries('additional_claims'), fields.where)
    loader('additional_claims_loader')(() => claims(NO_RUN))
  }
  const key = fields.text('identity_key')
  if (key !== undefined) loader('user_identity_loader')((user: Claims) => user[key])
  const verify = fields.take('verify_claim')
  if (verify !== undefined) {
    const claim = new Reader(verify, `${fields.where}.verify_claim`)
    const name = claim.text('name') ?? claim.fail('no name')
    const value = plainValue(claim.take('value') ?? null, claim.where)
    claim.done()
    loader('token_verification_loader')(
      (_header: unknown, claims: Claims) => claims[name] === value,
    )
  }
  buildHandlers(fields, compiler, loader)
  fields.done()
  world.extensions.set('jwt', blocklist)
}
