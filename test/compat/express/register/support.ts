import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DIST, ROOT } from '../../../../scripts/paths.ts'
import { run } from '../../../../scripts/run.ts'

/** The preload, as a user names it from a project that has the package. */
export const PRELOAD: readonly string[] = ['--import', 'bustapi/express/register']

/** A project in a folder of its own, with this package installed. */
export class Project {
  readonly folder: string

  /** @param express The package of Express that is installed for it, if any. */
  constructor(files: Readonly<Record<string, string>>, express?: 'express' | 'express4') {
    const cache = join(ROOT, 'node_modules', '.cache')
    mkdirSync(cache, { recursive: true })
    this.folder = mkdtempSync(join(cache, 'register-'))
    for (const [name, text] of Object.entries(files)) this.write(name, text)
    this.link('bustapi', ROOT)
    if (express !== undefined) this.link('express', join(ROOT, 'node_modules', express))
  }

  write(name: string, text: string): void {
    const file = join(this.folder, name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }

  link(name: string, target: string): void {
    const path = join(this.folder, 'node_modules', name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(target, path, 'dir')
  }

  /** Runs a file of it by Node with arguments before it; what it prints, without the folders that it names. */
  async node(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly code: number; readonly output: string }> {
    const { code, output } = await run(process.execPath, args, {
      cwd: this.folder,
      env: { NODE_ENV: 'test', NODE_OPTIONS: '', BUSTAPI_EXPRESS: '', ...env },
      quiet: true,
    })
    return { code, output: output.replaceAll(DIST, 'DIST').replaceAll(this.folder, '.').trim() }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true })
  }
}
