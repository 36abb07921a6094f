import { literal, quoteJs } from '../reflection/code.ts'

/** What a revision does to one of several databases. */
export interface DatabaseSteps {
  readonly bindKey: string | null
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
}

/** What a revision's file is made of. */
export interface RevisionText {
  readonly id: string
  readonly downRevisions: readonly string[]
  readonly message: string
  readonly created: string
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
  /** Where it is about several databases: what it does to each. */
  readonly databases?: readonly DatabaseSteps[]
  /** Written above `upgrade`, each with its own line. */
  readonly warnings: readonly string[]
  readonly language: 'ts' | 'js'
}

/** A comment cannot end early by what a message says. */
const inComment = (text: string): string => text.replaceAll('*/', '* /').replaceAll('\n', ' ')

/** The steps of each database behind its key. */
function dividedSteps(
  databases: readonly DatabaseSteps[],
  direction: 'upgrade' | 'downgrade',
): string[] {
  return databases.flatMap((database) => [
    `if (bindKey === ${literal(database.bindKey)}) {`,
    ...database[direction].map((line) => (line === '' ? '' : `  ${line}`)),
    '}',
  ])
}

function functionCode(
  name: string,
  lines: readonly string[],
  typed: boolean,
  divided: boolean,
): string[] {
  const parameters = [
    `${lines.length === 0 ? '_op' : 'op'}${typed ? ': Operations' : ''}`,
    ...(divided ? [`bindKey${typed ? ': string | null' : ''}`] : []),
  ]
  const parameter = `(${parameters.join(', ')})${typed ? ': Promise<void>' : ''}`
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
  const { id, downRevisions, message, created, warnings, language, databases } = revision
  const steps = (direction: 'upgrade' | 'downgrade'): readonly string[] =>
    databases ? dividedSteps(databases, direction) : revision[direction]
  const divided = databases !== undefined
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
    ...functionCode('upgrade', steps('upgrade'), typed, divided),
    '',
    ...functionCode('downgrade', steps('downgrade'), typed, divided),
  ].join('\n')}\n`
}
