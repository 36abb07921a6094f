import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { decodeToken } from '../../../compat/jwt/index.ts'
import { type Case, randomCases } from './cases.ts'
import { ALGORITHMS, keysFor } from './keys.ts'
import { type Answer, build, replay } from './replay.ts'

const SEED = Number(process.env.JWT_SEED ?? 1)
const COUNT = Number(process.env.JWT_COUNT ?? 60)
/** A Python that has Flask-JWT-Extended, if the one on the path has not. */
const PYTHON = process.env.FLASK_PYTHON ?? 'python3'

function hasFlaskJwt(): boolean {
  try {
    // The version whose answers are promised: an older one has other words and options.
    const versions = 'import flask_jwt_extended as e, flask; assert e.__version__ >= "4.7"'
    execFileSync(PYTHON, ['-c', `${versions}; import flask.sansio.app`], { stdio: 'ignore' })
    return true
  } catch {
    console.info('Skipped: no python3 with Flask-JWT-Extended 4.7 to compare with')
    return false
  }
}

/** Newer versions of PyJWT refuse loose base64 at once, older ones go by what it decodes to. */
const comparable = (answers: readonly Answer[]): unknown =>
  JSON.parse(
    JSON.stringify(answers).replace(/"Invalid (\w+) (?:padding|string: .*?[^\\])"/g, '"$1"'),
  )

function askFlask(cases: readonly Case[]): Answer[][] {
  const output = execFileSync(PYTHON, [join(import.meta.dirname, 'flask-jwt.py')], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return JSON.parse(output) as Answer[][]
}

const isThere = hasFlaskJwt()

it.runIf(isThere)('tokens that Flask-JWT-Extended made are good here', () => {
  const cases = ALGORITHMS.map((algorithm): Case => {
    const [sign, verify] = keysFor(algorithm)
    const keys = algorithm.startsWith('HS')
      ? { JWT_SECRET_KEY: sign }
      : { JWT_PRIVATE_KEY: sign, JWT_PUBLIC_KEY: verify }
    return {
      config: { ...keys, JWT_ALGORITHM: algorithm, JWT_ENCODE_ISSUER: 'flask' },
      required: {},
      create: { fresh: true, expires_delta: 100, additional_claims: { role: 'é' } },
      blocked: [],
      users: null,
      requests: [{ method: 'POST', path: '/make', headers: [] }],
    }
  })
  const made = askFlask(cases)
  for (const [at, given] of cases.entries()) {
    const [reply] = made[at] as [Answer]
    const { token } = reply.body as { token: string }
    expect(
      build(given)
        .appContext()
        .run(() => decodeToken(token)),
    ).toMatchObject({
      sub: 'ana',
      fresh: true,
      iss: 'flask',
      role: 'é',
      type: 'access',
    })
  }
})

it.runIf(isThere)(
  'random settings, tokens and requests get the answers of the real Flask-JWT-Extended',
  async () => {
    const cases = randomCases(SEED, COUNT)
    const real = askFlask(cases)
    for (const [at, given] of cases.entries()) {
      const answers = comparable(await replay(given))
      expect({ given, answers }).toEqual({ given, answers: comparable(real[at] as Answer[]) })
    }
  },
  120_000,
)
