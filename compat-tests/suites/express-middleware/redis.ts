import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import type { Request } from 'express'
import { load, loadAll, type Row, row } from './load.ts'

const PROGRAM = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].find((path) =>
  existsSync(path),
)

const ATTEMPTS = 5

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Starts a Redis server that keeps nothing; undefined when its port was taken meanwhile. */
async function tryToStart(
  program: string,
): Promise<{ readonly url: string; readonly process: ChildProcess } | undefined> {
  const port = await freePort()
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', tmpdir()]
  const process = spawn(program, [...own, '--save', '', '--appendonly', 'no'])
  const ready = await new Promise<boolean>((resolve, reject) => {
    let output = ''
    process.once('error', reject).once('exit', () => resolve(false))
    process.stdout.on('data', (chunk) => {
      output += chunk
      if (output.includes('Ready to accept connections')) resolve(true)
    })
  })
  return ready ? { url: `redis://127.0.0.1:${port}`, process } : undefined
}

/** A Redis server of its own for a program. */
async function startRedis(program: string): Promise<{ readonly url: string; stop(): void }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const started = await tryToStart(program)
    if (started !== undefined) return { url: started.url, stop: () => void started.process.kill() }
  }
  throw new Error('No port for a Redis server')
}

/** The slice of the package `redis` that is used. */
interface Client {
  connect(): Promise<unknown>
  keys(pattern: string): Promise<string[]>
  get(key: string): Promise<string | null>
  ttl(key: string): Promise<number>
  destroy(): void
}

interface Session {
  views?: number
  destroy(done: () => void): void
  regenerate(done: () => void): void
  touch(): void
}

const sessionOf = (req: Request): Session => (req as unknown as { session: Session }).session

/** Sessions in a real Redis. */
export const REDIS: readonly Row[] = [
  {
    ...row('express-session with connect-redis', {
      async app(express) {
        const redis = await startRedis(PROGRAM as string)
        const client = loadAll<{ createClient(options: object): Client }>('redis').createClient({
          url: redis.url,
        })
        await client.connect()
        const { RedisStore } = loadAll<{ RedisStore: new (options: object) => object }>(
          'connect-redis',
        )
        const app = express()
        let made = 0
        app.use(
          load('express-session')({
            store: new RedisStore({ client, prefix: 'own:' }),
            secret: 'sekret',
            resave: false,
            saveUninitialized: false,
            genid: () => `id${++made}`,
            cookie: { maxAge: 60_000 },
          }),
        )
        app.get('/', (req, res) => {
          const session = sessionOf(req)
          session.views = (session.views ?? 0) + 1
          res.json(session.views)
        })
        app.get('/stream', (req, res) => {
          sessionOf(req).views = 20
          res.write('a ')
          setImmediate(() => res.end('stream'))
        })
        app.get('/redirect', (req, res) => {
          sessionOf(req).views = 50
          res.redirect('/')
        })
        app.get('/new', (req, res) => {
          sessionOf(req).regenerate(() => res.send('new'))
        })
        app.get('/out', (req, res) => {
          sessionOf(req).destroy(() => res.send('out'))
        })
        app.get('/stored', async (_req, res) => {
          const keys = (await client.keys('*')).sort()
          const stored = await Promise.all(
            keys.map(async (key) => [key, await client.get(key), (await client.ttl(key)) > 50]),
          )
          res.json(stored)
        })
        const server = createServer(app)
        server.on('close', () => {
          client.destroy()
          redis.stop()
        })
        return server
      },
      requests: [
        '/stored',
        '/',
        '/',
        '/stored',
        '/redirect',
        '/',
        '/stream',
        '/',
        '/new',
        '/stored',
        '/',
        '/out',
        '/stored',
        '/',
      ],
      jar: true,
      scrub: [
        [/Expires=[^;]*/g, 'Expires=later'],
        [/\\"expires\\":\\"[^"]*\\"/g, 'expires later'],
      ],
    }),
    ...(PROGRAM === undefined ? { missing: 'Redis (redis-server of Debian’s packages)' } : {}),
  },
]
