import { createHmac } from 'node:crypto'
import { AUTHORS, author } from './database/shape.ts'

/** One request as it goes over the wire. */
export interface Target {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
  /** The body's type, JSON when not given. */
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  /** What it is answered with, 200 when not given; one for all targets of a scenario. */
  readonly status?: number
}

/** What all peers are asked to do, and the answer that each must give. */
export interface Scenario {
  /** What the servers are told to set up. */
  readonly name: string
  readonly title: string
  /** Sent in turn. */
  readonly targets: readonly Target[]
  /** The body of the answer to the first target; a JSON one is compared by value. */
  readonly answer: unknown
  /** The scenario with which it shares the rounds, to be compared with. */
  readonly beside?: string
  /** Peers that take no part. */
  readonly without?: readonly string[]
}

const note = {
  title: 'Milk',
  tags: ['shop', 'today'],
  done: false,
  price: 1.25,
  author: { id: 7, name: 'Ann' },
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token as Flask-JWT-Extended makes it, good until 2100; the servers know the secret. */
function token(): string {
  const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64({
    fresh: false,
    iat: 1_700_000_000,
    jti: '0f3ba0c6-4c7f-4b0e-9d4e-5b0d5b6f2b11',
    type: 'access',
    sub: '7',
    nbf: 1_700_000_000,
    csrf: '7d7bb7f3-68f4-4f4c-a0c5-9f3f0f1f6f5e',
    exp: 4_102_444_800,
  })}`
  const secret = 'a secret of the bench, 32 bytes or more'
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`
}

const ROUTES = 1000

/** Every 13th of the thousand routes, so that no single one stays in a cache. */
const spread = Array.from({ length: 64 }, (_, index) => (index * 13) % ROUTES)

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'text',
    title: 'text',
    targets: [{ method: 'GET', path: '/text' }],
    answer: 'Hello, World!',
  },
  {
    name: 'json',
    title: 'JSON, the view reads the request',
    targets: [{ method: 'GET', path: '/json' }],
    answer: { message: 'Hello, World!', path: '/json' },
  },
  {
    name: 'hooks',
    title: '`<int:id>` with a before- and an after-hook',
    targets: [{ method: 'GET', path: '/users/4711' }],
    answer: { id: 4711, user: 'ann' },
  },
  {
    name: 'post',
    title: 'JSON POST echo',
    targets: [{ method: 'POST', path: '/echo', body: JSON.stringify(note) }],
    answer: note,
  },
  {
    name: 'routes-1',
    title: 'one route',
    targets: [{ method: 'GET', path: '/section500/items/7' }],
    answer: '500:7',
  },
  {
    name: 'routes-1000',
    title: '1,000 routes',
    targets: spread.map((section) => ({ method: 'GET', path: `/section${section}/items/7` })),
    answer: '0:7',
    beside: 'routes-1',
  },
  {
    name: 'jwt',
    title: '`jwtRequired`; the others call jsonwebtoken by hand',
    targets: [{ method: 'GET', path: '/me', headers: { authorization: `Bearer ${token()}` } }],
    answer: { id: '7' },
    without: ['Flask + gunicorn'],
  },
  {
    name: 'origin',
    title: 'text, asked from another origin',
    targets: [{ method: 'GET', path: '/text', headers: { origin: 'https://a.example' } }],
    answer: 'Hello, World!',
    without: ['node:http', 'Express 5', 'Flask + gunicorn'],
  },
  {
    name: 'cors',
    title: 'the same with `CORS(app)`; Fastify with @fastify/cors',
    targets: [{ method: 'GET', path: '/text', headers: { origin: 'https://a.example' } }],
    answer: 'Hello, World!',
    beside: 'origin',
    without: ['node:http', 'Express 5', 'Flask + gunicorn'],
  },
  {
    name: 'sqlite',
    title: 'a row of SQLite by `<int:id>`; Fastify with raw Kysely',
    targets: spread.map((id) => ({ method: 'GET', path: `/authors/${(id % AUTHORS) + 1}` })),
    answer: author(1),
    without: ['node:http', 'Express 5', 'Flask + gunicorn'],
  },
]
