import { describe, expect, it } from 'vitest'
import { sqliteDialect } from '../../../../compat/sqlalchemy/dialects/dialects.ts'
import {
  compileDml,
  compileSelect,
  select,
} from '../../../../compat/sqlalchemy/expression/index.ts'
import { DML, RETURNING } from './cases-dml.ts'
import { EXPRESSIONS } from './cases-expressions.ts'
import { STATEMENTS } from './cases-statements.ts'
import { type Answer, askOracle, oracleMissing } from './oracle.ts'
import { openCompany, runOn } from './run-statement.ts'

const dialect = sqliteDialect()
const cases = [...EXPRESSIONS, ...STATEMENTS]
const answers = oracleMissing
  ? []
  : askOracle([...cases.map(([python]) => python), ...DML.map(([python]) => python)])

/** Numbers of SQLite may be 1.0 in Python and 1 here; JSON has no such difference. */
function given(answer: Answer | undefined): unknown {
  if (answer?.error !== undefined)
    throw new Error(`SQLAlchemy refused the statement: ${answer.error}`)
  return answer?.rows
}

describe.skipIf(oracleMissing !== null)('the same rows as SQLAlchemy on SQLite', () => {
  const database = openCompany()

  it('has at least 150 statements to compare', () => {
    expect(cases.length + DML.length).toBeGreaterThanOrEqual(150)
  })

  for (const [index, [python, make]] of cases.entries()) {
    it(python, () => {
      expect(runOn(database, compileSelect(make(), dialect), dialect)).toEqual(
        given(answers[index]),
      )
    })
  }
})

describe.skipIf(oracleMissing !== null)('the same table as SQLAlchemy after', () => {
  for (const [index, [python, make]] of DML.entries()) {
    it(python, () => {
      const database = openCompany()
      const statement = make()
      runOn(database, compileDml(statement, dialect), dialect)
      const all = select(statement.table).orderBy(...statement.table.primaryKey.columns)
      const answer = answers[cases.length + index]
      expect(given(answer)).toEqual([])
      expect(runOn(database, compileSelect(all, dialect), dialect)).toEqual(answer?.after)
    })
  }
})

describe('RETURNING gives the rows written', () => {
  for (const [name, make, rows] of RETURNING) {
    it(name, () => {
      expect(runOn(openCompany(), compileDml(make(), dialect), dialect)).toEqual(rows)
    })
  }
})
