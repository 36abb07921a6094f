import { describe, expect, it } from 'vitest'
import { ValueError } from '../../src/errors/builtins.ts'
import {
  checkPasswordHash,
  checkPasswordHashAsync,
  generatePasswordHash,
  generatePasswordHashAsync,
} from '../../src/security/password.ts'
import { safeStrCmp } from '../../src/security/safe-str-cmp.ts'

// Made by Werkzeug 3.1.8.
const HASHES: readonly (readonly [hash: string, password: string])[] = [
  [
    'scrypt:32768:8:1$LDrjeRmiAF6H0gNT$36a1a4fa94b4436279a81e7a1d24dedd1aefd937c3979dfc0d85d82e5637e9dfbd83904411c4d8a419fbd495c9a3340114fc95a3fb094c18e385ead8c9aed672',
    'password',
  ],
  [
    'scrypt:1024:8:1$01DzLcy27EkJUHCD$230247a86267e7447328412206c163477ccfbcb452b9f4741629bb19ed4d192959cd9ea45af2888be065a6f478957e4b3442d03f0be7f24a95b17ce40683b5af',
    'pässwörd €',
  ],
  [
    'scrypt:16384:8:2$9JST$9eeae373d1cc80398722b00971695d5fc815d24d71065a125bade986e6536bf83efd4e601f9d3010e60b405d7bf757104b224cab4d99d8933c5045f19920a3c8',
    '',
  ],
  [
    'pbkdf2:sha256:1000$KO1rXqDShH4JCW4Q$4123ff9f575b7abbfb57ca859923e10c7ec04011a94d76dfe3cff8c620da0b83',
    'password',
  ],
  [
    'pbkdf2:sha512:7$DTBmWlUmjPL9wrfC$64f3257489c0f54c77f209309d01cd22bd0442409d7f1a4e3cf7558e097116e1e9055cff354a8722c401645ada26a015625fcafa85e333f7d6b0ed7b19471af9',
    '😀',
  ],
  ['pbkdf2:sha1:1$mBnt8vQBzluL5Rlw$5ad39939a67c1850ec0f219d365e8cfd3fbd5b29', 'x$y'],
]

describe('checkPasswordHash', () => {
  it.each(HASHES)('knows the password of %s', async (hash, password) => {
    expect(checkPasswordHash(hash, password)).toBe(true)
    expect(await checkPasswordHashAsync(hash, password)).toBe(true)
    expect(checkPasswordHash(hash, `${password}x`)).toBe(false)
    expect(checkPasswordHash(`${hash.slice(0, -1)}_`, password)).toBe(false)
    expect(checkPasswordHash(`${hash}\u00e9`, password)).toBe(false)
  })

  it.each(['', 'plain', 'a$b', 'pbkdf2:sha256:1000$salt'])('%j matches nothing', async (hash) => {
    expect(checkPasswordHash(hash, 'password')).toBe(false)
    expect(await checkPasswordHashAsync(hash, 'password')).toBe(false)
  })

  it.each([
    'unknown$salt$abc',
    '$salt$abc',
    'sha256$salt$abc',
    'scrypt:1$salt$abc',
    'scrypt:1:2:x$salt$abc',
    'pbkdf2:nohash:1$salt$abc',
    'pbkdf2:sha256:x$salt$abc',
    'pbkdf2:sha256:0$salt$abc',
    'pbkdf2:sha256:1:2$salt$abc',
  ])('%j is an error, as in Werkzeug', async (hash) => {
    expect(() => checkPasswordHash(hash, 'password')).toThrow(ValueError)
    await expect(checkPasswordHashAsync(hash, 'password')).rejects.toThrow(ValueError)
  })

  it('does not take parameters that scrypt refuses', () => {
    expect(() => checkPasswordHash('scrypt:1000:8:1$salt$abc', 'password')).toThrow()
  })
})

describe('generatePasswordHash', () => {
  it('makes scrypt hashes with a salt of 16 characters', async () => {
    for (const hash of [generatePasswordHash('pw'), await generatePasswordHashAsync('pw')]) {
      expect(hash).toMatch(/^scrypt:32768:8:1\$[A-Za-z0-9]{16}\$[0-9a-f]{128}$/)
      expect(checkPasswordHash(hash, 'pw')).toBe(true)
    }
    expect(generatePasswordHash('pw')).not.toBe(generatePasswordHash('pw'))
  })

  it.each([
    ['scrypt:1024:8:2', /^scrypt:1024:8:2\$\w{16}\$[0-9a-f]{128}$/],
    ['pbkdf2:sha512:10', /^pbkdf2:sha512:10\$\w{16}\$[0-9a-f]{128}$/],
    ['pbkdf2:sha1:1_0', /^pbkdf2:sha1:10\$\w{16}\$[0-9a-f]{40}$/],
  ])('takes the method %s', async (method, form) => {
    const hash = generatePasswordHash('p\u00e4ss', method)
    expect(hash).toMatch(form)
    expect(checkPasswordHash(hash, 'p\u00e4ss')).toBe(true)
    expect(await generatePasswordHashAsync('x', method)).toMatch(form)
  })

  it('fills in what a method leaves out', () => {
    expect(generatePasswordHash('x', 'pbkdf2')).toMatch(/^pbkdf2:sha256:1000000\$/)
    expect(generatePasswordHash('x', 'pbkdf2:sha1')).toMatch(/^pbkdf2:sha1:1000000\$/)
  })

  it('makes salts of any length but none', async () => {
    expect(generatePasswordHash('x', 'pbkdf2:sha1:1', 3)).toMatch(/^pbkdf2:sha1:1\$\w{3}\$/)
    expect(() => generatePasswordHash('x', 'scrypt', 0)).toThrow('Salt length must be at least 1.')
    await expect(generatePasswordHashAsync('x', 'scrypt', -1)).rejects.toThrow(ValueError)
    expect(() => generatePasswordHash('x', 'md5')).toThrow("Invalid hash method 'md5'.")
  })
})

describe('safeStrCmp', () => {
  it('compares text and bytes', () => {
    expect(safeStrCmp('abc', 'abc')).toBe(true)
    expect(safeStrCmp('abc', 'abd')).toBe(false)
    expect(safeStrCmp('abc', 'abcd')).toBe(false)
    expect(safeStrCmp('', '')).toBe(true)
    expect(safeStrCmp('é', Buffer.from('é'))).toBe(true)
  })
})
