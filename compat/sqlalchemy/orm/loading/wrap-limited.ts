import type { Dialect } from '../../dialects/dialect.ts'
import { CompileError } from '../../errors.ts'
import { compileSelect } from '../../expression/compile.ts'
import { type ColumnElement, Label, Operation } from '../../expression/element.ts'
import type { EntityInfo } from '../../expression/entity.ts'
import { baseOf } from '../../expression/from-clause.ts'
import { ORDER } from '../../expression/operators.ts'
import { Select } from '../../expression/select.ts'
import { EMPTY_PARTS, type SelectItem, type SelectParts } from '../../expression/select-parts.ts'
import type { Column } from '../../schema/column.ts'
import { mapperOfInfo, withAllColumns } from './entity-info.ts'
import { plannedLoads, selectedColumns } from './entity-spec.ts'
import type { LoadNode } from './load-node.ts'

/** A statement whose limit was put into a subquery. */
export interface WrappedSelect {
  /** The statement around: it selects the same things from the subquery, in the same order. */
  readonly parts: SelectParts
  /** The names of its row. */
  readonly names: readonly string[]
}

/**
 * Puts a SELECT with a limit into a subquery, so that the joins of eager loading do not change which
 * entities it gives.
 */
export function wrapLimited(
  parts: SelectParts,
  nodes: readonly (LoadNode | null)[],
  dialect: Dialect,
): WrappedSelect {
  return new Wrapping(parts, nodes, dialect).wrap()
}

class Wrapping {
  readonly #parts: SelectParts
  readonly #nodes: readonly (LoadNode | null)[]
  readonly #dialect: Dialect
  /** What the subquery selects, by what it was in the statement. */
  readonly #labels = new Map<ColumnElement, Label>()

  constructor(parts: SelectParts, nodes: readonly (LoadNode | null)[], dialect: Dialect) {
    this.#parts = parts
    this.#nodes = nodes
    this.#dialect = dialect
  }

  wrap(): WrappedSelect {
    const parts = this.#parts
    const { items } = compileSelect(new Select(parts), this.#dialect)
    const names = items.map((item) => item.name)
    for (const [index, item] of parts.items.entries()) {
      if (item.entity) for (const column of this.#columns(item.entity, index)) this.#label(column)
      else this.#label(item.element)
    }
    // DISTINCT would count columns added for the order; they must be selected there anyway.
    const sorted = parts.orderBy.map((item) =>
      typeof item === 'string' ? this.#named(item, names) : item,
    )
    const orders = sorted.map((item) => this.#order(item))
    const inner = new Select({
      ...parts,
      orderBy: sorted,
      items: [...this.#labels.values()].map((element) => ({
        entity: null,
        source: element,
        element,
      })),
      options: [],
      execution: {},
      lock: null,
    })
    const subquery = inner.subquery()
    const outside: Outside = (element) =>
      subquery.c[(this.#labels.get(baseKey(element)) as Label).name] as ColumnElement
    const outerItems = parts.items.map((item): SelectItem => {
      if (!item.entity) {
        const element = outside(item.element)
        return { entity: null, source: element, element }
      }
      const { entity } = item
      const info: EntityInfo = {
        ...entity,
        from: subquery,
        criteria: null,
        columns: withAllColumns(entity)
          .columns.filter(({ column }) => this.#labels.has(baseKey(column)))
          .map(({ key, column }) => ({ key, column: outside(column) })),
      }
      return { entity: info, source: item.source, element: null }
    })
    return {
      names,
      parts: {
        ...EMPTY_PARTS,
        items: outerItems,
        orderBy: orders.map((order) => order(outside)),
        lock: parts.lock,
        options: parts.options,
        execution: parts.execution,
      },
    }
  }

  #columns(entity: EntityInfo, index: number): ColumnElement[] {
    const node = this.#nodes[index] ?? null
    const needed = new Set<Column>()
    for (const { property } of plannedLoads(mapperOfInfo(entity), node, [])) {
      for (const { local } of property.pairs) needed.add(local)
    }
    return selectedColumns(withAllColumns(entity), node, needed).columns.map(({ column }) => column)
  }

  #label(element: ColumnElement): void {
    const key = baseKey(element)
    if (!this.#labels.has(key)) this.#labels.set(key, new Label(key, `c${this.#labels.size}`))
  }

  /** An ORDER BY item, as it will be outside. */
  #order(item: ColumnElement): (outside: Outside) => ColumnElement {
    if (item instanceof Operation && item.spec === ORDER) {
      const inner = this.#order(item.children[0] as ColumnElement)
      return (outside) => item.withChildren([inner(outside)])
    }
    this.#label(item)
    return (outside) => outside(item)
  }

  /** What a name in ORDER BY means: the compiler has refused all that are not selected. */
  #named(name: string, names: readonly string[]): ColumnElement {
    const element = this.#parts.items[names.indexOf(name)]?.element
    if (element) return element
    for (const { entity } of this.#parts.items) {
      const found = entity?.columns.find(({ key, column }) => key === name || column.name === name)
      if (found) return found.column
    }
    throw new CompileError(`Can't resolve label reference for ORDER BY: '${name}'`)
  }
}

/** What stands outside for an expression of the subquery. */
type Outside = (element: ColumnElement) => ColumnElement

/** Attributes, labels and columns of the same thing count as one; columns of aliases stay apart. */
function baseKey(element: ColumnElement): ColumnElement {
  if (element instanceof Label) return baseKey(element.element)
  const base = baseOf(element)
  const own = (element as { table?: unknown }).table
  return base !== element && own === (base as { table?: unknown }).table ? base : element
}
