import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'

/** When every file of an app was last changed, in seconds. */
const MTIME = 1_690_000_000

/** Makes an empty folder for an app; `remove` takes it away again. */
export async function createRoot(): Promise<{ root: string; remove: () => Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'bustapi-conformance-'))
  return { root, remove: () => rm(root, { recursive: true, force: true }) }
}

/** Writes an app's files, each changed last at the corpus's time. */
export async function writeFiles(root: string, files: readonly [string, Json][]): Promise<void> {
  for (const [name, content] of files) {
    const path = join(root, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, bytesOf(content, name))
    await utimes(path, MTIME, MTIME)
  }
}

function bytesOf(content: Json, name: string): string | Uint8Array {
  if (typeof content === 'string') return content
  const fields = new Fields(content, `files.${name}`)
  const bytes = Buffer.from(fields.text('b64') ?? fields.fail('no b64'), 'base64')
  fields.done()
  return bytes
}
