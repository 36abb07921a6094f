// On the prototype, not on each instance: `name` must not show up when an error is compared.
function named(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', {
    value: name,
    writable: true,
    configurable: true,
  })
}

/** What ItsDangerous calls bad: the base of every error about data that was tampered with. */
export class BadData extends Error {
  static {
    named(BadData, 'BadData')
  }
}

/** A payload as it was given: text for text, bytes for bytes. */
export type Payload = string | Uint8Array

/** A signature does not match (itsdangerous' `BadSignature`). */
export class BadSignature extends BadData {
  static {
    named(BadSignature, 'BadSignature')
  }
  /** What failed the test, if it could be told from the signature. Do not trust it. */
  readonly payload: Payload | null

  constructor(message: string, payload: Payload | null = null) {
    super(message)
    this.payload = payload
  }
}

/** A signature with a time is invalid (itsdangerous' `BadTimeSignature`). */
export class BadTimeSignature extends BadSignature {
  static {
    named(BadTimeSignature, 'BadTimeSignature')
  }
  /** When it was signed, if that could be read. */
  readonly dateSigned: Date | null

  constructor(message: string, payload: Payload | null = null, dateSigned: Date | null = null) {
    super(message, payload)
    this.dateSigned = dateSigned
  }
}

/** A signature is valid but older than allowed (itsdangerous' `SignatureExpired`). */
export class SignatureExpired extends BadTimeSignature {
  static {
    named(SignatureExpired, 'SignatureExpired')
  }
}

/** What was signed cannot be read (itsdangerous' `BadPayload`). */
export class BadPayload extends BadData {
  static {
    named(BadPayload, 'BadPayload')
  }
  /** Why, if known. */
  readonly originalError: unknown

  constructor(message: string, originalError: unknown = null) {
    super(message, { cause: originalError ?? undefined })
    this.originalError = originalError
  }
}
