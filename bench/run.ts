// npm run bench [-- --set express|database] [--quick] [--scenario a,b] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { benchDatabases } from './database/main.ts'
import { expressPeers } from './express/peers.ts'
import { expressBudgets, expressSummary } from './express/report.ts'
import { EXPRESS_SCENARIOS } from './express/scenarios.ts'
import { type Footprint, footprints } from './footprint.ts'
import { type Effort, measure, type Result } from './measure.ts'
import { findPython, flaskPeer, NODE_PEERS, type Peer } from './peers.ts'
import {
  budgetTable,
  facadeBudgets,
  footprintTable,
  machineName,
  markdown,
  type Report,
  scenarioTable,
} from './report.ts'
import { SCENARIOS, type Scenario } from './scenarios.ts'

const FULL: Effort = { rounds: 15, slice: 400, warmUp: 3000, connections: 16 }
// Three times the scenarios, and most of them cost more than a facade's.
const WIDE: Effort = { rounds: 7, slice: 250, warmUp: 1200, connections: 16 }
const QUICK: Effort = { rounds: 5, slice: 200, warmUp: 800, connections: 16 }

const { values } = parseArgs({
  options: {
    set: { type: 'string', default: 'facade' },
    quick: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    json: { type: 'string' },
  },
})

/** What belongs together in one run. */
interface BenchSet {
  readonly scenarios: readonly Scenario[]
  peers(): { readonly peers: readonly Peer[]; readonly skipped: readonly string[] }
  budgets(report: Report): string[][]
  /** What its result files are called after the date. */
  readonly suffix: string
  readonly footprints: boolean
  readonly effort: Effort
}

const SETS: Readonly<Record<string, BenchSet>> = {
  facade: {
    scenarios: SCENARIOS,
    peers() {
      const python = findPython()
      return python === undefined
        ? { peers: NODE_PEERS, skipped: ['Skipped: Flask + gunicorn (no python3 here has both).'] }
        : { peers: [...NODE_PEERS, flaskPeer(python)], skipped: [] }
    },
    budgets: facadeBudgets,
    suffix: '',
    footprints: true,
    effort: FULL,
  },
  express: {
    scenarios: EXPRESS_SCENARIOS,
    peers: expressPeers,
    budgets: expressBudgets,
    suffix: '-express',
    footprints: false,
    effort: WIDE,
  },
}

const wanted = values.scenario?.split(',')
if (values.set === 'database') {
  process.exit(await benchDatabases({ quick: values.quick, json: values.json }, wanted))
}
const set = SETS[values.set]
if (set === undefined) {
  console.error(`No set ${values.set}: ${Object.keys(SETS).join(', ')}, database`)
  process.exit(2)
}
const names = [...set.scenarios.map((one) => one.name), ...(set.footprints ? ['start'] : [])]
const unknown = wanted?.filter((name) => !names.includes(name))
if (unknown !== undefined && unknown.length > 0) {
  console.error(`No scenario ${unknown.join(', ')}: ${names.join(', ')}`)
  process.exit(2)
}

const effort = values.quick ? QUICK : set.effort
const date = new Date(Date.now()).toISOString()
const { peers, skipped } = set.peers()
for (const line of skipped) console.log(line)

const chosen = set.scenarios.filter((one) => wanted === undefined || wanted.includes(one.name))
const results: Result[] = []
for (const scenario of chosen) {
  // One that is compared with another comes with that one.
  if (chosen.some((one) => one.name === scenario.beside)) continue
  const others = chosen.filter((one) => one.beside === scenario.name)
  for (const result of await measure([scenario, ...others], peers, effort)) {
    results.push(result)
    console.log(`${scenarioTable(result)}\n`)
  }
}

let started: Footprint[] = []
if (set.footprints && (wanted === undefined || wanted.includes('start'))) {
  const cache = mkdtempSync(join(tmpdir(), 'bustapi-bench-'))
  started = await footprints(values.quick ? 3 : 11, cache)
  rmSync(cache, { recursive: true, force: true })
  console.log(`${footprintTable(started)}\n`)
}

const report: Report = {
  date,
  machine: machineName(),
  node: process.version,
  results,
  footprints: started,
  skipped,
}
const budgets = set.budgets(report)
if (values.set === 'express') console.log(`${expressSummary(report)}\n`)
console.log(budgetTable(budgets))
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
// Only a whole run is worth keeping.
if (!values.quick && wanted === undefined) {
  const file = join(import.meta.dirname, 'results', `${date.slice(0, 10)}${set.suffix}`)
  writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(`${file}.md`, `${markdown(report, budgets)}\n`)
}
