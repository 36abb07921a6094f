import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The repository's root folder. */
export const ROOT: string = dirname(import.meta.dirname)

/** Where the build goes. */
export const DIST: string = join(ROOT, 'dist')

/** Every file under a folder (or the file itself), as absolute paths; nothing for one that does not exist. */
export function filesUnder(path: string): string[] {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name))
}
