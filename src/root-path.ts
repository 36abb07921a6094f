import { basename, dirname, extname, isAbsolute } from 'node:path'
import { fileURLToPath } from 'node:url'

function filePathOf(importName: string): string | null {
  if (importName.startsWith('file:')) return fileURLToPath(importName)
  return isAbsolute(importName) ? importName : null
}

/**
 * The folder that relative paths start from (Flask's `get_root_path`): the one of the file when
 * `importName` is `import.meta.url` or `__filename`, itself when it is a folder's path such as
 * `import.meta.dirname`, else the working directory.
 */
export function rootPathOf(importName: string): string {
  const path = filePathOf(importName)
  if (path === null) return process.cwd()
  return extname(path) === '' ? path : dirname(path)
}

/** The app's name: a file's name without its ending, else `importName` itself. */
export function nameOf(importName: string): string {
  const path = filePathOf(importName)
  return path === null ? importName : basename(path, extname(path))
}
