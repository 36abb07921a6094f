import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { decode, type EncodeOptions, encode } from '../../../compat/jwt/index.ts'
import { ALGORITHMS, EC, keysFor, RSA, SECRET } from './keys.ts'

const now = (): number => Math.floor(Date.now() / 1000)
const part = (token: string, at: number): string =>
  Buffer.from(token.split('.')[at] as string, 'base64url').toString()

describe('encode', () => {
  it('writes header and claims as PyJWT does', () => {
    const token = encode({ b: 1, a: [1.5, null, 'é'], sub: 'z' }, SECRET)
    expect(part(token, 0)).toBe('{"alg":"HS256","typ":"JWT"}')
    expect(part(token, 1)).toBe('{"b":1,"a":[1.5,null,"\\u00e9"],"sub":"z"}')
  })

  it('adds members to the header, in any script, and lets them choose the algorithm', () => {
    const headers = { kid: 'ключ', typ: 'at+jwt', alg: 'HS512' }
    const token = encode({ sub: 'a' }, SECRET, { headers })
    expect(JSON.parse(part(token, 0))).toEqual(headers)
    expect(decode(token, SECRET, { algorithms: ['HS512'] })).toEqual({ sub: 'a' })
  })

  it('turns dates of claims of time into seconds', () => {
    const token = encode({ exp: new Date(1_900_000_000_900) }, SECRET)
    expect(part(token, 1)).toBe('{"exp":1900000000}')
  })

  it.each<[string, unknown, EncodeOptions]>([
    ['a payload that is no object', [], {}],
    ['an issuer that is no text', { iss: 5 }, {}],
    ['the algorithm none', {}, { algorithm: 'none' }],
    ['an algorithm that there is not', {}, { algorithm: 'HS1' }],
    ['a claim without a JSON form', { f: () => 1 }, {}],
  ])('refuses %s', (_what, payload, options) => {
    expect(() => encode(payload as never, SECRET, options)).toThrow(TypeError)
  })
})

describe('decode', () => {
  it.each(ALGORITHMS)('reads what encode wrote with %s', (algorithm) => {
    const [sign, verify] = keysFor(algorithm)
    const token = encode({ sub: 'ana' }, sign, { algorithm })
    expect(decode(token, verify, { algorithms: [algorithm] })).toEqual({ sub: 'ana' })
  })

  it('takes bytes and the keys of Node', () => {
    const bytes = Buffer.from(SECRET)
    const token = encode({ sub: 'a' }, bytes)
    for (const key of [SECRET, bytes, createSecretKey(bytes)]) {
      expect(decode(token, key, { algorithms: ['HS256'] })).toEqual({ sub: 'a' })
    }
    const pair = encode({ sub: 'a' }, createPrivateKey(RSA.privatePem), { algorithm: 'RS256' })
    for (const key of [RSA.publicPem, RSA.privatePem, createPublicKey(RSA.publicPem)]) {
      expect(decode(pair, key, { algorithms: ['RS256'] })).toEqual({ sub: 'a' })
    }
  })

  it.each<[string, unknown, string]>([
    ['', undefined, 'DecodeError: Not enough segments'],
    ['a.b', undefined, 'DecodeError: Not enough segments'],
    ['a.b.c', undefined, 'DecodeError: Invalid header padding'],
    ['', 7, "DecodeError: Invalid token type. Token must be a <class 'bytes'>"],
    [
      'abc.def.ghi',
      undefined,
      "DecodeError: Invalid header string: 'utf-8' codec can't decode byte 0xb7 in position 1: invalid start byte",
    ],
    [
      'e30x.e30.e30',
      undefined,
      'DecodeError: Invalid header string: Extra data: line 1 column 3 (char 2)',
    ],
    ['W10.e30.e30', undefined, 'DecodeError: Invalid header string: must be a json object'],
    ['e30.a.e30', undefined, 'DecodeError: Invalid payload padding'],
    ['e30.e30.a', undefined, 'DecodeError: Invalid crypto padding'],
    ['e30.e30.e30', undefined, 'InvalidAlgorithmError: Algorithm not specified'],
    [
      'eyJraWQiOjV9.e30.e30',
      undefined,
      'InvalidTokenError: Key ID header parameter must be a string',
    ],
  ])('says of %j (%j) what PyJWT says', (text, other, expected) => {
    const token = (other ?? text) as string
    expect(() => decode(token, SECRET, { algorithms: ['HS256'] })).toThrow(
      expect.objectContaining({
        name: expected.split(':')[0],
        message: expected.slice(expected.indexOf(':') + 2),
      }),
    )
  })

  it.each<[object, object, string]>([
    [{ exp: now() - 1 }, {}, 'Signature has expired'],
    [{ exp: [] }, {}, 'Expiration Time claim (exp) must be an integer.'],
    [{ nbf: now() + 100 }, {}, 'The token is not yet valid (nbf)'],
    [{ nbf: null }, {}, 'Not Before claim (nbf) must be an integer.'],
    [{ iat: now() + 100 }, {}, 'The token is not yet valid (iat)'],
    [{ iat: 'x' }, {}, 'Issued At claim (iat) must be an integer.'],
    [{}, { issuer: 'i' }, 'Token is missing the "iss" claim'],
    [{ iss: 'x' }, { issuer: ['i', 'j'] }, 'Invalid issuer'],
    [{ aud: 'x' }, {}, 'Invalid audience'],
    [{ aud: ['x'] }, { audience: ['y', 'z'] }, "Audience doesn't match"],
    [{ aud: { x: 1 } }, { audience: 'y' }, 'Invalid claim format in token'],
    [{}, { audience: 'y' }, 'Token is missing the "aud" claim'],
    [{ sub: 1 }, {}, 'Subject must be a string'],
    [{ sub: 'a' }, { subject: 'b' }, 'Invalid subject'],
    [{ jti: 1 }, {}, 'JWT ID must be a string'],
    [{}, { options: { require: ['exp'] } }, 'Token is missing the "exp" claim'],
  ])('refuses %j under %j: %s', (claims, rules, message) => {
    const token = encode(claims as never, SECRET)
    expect(() => decode(token, SECRET, { algorithms: ['HS256'], ...rules })).toThrow(
      expect.objectContaining({ message }),
    )
  })

  it.each<[object, object]>([
    [{ exp: now() - 5 }, { leeway: 10 }],
    [{ exp: now() - 5 }, { options: { verifyExp: false } }],
    [{ exp: String(now() + 50) }, {}],
    [{ aud: ['x', 'y'] }, { audience: 'y' }],
    [{ aud: [] }, {}],
    [{ iss: 'i' }, { issuer: ['i', 'j'] }],
    [{ sub: 5 }, { options: { verify_sub: false } }],
    [
      { exp: 1, sub: 5 },
      { options: { verifySignature: false }, algorithms: [] },
    ],
  ])('takes %j under %j', (claims, rules) => {
    const token = encode(claims as never, SECRET)
    expect(decode(token, SECRET, { algorithms: ['HS256'], ...rules })).toEqual(claims)
  })

  it('wants the algorithms named', () => {
    expect(() => decode(encode({}, SECRET), SECRET)).toThrow('"algorithms" argument')
  })

  it('gives each caller a header and claims of its own', () => {
    const token = encode({ list: [1] }, SECRET)
    const options = { algorithms: ['HS256'] }
    ;(decode(token, SECRET, options).list as number[]).push(2)
    expect(decode(token, SECRET, options)).toEqual({ list: [1] })
  })

  it('refuses a key of another curve', () => {
    const token = encode({}, EC.ES256.privatePem, { algorithm: 'ES256' })
    expect(() => decode(token, EC.ES384.publicPem, { algorithms: ['ES256'] })).toThrow(
      expect.objectContaining({ name: 'InvalidKeyError' }),
    )
  })
})
