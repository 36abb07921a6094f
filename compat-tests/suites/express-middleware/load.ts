import { createRequire } from 'node:module'
import type { RequestHandler } from 'express'
import type { ExpressCase, Major } from '../../kit/express/types.ts'

const nodeRequire = createRequire(import.meta.url)

/** Most packages: a function that makes middleware. */
export type Factory = (...options: unknown[]) => RequestHandler

/** A package as it is in the registry, by its name; the type says the slice of it that is used. */
export function load<T = Factory>(name: string): T {
  const loaded = nodeRequire(name) as Readonly<Record<string, unknown>>
  return (typeof loaded === 'function' ? loaded : (loaded.default ?? loaded)) as T
}

/** All that a package exports. */
export const loadAll = <T>(name: string): T => nodeRequire(name) as T

/** What one package is used for, on one or both majors. */
export interface Row {
  /** The package's name in the registry. */
  readonly name: string
  readonly test: ExpressCase
  /** A program that the scenario needs and that is not here. */
  readonly missing?: string
}

/** A row; `test` needs no name but the package's. */
export const row = (
  name: string,
  test: Omit<ExpressCase, 'name'> & { readonly only?: Major },
): Row => ({ name, test: { name, requests: ['/'], ...test } })

/** An error without frames, for what writes or measures its stack. */
export const bare = (): Error => Object.assign(new Error('x'), { stack: 'Error: x' })
