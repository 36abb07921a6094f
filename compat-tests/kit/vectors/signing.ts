import {
  BustAPI,
  checkPasswordHash,
  SecureCookieSessionInterface,
  TaggedJSONSerializer,
  TimestampSigner,
  URLSafeSerializer,
  URLSafeTimedSerializer,
} from 'bustapi'
import { freezeClock } from '../clock.ts'
import { differenceOf } from '../compare/values.ts'
import { plainValue } from '../typed-values.ts'
import type { Check } from './check.ts'
import { firstOf, same, throws } from './check.ts'

function sessionSerializer(secretKey: string) {
  const app = new BustAPI('conformance_app', { staticFolder: null })
  app.secretKey = secretKey
  const serializer = new SecureCookieSessionInterface().getSigningSerializer(app)
  if (serializer === null) throw new TypeError('There is no serializer without a secret key')
  return serializer
}

const SERIALIZERS = { URLSafeSerializer, URLSafeTimedSerializer } as const

function signedWith(name: string, secretKey: string, salt: string, value: unknown, signed: string) {
  if (name === 'TimestampSigner') {
    const signer = new TimestampSigner(secretKey, { salt })
    return firstOf(
      same(signed, String(signer.sign(String(value))), 'signed'),
      same(value, String(signer.unsign(signed)), 'unsigned'),
    )
  }
  const Serializer = SERIALIZERS[name as keyof typeof SERIALIZERS]
  if (Serializer === undefined) return `unknown class ${name}`
  const serializer = new Serializer(secretKey, { salt })
  return firstOf(
    same(signed, String(serializer.dumps(value)), 'signed'),
    differenceOf(value as never, serializer.loads(signed)),
  )
}

/** Signed cookies and tokens, and password hashes. */
export const signing: Readonly<Record<string, Check>> = {
  session_cookies(vector) {
    const serializer = sessionSerializer(vector.text('secret_key') ?? '')
    freezeClock(vector.number('time') ?? 0)
    const value = plainValue(vector.take('value') ?? null, 'value')
    const tagged = vector.text('tagged_json') ?? ''
    const cookie = vector.text('cookie') ?? ''
    const compressed = vector.flag('compressed') ?? false
    const json = new TaggedJSONSerializer()
    const made = String(serializer.dumps(value))
    return firstOf(
      same(tagged, json.dumps(value), 'tagged JSON'),
      compressed ? null : same(cookie, made, 'cookie'),
      same(tagged, json.dumps(serializer.loads(cookie)), 'value of the cookie'),
      same(tagged, json.dumps(serializer.loads(made)), 'value of our cookie'),
    )
  },

  session_cookie_rejection(vector) {
    const serializer = sessionSerializer(vector.text('secret_key') ?? '')
    freezeClock(vector.number('now') ?? 0)
    const cookie = vector.text('cookie') ?? ''
    const maxAge = vector.number('max_age')
    const accepted = !throws(() => serializer.loads(cookie, maxAge === undefined ? {} : { maxAge }))
    return same(vector.flag('ok'), accepted, 'accepted')
  },

  itsdangerous(vector) {
    const time = vector.number('time')
    if (time !== undefined) freezeClock(time)
    return signedWith(
      vector.text('class') ?? '',
      vector.text('secret_key') ?? '',
      vector.text('salt') ?? '',
      plainValue(vector.take('value') ?? null, 'value'),
      vector.text('signed') ?? '',
    )
  },

  async password_hashes(vector) {
    const password = vector.text('password') ?? ''
    const hash = vector.text('hash') ?? ''
    const ok = vector.take('ok')
    let actual: unknown
    try {
      actual = await checkPasswordHash(hash, password)
    } catch {
      actual = 'error'
    }
    return same(ok, actual, 'ok')
  },
}
