import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('./record-facts.py', import.meta.url))
const probe = spawnSync('python3', ['-c', 'import jinja2; print(jinja2.__version__)'], {
  encoding: 'utf8',
})
const hasJinja = probe.status === 0 && probe.stdout.trim() === '3.1.6'

describe.skipIf(!hasJinja)('with Jinja2 3.1.6 at hand', () => {
  it('gives the recorded answers again', () => {
    expect(execFileSync('python3', [script, '--check'], { encoding: 'utf8' })).toMatch(
      /^\d+ facts, 0 differ\n$/,
    )
  })
})
