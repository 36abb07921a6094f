import type { Expression, OperationNode } from 'kysely'
import { ArgumentError } from '../errors.ts'
import { NULLTYPE } from '../types/type-engine.ts'
import {
  asExpression,
  type ColumnElement,
  type Condition,
  coerce,
  condition,
  literalOf,
  Operation,
} from './element.ts'
import { raw } from './nodes.ts'
import { ATOM, type OperatorSpec } from './operators.ts'

interface CaseDetail {
  readonly hasValue: boolean
  readonly hasElse: boolean
}

const CASE: OperatorSpec = {
  name: 'case',
  precedence: ATOM,
  opaque: true,
  render(operands, detail) {
    const { hasValue, hasElse } = detail as CaseDetail
    const words = ['case']
    const parts: OperationNode[] = []
    const rest = [...operands]
    const add = (before: string, node: OperationNode | undefined) => {
      words[words.length - 1] += before
      parts.push(node as OperationNode)
      words.push('')
    }
    if (hasValue) add(' ', rest.shift())
    const otherwise = hasElse ? rest.pop() : undefined
    while (rest.length) {
      add(' when ', rest.shift())
      add(' then ', rest.shift())
    }
    if (hasElse) add(' else ', otherwise)
    words[words.length - 1] += ' end'
    return raw(words, parts)
  },
}

type CaseResult<R> = R extends Expression<infer T> ? T : R

/** Options of {@link caseWhen}. */
export interface CaseOptions<E> {
  /** Compared with each WHEN, which then is a value. */
  readonly value?: Expression<unknown>
  readonly else?: E
}

/**
 * `CASE WHEN … THEN … ELSE … END`: `caseWhen([[User.c.age.lt(18), 'minor']], { else: 'adult' })`; with
 * `{ value: User.c.role }` the first of each pair is a value to compare with.
 */
export function caseWhen<const W, const R, const E = null>(
  whens: readonly (readonly [W, R])[],
  options: CaseOptions<E> = {},
): ColumnElement<Widened<CaseResult<R>> | Widened<CaseResult<E>>> {
  if (whens.length === 0) {
    throw new ArgumentError('The "whens" argument to case() may not be empty')
  }
  const value = options.value ? asExpression(options.value) : null
  const hasElse = options.else !== undefined
  const results = whens.map(([, result]) => literalOrNull(result))
  if (hasElse) results.push(literalOrNull(options.else))
  const type = results.find((it) => it.type !== NULLTYPE)?.type ?? NULLTYPE
  const operands: ColumnElement[] = value ? [value] : []
  for (const [index, [test]] of whens.entries()) {
    operands.push(value ? coerce(test, value.type) : condition(test as Condition))
    operands.push(results[index] as ColumnElement)
  }
  if (hasElse) operands.push(results.at(-1) as ColumnElement)
  return new Operation<never>(type, CASE, operands, { hasValue: value !== null, hasElse })
}

/** The type of a literal: `'minor'` is text. */
type Widened<T> = T extends string
  ? string
  : T extends number
    ? number
    : T extends boolean
      ? boolean
      : T

function literalOrNull(result: unknown): ColumnElement {
  return result === null ? coerce(null, NULLTYPE) : literalOf(result)
}
