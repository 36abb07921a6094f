import {
  createAccessToken,
  getJwt,
  getJwtHeader,
  getJwtIdentity,
  getJwtRequestLocation,
  JWTManager,
  type JwtRequiredOptions,
  jwtRequired,
} from '../../../compat/jwt/index.ts'
import { BustAPI } from '../../../src/index.ts'
import type { Case } from './cases.ts'

/** What is compared of an answer. */
export interface Answer {
  readonly status: number
  readonly body: unknown
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())

const camelKeys = (given: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [camelCase(name), value]))

/** The app of a case, as `flask-jwt.py` builds it. */
export function build(given: Case): BustAPI {
  const app = new BustAPI('differential')
  app.logger.handlers.splice(0)
  app.config.fromMapping({ ...given.config, PROPAGATE_EXCEPTIONS: false })
  const manager = new JWTManager(app)
  const blocked = new Set<unknown>(given.blocked)
  if (blocked.size > 0) manager.tokenInBlocklistLoader((_header, { jti }) => blocked.has(jti))
  const { users } = given
  if (users !== null) {
    const claim = String(app.config.JWT_IDENTITY_CLAIM)
    manager.userLookupLoader((_header, claims) => users[String(claims[claim])] ?? null)
  }
  const view = (): object => ({
    identity: getJwtIdentity(),
    claims: getJwt(),
    header: getJwtHeader(),
    location: getJwtRequestLocation(),
  })
  app.route(
    '/',
    { methods: ['GET', 'POST', 'OPTIONS'], endpoint: 'view' },
    jwtRequired(camelKeys(given.required) as JwtRequiredOptions)(view),
  )
  app.post('/make', { endpoint: 'make' }, () => ({
    token: createAccessToken('ana', camelKeys(given.create)),
  }))
  return app
}

/** Answers a case's requests with `bustapi/jwt`. */
export async function replay(given: Case): Promise<Answer[]> {
  const client = build(given).testClient({ useCookies: false })
  const answers: Answer[] = []
  for (const { path, method, headers, body } of given.requests) {
    const reply = await client.open(path, {
      method,
      headers: headers as [string, string][],
      ...(body !== undefined && { data: body }),
    })
    answers.push({ status: reply.statusCode, body: reply.getJson({ silent: true }) ?? null })
  }
  return answers
}
