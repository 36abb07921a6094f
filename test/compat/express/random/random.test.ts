import { describe, expect, it } from 'vitest'
import { searchRandomApps } from '../../../../compat-tests/kit/express/random/search.ts'
import { reference, subject } from '../../../../compat-tests/kit/express/targets.ts'

process.env.NO_DEPRECATION = 'express,body-parser,router'

// The same apps each time; `npm run conformance:express -- --apps 20000 --seed N` looks elsewhere and longer.
const APPS = Number(process.env.EXPRESS_RANDOM_APPS ?? 500)
const SEED = Number(process.env.EXPRESS_RANDOM_SEED ?? 1)

describe('random apps', () => {
  it.each([5, 4] as const)(
    'are answered alike by Express %i and the drop-in',
    { timeout: 120_000 },
    async (major) => {
      const { apps, seed, found } = await searchRandomApps(reference(major), await subject(major), {
        apps: APPS,
        seed: SEED,
      })
      console.info(`Express ${major}: ${apps} random apps from seed ${seed}`)
      expect(found?.text).toBeUndefined()
    },
  )

  it('differ between the two majors', { timeout: 120_000 }, async () => {
    const { found } = await searchRandomApps(reference(4), reference(5), { apps: 300, seed: 7 })
    expect(found?.text).toContain('expected')
  })
})
