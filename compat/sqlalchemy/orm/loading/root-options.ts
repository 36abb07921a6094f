import { ArgumentError } from '../../errors.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import { Mapper } from '../mapping/mapper.ts'
import { mapperOfInfo } from './entity-info.ts'
import { LoadNode } from './load-node.ts'
import { Load, type Root } from './options.ts'

/**
 * What the loader options of a statement say of its entities; `null` where they say nothing.
 *
 * @throws ArgumentError for an option whose entity the statement does not select.
 */
export function rootNodes(
  options: readonly unknown[],
  entities: readonly (EntityInfo | null)[],
): (LoadNode | null)[] {
  if (options.length === 0) return entities.map(() => null)
  const loads = options.map((option) => {
    if (option instanceof Load) return option
    throw new ArgumentError(`Loader option expected, got ${String(option)}`)
  })
  const everywhere = loads.map((load) => load.everywhere).findLast((it) => it !== null) ?? null
  const nodes = entities.map((entity) => (entity ? new LoadNode(everywhere) : null))
  for (const load of loads) {
    load.applyTo((root, subject) => {
      const index = entities.findIndex((entity) => entity !== null && beginsAt(root, entity))
      const node = nodes[index]
      if (!node) throw unrelated(subject, entities)
      return node
    })
  }
  return nodes
}

function beginsAt(root: Root | null, entity: EntityInfo): boolean {
  if (root === null) return true
  const mapper = mapperOfInfo(entity)
  if (root instanceof Mapper) {
    // An option on the class is not meant for its aliases.
    return entity.from === mapper.entity.from && (mapper.isA(root) || root.isA(mapper))
  }
  return root === entity || root.from === entity.from
}

function unrelated(subject: string, entities: readonly (EntityInfo | null)[]): ArgumentError {
  const first = entities.find((entity) => entity !== null)
  if (!first) {
    return new ArgumentError(
      `Query has only expression-based entities, which do not apply to relationship property "${subject}"`,
    )
  }
  return new ArgumentError(
    `Mapped attribute "${subject}" does not apply to any of the root entities in this query, e.g. ` +
      `${mapperOfInfo(first)}. Please specify the full path from one of the root entities to the target attribute. `,
  )
}
