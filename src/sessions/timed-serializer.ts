import { type Payload, SignatureExpired } from './bad-data.ts'
import { type LoadOptions, Serializer, type SignerClass } from './serializer.ts'
import { TimestampSigner } from './timestamp-signer.ts'

/** Options of `TimedSerializer.loads`. */
export interface TimedLoadOptions extends LoadOptions {
  /** How old the signature may be, in seconds; null for any age. */
  readonly maxAge?: number | null
  /** Return `[value, Date of signing]` instead of the value. */
  readonly returnTimestamp?: boolean
}

/** Signs values together with the time (itsdangerous' `TimedSerializer`). */
export class TimedSerializer extends Serializer {
  protected override defaultSigner(): SignerClass {
    return TimestampSigner
  }

  /**
   * The value of signed text.
   * @throws {BadSignature} when no signer accepts the signature.
   * @throws {SignatureExpired} when it is older than `maxAge`, or from the future.
   * @throws {BadPayload} when the signature is right but the value cannot be read.
   */
  override loads(
    signed: Payload,
    options: TimedLoadOptions & { returnTimestamp: true },
  ): [value: unknown, dateSigned: Date]
  override loads(signed: Payload, options?: TimedLoadOptions): unknown
  override loads(signed: Payload, options: TimedLoadOptions = {}): unknown {
    const { maxAge = null, returnTimestamp = false } = options
    return this.tryUnsigners(
      options.salt ?? null,
      (signer) => {
        const [payload, date] = (signer as TimestampSigner).unsignWithTimestamp(signed, { maxAge })
        const value = this.loadPayload(payload)
        return returnTimestamp ? [value, date] : value
      },
      // The signature itself was right: no other signer has anything to say.
      (error) => error instanceof SignatureExpired,
    )
  }
}
