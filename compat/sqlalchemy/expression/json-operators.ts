import type { OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { pythonJson } from '../types/json.ts'
import { context } from './context.ts'
import { binary, call, parens, raw, value } from './nodes.ts'
import { ATOM, type OperatorSpec } from './operators.ts'

/** What a JSON path's value is read as. */
export type JsonReading = 'json' | 'string' | 'integer' | 'float' | 'boolean'

export type JsonLeg = string | number

export interface JsonDetail {
  readonly path: readonly JsonLeg[]
  readonly reading: JsonReading
}

/** The legs of a path. Errors: `ArgumentError` for what is neither text nor a whole number. */
export function jsonPath(legs: readonly unknown[]): readonly JsonLeg[] {
  for (const leg of legs) {
    if (typeof leg !== 'string' && !Number.isSafeInteger(leg)) {
      throw new ArgumentError('A JSON path consists of text keys and whole-number indexes.')
    }
  }
  return legs as readonly JsonLeg[]
}

/**
 * A value inside a JSON document. Keys reach the database as parameters only, and inside a path text each
 * key is quoted: `a.b`, `*` and `"` in a key mean the key of that name.
 */
export const JSON_PATH: OperatorSpec = {
  name: 'json path',
  precedence: ATOM,
  opaque: true,
  render([operand], detail) {
    const document = operand as OperationNode
    const { path, reading } = detail as JsonDetail
    switch (context().name) {
      case 'postgresql':
        return postgres(document, path, reading)
      case 'mysql':
        return mysql(document, path, reading)
      default:
        return sqlite(document, path, reading)
    }
  },
}

function postgres(
  document: OperationNode,
  path: readonly JsonLeg[],
  reading: JsonReading,
): OperationNode {
  const legs = value(path.map(String))
  const operator = reading === 'json' ? '#>' : '#>>'
  const found = parens(binary(document, operator, raw(['cast(', ' as text[])'], [legs])))
  if (reading === 'integer') return raw(['cast(', ' as bigint)'], [found])
  if (reading === 'float') return raw(['cast(', ' as double precision)'], [found])
  if (reading === 'boolean') return raw(['cast(', ' as boolean)'], [found])
  return found
}

function mysql(
  document: OperationNode,
  path: readonly JsonLeg[],
  reading: JsonReading,
): OperationNode {
  const found = extracted(document, path)
  if (reading === 'json') return found
  const plain = call('json_unquote', [found])
  // JSON's null is a value for json_extract and the text 'null' for json_unquote.
  const nullable = raw(['nullif(', ", 'null')"], [plain])
  if (reading === 'integer') return raw(['cast(', ' as signed integer)'], [nullable])
  if (reading === 'float') return raw(['(', ' + 0.0)'], [nullable])
  if (reading === 'boolean')
    return raw(['(case ', " when 'true' then 1 when 'false' then 0 end)"], [plain])
  return nullable
}

// MariaDB compares keys as they are written: other than ASCII signs are escaped in documents written here, as
// Python does, and may stand for themselves in others.
function extracted(document: OperationNode, path: readonly JsonLeg[]): OperationNode {
  const extract = (write: (key: string) => string): [OperationNode, string] => {
    const legs = path.map((leg) => (typeof leg === 'string' ? `.${write(leg)}` : lastIndex(leg)))
    const text = `$${legs.join('')}`
    return [call('json_extract', [document, value(text)]), text]
  }
  const [escaped, text] = extract(pythonJson)
  const [plain, plainText] = extract((key) => JSON.stringify(key))
  return text === plainText ? escaped : call('coalesce', [escaped, plain])
}

function lastIndex(index: number): string {
  return index < 0 ? `[last-${-index - 1}]` : `[${index}]`
}

function sqlite(
  document: OperationNode,
  path: readonly JsonLeg[],
  reading: JsonReading,
): OperationNode {
  let found = document
  let text = ''
  const last = path.length - 1
  for (const [index, leg] of path.entries()) {
    if (typeof leg === 'string' && /["\\]/.test(leg)) {
      // SQLite's path grammar has no way to write these signs in a key.
      const inner = text ? binary(found, '->', value(`$${text}`)) : found
      found = member(inner, leg, index === last && reading !== 'json')
      text = ''
    } else if (typeof leg === 'string') text += `."${leg}"`
    else text += leg < 0 ? `[#-${-leg}]` : `[${leg}]`
  }
  if (text) found = parens(binary(found, reading === 'json' ? '->' : '->>', value(`$${text}`)))
  if (reading === 'integer') return raw(['cast(', ' as integer)'], [found])
  if (reading === 'float') return raw(['cast(', ' as real)'], [found])
  return found
}

/** The value of a key with the rows of a document's top level. */
function member(document: OperationNode, key: string, scalar: boolean): OperationNode {
  const shown = scalar
    ? 'value'
    : "case type when 'true' then 'true' when 'false' then 'false' when 'object' then value " +
      "when 'array' then value else json_quote(value) end"
  return raw([`(select ${shown} from json_each(`, ') where key = ', ')'], [document, value(key)])
}
