import type { Processor } from '../../types/type-engine.ts'
import type { RawRow } from './entity-loader.ts'

/** Where a row has the value of an attribute, and what makes it of the driver's. */
export interface ReadColumn {
  readonly key: string
  readonly rowKey: string
  readonly process: Processor | null
  readonly seesNull: boolean
}

/** The values of an entity by attribute. */
export type RowReader = (row: RawRow) => Record<string, unknown>

/** A value of a row as the attribute has it. */
export function columnValue(row: RawRow, column: Omit<ReadColumn, 'key'>): unknown {
  const value = row[column.rowKey]
  if (column.process === null) return value === undefined ? null : value
  if ((value === null || value === undefined) && !column.seesNull) return null
  return column.process(value)
}

/**
 * {@link columnValue} for all columns, as a function that has their names in it: a loop over names is several times
 * slower as soon as it runs for more than one class. Null where no code may be made of strings.
 */
export function compiledReader(columns: readonly ReadColumn[]): RowReader | null {
  const fields = columns.map((column, index) => `${fieldName(column.key)}: ${field(column, index)}`)
  const body = `return (row) => { let value; return { ${fields.join(', ')} } }`
  try {
    const make = new Function('processors', body) as (
      processors: readonly (Processor | null)[],
    ) => RowReader
    return make(columns.map(({ process }) => process))
  } catch {
    // --disallow-code-generation-from-strings
    return null
  }
}

function field({ rowKey, process, seesNull }: ReadColumn, index: number): string {
  const value = `(value = row[${JSON.stringify(rowKey)}])`
  if (process === null) return `${value} === undefined ? null : value`
  const processed = `processors[${index}](value)`
  if (seesNull) return `(${value}, ${processed})`
  return `${value} === null || value === undefined ? null : ${processed}`
}

// A plain `__proto__` would set the prototype.
function fieldName(name: string): string {
  const text = JSON.stringify(name)
  return name === '__proto__' ? `[${text}]` : text
}
