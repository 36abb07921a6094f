import { TemplateSyntaxError } from '../errors.ts'
import { repr } from '../python/text.ts'
import { describeToken, describeTokenExpr, type Token } from './lexer.ts'

/** A token stream with one token of lookahead. Expectations read `type` or `type:value`. */
export class TokenStream {
  current: Token = { lineno: 1, type: 'initial', value: '' }
  readonly name: string | null
  readonly filename: string | null
  readonly source: string
  readonly #tokens: Iterator<Token, void>
  #pushed: Token | null = null

  constructor(
    tokens: Iterator<Token, void>,
    name: string | null,
    filename: string | null,
    source: string,
  ) {
    this.#tokens = tokens
    this.name = name
    this.filename = filename
    this.source = source
    this.next()
  }

  /** Moves on by one token and returns the one that was current. */
  next(): Token {
    const token = this.current
    if (this.#pushed !== null) {
      this.current = this.#pushed
      this.#pushed = null
    } else if (token.type !== 'eof') {
      const step = this.#tokens.next()
      this.current = step.value ?? { lineno: token.lineno, type: 'eof', value: '' }
    }
    return token
  }

  /** The token after the current one. */
  look(): Token {
    if (this.#pushed !== null) return this.#pushed
    const current = this.next()
    const ahead = this.current
    this.#pushed = ahead
    this.current = current
    return ahead
  }

  skip(count = 1): void {
    for (let i = 0; i < count; i++) this.next()
  }

  test(expr: string): boolean {
    return testToken(this.current, expr)
  }

  testAny(exprs: readonly string[]): boolean {
    return exprs.some((expr) => testToken(this.current, expr))
  }

  skipIf(expr: string): boolean {
    if (!this.test(expr)) return false
    this.next()
    return true
  }

  /** Consumes the expected token. Raises TemplateSyntaxError when another one is current. */
  expect(expr: string): Token {
    if (this.test(expr)) return this.next()
    const wanted = repr(describeTokenExpr(expr))
    throw this.error(
      this.current.type === 'eof'
        ? `unexpected end of template, expected ${wanted}.`
        : `expected token ${wanted}, got ${repr(describeToken(this.current))}`,
    )
  }

  /** A syntax error at the current (or the given) line. */
  error(reason: string, lineno: number = this.current.lineno): TemplateSyntaxError {
    return new TemplateSyntaxError(reason, lineno, this.name, this.filename, this.source)
  }
}

/** Does a token match `type` or `type:value`? */
export function testToken(token: Token, expr: string): boolean {
  if (token.type === expr) return true
  const colon = expr.indexOf(':')
  return (
    colon !== -1 && token.type === expr.slice(0, colon) && token.value === expr.slice(colon + 1)
  )
}
