/** A row as the driver gives it. */
export type Row = Record<string, unknown>

/** Makes the row object of one row's values. */
export type RowFactory = (values: readonly unknown[]) => Row

/**
 * A factory of rows with these columns; of two columns of one name the last counts, as in the driver's own objects.
 * All its rows share one hidden class, which the driver's do not have.
 */
export function rowFactory(names: readonly string[]): RowFactory {
  const fields = names.map((name, index) => `${fieldName(name)}: values[${index}]`)
  try {
    return new Function('values', `return { ${fields.join(', ')} }`) as RowFactory
  } catch {
    // No code may be made of strings here (--disallow-code-generation-from-strings).
    return (values) => filledRow(names, values)
  }
}

// A plain `__proto__` would set the prototype; brackets everywhere would make the object several times slower.
function fieldName(name: string): string {
  const text = JSON.stringify(name)
  return name === '__proto__' ? `[${text}]` : text
}

function filledRow(names: readonly string[], values: readonly unknown[]): Row {
  const row: Row = {}
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string
    if (name === '__proto__') setOwn(row, name, values[index])
    else row[name] = values[index]
  }
  return row
}

function setOwn(row: Row, name: string, value: unknown): void {
  Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true })
}
