import type { OperationNode } from 'kysely'
import { CompileError } from '../errors.ts'
import type { TypeEngine } from '../types/type-engine.ts'
import { context } from './context.ts'
import { binary, call, identifier, joined, literalNode, parens, raw, sqlNode } from './nodes.ts'
import { castName } from './value-types.ts'

/** How one operator is written, and how strongly it holds its operands. */
export interface OperatorSpec {
  readonly name: string
  /** SQLAlchemy's precedence: an operand whose own is not higher gets parentheses. */
  readonly precedence: number
  /** `a + (b + c)` needs no parentheses. */
  readonly associative?: boolean
  /** The operator of the negation: `NOT (a = b)` is `a != b`. */
  readonly negation?: () => OperatorSpec
  /** Whether its value is a truth value. */
  readonly predicate?: boolean
  /** Whether the result keeps the operand's name in rows: CAST does. */
  readonly keepsName?: boolean
  /** Whether operands stand alone inside, as the arguments of a call do. */
  readonly opaque?: boolean
  render(operands: readonly OperationNode[], detail: unknown): OperationNode
}

/** An operand that never needs parentheses. */
export const ATOM = 100

function infix(name: string, precedence: number, extra: Partial<OperatorSpec> = {}): OperatorSpec {
  return {
    name,
    precedence,
    render: ([left, right]) => binary(left as OperationNode, name, right as OperationNode),
    ...extra,
  }
}

function predicate(name: string, negation: () => OperatorSpec): OperatorSpec {
  return infix(name, 5, { negation, predicate: true })
}

export const EQ: OperatorSpec = predicate('=', () => NE)
export const NE: OperatorSpec = predicate('!=', () => EQ)
export const LT: OperatorSpec = predicate('<', () => GE)
export const LE: OperatorSpec = predicate('<=', () => GT)
export const GT: OperatorSpec = predicate('>', () => LE)
export const GE: OperatorSpec = predicate('>=', () => LT)
export const IS: OperatorSpec = predicate('is', () => IS_NOT)
export const IS_NOT: OperatorSpec = predicate('is not', () => IS)

/** Equality that treats NULL as a value; the spelling differs on each database. */
export const DISTINCT_FROM: OperatorSpec = distinctFrom('is distinct from', () => NOT_DISTINCT_FROM)
export const NOT_DISTINCT_FROM: OperatorSpec = distinctFrom(
  'is not distinct from',
  () => DISTINCT_FROM,
)

function distinctFrom(name: string, negation: () => OperatorSpec): OperatorSpec {
  const distinct = name === 'is distinct from'
  return {
    name,
    precedence: 5,
    predicate: true,
    negation,
    render([left, right]) {
      const a = left as OperationNode
      const b = right as OperationNode
      const database = context().name
      if (database === 'sqlite') return binary(a, distinct ? 'is not' : 'is', b)
      if (database !== 'mysql') return binary(a, name, b)
      const same = binary(a, '<=>', b)
      return distinct ? raw(['not (', ')'], [same]) : same
    },
  }
}

export const ADD: OperatorSpec = infix('+', 7, { associative: true })
export const SUB: OperatorSpec = infix('-', 7)
export const MUL: OperatorSpec = infix('*', 8, { associative: true })
export const DIV: OperatorSpec = infix('/', 8)
export const MOD: OperatorSpec = infix('%', 8)

export const CONCAT: OperatorSpec = {
  name: '||',
  precedence: 6,
  associative: true,
  // In MySQL's usual mode `||` is OR.
  render: (operands) =>
    context().name === 'mysql' ? call('concat', operands) : joined(operands, ' || '),
}

export const NEG: OperatorSpec = {
  name: 'neg',
  precedence: 8,
  render: (operands) => raw(['-', ''], operands),
}

export const AND: OperatorSpec = {
  name: 'and',
  precedence: 3,
  associative: true,
  predicate: true,
  render: (operands) => joined(operands, ' and '),
}
export const OR: OperatorSpec = {
  name: 'or',
  precedence: 2,
  associative: true,
  predicate: true,
  render: (operands) => joined(operands, ' or '),
}
export const NOT: OperatorSpec = {
  name: 'not',
  precedence: 5,
  predicate: true,
  render: (operands) => raw(['not ', ''], operands),
}

export const BETWEEN: OperatorSpec = between('between', () => NOT_BETWEEN)
export const NOT_BETWEEN: OperatorSpec = between('not between', () => BETWEEN)

function between(name: string, negation: () => OperatorSpec): OperatorSpec {
  return {
    name,
    precedence: 5,
    predicate: true,
    negation,
    render: (operands) => raw(['', ` ${name} `, ' and ', ''], operands),
  }
}

export const IN: OperatorSpec = infix('in', 5, { predicate: true, negation: () => NOT_IN })
export const NOT_IN: OperatorSpec = infix('not in', 5, { predicate: true, negation: () => IN })

/** LIKE's options: the escape character, and whether case is ignored. */
export interface LikeDetail {
  readonly escape: string | null
}

export const LIKE: OperatorSpec = like('like', false, () => NOT_LIKE)
export const NOT_LIKE: OperatorSpec = like('not like', false, () => LIKE)
export const ILIKE: OperatorSpec = like('like', true, () => NOT_ILIKE)
export const NOT_ILIKE: OperatorSpec = like('not like', true, () => ILIKE)

function like(name: string, ignoreCase: boolean, negation: () => OperatorSpec): OperatorSpec {
  return {
    name: ignoreCase ? name.replace('like', 'ilike') : name,
    precedence: 5,
    predicate: true,
    negation,
    render(operands, detail) {
      let [left, right] = operands as [OperationNode, OperationNode]
      let operator = name
      if (ignoreCase && context().dialect?.features.ilike) {
        operator = name.replace('like', 'ilike')
      } else if (ignoreCase) {
        left = call('lower', [left])
        right = call('lower', [right])
      }
      const node = binary(left, operator, right)
      const sign = (detail as LikeDetail | null)?.escape
      // One checked character; Kysely's compiler doubles a quote, and on MySQL a backslash too.
      return sign == null ? node : raw(['', ' escape ', ''], [node, literalNode(sign)])
    },
  }
}

export const REGEXP: OperatorSpec = regexp(false, () => NOT_REGEXP)
export const NOT_REGEXP: OperatorSpec = regexp(true, () => REGEXP)

function regexp(negated: boolean, negation: () => OperatorSpec): OperatorSpec {
  return {
    name: negated ? 'not regexp' : 'regexp',
    precedence: 5,
    predicate: true,
    negation,
    render([left, right], flags) {
      const a = left as OperationNode
      const b = right as OperationNode
      const insensitive = flags === 'i'
      if (context().name === 'postgresql') {
        return binary(a, `${negated ? '!' : ''}~${insensitive ? '*' : ''}`, b)
      }
      const pattern = insensitive ? raw(["'(?i)' || ", ''], [b]) : b
      const shown =
        insensitive && context().name === 'mysql' ? raw(["concat('(?i)', ", ')'], [b]) : pattern
      return binary(a, negated ? 'not regexp' : 'regexp', shown)
    },
  }
}

const WORD_OPERATOR = /^[A-Za-z][A-Za-z_]*( [A-Za-z_]+)*$/
const SIGN_OPERATOR = /^[-+*/<>=~!@#%^&|`?:]{1,8}$/

/**
 * An operator of the database by its own spelling: `op('&')`, `op('@>')`.
 * Errors: `CompileError` for what is no operator; it goes into the SQL as it stands.
 */
export function customOperator(
  name: string,
  options: { precedence?: number; isComparison?: boolean } = {},
): OperatorSpec {
  const sign = SIGN_OPERATOR.test(name) && !name.includes('--') && !name.includes('/*')
  if (typeof name !== 'string' || !(sign || WORD_OPERATOR.test(name))) {
    throw new CompileError(`'${name}' is not an operator.`)
  }
  return infix(name, options.precedence ?? 0, { predicate: options.isComparison ?? false })
}

export const COLLATE: OperatorSpec = {
  name: 'collate',
  precedence: 4.5,
  render: ([operand], name) =>
    raw(['', ' collate ', ''], [operand as OperationNode, identifier(name as string)]),
}

export const DISTINCT: OperatorSpec = {
  name: 'distinct',
  precedence: 5,
  render: (operands) => raw(['distinct ', ''], operands),
}

/** Ordering: direction and where NULLs go. */
export interface OrderDetail {
  readonly direction: 'asc' | 'desc' | null
  readonly nulls: 'first' | 'last' | null
}

export const ORDER: OperatorSpec = {
  name: 'order',
  precedence: 3,
  render([operand], detail) {
    const { direction, nulls } = detail as OrderDetail
    const node = operand as OperationNode
    const item = direction ? raw(['', ` ${direction}`], [node]) : node
    if (!nulls) return item
    if (context().dialect?.features.nullsFirst === false) {
      // The truth value sorts before the column itself: NULLs to the wanted end.
      const side = raw(['', nulls === 'first' ? ' is null desc' : ' is null asc'], [parens(node)])
      return joined([side, item])
    }
    return raw(['', ` nulls ${nulls}`], [item])
  },
}

/** A list of operands in parentheses. */
export const TUPLE: OperatorSpec = {
  name: 'tuple',
  precedence: ATOM,
  opaque: true,
  render: (operands) => raw(['(', ')'], [joined(operands)]),
}

/** What a predicate over an empty list is: IN never holds and NOT IN always does, for NULL too. */
export const NEVER: OperatorSpec = {
  name: 'never',
  precedence: 5,
  predicate: true,
  negation: () => ALWAYS,
  render: () => sqlNode('1 = 0'),
}
export const ALWAYS: OperatorSpec = {
  name: 'always',
  precedence: 5,
  predicate: true,
  negation: () => NEVER,
  render: () => sqlNode('1 = 1'),
}

/** `CAST`; the type writes its own name, so nothing of a user's gets there. */
export const CAST: OperatorSpec = {
  name: 'cast',
  precedence: ATOM,
  keepsName: true,
  opaque: true,
  render([operand], type) {
    const { dialect } = context()
    const name = castName(
      type as TypeEngine<unknown>,
      dialect ?? { name: 'default', flavour: null },
    )
    return name === null
      ? (operand as OperationNode)
      : raw(['cast(', ` as ${name})`], [operand as never])
  },
}

export const COERCE: OperatorSpec = {
  name: 'type_coerce',
  precedence: ATOM,
  keepsName: true,
  opaque: true,
  render: ([operand]) => operand as OperationNode,
}
