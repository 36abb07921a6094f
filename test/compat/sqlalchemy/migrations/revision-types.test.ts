import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { CHANGES } from './changes.ts'
import { SQLITE, Workshop } from './support.ts'

const ROOT = join(import.meta.dirname, '../../../..')

it('revisions type-check, whatever they change', async () => {
  const workshop = await Workshop.open(SQLITE)
  try {
    const files: string[] = []
    for (const change of CHANGES.filter(({ not }) => !not?.includes('sqlite'))) {
      for (const define of [change.before, change.after]) {
        workshop.models(define)
        const file = await workshop.migrate.revision({ autogenerate: true })
        if (file !== null) files.push(file)
        await workshop.migrate.upgrade()
      }
    }
    // One that is wrong, to see that the rest is looked at.
    const wrong = join(workshop.folder, 'migrations', 'versions', 'wrong.ts')
    const text = "import type { Operations } from 'bustapi/sqlalchemy'\n"
    await writeFile(
      wrong,
      `${text}export const upgrade = (op: Operations): unknown => op.nothing()\n`,
    )
    files.push(wrong)
    const config = {
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: {
        noEmit: true,
        declaration: false,
        isolatedDeclarations: false,
        typeRoots: [join(ROOT, 'node_modules/@types')],
        paths: { 'bustapi/sqlalchemy': [join(ROOT, 'compat/sqlalchemy/migrations/index.ts')] },
      },
      include: [],
      files,
    }
    await writeFile(join(workshop.folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(workshop.folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    const { stdout } = await promisify(execFile)(tsc, ['-p', workshop.folder]).catch(
      (error) => error,
    )
    const own = String(stdout)
      .split('\n')
      .filter((line) => line.includes('versions'))
    expect(own).toEqual([expect.stringMatching(/wrong\.ts.*'nothing' does not exist/)])
    expect(files.length).toBeGreaterThan(60)
  } finally {
    await workshop.close()
  }
}, 120_000)
