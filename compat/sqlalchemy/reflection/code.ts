import { normalKey } from './names.ts'
import type { IndexTerm, ReflectedColumn, SourceDialect, TypeSpec } from './reflected.ts'
import { isExact } from './types-of.ts'

/** A text as a TypeScript literal in single quotes. */
export function quoteJs(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${inner}'`
}

/** A plain value as TypeScript. */
export function literal(value: unknown): string {
  if (typeof value === 'string') return quoteJs(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  return String(value)
}

/** An object of options as TypeScript; undefined ones are left out, none at all gives ''. */
export function optionsCode(options: Readonly<Record<string, string | undefined>>): string {
  const entries = Object.entries(options).filter(([, code]) => code !== undefined)
  if (entries.length === 0) return ''
  return `{ ${entries.map(([name, code]) => `${normalKey(name)}: ${code}`).join(', ')} }`
}

function specCode(prefix: string, { name, args, options, item }: TypeSpec): string {
  const words = args.map(literal)
  if (item) words.unshift(specCode(prefix, item))
  if (options) {
    const codes = Object.entries(options).map(([key, value]) => [key, literal(value)])
    words.push(optionsCode(Object.fromEntries(codes)))
  }
  return `${prefix}${name === 'Array' ? 'ARRAY' : name}(${words.join(', ')})`
}

/**
 * A column's type as TypeScript: `db.String(80)`, or the database's own words around one of ours.
 * @param prefix `new sa.` or `db.`
 */
export function typeCode(prefix: string, column: ReflectedColumn, dialect: SourceDialect): string {
  if (column.type && isExact(column, dialect)) return specCode(prefix, column.type)
  const text = quoteJs(column.ddlType)
  const values = column.type ? `, ${specCode(prefix, column.type)}` : ''
  return `${prefix}NativeType(${text}${values})`
}

/** A term of an index as TypeScript: a column's name, or SQL. */
export function termCode(text: string, { column, expression, descending }: IndexTerm): string {
  if (column !== null && !descending) return quoteJs(column)
  const term = expression ?? `"${(column as string).replaceAll('"', '""')}"`
  return `${text}(${quoteJs(descending ? `${term} DESC` : term)})`
}
