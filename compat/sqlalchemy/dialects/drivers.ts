import { createRequire } from 'node:module'
import { NoSuchModuleError } from '../errors.ts'

const nodeRequire = createRequire(import.meta.url)

/** Where an application's own packages are looked for when they are not beside this one. */
const appRequire = (): NodeJS.Require => createRequire(`${process.cwd()}/package.json`)

/**
 * A database driver of the application's, loaded when it is first needed.
 * @throws {NoSuchModuleError} naming the package to install.
 */
export function loadDriver<T>(name: string, purpose: string): T {
  for (const load of [nodeRequire, appRequire()]) {
    try {
      return load(name) as T
    } catch (error) {
      const missing =
        (error as { code?: string }).code === 'MODULE_NOT_FOUND' &&
        (error as Error).message.includes(`'${name}'`)
      if (!missing) throw error
    }
  }
  throw new NoSuchModuleError(
    `${purpose} needs the package '${name}', which is not installed: npm install ${name}`,
  )
}
