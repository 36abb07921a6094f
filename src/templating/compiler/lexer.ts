import { TemplateSyntaxError } from '../errors.ts'
import { textLength } from '../python/iterate.ts'
import { repr } from '../python/text.ts'
import { parseInteger, unescapeLiteral } from './literals.ts'

/** The delimiters and whitespace rules of an environment, named as Jinja's options. */
export interface LexerOptions {
  blockStartString: string
  blockEndString: string
  variableStartString: string
  variableEndString: string
  commentStartString: string
  commentEndString: string
  lineStatementPrefix: string | null
  lineCommentPrefix: string | null
  trimBlocks: boolean
  lstripBlocks: boolean
  newlineSequence: string
  keepTrailingNewline: boolean
}

export interface Token {
  lineno: number
  type: string
  /** Text of the token; numbers already parsed. */
  value: string | number | bigint
}

interface RawToken {
  lineno: number
  type: string
  value: string
}

const OPERATORS: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'sub',
  '/': 'div',
  '//': 'floordiv',
  '*': 'mul',
  '%': 'mod',
  '**': 'pow',
  '~': 'tilde',
  '[': 'lbracket',
  ']': 'rbracket',
  '(': 'lparen',
  ')': 'rparen',
  '{': 'lbrace',
  '}': 'rbrace',
  '==': 'eq',
  '!=': 'ne',
  '>': 'gt',
  '>=': 'gteq',
  '<': 'lt',
  '<=': 'lteq',
  '=': 'assign',
  '.': 'dot',
  ':': 'colon',
  '|': 'pipe',
  ',': 'comma',
  ';': 'semicolon',
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(OPERATORS).map(([text, type]) => [type, text])),
  comment_begin: 'begin of comment',
  comment_end: 'end of comment',
  comment: 'comment',
  linecomment: 'comment',
  block_begin: 'begin of statement block',
  block_end: 'end of statement block',
  variable_begin: 'begin of print statement',
  variable_end: 'end of print statement',
  linestatement_begin: 'begin of line statement',
  linestatement_end: 'end of line statement',
  data: 'template data / text',
  eof: 'end of template',
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '(': ')', '[': ']' }

// Python's \s knows four separators and NEL that JavaScript's does not.
const SPACE = '[\\s\\x1c-\\x1f\\x85]'
const WHITESPACE_ONLY = new RegExp(`^${SPACE}+$`)
const TRAILING_SPACE = new RegExp(`${SPACE}+$`)

const TAG_RULES: readonly [RegExp, string][] = [
  [new RegExp(`${SPACE}+`, 'y'), 'whitespace'],
  [/(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy, 'float'],
  [/0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy, 'integer'],
  [/[\p{L}\p{M}\p{N}\p{Pc}\u00b7\u0387]+/uy, 'name'],
  [/'(?:[^'\\]*(?:\\.[^'\\]*)*)'|"(?:[^"\\]*(?:\\.[^"\\]*)*)"/sy, 'string'],
  [/\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y, 'operator'],
]

const IDENTIFIER = /^[\p{ID_Start}_]\p{ID_Continue}*$/u

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** A token's type or name as error messages show it. */
export function describeToken(token: Token): string {
  return token.type === 'name' ? String(token.value) : (DESCRIPTIONS[token.type] ?? token.type)
}

/** The same for an expectation such as `name:endfor`. */
export function describeTokenExpr(expr: string): string {
  if (expr.startsWith('name:')) return expr.slice(5)
  return DESCRIPTIONS[expr] ?? expr
}

interface Rules {
  root: RegExp
  blockEnd: RegExp
  variableEnd: RegExp
  commentEnd: RegExp
  rawEnd: RegExp
  lineStatementEnd: RegExp
  lineCommentEnd: RegExp
}

function compileRules(options: LexerOptions): Rules {
  const e = escapeRegExp
  const blockStart = e(options.blockStartString)
  const blockEnd = e(options.blockEndString)
  const variableEnd = e(options.variableEndString)
  const commentEnd = e(options.commentEndString)
  const suffix = options.trimBlocks ? '\\n?' : ''
  const starts: [length: number, type: string, pattern: string][] = [
    [options.commentStartString.length, 'comment_begin', e(options.commentStartString)],
    [options.blockStartString.length, 'block_begin', blockStart],
    [options.variableStartString.length, 'variable_begin', e(options.variableStartString)],
  ]
  if (options.lineStatementPrefix !== null) {
    const pattern = `^[ \\t\\v]*${e(options.lineStatementPrefix)}`
    starts.push([options.lineStatementPrefix.length, 'linestatement_begin', pattern])
  }
  if (options.lineCommentPrefix !== null) {
    const pattern = `(?:^|(?<=\\S))[^\\S\\r\\n]*${e(options.lineCommentPrefix)}`
    starts.push([options.lineCommentPrefix.length, 'linecomment_begin', pattern])
  }
  // The longest delimiter wins; equally long ones go in reverse order of their names.
  starts.sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? 1 : -1))
  const raw = `(?<raw_begin>${blockStart}(?<s0>[-+]?)${SPACE}*raw${SPACE}*(?:-${blockEnd}${SPACE}*|${blockEnd}))`
  const parts = starts.map(([, type, pattern], i) => `(?<${type}>${pattern}(?<s${i + 1}>[-+]?))`)
  const ends = (end: string): string => `\\+${end}|-${end}${SPACE}*|${end}${suffix}`
  return {
    root: new RegExp([raw, ...parts].join('|'), 'gm'),
    blockEnd: new RegExp(`(?:${ends(blockEnd)})`, 'y'),
    variableEnd: new RegExp(`-${variableEnd}${SPACE}*|${variableEnd}`, 'y'),
    commentEnd: new RegExp(`(?:${ends(commentEnd)})`, 'g'),
    rawEnd: new RegExp(
      `${blockStart}(?<s0>[-+]?)${SPACE}*endraw${SPACE}*(?:${ends(blockEnd)})`,
      'g',
    ),
    lineStatementEnd: new RegExp(`${SPACE}*(?:\\n|$)`, 'my'),
    lineCommentEnd: /(?=\n|$)/gm,
  }
}

const countNewlines = (text: string): number => {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

/** Splits a template into tokens, with Jinja's whitespace control. */
export class Lexer {
  readonly #options: LexerOptions
  readonly #rules: Rules

  constructor(options: LexerOptions) {
    this.#options = options
    this.#rules = compileRules(options)
  }

  /** The tokens a parser sees: comments and whitespace gone, literals decoded. */
  *tokens(
    source: string,
    name: string | null,
    filename: string | null,
    state?: 'variable',
  ): Generator<Token, void> {
    for (const { lineno, type, value } of this.#scan(source, name, filename, state)) {
      const fail = (reason: string): never => {
        throw new TemplateSyntaxError(reason, lineno, name, filename, source)
      }
      switch (type) {
        case 'linestatement_begin':
          yield { lineno, type: 'block_begin', value }
          break
        case 'linestatement_end':
          yield { lineno, type: 'block_end', value }
          break
        case 'data':
          yield { lineno, type, value: this.#newlines(value) }
          break
        case 'name':
          if (!IDENTIFIER.test(value)) fail('Invalid character in identifier')
          yield { lineno, type, value }
          break
        case 'string': {
          let text = ''
          try {
            text = unescapeLiteral(this.#newlines(value.slice(1, -1)))
          } catch (error) {
            fail((error as Error).message)
          }
          yield { lineno, type, value: text }
          break
        }
        case 'integer':
          yield { lineno, type, value: parseInteger(value) }
          break
        case 'float':
          yield { lineno, type, value: Number(value.replaceAll('_', '')) }
          break
        case 'operator':
          yield { lineno, type: OPERATORS[value] ?? value, value }
          break
        default:
          yield { lineno, type, value }
      }
    }
  }

  #newlines(text: string): string {
    const sequence = this.#options.newlineSequence
    return sequence === '\n' ? text : text.replaceAll('\n', sequence)
  }

  *#scan(
    original: string,
    name: string | null,
    filename: string | null,
    state?: 'variable',
  ): Generator<RawToken, void> {
    const rules = this.#rules
    const lines = original.split(/\r\n|\r|\n/)
    if (!this.#options.keepTrailingNewline && lines.at(-1) === '') lines.pop()
    const source = lines.join('\n')
    let pos = 0
    let lineno = 1
    let lineStarting = true
    const fail = (reason: string): never => {
      throw new TemplateSyntaxError(reason, lineno, name, filename, original)
    }
    if (state === 'variable') yield* this.#tag(source, 0, 1, null, name, filename, original)
    while (pos < source.length && state === undefined) {
      rules.root.lastIndex = pos
      const match = rules.root.exec(source)
      if (match === null) {
        yield { lineno, type: 'data', value: source.slice(pos) }
        return
      }
      const groups = match.groups as Record<string, string | undefined>
      const type = ROOT_STATES.find((key) => groups[key] !== undefined) as string
      const text = source.slice(pos, match.index)
      const data = this.#strip(text, signOf(groups), type === 'variable_begin', lineStarting)
      if (data !== '') yield { lineno, type: 'data', value: data }
      lineno += countNewlines(text)
      const begin = match[0]
      if (type !== 'raw_begin' && !type.includes('comment')) yield { lineno, type, value: begin }
      lineno += countNewlines(begin)
      pos = match.index + begin.length
      if (type === 'comment_begin' || type === 'linecomment_begin') {
        const rule = type === 'comment_begin' ? rules.commentEnd : rules.lineCommentEnd
        rule.lastIndex = pos
        const end = rule.exec(source)
        if (end === null) return fail('Missing end of comment tag')
        const stop = end.index + end[0].length
        const comment = source.slice(pos, stop)
        lineno += countNewlines(comment)
        lineStarting = comment === '' ? begin.endsWith('\n') : comment.endsWith('\n')
        pos = stop
      } else if (type === 'raw_begin') {
        rules.rawEnd.lastIndex = pos
        const end = rules.rawEnd.exec(source)
        if (end === null) return fail('Missing end of raw directive')
        const raw = source.slice(pos, end.index)
        const kept = this.#strip(raw, end.groups?.s0 ?? '', false, begin.endsWith('\n'))
        if (kept !== '') yield { lineno, type: 'data', value: kept }
        pos = end.index + end[0].length
        lineno += countNewlines(raw) + countNewlines(end[0])
        lineStarting = end[0].endsWith('\n')
      } else {
        const stop = yield* this.#tag(source, pos, lineno, type, name, filename, original)
        lineno += countNewlines(source.slice(pos, stop))
        lineStarting = source[stop - 1] === '\n'
        pos = stop
      }
    }
  }

  /** Applies `{%-`, `{%+` and lstrip_blocks to the text before a tag. */
  #strip(text: string, sign: string, variable: boolean, lineStarting: boolean): string {
    if (sign === '-') return text.replace(TRAILING_SPACE, '')
    if (sign === '+' || variable || !this.#options.lstripBlocks) return text
    const lineStart = text.lastIndexOf('\n') + 1
    if (lineStart === 0 && !lineStarting) return text
    return WHITESPACE_ONLY.test(text.slice(lineStart)) ? text.slice(0, lineStart) : text
  }

  /** The inside of one tag, up to and with its end. Returns the position behind it. */
  *#tag(
    source: string,
    start: number,
    startLine: number,
    type: string | null,
    name: string | null,
    filename: string | null,
    original: string,
  ): Generator<RawToken, number> {
    const [endRule, endType] = this.#endOf(type)
    const open: string[] = []
    let pos = start
    let lineno = startLine
    const fail = (reason: string): never => {
      throw new TemplateSyntaxError(reason, lineno, name, filename, original)
    }
    scan: while (type !== null || pos < source.length) {
      if (open.length === 0) {
        endRule.lastIndex = pos
        const end = endRule.exec(source)
        if (end !== null) {
          yield { lineno, type: endType, value: end[0] }
          return pos + end[0].length
        }
      }
      for (const [rule, kind] of TAG_RULES) {
        rule.lastIndex = pos
        const text = rule.exec(source)?.[0]
        if (text === undefined) continue
        if (kind === 'operator') {
          const closing = CLOSING[text]
          if (closing !== undefined) open.push(closing)
          else if (text === '}' || text === ')' || text === ']') {
            const expected = open.pop()
            if (expected === undefined) fail(`unexpected '${text}'`)
            if (expected !== text) fail(`unexpected '${text}', expected '${expected}'`)
          }
        }
        if (kind !== 'whitespace') yield { lineno, type: kind, value: text }
        lineno += countNewlines(text)
        pos += text.length
        continue scan
      }
      if (pos >= source.length) return pos
      const at = textLength(source.slice(0, pos))
      fail(`unexpected char ${repr(String.fromCodePoint(source.codePointAt(pos) ?? 0))} at ${at}`)
    }
    return pos
  }

  #endOf(type: string | null): [RegExp, string] {
    if (type === 'block_begin') return [this.#rules.blockEnd, 'block_end']
    if (type === 'linestatement_begin') return [this.#rules.lineStatementEnd, 'linestatement_end']
    return [this.#rules.variableEnd, 'variable_end']
  }
}

const ROOT_STATES = [
  'raw_begin',
  'block_begin',
  'variable_begin',
  'comment_begin',
  'linestatement_begin',
  'linecomment_begin',
]

function signOf(groups: Record<string, string | undefined>): string {
  for (let i = 0; i <= 5; i++) {
    const sign = groups[`s${i}`]
    if (sign !== undefined) return sign
  }
  return ''
}
