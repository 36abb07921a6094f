// npm run bench [-- --quick] [--scenario a,b] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Footprint, footprints } from './footprint.ts'
import { type Effort, measure, type Result } from './measure.ts'
import { findPython, flaskPeer, NODE_PEERS, type Peer } from './peers.ts'
import {
  budgetTable,
  footprintTable,
  machineName,
  markdown,
  type Report,
  scenarioTable,
} from './report.ts'
import { SCENARIOS } from './scenarios.ts'

const FULL: Effort = { rounds: 15, slice: 400, warmUp: 3000, connections: 16 }
const QUICK: Effort = { rounds: 5, slice: 200, warmUp: 800, connections: 16 }

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    json: { type: 'string' },
  },
})

const wanted = values.scenario?.split(',')
const unknown = wanted?.filter(
  (name) => name !== 'start' && !SCENARIOS.some((one) => one.name === name),
)
if (unknown !== undefined && unknown.length > 0) {
  console.error(
    `No scenario ${unknown.join(', ')}: ${[...SCENARIOS.map((one) => one.name), 'start'].join(', ')}`,
  )
  process.exit(2)
}

const effort = values.quick ? QUICK : FULL
const date = new Date(Date.now()).toISOString()
const skipped: string[] = []
const peers: Peer[] = [...NODE_PEERS]
const python = findPython()
if (python === undefined) skipped.push('Skipped: Flask + gunicorn (no python3 here has both).')
else peers.push(flaskPeer(python))
for (const line of skipped) console.log(line)

const chosen = SCENARIOS.filter((one) => wanted === undefined || wanted.includes(one.name))
const results: Result[] = []
for (const scenario of chosen) {
  // One that is compared with another comes with that one.
  if (chosen.some((one) => one.beside === scenario.name)) continue
  const others = chosen.filter((one) => one.name === scenario.beside)
  for (const result of await measure([...others, scenario], peers, effort)) {
    results.push(result)
    console.log(`${scenarioTable(result)}\n`)
  }
}

let started: Footprint[] = []
if (wanted === undefined || wanted.includes('start')) {
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
console.log(budgetTable(report))
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`)
// Only a whole run is worth keeping.
if (!values.quick && wanted === undefined) {
  const file = join(import.meta.dirname, 'results', date.slice(0, 10))
  writeFileSync(`${file}.json`, `${JSON.stringify(report, null, 2)}\n`)
  writeFileSync(`${file}.md`, `${markdown(report)}\n`)
}
