import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../../src/cli/commands/run.ts'
import { BustAPI } from '../../src/index.ts'
import { captureOutput } from '../../src/testing/capture-output.ts'
import { statuses } from '../engine/raw-client.ts'
import { live, requestBytes, until } from './live-app.ts'

interface Client {
  readonly socket: Socket
  output: string
  closed: boolean
}

async function client(port: number, bytes = ''): Promise<Client> {
  const socket = connect(port, '127.0.0.1')
  const state: Client = { socket, output: '', closed: false }
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    state.output += chunk.toString('latin1')
  })
  socket.on('close', () => {
    state.closed = true
  })
  await once(socket, 'connect')
  if (bytes !== '') socket.write(bytes)
  return state
}

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`

describe('S72: closing the server of an app', () => {
  it('answers what is in flight, closes what is idle, takes nothing new', async () => {
    const stop = new AbortController()
    let go: (() => void) | null = null
    const app = await live(
      (a) => {
        a.get('/slow', async () => {
          await new Promise<void>((resolve) => {
            go = resolve
          })
          return 'slow but whole'
        })
      },
      { listen: { signal: stop.signal } },
    )
    const idle = await client(app.port)
    const used = await client(app.port, get('/alive'))
    const busy = await client(app.port, get('/slow'))
    await until(() => used.output.endsWith('alive') && go !== null)
    stop.abort()
    await until(() => idle.closed && used.closed)
    expect([busy.closed, busy.output]).toEqual([false, ''])
    await expect(once(connect(app.port, '127.0.0.1'), 'connect')).rejects.toThrow()
    ;(go as (() => void) | null)?.()
    await until(() => busy.closed)
    expect(statuses(busy.output)).toEqual([200])
    expect(busy.output).toContain('Connection: close')
    expect(busy.output.endsWith('slow but whole')).toBe(true)
  })

  it('ends at its deadline what does not end by itself, and its context with it', async () => {
    const stop = new AbortController()
    let returned = 0
    const app = await live(
      (a) => {
        a.get('/stream', () =>
          (async function* () {
            try {
              for (;;) {
                yield 'chunk'
                await sleep(5)
              }
            } finally {
              returned++
            }
          })(),
        )
        a.get('/never', () => new Promise(() => {}))
        a.post('/upload', () => 'uploaded')
      },
      { listen: { signal: stop.signal, closeTimeout: 100 } },
    )
    const clients = [
      await client(app.port, get('/stream')),
      await client(app.port, get('/never')),
      await client(app.port, 'GET / HTTP/1.1\r\nHost: '),
      await client(
        app.port,
        'POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf',
      ),
    ]
    await until(() => clients[0]?.output.includes('chunk') === true)
    stop.abort()
    await once(app.server, 'close')
    await until(() => clients.every(({ closed }) => closed) && returned === 1)
    expect(clients[1]?.output).toBe('')
  })

  it('a port that is taken is an error that names it, and the other server goes on', async () => {
    const app = await live(() => {})
    const other = new BustAPI('other')
    await expect(other.run({ port: app.port })).rejects.toThrow(String(app.port))
    await app.expectHealthy()
  })
})

describe('S72: bustapi run', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'closing-'))
    const door = JSON.stringify(join(import.meta.dirname, '../../src/index.ts'))
    await writeFile(
      join(folder, 'app.mjs'),
      `import { BustAPI } from ${door}
      export const app = new BustAPI('good')
      app.get('/slow', () => new Promise((resolve) => setTimeout(resolve, 400, 'slow but whole')))
      app.get('/fail', () => { setTimeout(() => {}, 0); throw new Error('view failed') })
      `,
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  it.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: no request fails, and it exits with 0',
    async (signal) => {
      const main = JSON.stringify(join(import.meta.dirname, '../../src/cli/main.ts'))
      const script = `import { main } from ${main}\nprocess.exitCode = await main(process.argv.slice(1))`
      const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script]
      const words = ['--', 'run', 'app:app', '--port', '0']
      const child = spawn(process.execPath, [...args, ...words], { cwd: folder })
      let stdout = ''
      child.stdout.on('data', (chunk) => {
        stdout += String(chunk)
      })
      try {
        await until(() => /Running on http:\/\/127\.0\.0\.1:\d+/.test(stdout))
        const port = Number(/:(\d+)\n/.exec(stdout)?.[1])
        const idle = await client(port, get('/fail'))
        await until(() => idle.output.includes('500'))
        const busy = await client(port, get('/slow'))
        await sleep(50)
        child.kill(signal)
        const [code] = (await once(child, 'close')) as [number | null]
        await until(() => idle.closed && busy.closed)
        expect(code).toBe(0)
        expect(busy.output.endsWith('slow but whole')).toBe(true)
      } finally {
        child.kill('SIGKILL')
      }
    },
  )
})

describe('S14: bustapi run', () => {
  it.each([
    ['0.0.0.0', null, /^ \* Warning: '0\.0\.0\.0' .* TRUSTED_HOSTS is not set/],
    ['0.0.0.0', ['good.test'], /^$/],
    ['127.0.0.1', null, /^$/],
    ['localhost', null, /^$/],
  ])(
    'on %s with TRUSTED_HOSTS %j warns of hosts that anybody may send, or not',
    async (host, trusted, line) => {
      const app = new BustAPI('warned')
      app.config.TRUSTED_HOSTS = trusted
      const before = process.listenerCount('SIGTERM')
      const { stderr } = await captureOutput(async () => {
        const running = runCommand(app, 'warned', { host, port: 0 })
        await until(() => process.listenerCount('SIGTERM') > before)
        process.emit('SIGTERM')
        await running
      })
      expect(stderr.trimEnd()).toMatch(line)
    },
  )
})

describe('S74: the headers of an answer', () => {
  it('are those that are needed, and none tells what serves it', async () => {
    const app = await live((a) => {
      a.get('/text', () => 'text')
      a.get('/fail', () => {
        throw new Error('failed')
      })
      a.get('/stream', () => ['a', 'b'].values())
      a.fastify.get('/native', async () => 'native')
    })
    const names = async (target: string): Promise<string[]> => {
      const reply = await app.raw(get(target) + requestBytes('GET', '/alive'))
      return reply.head.split('\r\n').map((line) => line.slice(0, line.indexOf(':')))
    }
    const usual = ['Connection', 'Content-Length', 'Content-Type', 'Date', 'Keep-Alive']
    for (const target of ['/text', '/fail', '/nowhere', '/alive', '/%zz']) {
      expect([target, (await names(target)).toSorted()]).toEqual([target, usual])
    }
    expect((await names('/stream')).toSorted()).toEqual([
      'Connection',
      'Content-Type',
      'Date',
      'Keep-Alive',
      'Transfer-Encoding',
    ])
    for (const target of ['/text', '/fail', '/nowhere', '/native', '/stream', '/%']) {
      const { head } = await app.raw(get(target) + requestBytes('GET', '/alive'))
      expect(head).not.toMatch(/^(?:server|x-powered-by|via|x-aspnet|x-runtime)/im)
      expect(head).not.toMatch(/bustapi|fastify|express|node/i)
    }
    const refused = await app.raw('nonsense\r\n\r\n')
    expect(refused.output).not.toMatch(/bustapi|node|server:/i)
  })
})
