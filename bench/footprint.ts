import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from './load.ts'
import type { Target } from './scenarios.ts'
import { median } from './stats.ts'

/** What a process costs before it does much. */
export interface Footprint {
  readonly server: string
  /** Milliseconds from the start of the process to the end of its first answer. */
  readonly coldStart: number
  /** Bytes resident while it listens and nobody has asked yet. */
  readonly baseRss: number
  /** Bytes resident after its first answer. */
  readonly usedRss: number
}

const SERVERS = join(import.meta.dirname, 'servers', 'start')
/** Milliseconds until a process that has nothing to do has stopped growing. */
const SETTLE = 200

const HELLO: Target = { method: 'GET', path: '/text' }

/** The ways to start that are compared. */
const STARTS: readonly {
  readonly server: string
  readonly file: string
  readonly cached?: true
}[] = [
  { server: 'node:http', file: 'node-http.cjs' },
  { server: 'BustAPI', file: 'bustapi.cjs' },
  { server: 'BustAPI, compile cache', file: 'bustapi.cjs', cached: true },
  { server: 'Fastify', file: 'fastify.cjs' },
  { server: 'Express 5', file: 'express.cjs' },
  // Node itself takes more memory and time when the first file is an ES module.
  { server: 'node:http, `import`', file: 'node-http.mjs' },
  { server: 'BustAPI, `import`', file: 'bustapi.mjs' },
]

function residentMemory(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
}

/** Starts a server, hands its address to `use`, and ends it. */
async function withServer<T>(
  file: string,
  env: NodeJS.ProcessEnv,
  use: (port: number, pid: number) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, [join(SERVERS, file)], {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    return await use(Number(/:(\d+)/.exec(line.toString())?.[1]), child.pid as number)
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}

async function startTwice(
  file: string,
  env: NodeJS.ProcessEnv,
): Promise<Omit<Footprint, 'server'>> {
  const start = performance.now()
  const coldStart = await withServer(file, env, async (port) => {
    await ask(port, HELLO)
    return performance.now() - start
  })
  return withServer(file, env, async (port, pid) => {
    await sleep(SETTLE)
    const baseRss = residentMemory(pid)
    await ask(port, HELLO)
    await sleep(SETTLE)
    return { coldStart, baseRss, usedRss: residentMemory(pid) }
  })
}

/** Starts each server a number of times in turn; medians. `cache` is a folder for Node's compile cache. */
export async function footprints(times: number, cache: string): Promise<Footprint[]> {
  const seen = STARTS.map((): Omit<Footprint, 'server'>[] => [])
  // The first time fills the disk's and the compile cache.
  for (let time = -1; time < times; time++) {
    for (const [index, { file, cached }] of STARTS.entries()) {
      const one = await startTwice(file, cached === true ? { NODE_COMPILE_CACHE: cache } : {})
      if (time >= 0) seen[index]?.push(one)
    }
  }
  return STARTS.map(({ server }, index) => {
    const own = seen[index] ?? []
    return {
      server,
      coldStart: median(own.map((one) => one.coldStart)),
      baseRss: median(own.map((one) => one.baseRss)),
      usedRss: median(own.map((one) => one.usedRss)),
    }
  })
}
