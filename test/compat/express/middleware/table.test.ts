import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MIDDLEWARE } from '../../../../compat-tests/suites/express-middleware/index.ts'
import { ROOT } from '../../../../scripts/paths.ts'

/** What `test/compat/express/register/frameworks.test.ts` runs under the preload. */
const BY_PRELOAD = ['@nestjs/platform-express', 'express-async-errors']

it('README lists exactly the packages that have a scenario', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const table = /<!-- middleware:start -->(.*)<!-- middleware:end -->/s.exec(readme)?.[1] ?? ''
  const listed = [...table.matchAll(/`([^`]+)`/g)].map(([, name]) => name)
  const proved = MIDDLEWARE.flatMap(({ name }) => name.split(' with '))
  expect(listed.toSorted()).toEqual([...new Set([...proved, ...BY_PRELOAD])].toSorted())
})
