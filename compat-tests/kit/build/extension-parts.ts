import { MissingPart } from '../fields.ts'
import type { World } from '../world.ts'

/** The package entries that the extensions of the corpus come from. */
const ENTRIES: readonly string[] = ['cors', 'login', 'jwt', 'sqlalchemy']

async function load(name: string): Promise<unknown> {
  const specifier = `bustapi/${name}`
  try {
    return await import(specifier)
  } catch (error) {
    return new MissingPart(`${specifier} cannot be loaded: ${(error as Error).message}`)
  }
}

let loaded: Promise<ReadonlyMap<string, unknown>> | undefined

/** The extensions' modules by name; a MissingPart stands for one that cannot be loaded. */
export function extensionModules(): Promise<ReadonlyMap<string, unknown>> {
  loaded ??= Promise.all(
    ENTRIES.map(async (name): Promise<[string, unknown]> => [name, await load(name)]),
  ).then((entries) => new Map(entries))
  return loaded
}

/**
 * The module of an extension.
 * @throws {MissingPart} when it could not be loaded.
 */
export function partOf<T>(world: World, name: string): T {
  const part = world.modules.get(name)
  if (part instanceof MissingPart) throw part
  if (part === undefined) throw new MissingPart(`bustapi/${name} was not loaded`)
  return part as T
}
