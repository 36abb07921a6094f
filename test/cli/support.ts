import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '../../src/cli/main.ts'
import { captureOutput } from '../../src/testing/capture-output.ts'

/** What a command line wrote and how it ended. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process. */
export async function bustapi(...words: string[]): Promise<Ended> {
  const { result, stdout, stderr } = await captureOutput(() => main(words))
  return { code: result, stdout, stderr }
}

/** A working directory with files, for the time of a test file. */
export async function enterFolder(
  files: Readonly<Record<string, string>>,
): Promise<{ folder: string; leave: () => Promise<void> }> {
  const before = process.cwd()
  const folder = await mkdtemp(join(tmpdir(), 'bustapi-cli-'))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  process.chdir(folder)
  return {
    folder,
    async leave() {
      process.chdir(before)
      await rm(folder, { recursive: true })
    },
  }
}

/** The front door, as a path that a file anywhere can import. */
export const FRONT_DOOR: string = join(import.meta.dirname, '../../src/index.ts')
