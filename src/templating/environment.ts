import { Lexer, type LexerOptions } from './compiler/lexer.ts'
import type { TemplateNode } from './compiler/nodes.ts'
import { Parser, type TagExtensions } from './compiler/parser.ts'
import { TokenStream } from './compiler/token-stream.ts'
import { TemplateNotFound, TemplatesNotFound, UndefinedError } from './errors.ts'
import type { Dumps } from './filters/html.ts'
import { FILTERS } from './filters/index.ts'
import { GLOBALS } from './globals.ts'
import type { TemplateLoader } from './loader.ts'
import { LruCache } from './lru-cache.ts'
import { iterate, truth } from './python/iterate.ts'
import { repr, str } from './python/text.ts'
import { Undefined } from './python/undefined.ts'
import { Template, type TemplateVariables } from './template.ts'
import { TESTS } from './tests.ts'

/** Options of an environment: Jinja's `Environment` arguments, camelCased. */
export interface EnvironmentOptions extends Partial<LexerOptions> {
  loader?: TemplateLoader | null
  /** Escape output: always, never, or by the template's name. Default false. */
  autoescape?: boolean | ((name: string | null) => boolean)
  /** Ask the loader whether a template has changed each time it is used. Default true. */
  autoReload?: boolean
  /** The class of undefined values. */
  undefined?: typeof Undefined
  /** Changes each value before it is printed. */
  finalize?: ((value: unknown) => unknown) | null
  /** `jinja2.ext.do` and `jinja2.ext.loopcontrols`, with or without the prefix. */
  extensions?: readonly string[]
  /** Writes the JSON of the `tojson` filter; default Python's `json.dumps` with sorted keys. */
  jsonDumps?: Dumps | null
  /** How many compiled templates to keep; 0 keeps none. Default 400. */
  cacheSize?: number
}

/** A template's name, several of which the first that exists is taken, or a template. */
export type TemplateNames = string | Template | readonly (string | Template)[]

const DEFAULTS: LexerOptions = {
  blockStartString: '{%',
  blockEndString: '%}',
  variableStartString: '{{',
  variableEndString: '}}',
  commentStartString: '{#',
  commentEndString: '#}',
  lineStatementPrefix: null,
  lineCommentPrefix: null,
  trimBlocks: false,
  lstripBlocks: false,
  newlineSequence: '\n',
  keepTrailingNewline: false,
}

const OPTION_NAMES = Object.keys(DEFAULTS) as (keyof LexerOptions)[]

/** A record without a prototype: no template can name what it was not given. */
const registry = <V>(entries: Readonly<Record<string, V>>): Record<string, V> =>
  Object.assign(Object.create(null), entries)

/**
 * Loads, compiles and renders templates with Jinja 3.1's semantics (Jinja's `Environment`). Filters,
 * tests and globals are plain records to add to. The delimiters and whitespace options may be changed;
 * they apply to templates compiled later.
 */
export class Environment implements LexerOptions {
  blockStartString: string = DEFAULTS.blockStartString
  blockEndString: string = DEFAULTS.blockEndString
  variableStartString: string = DEFAULTS.variableStartString
  variableEndString: string = DEFAULTS.variableEndString
  commentStartString: string = DEFAULTS.commentStartString
  commentEndString: string = DEFAULTS.commentEndString
  lineStatementPrefix: string | null = null
  lineCommentPrefix: string | null = null
  trimBlocks = false
  lstripBlocks = false
  newlineSequence: string = DEFAULTS.newlineSequence
  keepTrailingNewline = false

  loader: TemplateLoader | null
  autoescape: boolean | ((name: string | null) => boolean)
  autoReload: boolean
  undefined: typeof Undefined
  finalize: ((value: unknown) => unknown) | null
  /** Filters by name: `{{ value|name }}`. Functions get the value first, then the arguments. */
  readonly filters: Record<string, unknown> = registry<unknown>(FILTERS)
  /** Tests by name: `{% if value is name %}`. */
  readonly tests: Record<string, unknown> = registry<unknown>(TESTS)
  /** Variables that every template sees, also imported ones. */
  readonly globals: Record<string, unknown> = registry(GLOBALS)
  /** Jinja's policies, under its names. */
  readonly policies: Record<string, unknown> = registry<unknown>({
    'urlize.rel': 'noopener',
    'urlize.target': null,
    'urlize.extra_schemes': null,
    'truncate.leeway': 5,
    'json.dumps_function': null,
    'json.dumps_kwargs': { sortKeys: true },
  })
  readonly #extensions: TagExtensions = {}
  readonly #templates: LruCache<string, { template: Template; loader: TemplateLoader }>
  readonly #strings: LruCache<string, Template>
  #lexer: { key: string; lexer: Lexer } | null = null

  constructor(options: EnvironmentOptions = {}) {
    for (const name of OPTION_NAMES) {
      const value = options[name]
      if (value !== undefined) Object.assign(this, { [name]: value })
    }
    this.loader = options.loader ?? null
    this.autoescape = options.autoescape ?? false
    this.autoReload = options.autoReload ?? true
    this.undefined = options.undefined ?? Undefined
    this.finalize = options.finalize ?? null
    this.policies['json.dumps_function'] = options.jsonDumps ?? null
    const size = options.cacheSize ?? 400
    this.#templates = new LruCache(size)
    this.#strings = new LruCache(Math.min(size, 100))
    for (const extension of options.extensions ?? []) this.addExtension(extension)
  }

  /** Turns on the `do` or the `loopcontrols` tags. Throws for other extensions. */
  addExtension(name: string): void {
    const short = name.replace(/^jinja2\.ext\./, '')
    if (short !== 'do' && short !== 'loopcontrols') {
      throw new TypeError(
        `There is no template extension ${repr(name)}; there are do and loopcontrols`,
      )
    }
    this.#extensions[short] = true
  }

  /** Whether a template of this name has its output escaped. */
  autoescapes(name: string | null): boolean {
    return typeof this.autoescape === 'function' ? this.autoescape(name) : this.autoescape
  }

  /** The syntax tree of a source. Raises TemplateSyntaxError. */
  parse(source: string, name: string | null = null, filename: string | null = null): TemplateNode {
    const tokens = this.#currentLexer().tokens(source, name, filename)
    return new Parser(new TokenStream(tokens, name, filename, source), this.#extensions).parse()
  }

  #lexerKey(): string {
    let key = ''
    for (const name of OPTION_NAMES) key += `${this[name]}\0`
    return key
  }

  #currentLexer(): Lexer {
    const key = this.#lexerKey()
    if (this.#lexer?.key !== key) this.#lexer = { key, lexer: new Lexer(this) }
    return this.#lexer.lexer
  }

  /**
   * A template made from a string (Jinja's `from_string`). The same string gives the same compiled
   * template again while it is among the last ones used.
   *
   * @throws TemplateSyntaxError
   */
  fromString(source: string): Template {
    const key = `${this.autoescapes(null)}\0${this.#lexerKey()}${source}`
    const known = this.#strings.get(key)
    if (known !== undefined) return known
    const origin = { name: null, filename: null, source, uptodate: null }
    const template = new Template(this, this.parse(source), origin)
    this.#strings.set(key, template)
    return template
  }

  /**
   * A template by name (Jinja's `get_template`); a Template is returned as it is.
   *
   * @throws TemplateNotFound when the loader has none, TemplateSyntaxError for a broken one.
   */
  getTemplate(name: unknown, _parent: string | null = null): Template {
    if (name instanceof Template) return name
    if (name instanceof Undefined) return name.fail()
    return this.#load(str(name))
  }

  #load(name: string): Template {
    const { loader } = this
    if (loader === null) throw new TypeError('no loader for this environment specified')
    const known = this.#templates.get(name)
    if (known?.loader === loader && (!this.autoReload || known.template.isUpToDate)) {
      return known.template
    }
    const found = loader.getSource(name)
    if (found === null) throw new TemplateNotFound(name, loader.missingMessage?.(name))
    const { source, filename, uptodate = null } = found
    const tree = this.parse(source, name, filename)
    const template = new Template(this, tree, { name, filename, source, uptodate })
    this.#templates.set(name, { template, loader })
    return template
  }

  /** The first template of a list that exists. Raises TemplatesNotFound. */
  selectTemplate(names: unknown, _parent: string | null = null): Template {
    if (names instanceof Undefined) return names.fail()
    if (!truth(names)) {
      throw new TemplatesNotFound([], 'Tried to select from an empty list of templates.')
    }
    const tried: string[] = []
    for (const name of iterate(names)) {
      try {
        return this.getTemplate(name)
      } catch (error) {
        if (!(error instanceof TemplateNotFound || error instanceof UndefinedError)) throw error
        tried.push(name instanceof Undefined ? name.message : str(name))
      }
    }
    throw new TemplatesNotFound(tried)
  }

  /** A template by name, or the first that exists of several names. */
  getOrSelectTemplate(name: unknown, parent: string | null = null): Template {
    const isList =
      name !== null &&
      typeof name === 'object' &&
      !(name instanceof Template || name instanceof Undefined)
    return isList && !('__html__' in name)
      ? this.selectTemplate(name, parent)
      : this.getTemplate(name, parent)
  }

  /** The names of all templates. Throws TypeError when the loader cannot tell. */
  listTemplates(): string[] {
    const names = this.loader?.listTemplates?.()
    if (names === undefined) throw new TypeError('this loader cannot iterate over all templates')
    return names
  }

  /** Renders a template by name, or the first that exists of several. */
  render(name: TemplateNames, variables?: TemplateVariables): string {
    return this.getOrSelectTemplate(name).render(variables)
  }

  /** Renders a source. */
  renderString(source: string, variables?: TemplateVariables): string {
    return this.fromString(source).render(variables)
  }

  /** Renders a template by name piece by piece. */
  stream(name: TemplateNames, variables?: TemplateVariables): Iterable<string> {
    return this.getOrSelectTemplate(name).stream(variables)
  }

  /** Renders a source piece by piece. */
  streamString(source: string, variables?: TemplateVariables): Iterable<string> {
    return this.fromString(source).stream(variables)
  }
}

/** Flask's rule: escape files ending in .html, .htm, .xml, .xhtml and .svg, and strings. */
export function selectJinjaAutoescape(name: string | null): boolean {
  return name === null || /\.(?:html|htm|xml|xhtml|svg)$/.test(name)
}

export { Template, type TemplateVariables } from './template.ts'
