import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { ensureBuilt } from '../../../../scripts/ensure-built.ts'
import { PRELOAD, Project } from './support.ts'

let project: Project
afterEach(() => project.remove())
beforeAll(ensureBuilt, 60_000)

/** A program of `programs/`, as JavaScript with TypeScript's older decorators, which Nest uses. */
async function program(name: string): Promise<string> {
  const source = readFileSync(join(import.meta.dirname, 'programs', name), 'utf8')
  const { code } = await transform(source, {
    loader: 'ts',
    format: 'cjs',
    target: 'es2022',
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
  })
  return code
}

/** The last line of each program says from where Express came; the rest must not depend on it. */
function answers(output: string): {
  readonly lines: readonly string[]
  readonly origin: string | undefined
} {
  const lines = output.split('\n')
  return { origin: lines.pop(), lines }
}

it('runs a NestJS app, which requires Express inside of @nestjs/platform-express', async () => {
  project = new Project({ 'package.json': '{}', 'app.cjs': await program('nest.txt') })
  const original = await project.node(['app.cjs'])
  const ours = await project.node([...PRELOAD, 'app.cjs'])
  expect(ours.output).toContain('drop-in')
  expect(original.output).toContain('original')
  expect(original.output).not.toContain('no reply')
  expect(answers(ours.output).lines).toEqual(answers(original.output).lines)
  expect(answers(ours.output).lines.length).toBeGreaterThan(12)
}, 60_000)

it('runs express-async-errors, which patches the layers of Express 4', async () => {
  project = new Project(
    {
      'package.json': '{"dependencies":{"express":"^4.18.0"}}',
      'app.cjs': await program('async-errors.txt'),
    },
    'express4',
  )
  const original = await project.node(['--preserve-symlinks', 'app.cjs'])
  const ours = await project.node([...PRELOAD, 'app.cjs'])
  expect(answers(ours.output).origin).toBe('drop-in')
  expect(answers(ours.output).lines).toEqual(['500 caught async', '500 caught param', '200 fine'])
  expect(original.code).toBeDefined()
}, 60_000)
