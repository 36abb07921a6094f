import { AttributeError, ValueError } from '../../errors/builtins.ts'
import { escapeText, hasHTML } from '../../http/escape.ts'
import { Markup } from '../../http/markup.ts'
import { jsonDefault } from '../../json/default.ts'
import { type EncodeOptions, encodeJson } from '../../json/encode.ts'
import { FilterArgumentError } from '../errors.ts'
import { builtin, toJavaScript } from '../python/call.ts'
import { entriesOf, isIterable, iterate, toList, truth, unpack } from '../python/iterate.ts'
import { floatText, repr, str } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { Dict, Float } from '../python/values.ts'
import { pformat } from './pprint.ts'
import { type Filter, type FilterEvalContext, passEvalContext, wholeNumber } from './support.ts'
import { urlize as urlizeText } from './urlize.ts'

const escapedText = (value: unknown): string =>
  hasHTML(value) ? String(value.__html__()) : escapeText(str(value))

const markupOf = (value: unknown): Markup => new Markup(escapedText(value))

const htmlOf = (value: unknown): string => (hasHTML(value) ? String(value.__html__()) : str(value))

/** Percent-encodes as Python's `urllib.parse.quote`; in a query spaces become plus signs. */
function quoteUrl(value: unknown, inQuery: boolean): string {
  const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : str(value)
  const quoted = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return inQuery ? quoted.replaceAll('%20', '+') : quoted.replaceAll('%2F', '/')
}

function urlencode(value: unknown): string {
  if (typeof value === 'string' || value instanceof Markup || !isIterable(value)) {
    return quoteUrl(value, false)
  }
  const pairs = entriesOf(value) ?? Array.from(iterate(value), (item) => unpack(item, 2))
  return Array.from(pairs, ([key, item]) => `${quoteUrl(key, true)}=${quoteUrl(item, true)}`).join(
    '&',
  )
}

function xmlattr(context: FilterEvalContext, value: unknown, autospace: unknown = true): unknown {
  if (value instanceof Undefined) value.fail()
  const entries = entriesOf(value)
  if (entries === null)
    throw new AttributeError(`'${typeName(value)}' object has no attribute 'items'`)
  const parts: string[] = []
  for (const [key, item] of entries) {
    if (item === null || item === undefined || item instanceof Undefined) continue
    const name = str(key)
    if (/[ \t\n\r\f\v/>=]/.test(name)) {
      throw new ValueError(`Invalid character in attribute name: ${repr(name)}`)
    }
    parts.push(`${escapedText(key)}="${escapedText(item)}"`)
  }
  const text = (truth(autospace) && parts.length > 0 ? ' ' : '') + parts.join(' ')
  return context.autoescape ? new Markup(text) : text
}

function urlize(
  context: FilterEvalContext,
  value: unknown,
  trimLimit: unknown = null,
  nofollow: unknown = false,
  target: unknown = null,
  rel: unknown = null,
  extraSchemes: unknown = null,
): unknown {
  const { policies } = context.environment
  const words = (text: unknown): string[] =>
    str(text ?? '')
      .split(/\s+/u)
      .filter(Boolean)
  const relation = new Set(words(rel))
  if (truth(nofollow)) relation.add('nofollow')
  for (const word of words(policies['urlize.rel'])) relation.add(word)
  const schemes = toList(extraSchemes ?? policies['urlize.extra_schemes'] ?? []).map(str)
  for (const scheme of schemes) {
    if (!/^[\p{L}\p{N}_.+-]{2,}:\/{0,2}$/u.test(scheme)) {
      throw new FilterArgumentError(`${repr(scheme)} is not a valid URI scheme prefix.`)
    }
  }
  const window = target ?? policies['urlize.target'] ?? null
  const text = urlizeText(escapedText(value), {
    trimLimit: trimLimit === null ? null : wholeNumber(trimLimit, 'trim_url_limit'),
    rel: Array.from(relation).sort().join(' ') || null,
    target: window === null ? null : str(window),
    extraSchemes: schemes,
  })
  return context.autoescape ? new Markup(text) : text
}

/** Writes JSON; the application's provider takes this place in Flask. */
export type Dumps = (value: unknown, options: EncodeOptions) => string

const defaultDumps: Dumps = (value, options) =>
  encodeJson(value, { ...options, default: jsonDefault })

const SCRIPT_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  "'": '\\u0027',
}

/** Floats get a mark that survives the encoder, so that `2.0` does not lose its fraction. */
function markFloats(value: unknown): unknown {
  if (value instanceof Float) return `\0float:${floatText(value.value)}\0`
  if (value instanceof Undefined) {
    throw new TypeError(`Object of type ${typeName(value)} is not JSON serializable`)
  }
  if (Array.isArray(value)) return value.map(markFloats)
  if (value instanceof Dict) {
    return new Dict(Array.from(value.entries(), ([key, item]) => [key, markFloats(item)]))
  }
  return value
}

/** A value as JSON that is safe in HTML, `<script>` included (Jinja's `htmlsafe_json_dumps`). */
function tojson(context: FilterEvalContext, value: unknown, indent: unknown = null): Markup {
  const { policies } = context.environment
  const dumps = (policies['json.dumps_function'] as Dumps | null) ?? defaultDumps
  const kwargs = policies['json.dumps_kwargs'] as EncodeOptions
  const options: EncodeOptions =
    indent === null ? kwargs : { ...kwargs, indent: toJavaScript(indent) as number | string }
  const text = dumps(toJavaScript(markFloats(value)), options)
  const safe = text
    .replace(/"\\u0000float:([-+.\de]+)\\u0000"/g, '$1')
    .replace(/[<>&']/g, (char) => SCRIPT_ESCAPES[char] as string)
  return new Markup(safe)
}

function isDefault(value: unknown, boolean: unknown): boolean {
  return value instanceof Undefined || (truth(boolean) && !truth(value))
}

const orDefault = builtin(
  'do_default',
  'value default_value? boolean?',
  (value: unknown, fallback: unknown = '', boolean: unknown = false) =>
    isDefault(value, boolean) ? fallback : value,
)
const escapeFilter = builtin('escape', 's', markupOf)

/** Jinja's filters about escaping, HTML and JSON. */
export const HTML_FILTERS: Readonly<Record<string, Filter>> = {
  escape: escapeFilter,
  e: escapeFilter,
  forceescape: builtin(
    'do_forceescape',
    'value',
    (value: unknown) => new Markup(escapeText(htmlOf(value))),
  ),
  safe: builtin('do_mark_safe', 'value', (value: unknown) => new Markup(htmlOf(value))),
  striptags: builtin('do_striptags', 'value', (value: unknown) =>
    new Markup(htmlOf(value)).striptags(),
  ),
  urlencode: builtin('do_urlencode', 'value', urlencode),
  urlize: passEvalContext(
    builtin('do_urlize', 'value trim_url_limit? nofollow? target? rel? extra_schemes?', urlize),
  ),
  xmlattr: passEvalContext(builtin('do_xmlattr', 'd autospace?', xmlattr)),
  tojson: passEvalContext(builtin('do_tojson', 'value indent?', tojson)),
  pprint: builtin('do_pprint', 'value', pformat),
  default: orDefault,
  d: orDefault,
}
