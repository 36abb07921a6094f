import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { pyRepr, ValueError } from '../errors/builtins.ts'
import { BadSignature, type Payload } from './bad-data.ts'
import { asBuffer, base64Decode, base64Encode } from './base64.ts'

/** A secret: text (used as UTF-8) or bytes. */
export type Secret = string | Uint8Array

/** One secret, or all that are accepted, oldest first: the last one signs. */
export type SecretKeys = Secret | Iterable<Secret>

/** How the signing key is made from secret and salt (itsdangerous' names). */
export type KeyDerivation = 'concat' | 'django-concat' | 'hmac' | 'none'

/** Makes and checks signatures (itsdangerous' `SigningAlgorithm`). */
export abstract class SigningAlgorithm {
  /** The signature of `value`; `encoding` tells how its text becomes bytes. */
  abstract getSignature(key: Uint8Array, value: string, encoding: TextEncoding): Uint8Array

  /** Whether the signature is that of `value`, in a time that does not depend on how much fits. */
  verifySignature(
    key: Uint8Array,
    value: string,
    encoding: TextEncoding,
    signature: Uint8Array,
  ): boolean {
    const expected = this.getSignature(key, value, encoding)
    return expected.length === signature.length && timingSafeEqual(expected, signature)
  }
}

/** Text to sign is UTF-8; bytes to sign are held as text of the same code units. */
export type TextEncoding = 'utf8' | 'latin1'

/** Signs nothing: the signature is empty (itsdangerous' `NoneAlgorithm`). */
export class NoneAlgorithm extends SigningAlgorithm {
  override getSignature(): Uint8Array {
    return new Uint8Array(0)
  }
}

/** HMAC with a hash function (itsdangerous' `HMACAlgorithm`). */
export class HMACAlgorithm extends SigningAlgorithm {
  /** The name of the hash function. */
  readonly digestMethod: string

  /** @param digestMethod a name that `node:crypto` knows; SHA-1 by default, as in Flask */
  constructor(digestMethod = 'sha1') {
    super()
    this.digestMethod = digestMethod
  }

  override getSignature(key: Uint8Array, value: string, encoding: TextEncoding): Uint8Array {
    return createHmac(this.digestMethod, key).update(value, encoding).digest()
  }
}

/** Options of a signer. */
export interface SignerOptions {
  /** Tells the signatures of one purpose from those of others. */
  readonly salt?: string | Uint8Array | null
  /** Stands between value and signature; `.` by default. */
  readonly sep?: string
  /** Default `django-concat`. */
  readonly keyDerivation?: KeyDerivation | null
  /** A hash function's name; default `sha1`. */
  readonly digestMethod?: string | null
  /** Default HMAC with `digestMethod`. */
  readonly algorithm?: SigningAlgorithm | null
}

const toBytes = (value: string | Uint8Array): Buffer =>
  typeof value === 'string' ? Buffer.from(value) : asBuffer(value)

/** Whether a list of secrets or one secret was given; the secrets as bytes, oldest first. */
export function secretKeyList(secretKey: SecretKeys): readonly Buffer[] {
  const isOne = typeof secretKey === 'string' || secretKey instanceof Uint8Array
  const keys = isOne ? [secretKey] : [...secretKey]
  if (keys.length === 0) throw new ValueError('At least one secret key is required.')
  return keys.map(toBytes)
}

/** Python's `repr` of bytes, for messages that quote what was signed. */
function bytesRepr(text: string, encoding: TextEncoding): string {
  const bytes = encoding === 'utf8' ? Buffer.from(text).toString('latin1') : text
  const quoted = pyRepr(bytes).replace(
    /[\xa1-\xff]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16)}`,
  )
  return `b${quoted}`
}

/**
 * Signs text or bytes, and finds out whether they were changed (itsdangerous' `Signer`). Text gives
 * text, bytes give a Buffer.
 */
export class Signer {
  /** The accepted secrets, oldest first. */
  readonly secretKeys: readonly Buffer[]
  /** Stands between value and signature. */
  readonly sep: string
  /** Tells the signatures of one purpose from those of others. */
  readonly salt: Buffer
  /** How the signing key is made from secret and salt. */
  readonly keyDerivation: KeyDerivation
  /** The hash function's name. */
  readonly digestMethod: string
  /** Makes and checks signatures. */
  readonly algorithm: SigningAlgorithm
  readonly #derived = new Map<Buffer, Buffer>()

  /**
   * @param secretKey one secret, or several, oldest first: all are accepted, the last one signs
   * @param salt the salt, or all options; default salt `itsdangerous.Signer`
   * @throws {ValueError} when `sep` may occur in a signature, or there is no secret.
   */
  constructor(
    secretKey: SecretKeys,
    salt: string | Uint8Array | SignerOptions | null = {},
    options: SignerOptions = {},
  ) {
    const given = isSignerOptions(salt) ? salt : { ...options, salt }
    this.secretKeys = secretKeyList(secretKey)
    this.sep = given.sep ?? '.'
    if (/^[A-Za-z0-9_=-]*$/.test(this.sep)) {
      throw new ValueError(
        'The given separator cannot be used because it may be contained in the signature itself.' +
          " ASCII letters, digits, and '-_=' must not be used.",
      )
    }
    this.salt = toBytes(given.salt ?? 'itsdangerous.Signer')
    this.keyDerivation = given.keyDerivation ?? 'django-concat'
    this.digestMethod = given.digestMethod ?? 'sha1'
    this.algorithm = given.algorithm ?? new HMACAlgorithm(this.digestMethod)
  }

  /** The newest secret, which signs. */
  get secretKey(): Buffer {
    return this.secretKeys.at(-1) as Buffer
  }

  /**
   * The key that signs, made from secret and salt.
   * @param secretKey the newest one by default
   * @throws {TypeError} for an unknown way of derivation.
   */
  deriveKey(secretKey: Secret = this.secretKey): Buffer {
    const secret = toBytes(secretKey)
    const known = this.#derived.get(secret)
    if (known !== undefined) return known
    const key = this.#derive(secret)
    if (this.secretKeys.includes(secret)) this.#derived.set(secret, key)
    return key
  }

  #derive(secret: Buffer): Buffer {
    const { salt, digestMethod } = this
    switch (this.keyDerivation) {
      case 'concat':
        return createHash(digestMethod).update(salt).update(secret).digest()
      case 'django-concat':
        return createHash(digestMethod).update(salt).update('signer').update(secret).digest()
      case 'hmac':
        return createHmac(digestMethod, secret).update(salt).digest()
      case 'none':
        return secret
      default:
        throw new TypeError('Unknown key derivation method')
    }
  }

  /** The signature of a value, in Base64. */
  getSignature(value: Payload): string {
    const [text, encoding] = asText(value)
    return this.signatureOf(text, encoding)
  }

  /** The signature of a value held as text. */
  protected signatureOf(text: string, encoding: TextEncoding): string {
    return base64Encode(this.algorithm.getSignature(this.deriveKey(), text, encoding))
  }

  /** The value with its signature. */
  sign(value: string): string
  sign(value: Uint8Array): Buffer
  sign(value: Payload): string | Buffer
  sign(value: Payload): string | Buffer {
    const [text, encoding] = asText(value)
    return likeGiven(this.signText(text, encoding), value)
  }

  /** What `sign` does, with the value held as text. */
  protected signText(text: string, encoding: TextEncoding): string {
    return text + this.sepText(encoding) + this.signatureOf(text, encoding)
  }

  /** The separator in the form in which the value is held. */
  protected sepText(encoding: TextEncoding): string {
    return encoding === 'utf8' ? this.sep : Buffer.from(this.sep).toString('latin1')
  }

  /** Whether the signature is the value's with any of the secrets, the newest tried first. */
  verifySignature(value: Payload, signature: Payload): boolean {
    const [text, encoding] = asText(value)
    return this.#verifies(text, encoding, asText(signature)[0])
  }

  #verifies(text: string, encoding: TextEncoding, signature: string): boolean {
    let bytes: Uint8Array
    try {
      bytes = base64Decode(signature)
    } catch {
      return false
    }
    for (let i = this.secretKeys.length - 1; i >= 0; i--) {
      const key = this.deriveKey(this.secretKeys[i])
      if (this.algorithm.verifySignature(key, text, encoding, bytes)) return true
    }
    return false
  }

  /**
   * The value without its signature.
   * @throws {BadSignature} when the signature is missing or wrong.
   */
  unsign(signedValue: string): string
  unsign(signedValue: Uint8Array): Buffer
  unsign(signedValue: Payload): string | Buffer
  unsign(signedValue: Payload): string | Buffer {
    const [text, encoding] = asText(signedValue)
    return likeGiven(this.unsignText(text, encoding, signedValue), signedValue)
  }

  /** What `unsign` does, with the value held as text. */
  protected unsignText(text: string, encoding: TextEncoding, given: Payload): string {
    const sep = this.sepText(encoding)
    const at = text.lastIndexOf(sep)
    if (at < 0) throw new BadSignature(`No ${bytesRepr(sep, encoding)} found in value`)
    const value = text.slice(0, at)
    const signature = text.slice(at + sep.length)
    if (this.#verifies(value, encoding, signature)) return value
    throw new BadSignature(
      `Signature ${bytesRepr(signature, encoding)} does not match`,
      likeGiven(value, given),
    )
  }

  /** Whether the value has a valid signature. */
  validate(signedValue: Payload): boolean {
    try {
      this.unsign(signedValue)
      return true
    } catch (error) {
      if (error instanceof BadSignature) return false
      throw error
    }
  }
}

function isSignerOptions(
  salt: string | Uint8Array | SignerOptions | null,
): salt is SignerOptions & object {
  return typeof salt === 'object' && salt !== null && !(salt instanceof Uint8Array)
}

/** A value to sign as text, and how that text becomes bytes. */
export function asText(value: Payload): readonly [string, TextEncoding] {
  return typeof value === 'string'
    ? [value, 'utf8']
    : [asBuffer(value).toString('latin1'), 'latin1']
}

/** Text in the form of what was given: text, or bytes held as text. */
export function likeGiven(text: string, given: Payload): string | Buffer {
  return typeof given === 'string' ? text : Buffer.from(text, 'latin1')
}
