import { createHash, pbkdf2, pbkdf2Sync, randomInt, scrypt, scryptSync } from 'node:crypto'
import { promisify } from 'node:util'
import { ValueError } from '../errors/builtins.ts'
import { safeStrCmp } from './safe-str-cmp.ts'

const SALT_CHARS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'
const DEFAULT_PBKDF2_ITERATIONS = 1_000_000
const SCRYPT_LENGTH = 64

/** How a password is hashed: the method's name with its numbers filled in, and how to do it. */
type Work =
  | { readonly kind: 'scrypt'; readonly name: string; readonly cost: ScryptCost }
  | { readonly kind: 'pbkdf2'; readonly name: string; readonly cost: Pbkdf2Cost }

interface ScryptCost {
  readonly N: number
  readonly r: number
  readonly p: number
  readonly maxmem: number
}

interface Pbkdf2Cost {
  readonly iterations: number
  readonly digest: string
  readonly length: number
}

/** Python's `int(text)`, or NaN. */
function toInteger(text: string): number {
  return /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(text) ? Number(text.replaceAll('_', '')) : Number.NaN
}

function parseMethod(method: string): Work {
  const [name, ...args] = method.split(':')
  if (name === 'scrypt') return scryptWork(args)
  if (name === 'pbkdf2') return pbkdf2Work(args)
  throw new ValueError(`Invalid hash method '${name}'.`)
}

function scryptWork(args: readonly string[]): Work {
  const [N, r, p] = args.length === 0 ? [2 ** 15, 8, 1] : args.map(toInteger)
  const isComplete = args.length === 0 || args.length === 3
  if (!isComplete || !N || !r || !p) throw new ValueError("'scrypt' takes 3 arguments.")
  // The algorithm needs 128 bytes for each unit, and some more.
  return {
    kind: 'scrypt',
    name: `scrypt:${N}:${r}:${p}`,
    cost: { N, r, p, maxmem: 132 * N * r * p },
  }
}

function pbkdf2Work(args: readonly string[]): Work {
  if (args.length > 2) throw new ValueError("'pbkdf2' takes 2 arguments.")
  const [digest = 'sha256', given] = args
  const iterations = given === undefined ? DEFAULT_PBKDF2_ITERATIONS : toInteger(given)
  if (!(iterations >= 1)) throw new ValueError('pbkdf2 needs at least one iteration.')
  let length: number
  try {
    length = createHash(digest).digest().length
  } catch (error) {
    throw new ValueError(`unsupported hash type ${digest}`, { cause: error })
  }
  const name = `pbkdf2:${digest}:${iterations}`
  return { kind: 'pbkdf2', name, cost: { iterations, digest, length } }
}

function hashSync(work: Work, password: string, salt: string): string {
  if (work.kind === 'scrypt') {
    return scryptSync(password, salt, SCRYPT_LENGTH, work.cost).toString('hex')
  }
  const { iterations, length, digest } = work.cost
  return pbkdf2Sync(password, salt, iterations, length, digest).toString('hex')
}

// Made when first needed: naming `node:crypto` at load would load it into every app.
const scryptAsync = (...args: [string, string, number, ScryptCost]): Promise<Buffer> =>
  promisify<string, string, number, ScryptCost, Buffer>(scrypt)(...args)
const pbkdf2Async = (...args: [string, string, number, number, string]): Promise<Buffer> =>
  promisify(pbkdf2)(...args)

async function hashAsync(work: Work, password: string, salt: string): Promise<string> {
  if (work.kind === 'scrypt') {
    return (await scryptAsync(password, salt, SCRYPT_LENGTH, work.cost)).toString('hex')
  }
  const { iterations, length, digest } = work.cost
  return (await pbkdf2Async(password, salt, iterations, length, digest)).toString('hex')
}

/**
 * Random letters and digits (Werkzeug's `gen_salt`).
 * @param length how many
 * @throws {ValueError} for a length below 1.
 */
export function genSalt(length: number): string {
  if (!(length >= 1)) throw new ValueError('Salt length must be at least 1.')
  return Array.from({ length }, () => SALT_CHARS.charAt(randomInt(SALT_CHARS.length))).join('')
}

/** The three parts of a stored hash, or null when it has less. */
function splitHash(pwhash: string): readonly [method: string, salt: string, hash: string] | null {
  const first = pwhash.indexOf('$')
  const second = pwhash.indexOf('$', first + 1)
  if (first < 0 || second < 0) return null
  return [pwhash.slice(0, first), pwhash.slice(first + 1, second), pwhash.slice(second + 1)]
}

/**
 * Hashes a password for storage in Werkzeug's format, `method$salt$hash`, which a Flask app reads
 * and the other way round. It keeps the process busy for tens of milliseconds, as it must: a server
 * under load uses {@link generatePasswordHashAsync}.
 *
 * @param method `scrypt` (with optional `:n:r:p`, default `scrypt:32768:8:1`) or `pbkdf2` (with
 *   optional `:hash:iterations`, default `pbkdf2:sha256:1000000`)
 * @param saltLength characters of the random salt
 * @throws {ValueError} for an unknown method or a salt length below 1.
 */
export function generatePasswordHash(password: string, method = 'scrypt', saltLength = 16): string {
  const salt = genSalt(saltLength)
  const work = parseMethod(method)
  return `${work.name}$${salt}$${hashSync(work, password, salt)}`
}

/** As {@link generatePasswordHash}, on a thread of Node's pool: the process goes on meanwhile. */
export async function generatePasswordHashAsync(
  password: string,
  method = 'scrypt',
  saltLength = 16,
): Promise<string> {
  const salt = genSalt(saltLength)
  const work = parseMethod(method)
  return `${work.name}$${salt}$${await hashAsync(work, password, salt)}`
}

/**
 * Whether a password is the one that was hashed, in a time that does not tell how nearly (Werkzeug's
 * `check_password_hash`). A hash without method and salt matches nothing.
 * @throws {ValueError} when the hash names an unknown method.
 */
export function checkPasswordHash(pwhash: string, password: string): boolean {
  const parts = splitHash(pwhash)
  if (parts === null) return false
  const [method, salt, hash] = parts
  return safeStrCmp(hashSync(parseMethod(method), password, salt), hash)
}

/** As {@link checkPasswordHash}, on a thread of Node's pool: the process goes on meanwhile. */
export async function checkPasswordHashAsync(pwhash: string, password: string): Promise<boolean> {
  const parts = splitHash(pwhash)
  if (parts === null) return false
  const [method, salt, hash] = parts
  return safeStrCmp(await hashAsync(parseMethod(method), password, salt), hash)
}
