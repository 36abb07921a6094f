import { parseArgs } from 'node:util'
import { searchRandomApps } from '../compat-tests/kit/express/random/search.ts'
import { type CaseResult, runSuite } from '../compat-tests/kit/express/report.ts'
import { reference, subject } from '../compat-tests/kit/express/targets.ts'
import type { ExpressTarget, Major } from '../compat-tests/kit/express/types.ts'
import { knownGap } from '../compat-tests/known-gaps.ts'
import { EXPRESS_SUITES } from '../compat-tests/suites/express/index.ts'
import type { Totals } from './conformance.ts'
import { ensureBuilt } from './ensure-built.ts'
import { isMain } from './is-main.ts'

/** What to run. */
export interface ExpressConformance {
  readonly majors: readonly Major[]
  /** Random apps for each major version. */
  readonly apps: number
  readonly seed: number
  readonly only?: RegExp
}

const count = (results: readonly CaseResult[]): Totals => {
  const totals = { passed: 0, failed: 0, skipped: 0 }
  for (const { suite, name, major, differences } of results) {
    const gap = knownGap(suite, name, major)
    if (gap !== undefined && differences.length > 0) {
      totals.skipped++
      console.log(`skipped ${suite}: ${name}: ${gap.reason}`)
    } else if (gap === undefined && differences.length === 0) totals.passed++
    else {
      totals.failed++
      console.log(`FAILED ${suite}: ${name}`)
      for (const one of differences) console.log(`  ${one}`)
    }
  }
  return totals
}

async function cases(express: ExpressTarget, ours: ExpressTarget, only?: RegExp): Promise<Totals> {
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const suite of EXPRESS_SUITES) {
    const results = await runSuite(suite, express, ours, only)
    if (results.length === 0) continue
    const { passed, failed, skipped } = count(results)
    console.log(`Express ${express.major} ${suite.name}: ${passed} of ${results.length}`)
    sum.passed += passed
    sum.failed += failed
    sum.skipped += skipped
  }
  return sum
}

/** Runs the differential cases and random apps on Express itself and on the built drop-in. */
export async function expressTotals(options: ExpressConformance): Promise<Totals> {
  await ensureBuilt()
  process.env.NODE_ENV = 'test'
  process.env.NO_DEPRECATION = 'express,body-parser,router'
  const sum = { passed: 0, failed: 0, skipped: 0 }
  for (const major of options.majors) {
    const express = reference(major)
    const ours = await subject(major)
    const totals = await cases(express, ours, options.only)
    sum.passed += totals.passed
    sum.failed += totals.failed
    sum.skipped += totals.skipped
    if (options.apps === 0) continue
    const { apps, seed, found } = await searchRandomApps(express, ours, options)
    console.log(
      `Express ${major} random apps: ${found === undefined ? `all ${apps} agree` : 'FAILED'} (seed ${seed})`,
    )
    if (found === undefined) sum.passed++
    else {
      sum.failed++
      console.log(found.text)
    }
  }
  return sum
}

if (isMain(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      version: { type: 'string' },
      apps: { type: 'string', default: '500' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
      only: { type: 'string' },
    },
  })
  const totals = await expressTotals({
    majors: values.version === undefined ? [5, 4] : [values.version === '4' ? 4 : 5],
    apps: Number(values.apps),
    seed: Number(values.seed),
    ...(values.only === undefined ? {} : { only: new RegExp(values.only) }),
  })
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  process.exitCode = totals.failed === 0 ? 0 : 1
}
