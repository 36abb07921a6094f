import { deflateSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  BadData,
  BadPayload,
  BadSignature,
  type BadTimeSignature,
  base64Decode,
  base64Encode,
  MAX_PAYLOAD_SIZE,
  NoneAlgorithm,
  Serializer,
  SignatureExpired,
  Signer,
  TimedSerializer,
  TimestampSigner,
  URLSafeSerializer,
  URLSafeTimedSerializer,
} from '../../src/sessions/signing.ts'

// 2023-11-14T22:13:20Z; every signature below was made by itsdangerous 2.2.0 at this time.
const NOW = 1_700_000_000
const at = (seconds: number): unknown => vi.spyOn(Date, 'now').mockReturnValue(seconds * 1000)

beforeEach(() => at(NOW))
afterEach(() => vi.restoreAllMocks())

const caught = (work: () => unknown): BadSignature & BadTimeSignature & BadPayload => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(BadData)
    return error as BadSignature & BadTimeSignature & BadPayload
  }
  throw new Error('nothing thrown')
}

describe('Signer', () => {
  it('signs text and bytes as itsdangerous does', () => {
    const signer = new Signer('secret', 'x')
    expect(signer.sign('value')).toBe('value.YeKV1UzJ0YMEKSnQhJIZz1zk2zc')
    const bytes = Buffer.from('ff00', 'hex')
    const signed = signer.sign(bytes)
    expect(signed.toString('latin1')).toBe('\xff\x00.sf8ANMKuNmiWLVxgPO4Tm2GmaeY')
    expect(signer.unsign('value.YeKV1UzJ0YMEKSnQhJIZz1zk2zc')).toBe('value')
    expect(signer.unsign(signed).equals(bytes)).toBe(true)
  })

  it.each([
    ['concat', 'sha1', 'v.OqKrSbAMiSZcQwOJXTaqtz51yFo'],
    ['concat', 'sha256', 'v.kks_8bOtCvqJRpeVlR-slnrsh_VqRhFQ_jJFilYzGws'],
    ['django-concat', 'sha1', 'v.-e9ciVisjG63ux8YZIFBPo1NwJM'],
    ['django-concat', 'sha256', 'v.DeRWWdhsWuMtHng4Nj766J71QpwUiZCqufeJlHtefBw'],
    ['hmac', 'sha1', 'v.RINIQhkCYgqgphLW53t0FF2VqRw'],
    ['hmac', 'sha256', 'v.QVSbtvn2Fhga4tH9cjeO7YcsZRprczPawvFvjdoijzk'],
    ['none', 'sha1', 'v.vSPYqlz8Tr8D8AQvEmGexuPppjQ'],
    ['none', 'sha256', 'v.OP93IVnkm2f8BNfxcnzqyocK4TopJC_NH4Qa3_DHgr4'],
  ] as const)('derives the key by %s with %s', (keyDerivation, digestMethod, signed) => {
    expect(new Signer('secret', { keyDerivation, digestMethod }).sign('v')).toBe(signed)
  })

  it('takes the salt as second argument or as an option', () => {
    const { sign } = Signer.prototype
    const expected = 'value.YeKV1UzJ0YMEKSnQhJIZz1zk2zc'
    expect(sign.call(new Signer('secret', { salt: 'x' }), 'value')).toBe(expected)
    expect(sign.call(new Signer('secret', Buffer.from('x'), { sep: '.' }), 'value')).toBe(expected)
  })

  it('accepts all secrets and signs with the last', () => {
    const rotated = new Signer(['old', 'new'])
    expect(rotated.unsign(new Signer('old').sign('v'))).toBe('v')
    expect(rotated.unsign(new Signer('new').sign('v'))).toBe('v')
    expect(rotated.sign('v')).toBe(new Signer('new').sign('v'))
    expect(rotated.validate(new Signer('other').sign('v'))).toBe(false)
    expect(rotated.secretKey.toString()).toBe('new')
    expect(new Serializer(['old', 'new']).secretKey.toString()).toBe('new')
    expect(() => new Signer([])).toThrow('At least one secret key')
  })

  it('says what is wrong with a signature', () => {
    const signer = new Signer('k')
    expect(caught(() => signer.unsign('abc')).message).toBe("No b'.' found in value")
    const error = caught(() => signer.unsign("a.b'é"))
    expect(error.message).toBe(`Signature b"b'\\xc3\\xa9" does not match`)
    expect(error).toMatchObject({ name: 'BadSignature', payload: 'a' })
  })

  it('refuses separators that a signature may hold', () => {
    for (const sep of ['-', 'a', '=', '']) {
      expect(() => new Signer('k', { sep })).toThrow('separator cannot be used')
    }
    expect(new Signer('k', { sep: '§' }).unsign(new Signer('k', { sep: '§' }).sign('a.b'))).toBe(
      'a.b',
    )
  })

  it('refuses unknown ways and takes other algorithms', () => {
    const odd = new Signer('k', { keyDerivation: 'x' as 'none' })
    expect(() => odd.sign('v')).toThrow('Unknown key derivation method')
    expect(new Signer('k', { algorithm: new NoneAlgorithm() }).sign('v')).toBe('v.')
    // An empty signature is right for no other algorithm (S62).
    expect(new Signer('k').validate('v.')).toBe(false)
  })

  it('does not take an error of another kind for a bad signature', () => {
    const odd = { keyDerivation: 'x' as 'none' }
    expect(() => new Signer('k', odd).validate('a.bb')).toThrow(TypeError)
    expect(() => new TimestampSigner('k', odd).validate('a.b.cc')).toThrow(TypeError)
  })

  it('verifies a signature given by itself', () => {
    const signer = new Signer('k')
    expect(signer.verifySignature('v', signer.getSignature('v'))).toBe(true)
    expect(signer.verifySignature('w', signer.getSignature('v'))).toBe(false)
    expect(signer.verifySignature('v', 'no base64')).toBe(false)
  })
})

describe('TimestampSigner', () => {
  it('signs with the time', () => {
    const signer = new TimestampSigner('secret', { salt: 'x' })
    const signed = 'value.ZVPxAA.sN6K9Hz_VXCbikZc3CLIZqvjFBs'
    expect(signer.sign('value')).toBe(signed)
    expect(signer.unsign(signed)).toBe('value')
    expect(signer.unsignWithTimestamp(signed)).toEqual(['value', new Date(NOW * 1000)])
    expect(signer.sign(Buffer.from([0xff, 0])).toString('latin1')).toBe(
      '\xff\x00.ZVPxAA.cYX5NyWyvB9oY1uq8Dz-ghVal0Q',
    )
  })

  it('refuses what is too old or from the future', () => {
    const signer = new TimestampSigner('k')
    const signed = signer.sign('v')
    at(NOW + 60)
    expect(signer.unsign(signed, { maxAge: 60 })).toBe('v')
    expect(signer.validate(signed, { maxAge: 59 })).toBe(false)
    at(NOW + 100)
    const old = caught(() => signer.unsign(signed, { maxAge: 99 }))
    expect(old).toBeInstanceOf(SignatureExpired)
    expect(old.message).toBe('Signature age 100 > 99 seconds')
    expect(old.dateSigned).toEqual(new Date(NOW * 1000))
    at(NOW - 1)
    expect(caught(() => signer.unsign(signed, { maxAge: 99 })).message).toBe(
      'Signature age -1 < 0 seconds',
    )
    expect(signer.unsign(signed)).toBe('v')
  })

  it('says what is wrong with the time', () => {
    const signer = new TimestampSigner('k')
    const plain = new Signer('k')
    const missing = caught(() => signer.unsign(plain.sign('abc')))
    expect(missing).toMatchObject({ name: 'BadTimeSignature', message: 'timestamp missing' })
    for (const time of ['AAAAAAAAAAAAAAAA', 'x', '__________8']) {
      expect(caught(() => signer.unsign(plain.sign(`abc.${time}`)))).toMatchObject({
        name: 'BadTimeSignature',
        message: 'Malformed timestamp',
        payload: 'abc',
      })
    }
    expect(caught(() => signer.unsign('a.b')).name).toBe('BadSignature')
    expect(caught(() => signer.unsign('a.__________8.x')).message).toBe('Malformed timestamp')
  })
})

describe('serializers', () => {
  const value = { id: 1, n: [1, 'é'] }

  it.each([
    [
      Serializer,
      '{"id": 1, "n": [1, "\\u00e9"]}.REYoyllhtXVZYMXJ0J1VZLFw8Hw',
      '[1].qRe5Zu33uowln08sv8LSoQiVrhs',
    ],
    [
      TimedSerializer,
      '{"id": 1, "n": [1, "\\u00e9"]}.ZVPxAA.BPE2qPgrFjP9Fd6OFlTRVjMAgeI',
      '[1].ZVPxAA.rwjplihM3X0SuRlaq1JkI7Ed4vg',
    ],
    [
      URLSafeSerializer,
      'eyJpZCI6MSwibiI6WzEsIsOpIl19.LXCryVpluKVxuaihpEgLuICmxPo',
      'WzFd.IddPI_mUioBnlntnafZT8FxXadc',
    ],
    [
      URLSafeTimedSerializer,
      'eyJpZCI6MSwibiI6WzEsIsOpIl19.ZVPxAA.Ia_t1nbkq2ButXsRXsgzI0r2Bf4',
      'WzFd.ZVPxAA.FQqADSRJwNig_2p_hYqrUvD9RmU',
    ],
  ])('%o signs as itsdangerous does', (SerializerClass, signed, salted) => {
    const serializer = new SerializerClass('secret')
    expect(serializer.dumps(value)).toBe(signed)
    expect(serializer.loads(signed)).toEqual(value)
    expect(serializer.loads(Buffer.from(signed))).toEqual(value)
    const rotated = new SerializerClass(['old', 'new'], 's')
    expect(rotated.dumps([1])).toBe(salted)
    expect(rotated.loads(salted)).toEqual([1])
    expect(rotated.loads(new SerializerClass('old', { salt: 's' }).dumps([1]))).toEqual([1])
    expect(() => serializer.loads(salted)).toThrow(BadSignature)
    expect(serializer.loads(rotatedFor(SerializerClass), { salt: 's' })).toEqual([1])
  })

  const rotatedFor = (SerializerClass: typeof Serializer): string =>
    new SerializerClass('secret', 'other').dumps([1], { salt: 's' })

  it('returns the time of signing on demand', () => {
    const serializer = new URLSafeTimedSerializer('secret')
    const signed = serializer.dumps(value)
    expect(serializer.loads(signed, { returnTimestamp: true })).toEqual([
      value,
      new Date(NOW * 1000),
    ])
    at(NOW + 10)
    expect(() => serializer.loads(signed, { maxAge: 9 })).toThrow(SignatureExpired)
  })

  it('keeps payload and time of what is not right, for debugging', () => {
    const serializer = new URLSafeTimedSerializer('secret')
    const signed = serializer.dumps({ id: 1 })
    const tampered = `${signed.slice(0, -2)}xx`
    expect(caught(() => serializer.loads(tampered))).toMatchObject({
      name: 'BadTimeSignature',
      payload: 'eyJpZCI6MX0',
      dateSigned: new Date(NOW * 1000),
    })
    expect(serializer.loadsUnsafe(signed)).toEqual([true, { id: 1 }])
    expect(serializer.loadsUnsafe(tampered)).toEqual([false, { id: 1 }])
    expect(serializer.loadsUnsafe('zz')).toEqual([false, null])
    expect(serializer.loadsUnsafe('?.ZVPxAA.x')).toEqual([false, null])
  })

  it('accepts other signers, with each of the secrets', () => {
    const old = new Serializer(['a', 'b'], { signerOptions: { digestMethod: 'sha512' } })
    const serializer = new Serializer(['a', 'b'], {
      fallbackSigners: [
        { digestMethod: 'sha512' },
        [TimestampSigner, { digestMethod: 'sha256' }],
        TimestampSigner,
      ],
    })
    expect(serializer.loads(old.dumps(1))).toBe(1)
    const timed = new TimedSerializer('a', { signerOptions: { digestMethod: 'sha256' } })
    expect(serializer.loads(timed.dumps(2))).toBe(2)
    expect(() => serializer.loads(new Serializer('c').dumps(1))).toThrow(BadSignature)
  })

  it('takes another serializer, and writes to a stream', () => {
    const upper = { dumps: (v: unknown) => String(v).toUpperCase(), loads: (t: string) => `<${t}>` }
    const serializer = new Serializer('k', { serializer: upper })
    const written: string[] = []
    serializer.dump('abc', { write: (text) => written.push(text) })
    expect(written[0]).toMatch(/^ABC\./)
    expect(serializer.loads(written[0] ?? '')).toBe('<ABC>')
  })

  it('tells a bad payload from a bad signature', () => {
    const serializer = new URLSafeSerializer('k')
    const signer = new Signer('k', 'itsdangerous')
    expect(caught(() => serializer.loads(signer.sign('!!!x'))).message).toBe(
      'Could not base64 decode the payload because of an exception',
    )
    expect(caught(() => serializer.loads(signer.sign('.AAAA'))).message).toBe(
      'Could not zlib decompress the payload before decoding the payload',
    )
    const error = caught(() => serializer.loads(signer.sign(base64Encode('{'))))
    expect(error).toBeInstanceOf(BadPayload)
    expect(error).not.toBeInstanceOf(BadSignature)
    expect(error.originalError).toBeInstanceOf(SyntaxError)
  })

  it('compresses where Python does, and unfolds up to a limit (S62)', () => {
    const serializer = new URLSafeSerializer('k')
    expect(serializer.dumps('abcdefgh')).toMatch(/^[^.]/)
    expect(serializer.dumps('a'.repeat(100))).toMatch(/^\./)
    const long = 'ab'.repeat(50_000)
    expect(serializer.loads(serializer.dumps(long))).toBe(long)
    const bomb = deflateSync(`"${'a'.repeat(MAX_PAYLOAD_SIZE)}"`)
    const signed = new Signer('k', 'itsdangerous').sign(`.${base64Encode(bomb)}`)
    expect(signed.length).toBeLessThan(8192)
    expect(caught(() => serializer.loads(signed))).toBeInstanceOf(BadPayload)
  })

  it('keeps integers that a number cannot hold', () => {
    const serializer = new URLSafeSerializer('k')
    expect(serializer.loads(serializer.dumps([12345678901234567890n]))).toEqual([
      12345678901234567890n,
    ])
  })
})

describe('base64Decode skips what Python skips', () => {
  it.each([
    ['YQ', 'a'],
    ['YQ=', 'a'],
    ['YQ==', 'a'],
    ['YQ===', 'a'],
    ['YWJj=ZGVm', 'abcdef'],
    ['YQ=x=Zg', 'a\x0c'],
    ['é YWJj', 'abc'],
    ['-_+/', '\xfb\xff\xbf'],
  ])('%j', (text, bytes) => {
    expect(base64Decode(text).toString('latin1').slice(0, bytes.length)).toBe(bytes)
  })

  it.each(['Y Q', 'Y!Q', 'a+/_-', 'abcde', 'A'])('%j lacks a character', (text) => {
    expect(() => base64Decode(text)).toThrow(BadData)
  })
})
