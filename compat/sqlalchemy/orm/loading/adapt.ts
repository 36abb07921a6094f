import type { ColumnElement, Replace } from '../../expression/element.ts'

/** The expression with parts replaced; the same object when nothing was. */
export function adapt(element: ColumnElement, replace: Replace): ColumnElement {
  const replaced = replace(element)
  if (replaced !== undefined) return replaced
  const { children } = element
  if (children.length === 0) return element
  let changed = false
  const adapted = children.map((child) => {
    const other = adapt(child, replace)
    if (other !== child) changed = true
    return other
  })
  return changed ? element.withChildren(adapted) : element
}
