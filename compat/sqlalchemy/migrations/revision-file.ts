import { literal, quoteJs } from '../reflection/code.ts'

/** What a revision's file is made of. */
export interface RevisionText {
  readonly id: string
  readonly downRevisions: readonly string[]
  readonly message: string
  readonly created: string
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
  /** Written above `upgrade`, each with its own line. */
  readonly warnings: readonly string[]
  readonly language: 'ts' | 'js'
}

/** A comment cannot end early by what a message says. */
const inComment = (text: string): string => text.replaceAll('*/', '* /').replaceAll('\n', ' ')

function functionCode(name: string, lines: readonly string[], typed: boolean): string[] {
  const signature = typed ? '(op: Operations): Promise<void>' : '(op)'
  const parameter = lines.length === 0 ? signature.replace('op', '_op') : signature
  const usesSa = lines.some((line) => /\bsa\./.test(line))
  return [
    ...(typed ? [] : ["/** @param {import('bustapi/sqlalchemy').Operations} op */"]),
    `export async function ${name}${parameter} {`,
    ...(usesSa ? ['  const { sa } = op'] : []),
    ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
    '}',
  ]
}

/** The text of a new revision's file. */
export function revisionText(revision: RevisionText): string {
  const { id, downRevisions, message, created, warnings, language } = revision
  const typed = language === 'ts'
  const [only = null] = downRevisions
  const down =
    downRevisions.length > 1 ? literal(downRevisions) : only === null ? 'null' : quoteJs(only)
  const head = [
    '/**',
    ` * ${inComment(message || 'empty message')}`,
    ' *',
    ` * Revision ID: ${id}`,
    ` * Revises: ${downRevisions.join(', ')}`.trimEnd(),
    ` * Create Date: ${created}`,
    ' */',
    ...(typed ? ["import type { Operations } from 'bustapi/sqlalchemy'"] : []),
    '',
    `export const revision = ${quoteJs(id)}`,
    `export const downRevision${typed ? ': string | readonly string[] | null' : ''} = ${down}`,
    '',
    ...warnings.map((warning) => `// WARNING: ${warning.replaceAll('\n', ' ')}`),
  ]
  return `${[
    ...head,
    ...functionCode('upgrade', revision.upgrade, typed),
    '',
    ...functionCode('downgrade', revision.downgrade, typed),
  ].join('\n')}\n`
}
