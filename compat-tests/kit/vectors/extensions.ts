import { extensionModules } from '../build/extension-parts.ts'
import { freezeClock } from '../clock.ts'
import { differenceOf } from '../compare/values.ts'
import type { Fields } from '../fields.ts'
import { MissingPart } from '../fields.ts'
import { camelKeys } from '../names.ts'
import { className } from '../python.ts'
import type { Check } from './check.ts'
import { firstOf, same } from './check.ts'

async function part<T>(name: string): Promise<T> {
  const found = (await extensionModules()).get(name)
  if (found instanceof MissingPart) throw found
  return found as T
}

interface CookiePart {
  encodeCookie(payload: string, key: string): string
  decodeCookie(cookie: string, key: string): string | null
  sessionIdentifier(address: string | null, agent: string | null): string
}

interface TokenPart {
  encode(payload: unknown, key: string, options: { algorithm: string }): string
  decode(token: string, key: string, options: Record<string, unknown>): unknown
}

interface PaginationPart {
  Pagination: new (options: {
    page: number
    perPage: number
    total: number
  }) => Record<string, unknown> & {
    iterPages(options?: Record<string, number>): Iterable<number | null>
  }
}

async function decodeDifference(vector: Fields): Promise<string | null> {
  const jwt = await part<TokenPart>('jwt')
  freezeClock(vector.number('now') ?? 0)
  const token = vector.text('token') ?? ''
  const key = vector.text('key') ?? ''
  const algorithms = vector.texts('algorithms') ?? []
  const options = camelKeys(Object.fromEntries(vector.entries('options')))
  const error = vector.text('error')
  const message = vector.text('message')
  const payload = vector.take('payload')
  try {
    const decoded = await jwt.decode(token, key, { algorithms, ...options })
    if (error !== undefined) return `expected ${error}, got ${JSON.stringify(decoded)}`
    return differenceOf(payload ?? null, decoded)
  } catch (thrown) {
    return firstOf(
      same(error, className(thrown), 'error'),
      message === undefined ? null : same(message, (thrown as Error).message, 'message'),
    )
  }
}

/** Flask-Login's cookies, PyJWT's tokens and Flask-SQLAlchemy's pagination. */
export const extensions: Readonly<Record<string, Check>> = {
  async login_remember_tokens(vector) {
    const { encodeCookie } = await part<CookiePart>('login')
    const token = encodeCookie(vector.text('user_id') ?? '', vector.text('secret_key') ?? '')
    return same(vector.text('token'), token)
  },

  async login_remember_decode(vector) {
    const { decodeCookie } = await part<CookiePart>('login')
    const id = decodeCookie(vector.text('token') ?? '', vector.text('secret_key') ?? '')
    return same(vector.take('user_id'), id)
  },

  async login_session_identifier(vector) {
    const { sessionIdentifier } = await part<CookiePart>('login')
    const agent = vector.text('user_agent') ?? null
    return same(vector.text('id'), sessionIdentifier(vector.text('remote_addr') ?? null, agent))
  },

  async jwt_encode(vector) {
    const { encode } = await part<TokenPart>('jwt')
    const token = await encode(vector.take('payload'), vector.text('key') ?? '', {
      algorithm: vector.text('alg') ?? '',
    })
    return same(vector.text('token'), token)
  },

  jwt_decode: decodeDifference,

  async pagination(vector) {
    const { Pagination } = await part<PaginationPart>('sqlalchemy')
    const page = vector.number('page') ?? 1
    const perPage = vector.number('per_page') ?? 20
    const made = new Pagination({ page, perPage, total: vector.number('total') ?? 0 })
    const narrow = { leftEdge: 0, leftCurrent: 1, rightCurrent: 1, rightEdge: 0 }
    return firstOf(
      same(vector.number('pages'), made.pages, 'pages'),
      same(vector.flag('has_prev'), made.hasPrev, 'has_prev'),
      same(vector.flag('has_next'), made.hasNext, 'has_next'),
      same(vector.take('prev_num'), made.prevNum, 'prev_num'),
      same(vector.take('next_num'), made.nextNum, 'next_num'),
      differenceOf(vector.take('iter_pages') ?? [], [...made.iterPages()], 'iter_pages'),
      differenceOf(
        vector.take('iter_pages_0_1_1_0') ?? [],
        [...made.iterPages(narrow)],
        'iter_pages(0, 1, 1, 0)',
      ),
    )
  },
}
