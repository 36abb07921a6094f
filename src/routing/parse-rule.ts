import { BUST_ERR_ROUTE_SYNTAX } from '../errors/codes.ts'
import { parseConverterArguments } from './converter-arguments.ts'
import type { LinearPiece } from './linear-match.ts'
import { escapeRegex, RulePart, type Weighting } from './rule-part.ts'
import type { Converter } from './types.ts'

/** A step of building a URL: literal text, or the name of a variable. */
export interface TraceStep {
  readonly dynamic: boolean
  readonly data: string
}

/** Makes the converter of one variable. */
export type ConverterFactory = (
  variable: string,
  converter: string,
  args: readonly unknown[],
  options: Readonly<Record<string, unknown>> | null,
) => Converter

/** A rule's text, taken apart. */
export interface ParsedRule {
  readonly parts: readonly RulePart[]
  readonly trace: readonly TraceStep[]
}

const TOKEN =
  /(?<slash>\/)|(?<static>[^</]+)|<(?:(?<converter>[a-zA-Z_][a-zA-Z0-9_]*)(?:\((?<args>[^\n]*?)\))?:)?(?<variable>[a-zA-Z_][a-zA-Z0-9_]*)>/y

/** Collects one part, from slash to slash. */
class PartBuilder {
  content = ''
  isStatic = true
  final = false
  readonly #statics: (readonly [number, number])[] = []
  readonly #weights: number[] = []
  readonly #pieces: LinearPiece[] = []

  addText(text: string): void {
    this.#statics.push([this.#statics.length, -[...text].length])
    this.#pieces.push({ text })
    this.content += this.isStatic ? text : escapeRegex(text)
  }

  /** A slash within a final part. It does not count as literal text. */
  addSlash(): void {
    this.#pieces.push({ text: '/' })
    this.content += '/'
  }

  /** Makes the last slash optional: Werkzeug then redirects to it. */
  suffix(): void {
    this.#pieces.pop()
    this.content = `${this.content.slice(0, -1)}(?<!\\/)(\\/?)`
  }

  addVariable(converter: Converter): void {
    if (this.isStatic) this.content = escapeRegex(this.content)
    this.isStatic = false
    if (!isolatesPart(converter)) this.final = true
    this.content += `(${converter.regex})`
    this.#weights.push(converter.weight)
    this.#pieces.push({ regex: converter.regex })
  }

  weight(): Weighting {
    return {
      staticCount: -this.#statics.length,
      statics: this.#statics,
      argumentCount: -this.#weights.length,
      argumentWeights: this.#weights,
    }
  }

  finish(rule: string, suffixed: boolean): RulePart {
    return new RulePart(rule, {
      content: this.content,
      final: this.final,
      static: this.isStatic,
      suffixed,
      weight: this.weight(),
      pieces: this.#pieces,
    })
  }
}

/**
 * Takes a rule's text apart (Werkzeug's `Rule._parse_rule`).
 * @param rule the path of a rule, or its host or subdomain
 * @throws {BUST_ERR_ROUTE_SYNTAX} for a `<` that starts no well-formed variable
 */
export function parseRule(rule: string, makeConverter: ConverterFactory): ParsedRule {
  const parts: RulePart[] = []
  const trace: TraceStep[] = []
  let part = new PartBuilder()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < rule.length) {
    const start = TOKEN.lastIndex
    const token = TOKEN.exec(rule)
    if (token === null) throw new BUST_ERR_ROUTE_SYNTAX(rule, rule.slice(start))
    const end = TOKEN.lastIndex
    const { static: text, converter, args, variable } = token.groups ?? {}
    if (text !== undefined) {
      trace.push({ dynamic: false, data: text })
      part.addText(text)
    } else if (variable !== undefined) {
      const given = parseConverterArguments(rule, args ?? '')
      part.addVariable(makeConverter(variable, converter ?? 'default', given.args, given.options))
      trace.push({ dynamic: true, data: variable })
    } else {
      trace.push({ dynamic: false, data: '/' })
      if (part.final) part.addSlash()
      else {
        parts.push(part.finish(rule, false))
        part = new PartBuilder()
      }
    }
    TOKEN.lastIndex = end
  }
  // A final part that ends with a slash also matches without it, to redirect to the slash.
  const suffixed = part.final && part.content.endsWith('/')
  if (suffixed) part.suffix()
  parts.push(part.finish(rule, suffixed))
  if (suffixed) {
    parts.push(
      new RulePart(rule, {
        content: '',
        final: false,
        static: true,
        suffixed: false,
        weight: part.weight(),
        pieces: [],
      }),
    )
  }
  return { parts, trace }
}

/** The part that stands for "no subdomain" or "no host". */
export function emptyPart(): RulePart {
  return new RulePart('', {
    content: '',
    final: false,
    static: true,
    suffixed: false,
    weight: { staticCount: 0, statics: [], argumentCount: 0, argumentWeights: [] },
    pieces: [],
  })
}

// Werkzeug's rule for classes that set a regex and say nothing about isolation.
function isolatesPart(converter: Converter): boolean {
  return converter.partIsolating ?? (converter.regex === '[^/]+' || !converter.regex.includes('/'))
}
