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
  /** The same over this peer's own figure in the scenario that this one is measured beside. */
  readonly overOther: number | null
  /** The same over the peer that this one stands in for. */
  readonly overOriginal: number | null
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
  /** The scenario with which it is compared. */
  readonly beside?: string
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

/** A server under measurement. */
interface Run {
  readonly scenario: Scenario
  readonly peer: Peer
  readonly server: Running
  readonly slices: Slice[]
}

async function start(scenario: Scenario, peer: Peer, effort: Effort): Promise<Run> {
  const server = await peer.start(scenario)
  try {
    const [first] = scenario.targets
    if (first !== undefined) {
      deepStrictEqual(parsed(await ask(server.port, first)), scenario.answer, peer.name)
    }
    await drive(server.port, scenario.targets, effort.connections, effort.warmUp)
    return { scenario, peer, server, slices: [] }
  } catch (error) {
    await server.stop()
    throw error
  }
}

/** The median of the rounds' quotients: what was slow in one round was slow for its neighbours too. */
const over = (own: readonly number[], other: readonly number[] | undefined): number | null =>
  other === undefined ? null : median(own.map((cpu, round) => cpu / (other[round] ?? Number.NaN)))

async function figuresOf(run: Run, runs: readonly Run[]): Promise<Figures> {
  const { scenario, peer, server, slices } = run
  const rounds = slices.map((one) => one.cpu)
  const other = (name: string, title: string): number[] | undefined =>
    runs
      .find((one) => one.scenario.name === name && one.peer.name === title)
      ?.slices.map((one) => one.cpu)
  return {
    peer: peer.name,
    cpu: median(rounds),
    overFastify: over(rounds, other(scenario.name, 'Fastify')),
    overNode: over(rounds, other(scenario.name, 'node:http')),
    overOriginal: over(rounds, other(scenario.name, peer.original ?? '')),
    overOther: over(rounds, other(scenario.beside ?? '', peer.name)),
    perSecond: median(slices.map((one) => one.perSecond)),
    p50: median(slices.map((one) => one.p50)),
    p99: median(slices.map((one) => one.p99)),
    peak: (await server.usage()).peak,
    rounds,
  }
}

/**
 * Starts all peers, checks that they give the same answers, and loads them in turn: A B C A B C … Several scenarios
 * take part in the same rounds, so that they can be compared with each other.
 */
export async function measure(
  scenarios: readonly Scenario[],
  peers: readonly Peer[],
  effort: Effort,
): Promise<Result[]> {
  const runs: Run[] = []
  try {
    for (const scenario of scenarios) {
      for (const peer of peers) {
        if (peer.scenarios?.includes(scenario.name) === false) continue
        if (scenario.without?.includes(peer.name)) continue
        runs.push(await start(scenario, peer, effort))
      }
    }
    for (let round = 0; round < effort.rounds; round++) {
      for (const { server, scenario, slices } of runs) {
        slices.push(await slice(server, scenario, effort))
      }
    }
    const results: Result[] = []
    for (const { name, title, beside } of scenarios) {
      const own = runs.filter((run) => run.scenario.name === name)
      const figures: Figures[] = []
      for (const run of own) figures.push(await figuresOf(run, runs))
      results.push({ scenario: name, title, ...(beside !== undefined && { beside }), figures })
    }
    return results
  } finally {
    await Promise.all(runs.map((run) => run.server.stop()))
  }
}
