import { createHmac, createPublicKey, createSign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createAccessToken,
  decode,
  encode,
  getJwtIdentity,
  jwtRequired,
} from '../../../compat/jwt/index.ts'
import type { BustAPI } from '../../../src/index.ts'
import { EC, OTHER_RSA, RSA, SECRET } from './keys.ts'
import { answerTo, makeApp } from './support.ts'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLAIMS = { sub: 'ana', type: 'access', exp: 4_000_000_000 }

/** A token that an attacker signs with whatever they have for a secret. */
function forge(header: object, secret: string | Buffer, claims: object = CLAIMS): string {
  const input = `${part(header)}.${part(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

function guarded(config: Record<string, unknown> = {}): BustAPI {
  const { app } = makeApp(config)
  app.get(
    '/',
    { endpoint: 'view' },
    jwtRequired()(() => ({ id: getJwtIdentity() })),
  )
  return app
}

const refused = async (app: BustAPI, token: string): Promise<unknown> => {
  const [status, body] = await answerTo(app, token)
  expect([401, 422]).toContain(status)
  return (body as { msg: string }).msg
}

const RS = {
  JWT_ALGORITHM: 'RS256',
  JWT_PUBLIC_KEY: RSA.publicPem,
  JWT_PRIVATE_KEY: RSA.privatePem,
}

describe('S64: tokens without a signature', () => {
  it.each(['none', 'None', 'nOnE', 'NONE', '', ' none', null, 0, ['HS256'], {}])(
    'alg %j is refused, with and without a signature, even where it is listed',
    async (alg) => {
      for (const config of [{}, RS, { JWT_DECODE_ALGORITHMS: ['none', 'HS256'] }]) {
        const app = guarded(config)
        await refused(app, `${part({ alg, typ: 'JWT' })}.${part(CLAIMS)}.`)
        await refused(app, forge({ alg, typ: 'JWT' }, ''))
      }
    },
  )
})

describe('S64: algorithm confusion', () => {
  const confused = [
    RSA.publicPem,
    RSA.publicPem.trim(),
    ` \n${RSA.publicPem}`,
    `${RSA.publicPem}\n`,
  ]

  it('HS256 signed with the RSA public key is refused', async () => {
    for (const secret of confused) await refused(guarded(RS), forge({ alg: 'HS256' }, secret))
  })

  it('also where both families are allowed', async () => {
    const app = guarded({ ...RS, JWT_DECODE_ALGORITHMS: ['RS256', 'HS256'] })
    for (const secret of confused) {
      expect(await refused(app, forge({ alg: 'HS256' }, secret))).toBe(
        'The specified alg value is not allowed',
      )
    }
  })

  it('also where the configured key begins with whitespace (GHSA-mvf2)', async () => {
    const padded = ` \r\n\t${RSA.publicPem}`
    const app = guarded({
      ...RS,
      JWT_PUBLIC_KEY: padded,
      JWT_DECODE_ALGORITHMS: ['RS256', 'HS256'],
    })
    await refused(app, forge({ alg: 'HS256' }, padded))
  })

  it.each<[string, string | Buffer]>([
    ['a PEM document', RSA.publicPem],
    ['an indented PEM document', `  ${EC.ES256.publicPem}`],
    ['a private key', RSA.privatePem],
    ['an SSH key', 'ssh-rsa AAAAB3NzaC1yc2E= me@host'],
    ['a JWK', JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' })],
    ['DER bytes', createPublicKey(RSA.publicPem).export({ type: 'spki', format: 'der' })],
    ['an empty text', ''],
  ])('%s is no HMAC secret', (_what, key) => {
    const token = forge({ alg: 'HS256' }, key)
    for (const use of [
      () => decode(token, key, { algorithms: ['HS256'] }),
      () => encode({}, key),
    ]) {
      expect(use).toThrow(expect.objectContaining({ name: 'InvalidKeyError' }))
    }
  })

  it('a key of another family is refused, and not quoted', () => {
    const token = encode(CLAIMS, RSA.privatePem, { algorithm: 'RS256' })
    for (const key of [EC.ES256.publicPem, SECRET, 'x']) {
      let message = ''
      try {
        decode(token, key, { algorithms: ['RS256'] })
      } catch (error) {
        message = (error as Error).message
      }
      expect(message).not.toBe('')
      expect(message).not.toContain(SECRET)
    }
  })

  it('another size of the same family is refused', async () => {
    const token = encode(CLAIMS, SECRET, { algorithm: 'HS512' })
    expect(await refused(guarded(), token)).toBe('The specified alg value is not allowed')
  })
})

describe('S64: keys and claims to attention in the header', () => {
  const jwk = createPublicKey(OTHER_RSA.publicPem).export({ format: 'jwk' })

  it.each([
    { jwk },
    { jku: 'https://evil.example/keys' },
    { x5u: 'https://evil.example/cert' },
    { x5c: ['MIIB'] },
    { kid: '../../dev/null' },
    { kid: "' OR 1=1 --" },
  ])('%j gives nobody a key', async (more) => {
    const input = `${part({ alg: 'RS256', typ: 'JWT', ...more })}.${part(CLAIMS)}`
    const signature = createSign('RSA-SHA256').update(input).sign(OTHER_RSA.privatePem, 'base64url')
    expect(await refused(guarded(RS), `${input}.${signature}`)).toBe(
      'Signature verification failed',
    )
  })

  it.each([
    { crit: ['exp'] },
    { crit: ['b64'], b64: false },
    { crit: [] },
    { crit: 'exp' },
    { b64: false },
    { crit: null },
  ])('%j is refused, though the signature is right', async (more) => {
    expect(await refused(guarded(), forge({ alg: 'HS256', ...more }, SECRET))).toMatch(/crit/)
  })

  it('a wrong typ is refused where one is wanted', async () => {
    const app = guarded({ JWT_DECODE_TYP: ['JWT', 'at+jwt'] })
    expect(await refused(app, forge({ alg: 'HS256', typ: 'dpop+jwt' }, SECRET))).toMatch(/typ/)
    expect(await refused(app, forge({ alg: 'HS256' }, SECRET))).toMatch(/typ/)
    for (const typ of ['JWT', 'jwt', 'application/at+jwt']) {
      expect((await answerTo(app, forge({ alg: 'HS256', typ }, SECRET)))[0]).toBe(200)
    }
  })

  it('a missing jti or exp is refused where they are wanted', async () => {
    const app = guarded({ JWT_REQUIRED_CLAIMS: ['jti', 'exp'] })
    expect(await refused(app, forge({ alg: 'HS256' }, SECRET))).toBe(
      'Token is missing the "jti" claim',
    )
    const claims = { ...CLAIMS, jti: 'x', exp: null }
    expect(await refused(app, forge({ alg: 'HS256' }, SECRET, claims))).toBe(
      'Token is missing the "exp" claim',
    )
  })
})

describe('tampered, truncated, oversized', () => {
  it('every change of one letter of a token is noticed', async () => {
    const app = guarded()
    const token = app.appContext().run(() => createAccessToken('ana'))
    expect((await answerTo(app, token))[0]).toBe(200)
    for (let at = 0; at < token.length; at += 5) {
      const letter = token[at] === 'A' ? 'B' : 'A'
      const [status] = await answerTo(app, token.slice(0, at) + letter + token.slice(at + 1))
      expect([at, status]).toEqual([at, 422])
    }
  })

  it('every beginning of a token is refused, and what follows one', async () => {
    const app = guarded()
    const token = app.appContext().run(() => createAccessToken('ana'))
    for (let to = 1; to < token.length; to += 7) {
      expect((await answerTo(app, token.slice(0, to)))[0]).toBe(422)
    }
    for (const more of ['=', '==', '.', '.x', '!', '%00']) {
      expect((await answerTo(app, token + more))[0]).toBe(422)
    }
  })

  it('a token of megabytes is refused unread, also behind a header that is known', () => {
    const [header] = encode({}, SECRET).split('.')
    decode(encode({}, SECRET), SECRET, { algorithms: ['HS256'] })
    for (const start of [header, part({ alg: 'HS256', kid: 'new' })]) {
      expect(() =>
        decode(`${start}.${'A'.repeat(4_000_000)}.x`, SECRET, { algorithms: ['HS256'] }),
      ).toThrow('Token is too long')
    }
  })

  it('claims cannot change prototypes, not even before they are verified', () => {
    const claims = Buffer.from('{"__proto__":{"admin":true}}').toString('base64url')
    const token = `${part({ alg: 'HS256' })}.${claims}.e30`
    expect(() => decode(token, SECRET, { options: { verifySignature: false } })).toThrow(
      'Invalid payload string',
    )
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('what is wrong with a token is answered, not logged', async () => {
    const app = guarded()
    const lines: string[] = []
    app.logger.handlers.splice(0)
    app.logger.handlers.push({ handle: (record) => void lines.push(record.message) })
    await answerTo(app, forge({ alg: 'HS256' }, 'wrong'))
    await answerTo(app, 'x')
    expect(lines).toEqual([])
  })
})
