import { deepStrictEqual } from 'node:assert'
import { ask, drive } from './load.ts'
import type { Peer, Running } from './peers.ts'
import type { Scenario } from './scenarios.ts'
import { median, quantile } from './stats.ts'

/** How much to measure. */
export interface Effort {
  readonly rounds: number
  /** Milliseconds of load per peer and round. */
  readonly slice: number
  /** Milliseconds of load before the first round, for the compiler to settle. */
  readonly warmUp: number
  /** Connections kept open at a time. */
  readonly connections: number
}

/** One peer in one scenario: medians over the rounds. */
export interface Figures {
  readonly peer: string
  /** Microseconds of the server's CPU per request. */
  readonly cpu: number
  /** CPU per request over that of Fastify and of node:http: the median of each round's quotient. */
  readonly overFastify: number | null
  readonly overNode: number | null
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  /** Bytes. */
  readonly peak: number
  /** CPU per request of each round. */
  readonly rounds: readonly number[]
}

/** One scenario's figures for all peers. */
export interface Result {
  readonly scenario: string
  readonly title: string
  readonly figures: readonly Figures[]
}

/** One peer's slice of load. */
interface Slice {
  readonly cpu: number
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

async function slice(server: Running, scenario: Scenario, effort: Effort): Promise<Slice> {
  const before = await server.usage()
  const load = await drive(server.port, scenario.targets, effort.connections, effort.slice)
  const after = await server.usage()
  return {
    cpu: (after.cpu - before.cpu) / load.requests,
    perSecond: load.requests / load.seconds,
    p50: quantile(load.latencies, 0.5),
    p99: quantile(load.latencies, 0.99),
  }
}

/** Starts all peers, checks that they give the same answer, and loads them in turn: A B C A B C … */
export async function measure(
  scenario: Scenario,
  peers: readonly Peer[],
  effort: Effort,
): Promise<Result> {
  const servers: Running[] = []
  try {
    for (const peer of peers) {
      const server = await peer.start(scenario)
      servers.push(server)
      const [first] = scenario.targets
      if (first !== undefined) {
        deepStrictEqual(parsed(await ask(server.port, first)), scenario.answer, peer.name)
      }
      await drive(server.port, scenario.targets, effort.connections, effort.warmUp)
    }
    const slices: Slice[][] = peers.map(() => [])
    for (let round = 0; round < effort.rounds; round++) {
      for (const [index, server] of servers.entries()) {
        slices[index]?.push(await slice(server, scenario, effort))
      }
    }
    const peaks = await Promise.all(servers.map(async (server) => (await server.usage()).peak))
    const of = (name: string): readonly Slice[] | undefined =>
      slices[peers.findIndex((peer) => peer.name === name)]
    const figures = peers.map((peer, index): Figures => {
      const own = slices[index] ?? []
      const over = (name: string): number | null => {
        const other = of(name)
        return other === undefined
          ? null
          : median(own.map((one, round) => one.cpu / (other[round]?.cpu ?? Number.NaN)))
      }
      return {
        peer: peer.name,
        cpu: median(own.map((one) => one.cpu)),
        overFastify: over('Fastify'),
        overNode: over('node:http'),
        perSecond: median(own.map((one) => one.perSecond)),
        p50: median(own.map((one) => one.p50)),
        p99: median(own.map((one) => one.p99)),
        peak: peaks[index] ?? 0,
        rounds: own.map((one) => one.cpu),
      }
    })
    return { scenario: scenario.name, title: scenario.title, figures }
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
