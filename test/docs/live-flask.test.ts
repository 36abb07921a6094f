import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('./record-facts.py', import.meta.url))
const probe = spawnSync(
  'python3',
  ['-c', 'from importlib.metadata import version as v; print(v("flask"), v("werkzeug"))'],
  { encoding: 'utf8' },
)
const hasFlask = probe.status === 0 && probe.stdout.trim() === '3.1.3 3.1.8'

describe.skipIf(!hasFlask)('with Flask 3.1.3 at hand', () => {
  it('gives the recorded answers again', () => {
    expect(execFileSync('python3', [script, '--check'], { encoding: 'utf8' })).toMatch(
      /^\d+ facts, 0 changed\n$/,
    )
  })
})
