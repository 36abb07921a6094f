import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject as Key,
  KeyObject,
} from 'node:crypto'
import { InvalidKeyError } from './errors.ts'

/** A secret, a PEM document, or a key that Node has made of one. */
export type KeyInput = string | Uint8Array | Key

/** What a key is used for. */
export type KeyUse = 'sign' | 'verify'

type Family = 'hmac' | 'rsa' | 'pss' | 'ec'

const FAMILIES: Readonly<Record<string, Family>> = { HS: 'hmac', RS: 'rsa', PS: 'pss', ES: 'ec' }

const CURVES: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
}

const KEY_TYPES: Readonly<Record<Family, readonly (string | undefined)[]>> = {
  hmac: [],
  rsa: ['rsa'],
  pss: ['rsa', 'rsa-pss'],
  ec: ['ec'],
}

const BITS = ['256', '384', '512']
const SUPPORTED: ReadonlySet<unknown> = new Set(
  Object.keys(FAMILIES).flatMap((family) => BITS.map((bits) => family + bits)),
)

/** Whether tokens of this algorithm can be made and read. `none` is not among them. */
export const isSupported = (algorithm: unknown): algorithm is string => SUPPORTED.has(algorithm)

/** Whether one key signs and another verifies; no such thing as `none` is meant to be asked for. */
export const isAsymmetric = (algorithm: string): boolean => !algorithm.startsWith('HS')

const SSH_KEY = /^\s*(?:ssh-|ecdsa-sha2-|sk-ssh-)/

/**
 * Whether a would-be secret is what others can know: a public key, a certificate or a JWK, however
 * it is indented. Whoever signs with it as an HMAC secret could be anybody.
 */
function looksAsymmetric(bytes: Buffer): boolean {
  const text = bytes.toString('latin1')
  if (text.includes('-----BEGIN ') || SSH_KEY.test(text)) return true
  if (/^\s*\{/.test(text) && /"kty"/.test(text)) return true
  if (bytes[0] !== 0x30) return false
  try {
    createPublicKey({ key: bytes, format: 'der', type: 'spki' })
    return true
  } catch {
    return false
  }
}

function secretKey(key: KeyInput): Key {
  if (key instanceof KeyObject) {
    if (key.type === 'secret') return key
    throw new InvalidKeyError('An asymmetric key should not be used as an HMAC secret.')
  }
  const bytes = Buffer.from(key as string)
  if (bytes.length === 0) throw new InvalidKeyError('HMAC key must not be empty.')
  if (looksAsymmetric(bytes)) {
    throw new InvalidKeyError(
      'The specified key is an asymmetric key or x509 certificate and should not be used as an ' +
        'HMAC secret.',
    )
  }
  return createSecretKey(bytes)
}

function asymmetricKey(key: KeyInput, use: KeyUse): Key {
  if (key instanceof KeyObject) {
    if (key.type === 'secret') throw new InvalidKeyError('Expecting a PEM-formatted key.')
    return use === 'verify' && key.type === 'private' ? createPublicKey(key) : key
  }
  // OpenSSL wants a PEM document's first line to begin at its dashes.
  const pem = (typeof key === 'string' ? key : Buffer.from(key).toString('latin1')).trim()
  try {
    return use === 'sign' ? createPrivateKey(pem) : createPublicKey(pem)
  } catch {
    // The cause is left out: it may quote the key.
    throw new InvalidKeyError(
      `Could not parse the provided ${use === 'sign' ? 'private' : 'public'} key.`,
    )
  }
}

function prepare(key: KeyInput, algorithm: string, use: KeyUse): Key {
  const family = FAMILIES[algorithm.slice(0, 2)] as Family
  if (typeof key !== 'string' && !(key instanceof Uint8Array) && !(key instanceof KeyObject)) {
    throw new TypeError('Expected a key: a string, bytes or a KeyObject.')
  }
  if (family === 'hmac') return secretKey(key)
  const made = asymmetricKey(key, use)
  const curve = CURVES[algorithm]
  if (
    !KEY_TYPES[family].includes(made.asymmetricKeyType) ||
    (curve !== undefined && made.asymmetricKeyDetails?.namedCurve !== curve)
  ) {
    throw new InvalidKeyError(`The provided key is not one for ${algorithm}.`)
  }
  return made
}

const MOST_KEPT = 64
const kept: Readonly<Record<KeyUse, Map<string, Map<string, Key>>>> = {
  sign: new Map(),
  verify: new Map(),
}

function keep(of: Map<string, Key>, key: string, made: Key): void {
  if (of.size >= MOST_KEPT) {
    for (const oldest of of.keys()) {
      of.delete(oldest)
      break
    }
  }
  of.set(key, made)
}

/**
 * The key in the form that signing and verifying need. Text is parsed once and remembered.
 * @throws {InvalidKeyError} when it does not fit the algorithm
 */
export function prepareKey(key: KeyInput, algorithm: string, use: KeyUse): Key {
  if (typeof key !== 'string') return prepare(key, algorithm, use)
  let of = kept[use].get(algorithm)
  if (of === undefined) {
    of = new Map()
    kept[use].set(algorithm, of)
  }
  let made = of.get(key)
  if (made === undefined) {
    made = prepare(key, algorithm, use)
    keep(of, key, made)
  }
  return made
}

/** Whether a key could verify tokens of an algorithm. */
export function fits(key: KeyInput, algorithm: string): boolean {
  try {
    prepareKey(key, algorithm, 'verify')
    return true
  } catch {
    return false
  }
}
