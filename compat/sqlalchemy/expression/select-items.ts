import { ArgumentError } from '../errors.ts'
import { asExpression, ColumnElement, literalOf, NULL } from './element.ts'
import { isEntitySource, kEntity } from './entity.ts'
import { FromClause } from './from-clause.ts'
import { describe } from './froms-of.ts'
import type { OutputColumn } from './query-source.ts'
import type { SelectItem } from './select-parts.ts'

/** What was given to `select()` as items; a table becomes its columns. */
export function selectItems(columns: readonly unknown[]): readonly SelectItem[] {
  const items: SelectItem[] = []
  for (const source of columns) {
    if (source instanceof ColumnElement) items.push({ entity: null, source, element: source })
    else if (isEntitySource(source))
      items.push({ entity: source[kEntity](), source, element: null })
    else if (source instanceof FromClause) {
      for (const element of source.columns) items.push({ entity: null, source: element, element })
    } else items.push({ entity: null, source, element: selectedElement(source) })
  }
  return items
}

function selectedElement(source: unknown): ColumnElement {
  if (source === null) return NULL
  if (typeof source === 'string') {
    throw new ArgumentError(
      `Textual column expression ${JSON.stringify(source)} should be explicitly declared with ` +
        `text(${JSON.stringify(source)}), or use column(${JSON.stringify(source)}) for more specificity`,
    )
  }
  const expression = asExpression(source)
  if (expression) return expression
  if (typeof source === 'object' || typeof source === 'function' || source === undefined) {
    throw new ArgumentError(`Column expression or FROM clause expected, got ${describe(source)}.`)
  }
  return literalOf(source)
}

/** Names that are given once each: the second `id` is `id_1`. */
export class UniqueNames {
  readonly #taken: Set<string> = new Set()

  of(name: string): string {
    let unique = name
    for (let index = 1; this.#taken.has(unique); index++) unique = `${name}_${index}`
    this.#taken.add(unique)
    return unique
  }

  /** The first unused of `hint_1`, `hint_2`, …: for what has no name. */
  numbered(hint: string): string {
    let index = 1
    while (this.#taken.has(`${hint}_${index}`)) index++
    return this.of(`${hint}_${index}`)
  }
}

/** The columns of a SELECT as a subquery shows them. */
export function outputColumnsOf(items: readonly SelectItem[]): readonly OutputColumn[] {
  const names = new UniqueNames()
  const outputs: OutputColumn[] = []
  const add = (element: ColumnElement) => {
    const key = element.key ? names.of(element.key) : names.numbered(element.anonymousName)
    outputs.push({ key, element })
  }
  for (const item of items) {
    if (item.entity) for (const { column } of item.entity.columns) add(column)
    else add(item.element)
  }
  return outputs
}
