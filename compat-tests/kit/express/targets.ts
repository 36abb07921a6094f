import { createRequire } from 'node:module'
import type { ExpressModule, ExpressTarget, Major } from './types.ts'

const require = createRequire(import.meta.url)

const REFERENCES: Readonly<Record<Major, string>> = { 4: 'express4', 5: 'express' }
const SUBJECTS: Readonly<Record<Major, string>> = { 4: 'bustapi/express4', 5: 'bustapi/express' }

/** The function among what a module may be: CommonJS, or a namespace with it as default. */
export function expressOf(loaded: unknown): ExpressModule {
  const namespace = loaded as Readonly<Record<string, unknown>>
  return (
    typeof loaded === 'function' ? loaded : (namespace['module.exports'] ?? namespace.default)
  ) as ExpressModule
}

/** Express itself, from the registry. */
export function reference(major: Major): ExpressTarget {
  return { name: `express ${major}`, major, express: expressOf(require(REFERENCES[major])) }
}

/**
 * The drop-in.
 *
 * @param load Loads a module; without it, `import()`.
 */
export async function subject(
  major: Major,
  load: (specifier: string) => unknown = (specifier) => import(specifier),
): Promise<ExpressTarget> {
  const express = expressOf(await load(SUBJECTS[major]))
  return { name: `bustapi/express ${major}`, major, express }
}
