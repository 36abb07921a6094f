/** ItsDangerous, as Flask uses it: what the rest of the framework and its users import. */
export {
  BadData,
  BadPayload,
  BadSignature,
  BadTimeSignature,
  type Payload,
  SignatureExpired,
} from './bad-data.ts'
export { base64Decode, base64Encode } from './base64.ts'
export {
  type FallbackSigner,
  type LoadOptions,
  type PayloadSerializer,
  Serializer,
  type SerializerOptions,
  type SignerClass,
} from './serializer.ts'
export {
  HMACAlgorithm,
  type KeyDerivation,
  NoneAlgorithm,
  type Secret,
  type SecretKeys,
  Signer,
  type SignerOptions,
  SigningAlgorithm,
} from './signer.ts'
export { type TimedLoadOptions, TimedSerializer } from './timed-serializer.ts'
export { TimestampSigner, type UnsignOptions } from './timestamp-signer.ts'
export {
  MAX_PAYLOAD_SIZE,
  URLSafeSerializer,
  URLSafeTimedSerializer,
} from './url-safe-serializer.ts'
