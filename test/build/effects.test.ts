import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, it } from 'vitest'
import { filesUnder, ROOT } from '../../scripts/paths.ts'

it('needs no module for its effect alone: the bundle leaves such a module out', () => {
  const files = ['src', 'compat'].flatMap((folder) => filesUnder(join(ROOT, folder)))
  const bare = files
    .filter((file) => file.endsWith('.ts') && /^import ['"]/m.test(readFileSync(file, 'utf8')))
    .map((file) => relative(ROOT, file))
  expect(bare).toEqual([])
})
