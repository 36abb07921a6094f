import type { OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { NULLTYPE, type TypeEngine } from '../types/type-engine.ts'
import { context } from './context.ts'
import { ColumnElement, literalOf } from './element.ts'
import { bindparam } from './named-parameter.ts'
import { raw } from './nodes.ts'

// A colon after a colon or a word belongs to PostgreSQL's casts and times; `\:` is a plain colon.
const PARAMETER = /(?<![:\w\\]):(\w+)(?!:)/g

/** SQL text with `:name` parameters, which are values always. */
export class TextClause<out T = unknown> extends ColumnElement<T> {
  override readonly name = ''
  override readonly key = ''
  override readonly type: TypeEngine<unknown> = NULLTYPE
  readonly text: string
  readonly #values: Readonly<Record<string, unknown>>

  constructor(text: string, values: Readonly<Record<string, unknown>> = {}) {
    super()
    this.text = text
    this.#values = values
  }

  override get precedence(): number {
    return -2
  }

  /** Gives parameters their values. Errors: `ArgumentError` for a name the text does not have. */
  bindparams(values: Readonly<Record<string, unknown>>): TextClause<T> {
    const known = new Set([...this.text.matchAll(PARAMETER)].map((match) => match[1]))
    for (const name of Object.keys(values)) {
      if (known.has(name)) continue
      throw new ArgumentError(
        `This text() construct doesn't define a bound parameter named '${name}'`,
      )
    }
    return new TextClause(this.text, { ...this.#values, ...values })
  }

  override toOperationNode(): OperationNode {
    context().mayAct = true
    const fragments: string[] = []
    const parameters: OperationNode[] = []
    let end = 0
    for (const match of this.text.matchAll(PARAMETER)) {
      const name = match[1] as string
      fragments.push(unescaped(this.text.slice(end, match.index)))
      const given = Object.hasOwn(this.#values, name)
      const element = given ? literalOf(this.#values[name]) : bindparam(name)
      parameters.push(element.toOperationNode())
      end = match.index + match[0].length
    }
    fragments.push(unescaped(this.text.slice(end)))
    return raw(fragments, parameters)
  }
}

function unescaped(fragment: string): string {
  return fragment.replaceAll('\\:', ':')
}

/**
 * SQL written by hand: `text('age > :age').bindparams({ age: 3 })`. The text is used as it stands, so it
 * must never be made from what a request sent; `:name` is for values.
 */
export function text(sql: string): TextClause {
  return new TextClause(sql)
}

/** SQL of one expression written by hand; no parameters. Never from what a request sent. */
export class LiteralColumn<out T = unknown> extends ColumnElement<T> {
  override readonly name: string
  override readonly key: string
  override readonly type: TypeEngine<unknown>

  constructor(sql: string, type: TypeEngine<unknown>) {
    super()
    this.name = sql
    this.key = sql
    this.type = type
  }

  override toOperationNode(): OperationNode {
    context().mayAct = true
    return raw([this.name], [])
  }
}

export function literalColumn<T = unknown>(
  sql: string,
  type: TypeEngine<T> = NULLTYPE as TypeEngine<T>,
): LiteralColumn<T> {
  return new LiteralColumn<T>(sql, type)
}
