import { decodeJson } from '../json/decode.ts'
import { jsonDefault } from '../json/default.ts'
import { encodeJson } from '../json/encode.ts'
import { BadData, BadPayload, BadSignature, type Payload } from './bad-data.ts'
import { asText, type SecretKeys, Signer, type SignerOptions, secretKeyList } from './signer.ts'

/** Turns values into text and back: the part of a serializer that signing uses. */
export interface PayloadSerializer {
  dumps(value: unknown): string
  loads(text: string): unknown
}

/** A class of signers. */
export type SignerClass<S extends Signer = Signer> = new (
  secretKey: SecretKeys,
  options: SignerOptions,
) => S

/** Another signer to accept: its class, its options, or both. */
export type FallbackSigner = SignerClass | SignerOptions | readonly [SignerClass, SignerOptions]

/** Options of a serializer. */
export interface SerializerOptions {
  /** Tells the signatures of one purpose from those of others; default `itsdangerous`. */
  readonly salt?: string | Uint8Array | null
  /** What makes text of values; JSON by default. */
  readonly serializer?: PayloadSerializer | null
  /** The class that signs. */
  readonly signer?: SignerClass | null
  /** Options of the signer (itsdangerous' `signer_kwargs`). */
  readonly signerOptions?: SignerOptions | null
  /** Other signers to accept. */
  readonly fallbackSigners?: readonly FallbackSigner[] | null
}

/** Options of `loads`. */
export interface LoadOptions {
  /** A salt for this call instead of the serializer's own. */
  readonly salt?: string | Uint8Array | null
}

/** Python's `json` with its default separators, which the plain serializers use. */
const PLAIN_JSON: PayloadSerializer = {
  dumps: (value) => encodeJson(value, { default: jsonDefault }),
  loads: (text) => decodeJson(text, { bigIntegers: true }),
}

/** Signs values (itsdangerous' `Serializer`): JSON text and its signature. */
export class Serializer {
  /** The accepted secrets, oldest first. */
  readonly secretKeys: readonly Buffer[]
  /** Tells the signatures of one purpose from those of others. */
  readonly salt: string | Uint8Array
  /** What makes text of values. */
  readonly serializer: PayloadSerializer
  /** The class that signs. */
  readonly signer: SignerClass
  /** Options of the signer. */
  readonly signerOptions: SignerOptions
  /** Other signers to accept. */
  readonly fallbackSigners: readonly FallbackSigner[]
  #signer: Signer | null = null

  /**
   * @param secretKey one secret, or several, oldest first: all are accepted, the last one signs
   * @param salt the salt, or all options
   */
  constructor(
    secretKey: SecretKeys,
    salt: string | Uint8Array | SerializerOptions | null = {},
    options: SerializerOptions = {},
  ) {
    const isSalt = typeof salt === 'string' || salt instanceof Uint8Array || salt === null
    const given: SerializerOptions = isSalt ? { ...options, salt } : salt
    this.secretKeys = secretKeyList(secretKey)
    this.salt = given.salt ?? 'itsdangerous'
    this.serializer = given.serializer ?? this.defaultSerializer()
    this.signer = given.signer ?? this.defaultSigner()
    this.signerOptions = given.signerOptions ?? {}
    this.fallbackSigners = given.fallbackSigners ?? []
  }

  /** What makes text of values unless the options say otherwise. */
  protected defaultSerializer(): PayloadSerializer {
    return PLAIN_JSON
  }

  /** The class that signs unless the options say otherwise. */
  protected defaultSigner(): SignerClass {
    return Signer
  }

  /** The newest secret, which signs. */
  get secretKey(): Buffer {
    return this.secretKeys.at(-1) as Buffer
  }

  /**
   * The value of a payload.
   * @throws {BadPayload} when it cannot be read.
   */
  loadPayload(payload: Payload, serializer: PayloadSerializer = this.serializer): unknown {
    try {
      const text = typeof payload === 'string' ? payload : Buffer.from(payload).toString('utf8')
      return serializer.loads(text)
    } catch (error) {
      throw new BadPayload(
        'Could not load the payload because an exception occurred on unserializing the data.',
        error,
      )
    }
  }

  /** The payload of a value. */
  dumpPayload(value: unknown): string {
    return this.serializer.dumps(value)
  }

  /** A signer with this serializer's secrets and options. */
  makeSigner(salt: string | Uint8Array | null = null): Signer {
    if (salt !== null) {
      return new this.signer(this.secretKeys, { ...this.signerOptions, salt })
    }
    // Made once: deriving its key costs as much as a signature.
    this.#signer ??= new this.signer(this.secretKeys, { ...this.signerOptions, salt: this.salt })
    return this.#signer
  }

  /** All signers whose signatures are accepted, this serializer's own first. */
  *iterUnsigners(salt: string | Uint8Array | null = null): Generator<Signer> {
    yield this.makeSigner(salt)
    for (const fallback of this.fallbackSigners) {
      const [signer, options] = this.#fallback(fallback)
      for (const secretKey of this.secretKeys) {
        yield new signer(secretKey, { ...options, salt: salt ?? this.salt })
      }
    }
  }

  #fallback(fallback: FallbackSigner): readonly [SignerClass, SignerOptions] {
    if (typeof fallback === 'function') return [fallback, this.signerOptions]
    return isPair(fallback) ? fallback : [this.signer, fallback]
  }

  /** The value as signed text. */
  dumps(value: unknown, options: LoadOptions = {}): string {
    return this.makeSigner(options.salt ?? null).sign(this.dumpPayload(value))
  }

  /** Writes the value as signed text to a stream. */
  dump(value: unknown, stream: { write(text: string): unknown }, options?: LoadOptions): void {
    stream.write(this.dumps(value, options))
  }

  /**
   * The value of signed text.
   * @throws {BadSignature} when no signer accepts the signature.
   * @throws {BadPayload} when the signature is right but the value cannot be read.
   */
  loads(signed: Payload, options: LoadOptions = {}): unknown {
    return this.tryUnsigners(options.salt ?? null, (signer) =>
      this.loadPayload(signer.unsign(signed)),
    )
  }

  /** The first answer of a signer that accepts; when none does, the last one's error. */
  protected tryUnsigners<T>(
    salt: string | Uint8Array | null,
    attempt: (signer: Signer) => T,
    isFinal: (error: BadSignature) => boolean = () => false,
  ): T {
    let last: BadSignature | null = null
    for (const signer of this.iterUnsigners(salt)) {
      try {
        return attempt(signer)
      } catch (error) {
        if (!(error instanceof BadSignature) || isFinal(error)) throw error
        last = error
      }
    }
    throw last ?? new BadSignature('No signer')
  }

  /**
   * Whether the signature is valid, and the value in any case, for debugging only: anyone may have
   * written it. Never throws for bad data; the value is null when it cannot be read.
   */
  loadsUnsafe(signed: Payload, options: LoadOptions = {}): [isValid: boolean, value: unknown] {
    try {
      return [true, this.loads(signed, options)]
    } catch (error) {
      if (!(error instanceof BadData)) throw error
      if (!(error instanceof BadSignature) || error.payload === null) return [false, null]
      try {
        return [false, this.loadPayload(asText(error.payload)[0])]
      } catch (inner) {
        if (inner instanceof BadData) return [false, null]
        throw inner
      }
    }
  }
}

function isPair(
  fallback: SignerOptions | readonly [SignerClass, SignerOptions],
): fallback is readonly [SignerClass, SignerOptions] {
  return Array.isArray(fallback)
}
