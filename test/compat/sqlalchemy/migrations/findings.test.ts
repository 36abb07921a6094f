import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { type Define, Workshop } from './support.ts'

const OLD: Define = (table, sa) => {
  table(
    'person',
    new sa.Column('id', sa.Integer, { primaryKey: true }),
    new sa.Column('name', new sa.String(50)),
    new sa.Column('age', sa.BigInteger),
  )
  table(
    'empty',
    new sa.Column('id', sa.Integer, { primaryKey: true }),
    new sa.Column('x', sa.Integer),
  )
}

eachDatabase((database) => {
  let workshop: Workshop
  beforeEach(async () => {
    workshop = await Workshop.open(database)
    workshop.models(OLD)
    await workshop.migrate.revision({ autogenerate: true })
    await workshop.migrate.upgrade()
    await workshop.run("INSERT INTO person VALUES (1, 'ada', NULL), (2, 'ada', 3)")
  })
  afterEach(() => workshop.close())

  async function warningsFor(define: Define): Promise<{ warnings: string[]; text: string }> {
    workshop.models(define)
    const file = await workshop.migrate.revision({ autogenerate: true })
    return { warnings: [...workshop.warnings], text: await readFile(file as string, 'utf8') }
  }

  const personWith =
    (make: (sa: Parameters<Define>[1]) => Parameters<Parameters<Define>[0]>[1][]): Define =>
    (table, sa) => {
      table('person', new sa.Column('id', sa.Integer, { primaryKey: true }), ...make(sa))
      table(
        'empty',
        new sa.Column('id', sa.Integer, { primaryKey: true }),
        new sa.Column('x', sa.Integer),
      )
    }

  describe('what is dangerous is flagged, in the file and on the terminal', () => {
    it('a table and a column that go, and whether there are rows', async () => {
      const { warnings, text } = await warningsFor((table, sa) => {
        table(
          'person',
          new sa.Column('id', sa.Integer, { primaryKey: true }),
          new sa.Column('age', sa.BigInteger),
        )
      })
      expect(warnings).toEqual([
        "WARNING: drops column 'person.name' and its values",
        "WARNING: drops table 'empty'",
      ])
      expect(text).toContain("// WARNING: drops column 'person.name' and its values")
    })

    it('a narrower type', async () => {
      const { warnings } = await warningsFor(
        personWith((sa) => [
          new sa.Column('name', new sa.String(5)),
          new sa.Column('age', sa.SmallInteger),
        ]),
      )
      expect(warnings).toHaveLength(2)
      expect(warnings[0]).toMatch(
        /^WARNING: changes the type of 'person.name' from .*: values may not fit$/,
      )
      expect(warnings[1]).toMatch(
        /^WARNING: changes the type of 'person.age' from .*: values may not fit$/,
      )
    })

    it('but not a wider one', async () => {
      const { warnings } = await warningsFor(
        personWith((sa) => [
          new sa.Column('name', new sa.Text()),
          new sa.Column('age', sa.BigInteger),
        ]),
      )
      expect(warnings).toEqual([])
    })

    it('NOT NULL where there is NULL, and a new NOT NULL column without a default', async () => {
      const { warnings } = await warningsFor(
        personWith((sa) => [
          new sa.Column('name', new sa.String(50), { nullable: false }),
          new sa.Column('age', sa.BigInteger, { nullable: false }),
          new sa.Column('town', new sa.String(9), { nullable: false }),
        ]),
      )
      expect(warnings).toEqual([
        "WARNING: makes 'person.age' NOT NULL, and there are rows with NULL in it",
        "WARNING: adds NOT NULL column 'person.town' without a server default to a table that has rows: give it a serverDefault, or fill it before it becomes NOT NULL",
      ])
    })

    it('a unique constraint or index over values that are there twice', async () => {
      const { warnings } = await warningsFor(
        personWith((sa) => [
          new sa.Column('name', new sa.String(50), { unique: true }),
          new sa.Column('age', sa.BigInteger, { unique: true }),
        ]),
      )
      expect(warnings).toEqual([
        "WARNING: makes (name) of 'person' unique, and there are rows with the same values",
      ])
    })

    it('a renaming is hinted at, not guessed', async () => {
      const { warnings, text } = await warningsFor((table, sa) => {
        table(
          'person',
          new sa.Column('id', sa.Integer, { primaryKey: true }),
          new sa.Column('full_name', new sa.String(50)),
          new sa.Column('age', sa.BigInteger),
        )
        table(
          'vacant',
          new sa.Column('id', sa.Integer, { primaryKey: true }),
          new sa.Column('x', sa.Integer),
        )
      })
      expect(warnings.filter((line) => line.startsWith('HINT'))).toEqual([
        "HINT: if table 'empty' was renamed to 'vacant', write op.renameTable('empty', 'vacant') instead of dropTable and createTable",
        "HINT: if column 'person.name' was renamed to 'full_name', write op.alterColumn('person', 'name', { newColumnName: 'full_name' }) instead of dropColumn and addColumn",
      ])
      expect(text).toContain("batch.dropColumn('name')")
    })
  })
})
