import { describe, expect, it } from 'vitest'
import { compareCase, describeDifference } from '../../../../compat-tests/kit/express/compare.ts'
import { runCase } from '../../../../compat-tests/kit/express/run.ts'
import { reference, subject } from '../../../../compat-tests/kit/express/targets.ts'
import { WAYS } from '../../../../compat-tests/kit/express/types.ts'
import { MIDDLEWARE } from '../../../../compat-tests/suites/express-middleware/index.ts'

process.env.NO_DEPRECATION = 'express,body-parser,router,express-session'

for (const { name, missing } of MIDDLEWARE)
  if (missing !== undefined) console.log(`${name}: skipped, there is no ${missing} here.`)

describe.each([5, 4] as const)('with Express %i as with the drop-in', async (major) => {
  const express = reference(major)
  const ours = await subject(major)
  const rows = MIDDLEWARE.filter(({ test }) => test.only === undefined || test.only === major)

  describe.each(rows)('$name', ({ test, missing }) => {
    it.skipIf(missing !== undefined).each(WAYS)('works (%s)', async (way) => {
      const found = await compareCase(test, express, ours, way)
      expect(found.map(describeDifference)).toEqual([])
    })

    it.skipIf(missing !== undefined)('has a scenario that says something', async () => {
      const { replies, events, thrown } = await runCase(test, express)
      expect(thrown).toBeNull()
      expect(replies.length + events.length).toBeGreaterThan(0)
      expect(replies.filter((reply) => reply.failure === 'no reply')).toEqual([])
    })
  })
})
