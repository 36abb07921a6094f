import type { SourceDialect, TypeSpec } from './reflected.ts'

/** A type's text taken apart: `timestamp(3) with time zone` → timestamp, [3], `with time zone`. */
interface TypeText {
  readonly base: string
  readonly args: readonly string[]
  readonly suffix: string
}

function splitTypeText(text: string): TypeText {
  const match = /^\s*([^()]*?)\s*(?:\(((?:[^()']|'(?:[^']|'')*')*)\)\s*([^()]*))?$/s.exec(text)
  const [, base = '', inside = '', suffix = ''] = match ?? ['', text]
  return {
    base: base.toLowerCase().replace(/\s+/g, ' '),
    args: [...inside.matchAll(/'(?:[^']|'')*'|[^,\s]+/g)].map(([part]) => part),
    suffix: suffix.toLowerCase().trim().replace(/\s+/g, ' '),
  }
}

/** Labels in quotes as their text. */
export function unquoteLabel(label: string): string {
  return label.replace(/^'(.*)'$/s, '$1').replaceAll("''", "'")
}

const spec = (
  name: string,
  args: TypeSpec['args'] = [],
  options?: TypeSpec['options'],
): TypeSpec => ({ name, args, ...(options ? { options } : {}) })

const numbers = (args: readonly string[]): number[] => args.map(Number).filter(Number.isInteger)

const WHOLE = new Map<string, string>([
  ['smallint', 'SmallInteger'],
  ['int2', 'SmallInteger'],
  ['tinyint', 'SmallInteger'],
  ['mediumint', 'Integer'],
  ['int', 'Integer'],
  ['integer', 'Integer'],
  ['int4', 'Integer'],
  ['serial', 'Integer'],
  ['bigint', 'BigInteger'],
  ['int8', 'BigInteger'],
  ['bigserial', 'BigInteger'],
])

const PLAIN = new Map<string, string>([
  ['boolean', 'Boolean'],
  ['bool', 'Boolean'],
  ['date', 'Date'],
  ['json', 'JSON'],
  ['jsonb', 'JSON'],
  ['uuid', 'Uuid'],
  ['interval', 'Interval'],
  ['bytea', 'LargeBinary'],
  ['blob', 'LargeBinary'],
  ['tinyblob', 'LargeBinary'],
  ['mediumblob', 'LargeBinary'],
  ['longblob', 'LargeBinary'],
  ['binary', 'LargeBinary'],
  ['varbinary', 'LargeBinary'],
  ['text', 'Text'],
  ['tinytext', 'Text'],
  ['mediumtext', 'Text'],
  ['longtext', 'Text'],
  ['clob', 'Text'],
  ['citext', 'Text'],
  ['year', 'SmallInteger'],
])

const STRINGS = new Set([
  'character varying',
  'varchar',
  'nvarchar',
  'character',
  'char',
  'nchar',
  'bpchar',
  'string',
])
const FLOATS = new Set(['real', 'float', 'double', 'double precision', 'float4', 'float8'])
const TIMES = new Map<string, string>([
  ['time', 'Time'],
  ['timetz', 'Time'],
  ['timestamp', 'DateTime'],
  ['timestamptz', 'DateTime'],
  ['datetime', 'DateTime'],
])

/** SQLite's rules for a declared type it does not know by name (its "affinity"). */
function byAffinity(base: string): TypeSpec | null {
  if (base === '') return null
  if (base.includes('int')) return spec('Integer')
  if (/char|clob|text/.test(base)) return spec('Text')
  if (base.includes('blob')) return spec('LargeBinary')
  if (/real|floa|doub/.test(base)) return spec('Float')
  return spec('Numeric')
}

/** The type of ours that a database's type text stands for, or null for none. */
export function typeSpecOf(ddlType: string, dialect: SourceDialect): TypeSpec | null {
  if (ddlType.endsWith('[]')) {
    const item = typeSpecOf(ddlType.replace(/(?:\[\])+$/, ''), dialect)
    return item && { name: 'Array', args: [], item }
  }
  const { base: written, args, suffix } = splitTypeText(ddlType.replace(/ collate .*$/is, ''))
  const base = written.replace(/ (?:unsigned|zerofill|signed)/g, '')
  if (dialect.name === 'mysql' && base === 'tinyint' && args[0] === '1') return spec('Boolean')
  // The value of an unsigned INT goes beyond what Integer takes elsewhere.
  if (suffix.includes('unsigned') && (base === 'int' || base === 'integer'))
    return spec('BigInteger')
  const whole = WHOLE.get(base)
  if (whole) return spec(whole)
  if (base === 'enum') return spec('Enum', args.map(unquoteLabel))
  if (base === 'numeric' || base === 'decimal') return spec('Numeric', numbers(args))
  if (FLOATS.has(base)) return spec('Float')
  if (STRINGS.has(base)) return spec('String', numbers(args).slice(0, 1))
  const zoned = /with time zone/.test(`${base} ${suffix}`) || base.endsWith('tz')
  const moment = TIMES.get(base.replace(/ with(?:out)? time zone$/, ''))
  if (moment) return spec(moment, [], zoned ? { timezone: true } : undefined)
  const plain = PLAIN.get(base)
  if (plain) return spec(plain)
  return dialect.name === 'sqlite' ? byAffinity(base) : null
}

const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/\s+/g, ' '],
  [/ ?, ?/g, ', '],
  [/\( /g, '('],
  [/ \)/g, ')'],
]

const SYNONYMS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  postgresql: {
    'character varying': 'varchar',
    character: 'char',
    int: 'integer',
    int4: 'integer',
    int8: 'bigint',
    int2: 'smallint',
    serial: 'integer',
    bigserial: 'bigint',
    smallserial: 'smallint',
    bool: 'boolean',
    decimal: 'numeric',
    'double precision': 'double',
    float: 'double',
    float8: 'double',
    float4: 'real',
    timestamptz: 'timestamp with time zone',
    timetz: 'time with time zone',
    'timestamp without time zone': 'timestamp',
    'time without time zone': 'time',
  },
  mysql: {
    integer: 'int',
    decimal: 'decimal',
    numeric: 'decimal',
    bool: 'tinyint(1)',
    boolean: 'tinyint(1)',
    'double precision': 'double',
    real: 'double',
    nvarchar: 'varchar',
  },
  sqlite: { int: 'integer', numeric: 'numeric', decimal: 'decimal' },
}

/** Widths that MySQL shows and nobody wrote. */
const MYSQL_WIDTH = /\b(tinyint|smallint|mediumint|int|bigint|year)\(\d+\)/

/**
 * One spelling for all ways to write the same type, so that what the models say and what the
 * database answers can be compared.
 */
export function canonicalType(ddlType: string, dialect: SourceDialect): string {
  const literals: string[] = []
  let text = ddlType
    .trim()
    .replace(/'(?:[^']|'')*'/g, (literal) => `'${literals.push(literal) - 1}'`)
  text = text.toLowerCase()
  for (const [from, to] of ALIASES) text = text.replace(from, to)
  text = text.replace(/ \(/g, '(')
  if (dialect.name === 'postgresql') text = canonicalPostgres(text)
  if (dialect.name === 'mysql') {
    text = text.replace(/ character set \S+| charset \S+/g, '')
    if (text !== 'tinyint(1)') text = text.replace(MYSQL_WIDTH, '$1')
  }
  const [, base = text, rest = ''] =
    /^([a-z0-9_" ]+?)((?:\(| unsigned| collate ).*)?$/s.exec(text) ?? []
  const known = SYNONYMS[dialect.name]?.[base] ?? base
  text = addDefaults(known + rest, dialect)
  return text.replace(/'(\d+)'/g, (_whole, index: string) => literals[Number(index)] as string)
}

/** `timestamp(3) with time zone` has its precision in the middle. */
function canonicalPostgres(text: string): string {
  const [, arrays = ''] = /((?:\[\])*)$/.exec(text) ?? []
  let item = text.slice(0, text.length - arrays.length)
  const [, precision = ''] = /^(?:timestamp|time)(\(\d+\))/.exec(item) ?? []
  if (precision) item = item.replace(precision, '').replace(/\s+/g, ' ')
  const floatBits = /^float\((\d+)\)$/.exec(item)?.[1]
  if (floatBits !== undefined) item = Number(floatBits) > 24 ? 'double' : 'real'
  const [, base = item, rest = ''] = /^([a-z0-9_". ]+?)(\(.*)?$/s.exec(item) ?? []
  const known = SYNONYMS.postgresql?.[base] ?? base
  return `${known}${precision}${rest}`.replace(/^char$/, 'char(1)').replaceAll('"', '') + arrays
}

function addDefaults(text: string, dialect: SourceDialect): string {
  if (dialect.name === 'mysql') {
    if (text === 'decimal') return 'decimal(10, 0)'
    const digits = /^decimal\((\d+)\)$/.exec(text)?.[1]
    if (digits !== undefined) return `decimal(${digits}, 0)`
    if (text === 'char') return 'char(1)'
    if (/^float\(\d+\)$/.test(text)) {
      return Number(/\d+/.exec(text)?.[0]) > 24 ? 'double' : 'float'
    }
  }
  if (dialect.name === 'postgresql') {
    const digits = /^numeric\((\d+)\)$/.exec(text)?.[1]
    if (digits !== undefined) return `numeric(${digits}, 0)`
  }
  return text
}
