import { BindParameter, literalOf } from '../../expression/element.ts'
import type { Column } from '../../schema/column.ts'
import type { LoadContext } from '../loading/context.ts'
import { relatedSelect } from '../loading/lazy-load.ts'
import { Query, type QueryClass } from '../loading/query.ts'
import type { RelatedList } from '../mapping/related-list.ts'
import type { RelationshipProperty } from '../mapping/relationship-property.ts'
import type { InstanceState } from '../mapping/state.ts'

/**
 * The value of a 'dynamic' or 'write_only' relationship: a query of its objects, which are never all in memory,
 * and a way to put objects in and take them out.
 */
export interface AppenderQuery<T extends object = object> extends Query<T> {
  /** Puts objects in; their rows are written by the next flush. */
  append(...items: T[]): void
  /** Puts an object in. */
  add(item: T): void
  /** Puts several objects in. */
  extend(items: Iterable<T>): void
  /** Puts several objects in. */
  addAll(items: Iterable<T>): void
  /** Takes an object out. */
  remove(item: T): void
}

type AppenderClass = new (
  list: RelatedList<object>,
  ...args: ConstructorParameters<typeof Query>
) => AppenderQuery

const classes = new WeakMap<QueryClass, AppenderClass>()

/** An appender over a query class of the application. */
function appenderClass(Base: QueryClass): AppenderClass {
  const known = classes.get(Base)
  if (known !== undefined) return known
  class Appender extends Base implements AppenderQuery {
    readonly #list: RelatedList<object>

    // biome-ignore lint/suspicious/noExplicitAny: TypeScript's rule for classes over a parameter
    constructor(...[list, ...args]: any[]) {
      super(...(args as ConstructorParameters<typeof Query>))
      this.#list = list
    }

    // What is made of it is a query only.
    protected override get chained(): QueryClass {
      return Base
    }

    append(...items: object[]): void {
      this.#list.append(...items)
    }
    add(item: object): void {
      this.#list.append(item)
    }
    extend(items: Iterable<object>): void {
      this.#list.extend(items)
    }
    addAll(items: Iterable<object>): void {
      this.#list.extend(items)
    }
    remove(item: object): void {
      this.#list.remove(item)
    }
  }
  classes.set(Base, Appender)
  return Appender
}

/** The value of a relationship that is 'dynamic' or 'write_only'. */
export function makeAppender(
  context: LoadContext,
  state: InstanceState,
  property: RelationshipProperty,
  queryClass: QueryClass = Query,
): AppenderQuery {
  const Appender = appenderClass(queryClass)
  return new Appender(property.listOf(state), () => context, relatedTo(state, property))
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
