import { type ChildProcess, fork, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './load.ts'
import type { Scenario } from './scenarios.ts'

/** What a server process has used since it started. */
export interface Usage {
  /** Microseconds of CPU, all threads, user and system. */
  readonly cpu: number
  /** Peak resident memory in bytes. */
  readonly peak: number
}

/** A server that is up. */
export interface Running {
  readonly port: number
  usage(): Promise<Usage>
  stop(): Promise<void>
}

/** Something to measure. */
export interface Peer {
  readonly name: string
  /** The scenarios that it takes part in, all when not given. */
  readonly scenarios?: readonly string[]
  /** The peer that it stands in for, to be compared with. */
  readonly original?: string
  start(scenario: Scenario): Promise<Running>
}

const SERVERS = join(import.meta.dirname, 'servers')

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 3000)
  await gone
  clearTimeout(late)
}

/** A message from a child; rejects when the child ends instead. */
function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null): void => reject(new Error(`a server ended with ${code}`))
    child.once('exit', gone)
    child.once('message', (value) => {
      child.off('exit', gone)
      resolve(value as T)
    })
  })
}

/** A server that is a file of `servers`, told the scenario's name and what else it is given. */
export const nodePeer = (
  name: string,
  file: string,
  args: readonly string[] = [],
  more: Pick<Peer, 'scenarios' | 'original'> = {},
): Peer => ({
  ...more,
  name,
  async start(scenario) {
    const child = fork(join(SERVERS, file), [scenario.name, ...args], {
      execArgv: [],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    const { port } = await message<{ port: number }>(child)
    return {
      port,
      usage() {
        child.send('usage')
        return message<Usage>(child)
      },
      stop: () => end(child),
    }
  },
})

/** The Node servers, the two to which all are compared first. */
export const NODE_PEERS: readonly Peer[] = [
  nodePeer('node:http', 'node-http.mjs'),
  nodePeer('Fastify', 'fastify.mjs'),
  nodePeer('BustAPI', 'bustapi.mjs'),
  nodePeer('Express 5', 'express.mjs'),
]

const hasGunicorn = (python: string): boolean =>
  spawnSync(python, ['-c', 'import flask, gunicorn'], { cwd: SERVERS, stdio: 'ignore' }).status ===
  0

/** A Python that has Flask and gunicorn, installed from Debian's packages where this process may; else undefined. */
export function findPython(): string | undefined {
  const candidates = ['python3', '/usr/bin/python3']
  const found = candidates.find(hasGunicorn)
  if (found !== undefined || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get'))
    return found
  const options = {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  } as const
  const install = (): boolean =>
    spawnSync('apt-get', ['install', '-y', 'gunicorn', 'python3-flask'], options).status === 0
  if (!install()) {
    spawnSync('apt-get', ['update'], options)
    install()
  }
  return candidates.find(hasGunicorn)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** A process and its children. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return [
    pid,
    ...children
      .split(' ')
      .filter(Boolean)
      .flatMap((child) => family(Number(child))),
  ]
}

/** What a process has used, from /proc: ticks are hundredths of a second. */
function procUsage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]
  return { cpu: (Number(fields[11]) + Number(fields[12])) * 10_000, peak: Number(peak ?? 0) * 1024 }
}

/** Flask under gunicorn with one worker. */
export const flaskPeer = (python: string): Peer => ({
  name: 'Flask + gunicorn',
  async start(scenario) {
    const port = await freePort()
    const child = spawn(
      python,
      [
        '-m',
        'gunicorn',
        '-w',
        '1',
        '-b',
        `127.0.0.1:${port}`,
        '--log-level',
        'error',
        'flask_app:app',
      ],
      {
        cwd: SERVERS,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: { ...process.env, BENCH_SCENARIO: scenario.name, PYTHONDONTWRITEBYTECODE: '1' },
      },
    )
    const [first] = scenario.targets
    for (let tries = 0; first !== undefined; tries++) {
      try {
        await ask(port, first)
        break
      } catch (error) {
        if (tries >= 100 || child.exitCode !== null) throw error
        await sleep(100)
      }
    }
    return {
      port,
      async usage() {
        const all = family(child.pid as number).map(procUsage)
        return {
          cpu: all.reduce((sum, one) => sum + one.cpu, 0),
          peak: all.reduce((sum, one) => sum + one.peak, 0),
        }
      },
      stop: () => end(child),
    }
  },
})
