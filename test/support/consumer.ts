import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { ensureBuilt } from '../../scripts/ensure-built.ts'
import { ROOT } from '../../scripts/paths.ts'
import { must } from '../../scripts/run.ts'

/** A project of somebody else that has installed the packed package, and nothing besides. */
export interface Consumer extends AsyncDisposable {
  /** The project's folder, holding a copy of `test/fixtures/consumer`. */
  readonly folder: string
  /** The packed file. */
  readonly tarball: string
}

/**
 * What the package itself asks npm to install next to it, the peer that `bustapi/sqlalchemy` cannot be
 * loaded without, and the types that its declarations are written with.
 */
function installed(): string[] {
  const text = readFileSync(join(ROOT, 'package.json'), 'utf8')
  const { dependencies } = JSON.parse(text) as { dependencies: Record<string, string> }
  return [...Object.keys(dependencies), 'kysely', '@types/node']
}

/** Packs the built package and unpacks it where a project outside the repository finds it. */
export async function makeConsumer(): Promise<Consumer> {
  await ensureBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'bustapi-consumer-'))
  const home = join(folder, 'node_modules', 'bustapi')
  mkdirSync(home, { recursive: true })
  await must('npm', ['pack', '--ignore-scripts', '--pack-destination', folder])
  const tarball = join(folder, 'bustapi-0.1.0.tgz')
  await must('tar', ['-xzf', tarball, '--strip-components=1', '-C', home])
  for (const name of installed()) {
    const link = join(folder, 'node_modules', name)
    mkdirSync(dirname(link), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules', name), link, 'dir')
  }
  cpSync(join(ROOT, 'test', 'fixtures', 'consumer'), folder, { recursive: true })
  return {
    folder,
    tarball,
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true, force: true }),
  }
}
