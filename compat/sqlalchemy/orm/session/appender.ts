import { BindParameter, literalOf } from '../../expression/element.ts'
import type { Column } from '../../schema/column.ts'
import type { LoadContext } from '../loading/context.ts'
import { relatedSelect } from '../loading/lazy-load.ts'
import { Query } from '../loading/query.ts'
import type { RelatedList } from '../mapping/related-list.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import type { InstanceState } from '../mapping/state.ts'

/**
 * The value of a 'dynamic' or 'write_only' relationship: a query of its objects, which are never all in memory,
 * and a way to put objects in and take them out.
 */
export class AppenderQuery<T extends object = object> extends Query<T> {
  readonly #list: RelatedList<T>

  constructor(context: LoadContext, state: InstanceState, property: RelationshipProperty) {
    super(() => context, relatedTo(state, property))
    this.#list = property.listOf(state) as unknown as RelatedList<T>
  }

  /** Puts objects in; their rows are written by the next flush. */
  append(...items: T[]): void {
    this.#list.append(...items)
  }
  /** Puts an object in. */
  add(item: T): void {
    this.#list.append(item)
  }
  /** Puts several objects in. */
  extend(items: Iterable<T>): void {
    this.#list.extend(items)
  }
  /** Puts several objects in. */
  addAll(items: Iterable<T>): void {
    this.#list.extend(items)
  }
  /** Takes an object out. */
  remove(item: T): void {
    this.#list.remove(item)
  }
}

function relatedTo(
  state: InstanceState,
  property: RelationshipProperty,
): ConstructorParameters<typeof Query>[1] {
  const keyOf = (column: Column): string | undefined => state.mapper.propertyOf(column)?.key
  return relatedSelect(property, (column) => {
    const key = keyOf(column) ?? ''
    if (state.key !== null) return literalOf(state.dict[key] ?? null, column.type)
    // The flush before the query gives the key.
    const later = new BindParameter(null, column.type, true)
    return Object.defineProperty(later, 'value', { get: () => state.dict[key] ?? null })
  })
}
