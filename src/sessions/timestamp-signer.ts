import { BadSignature, BadTimeSignature, type Payload, SignatureExpired } from './bad-data.ts'
import { base64Decode, base64Encode } from './base64.ts'
import { asText, likeGiven, Signer, type TextEncoding } from './signer.ts'

/** Options of `TimestampSigner.unsign`. */
export interface UnsignOptions {
  /** How old the signature may be, in seconds; null for any age. */
  readonly maxAge?: number | null
}

// The last moment of Python's `datetime`, in seconds.
const LAST_SECOND = 253_402_300_799n

function timestampText(seconds: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(seconds))
  const first = bytes.findIndex((byte) => byte !== 0)
  return base64Encode(bytes.subarray(first < 0 ? 8 : first))
}

function timestampOf(text: string): bigint | null {
  let bytes: Buffer
  try {
    bytes = base64Decode(text)
  } catch {
    return null
  }
  if (bytes.length > 8) return null
  return BigInt(`0x${bytes.toString('hex') || '0'}`)
}

let lastSecond = Number.NaN
let lastText = ''

/**
 * Signs with the time, and can refuse signatures that are too old (itsdangerous'
 * `TimestampSigner`).
 */
export class TimestampSigner extends Signer {
  /** The time of signing: seconds since 1970, whole. */
  getTimestamp(): number {
    return Math.floor(Date.now() / 1000)
  }

  /** The point in time of a timestamp in seconds. */
  timestampToDatetime(seconds: number): Date {
    return new Date(seconds * 1000)
  }

  protected override signText(text: string, encoding: TextEncoding): string {
    const now = this.getTimestamp()
    if (now !== lastSecond) {
      lastText = timestampText(now)
      lastSecond = now
    }
    const stamped = text + this.sepText(encoding) + lastText
    return stamped + this.sepText(encoding) + this.signatureOf(stamped, encoding)
  }

  /**
   * The value without time and signature.
   * @throws {BadTimeSignature} when the signature is missing or wrong, or has no time.
   * @throws {SignatureExpired} when it is older than `maxAge`, or from the future.
   */
  override unsign(signedValue: string, options?: UnsignOptions): string
  override unsign(signedValue: Uint8Array, options?: UnsignOptions): Buffer
  override unsign(signedValue: Payload, options?: UnsignOptions): string | Buffer
  override unsign(signedValue: Payload, options: UnsignOptions = {}): string | Buffer {
    return this.unsignWithTimestamp(signedValue, options)[0]
  }

  /**
   * The value without time and signature, and when it was signed (itsdangerous'
   * `unsign(return_timestamp=True)`). Throws as `unsign` does.
   */
  unsignWithTimestamp(signedValue: string, options?: UnsignOptions): [string, Date]
  unsignWithTimestamp(signedValue: Payload, options?: UnsignOptions): [string | Buffer, Date]
  unsignWithTimestamp(signedValue: Payload, options: UnsignOptions = {}): [string | Buffer, Date] {
    const [text, encoding] = asText(signedValue)
    const [value, seconds] = this.#split(text, encoding, signedValue)
    const { maxAge = null } = options
    if (maxAge !== null) this.#checkAge(likeGiven(value, signedValue), seconds, maxAge)
    return [likeGiven(value, signedValue), this.timestampToDatetime(seconds)]
  }

  #split(text: string, encoding: TextEncoding, given: Payload): [string, number] {
    let signed = ''
    let failure: BadSignature | null = null
    try {
      signed = this.unsignText(text, encoding, given)
    } catch (error) {
      if (!(error instanceof BadSignature)) throw error
      failure = error
      if (error.payload !== null) signed = asText(error.payload)[0]
    }
    const sep = this.sepText(encoding)
    const at = signed.lastIndexOf(sep)
    if (at < 0) {
      throw failure ?? new BadTimeSignature('timestamp missing', likeGiven(signed, given))
    }
    const value = signed.slice(0, at)
    const payload = likeGiven(value, given)
    const seconds = timestampOf(signed.slice(at + sep.length))
    const isMalformed = seconds === null || seconds > LAST_SECOND
    if (failure !== null) {
      if (seconds !== null && isMalformed) {
        throw new BadTimeSignature('Malformed timestamp', payload)
      }
      const date = seconds === null ? null : this.timestampToDatetime(Number(seconds))
      throw new BadTimeSignature(failure.message, payload, date)
    }
    if (isMalformed) throw new BadTimeSignature('Malformed timestamp', payload)
    return [value, Number(seconds)]
  }

  #checkAge(payload: Payload, seconds: number, maxAge: number): void {
    const age = this.getTimestamp() - seconds
    if (age <= maxAge && age >= 0) return
    const bound = age > maxAge ? `> ${maxAge}` : '< 0'
    throw new SignatureExpired(
      `Signature age ${age} ${bound} seconds`,
      payload,
      this.timestampToDatetime(seconds),
    )
  }

  /** Whether the value has a valid signature that is no older than `maxAge` seconds. */
  override validate(signedValue: Payload, options: UnsignOptions = {}): boolean {
    try {
      this.unsign(signedValue, options)
      return true
    } catch (error) {
      if (error instanceof BadSignature) return false
      throw error
    }
  }
}
