import { deflateSync, inflateSync } from 'node:zlib'
import { decodeJson } from '../json/decode.ts'
import { jsonDefault } from '../json/default.ts'
import { encodeJson } from '../json/encode.ts'
import { BadPayload, type Payload } from './bad-data.ts'
import { asBuffer, base64Decode, base64Encode } from './base64.ts'
import { compress, MAX_INPUT } from './deflate.ts'
import { type PayloadSerializer, Serializer } from './serializer.ts'
import { TimedSerializer } from './timed-serializer.ts'

/**
 * The most that a compressed payload may unfold to, in bytes. No cookie that a browser keeps (4 kB)
 * can reach it, so only an attack with a known key, or an error, ever does.
 */
export const MAX_PAYLOAD_SIZE: number = 4 * 1024 * 1024

/** Python's `json` without spaces and escapes, which the URL-safe serializers use. */
const COMPACT_JSON: PayloadSerializer = {
  dumps: (value) =>
    encodeJson(value, { ensureAscii: false, separators: [',', ':'], default: jsonDefault }),
  loads: (text) => decodeJson(text, { bigIntegers: true }),
}

/** Base64 of the text or, after a dot, of its zlib stream when that is shorter. */
function pack(text: string): string {
  const data = Buffer.from(text)
  const packed = data.length <= MAX_INPUT ? compress(data) : deflateSync(data)
  return packed.length < data.length - 1 ? `.${base64Encode(packed)}` : base64Encode(data)
}

function unpack(payload: Payload): string {
  const text = typeof payload === 'string' ? payload : asBuffer(payload).toString('latin1')
  const isPacked = text.startsWith('.')
  let data: Buffer
  try {
    data = base64Decode(isPacked ? text.slice(1) : text)
  } catch (error) {
    throw new BadPayload('Could not base64 decode the payload because of an exception', error)
  }
  if (!isPacked) return data.toString('utf8')
  try {
    return inflateSync(data, { maxOutputLength: MAX_PAYLOAD_SIZE }).toString('utf8')
  } catch (error) {
    throw new BadPayload('Could not zlib decompress the payload before decoding the payload', error)
  }
}

/** Signs values as text that may stand in URLs and cookies (itsdangerous' `URLSafeSerializer`). */
export class URLSafeSerializer extends Serializer {
  protected override defaultSerializer(): PayloadSerializer {
    return COMPACT_JSON
  }

  override dumpPayload(value: unknown): string {
    return pack(super.dumpPayload(value))
  }

  override loadPayload(payload: Payload, serializer?: PayloadSerializer): unknown {
    return super.loadPayload(unpack(payload), serializer)
  }
}

/**
 * Signs values with the time as text that may stand in URLs and cookies (itsdangerous'
 * `URLSafeTimedSerializer`). Flask's session cookie is one of these.
 */
export class URLSafeTimedSerializer extends TimedSerializer {
  protected override defaultSerializer(): PayloadSerializer {
    return COMPACT_JSON
  }

  override dumpPayload(value: unknown): string {
    return pack(super.dumpPayload(value))
  }

  override loadPayload(payload: Payload, serializer?: PayloadSerializer): unknown {
    return super.loadPayload(unpack(payload), serializer)
  }
}
