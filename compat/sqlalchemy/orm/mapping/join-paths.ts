import { AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError } from '../../errors.ts'
import type { ColumnElement } from '../../expression/element.ts'
import { Operation } from '../../expression/element.ts'
import { baseOf } from '../../expression/from-clause.ts'
import { AND, EQ } from '../../expression/operators.ts'
import { Column } from '../../schema/column.ts'
import type { Table } from '../../schema/table.ts'
import { allOf } from './adapt.ts'

/** A foreign key column and the column it refers to. */
export interface KeyPair {
  readonly foreign: Column
  readonly referred: Column
}

/** How two tables are joined for a relationship. */
export interface JoinPath {
  readonly condition: ColumnElement<unknown>
  /** The foreign key equalities within the condition. */
  readonly pairs: readonly KeyPair[]
  /** Whether the condition says more than its pairs. */
  readonly custom: boolean
}

interface JoinQuestion {
  readonly owner: string
  readonly left: Table
  readonly right: Table
  readonly secondary: Table | null
  /** Columns that count as foreign keys, when the relationship names them. */
  readonly foreignKeys: readonly Column[] | null
}

/**
 * The join by the foreign keys between two tables.
 *
 * @throws NoForeignKeysError when there are none.
 * @throws AmbiguousForeignKeysError when there are several and `foreignKeys` does not choose.
 */
export function joinByForeignKeys(question: JoinQuestion): JoinPath {
  const { left, right, foreignKeys } = question
  let links = linksBetween(left, right)
  if (foreignKeys !== null && links.length > 1) {
    const chosen = links.filter((pairs) =>
      pairs.every(({ foreign }) => foreignKeys.includes(foreign)),
    )
    if (chosen.length) links = chosen
  }
  if (links.length === 0) throw new NoForeignKeysError(noKeysText(question))
  if (links.length > 1) throw new AmbiguousForeignKeysError(ambiguousText(question))
  const pairs = links[0] as readonly KeyPair[]
  const condition = allOf(pairs.map(({ foreign, referred }) => referred.eq(foreign as never)))
  return { condition, pairs, custom: false }
}

function linksBetween(left: Table, right: Table): (readonly KeyPair[])[] {
  const links: KeyPair[][] = []
  const collect = (from: Table, to: Table): void => {
    for (const constraint of from.foreignKeyConstraints) {
      if (constraint.elements.length === 0 || !constraint.elements[0]?.references(to)) continue
      links.push(
        constraint.elements.map((element, index) => ({
          foreign: constraint.columns[index] as Column,
          referred: element.column,
        })),
      )
    }
  }
  collect(right, left)
  if (left !== right) collect(left, right)
  return links
}

function noKeysText({ owner, secondary }: JoinQuestion): string {
  const start = `Could not determine join condition between parent/child tables on relationship ${owner} - `
  return secondary
    ? `${start}there are no foreign keys linking these tables via secondary table '${secondary}'.  ` +
        'Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or ' +
        "specify 'primaryjoin' and 'secondaryjoin' expressions."
    : `${start}there are no foreign keys linking these tables.  Ensure that referencing columns are ` +
        "associated with a ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression."
}

function ambiguousText({ owner, secondary }: JoinQuestion): string {
  const start = `Could not determine join condition between parent/child tables on relationship ${owner} - `
  return secondary
    ? `${start}there are multiple foreign key paths linking the tables via secondary table ` +
        `'${secondary}'.  Specify the 'foreignKeys' argument, providing a list of those columns which ` +
        'should be counted as containing a foreign key reference from the secondary table to each of ' +
        'the parent and child tables.'
    : `${start}there are multiple foreign key paths linking the tables.  Specify the 'foreignKeys' ` +
        'argument, providing a list of those columns which should be counted as containing a foreign ' +
        'key reference to the parent table.'
}

/**
 * The join by a condition of the application.
 *
 * @throws ArgumentError when no equality in it has a foreign key on one side.
 */
export function joinByCondition(
  condition: ColumnElement<unknown>,
  question: JoinQuestion,
  viewonly: boolean,
): JoinPath {
  const { owner, foreignKeys } = question
  const equalities = equalitiesOf(condition)
  const pairs: KeyPair[] = []
  for (const [a, b] of equalities) {
    const pair = keyPair(a, b, foreignKeys)
    if (pair) pairs.push(pair)
  }
  if (pairs.length === 0) {
    const what = viewonly ? 'equality' : 'simple equality'
    throw new ArgumentError(
      `Could not locate any relevant foreign key columns for primary join condition on relationship ` +
        `${owner}.  Ensure that referencing columns are associated with a ForeignKey or ` +
        `ForeignKeyConstraint, or name them in 'foreignKeys'; a ${what} between columns is needed.`,
    )
  }
  return { condition, pairs, custom: pairs.length !== termsOf(condition).length }
}

function termsOf(element: ColumnElement): ColumnElement[] {
  if (element instanceof Operation && element.spec === AND) {
    return element.children.flatMap((child) => termsOf(child))
  }
  return [element]
}

function equalitiesOf(condition: ColumnElement): [Column, Column][] {
  const found: [Column, Column][] = []
  for (const term of termsOf(condition)) {
    if (!(term instanceof Operation) || term.spec !== EQ) continue
    const [a, b] = term.children.map((child) => baseOf(child))
    if (a instanceof Column && b instanceof Column) found.push([a, b])
  }
  return found
}

function keyPair(a: Column, b: Column, foreignKeys: readonly Column[] | null): KeyPair | null {
  if (foreignKeys !== null) {
    if (foreignKeys.includes(a)) return { foreign: a, referred: b }
    if (foreignKeys.includes(b)) return { foreign: b, referred: a }
    return null
  }
  if (a.references(b)) return { foreign: a, referred: b }
  if (b.references(a)) return { foreign: b, referred: a }
  return null
}
