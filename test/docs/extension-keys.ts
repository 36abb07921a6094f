import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesUnder, ROOT } from '../../scripts/paths.ts'

const sourceOf = (folder: string): string =>
  filesUnder(join(ROOT, 'compat', folder))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')

/** What the extensions are made of. */
export const EXTENSION_SOURCES: string = ['login', 'cors', 'jwt', 'sqlalchemy']
  .map(sourceOf)
  .join('\n')

const found = (pattern: RegExp): string[] =>
  [...EXTENSION_SOURCES.matchAll(pattern)].map(([, name]) => name as string)

/** The names of Flask-CORS's options: the members of its table of defaults. */
const corsOptions = (): string[] => {
  const table = /const DEFAULTS: Required<CorsAppOptions> = \{([\s\S]*?)\n\}/.exec(sourceOf('cors'))
  return [...(table?.[1] ?? '').matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name as string)
}

/** Our own, which MIGRATION.md has outside of its tables. */
export const OWN_KEYS: readonly string[] = ['JWT_DECODE_TYP', 'JWT_REQUIRED_CLAIMS']

/** Every configuration key of Flask's extensions that the sources know. */
export const EXTENSION_KEYS: readonly string[] = [
  ...new Set([
    // Typed in an interface: `LOGIN_DISABLED?: boolean`.
    ...found(/^ {4}([A-Z]+_[A-Z_]+)\?: /gm),
    ...found(/^ {2}(JWT_[A-Z_]+): /gm),
    ...found(/\bconfig(?:\.setdefault\('|\.)(SQLALCHEMY_[A-Z_]+)/g),
    ...corsOptions().map(
      (name) => `CORS_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    ),
  ]),
].filter((key) => !OWN_KEYS.includes(key))
