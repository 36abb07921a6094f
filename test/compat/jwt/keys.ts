import { generateKeyPairSync } from 'node:crypto'

/** Throw-away keys of every family, made anew in each run. */
export interface Keys {
  readonly privatePem: string
  readonly publicPem: string
}

function pems(pair: ReturnType<typeof generateKeyPairSync>): Keys {
  const made = pair as unknown as Record<
    'privateKey' | 'publicKey',
    { export(options: object): string }
  >
  return {
    privatePem: made.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicPem: made.publicKey.export({ type: 'spki', format: 'pem' }),
  }
}

export const SECRET = 'throw-away-secret-of-the-tests-0123456789abcdef-0123456789abcdef'

export const RSA: Keys = pems(generateKeyPairSync('rsa', { modulusLength: 2048 }) as never)
export const OTHER_RSA: Keys = pems(generateKeyPairSync('rsa', { modulusLength: 2048 }) as never)

const curve = (namedCurve: string): Keys => pems(generateKeyPairSync('ec', { namedCurve }) as never)

export const EC: Readonly<Record<'ES256' | 'ES384' | 'ES512', Keys>> = {
  ES256: curve('prime256v1'),
  ES384: curve('secp384r1'),
  ES512: curve('secp521r1'),
}

/** The keys for an algorithm: what signs, what verifies. */
export function keysFor(algorithm: string): readonly [sign: string, verify: string] {
  if (algorithm.startsWith('HS')) return [SECRET, SECRET]
  const keys = algorithm in EC ? EC[algorithm as keyof typeof EC] : RSA
  return [keys.privatePem, keys.publicPem]
}

export const ALGORITHMS: readonly string[] = ['HS', 'RS', 'PS', 'ES'].flatMap((family) =>
  ['256', '384', '512'].map((bits) => family + bits),
)
