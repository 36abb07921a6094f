import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { type Define, Workshop } from './support.ts'

const models =
  (length: number): Define =>
  (table, sa) => {
    table(
      'team',
      new sa.Column('id', sa.Integer, { primaryKey: true }),
      new sa.Column('name', new sa.String(length), { index: true }),
      { schema: 'other' },
    )
    table(
      'member',
      new sa.Column('id', sa.Integer, { primaryKey: true }),
      new sa.Column('team_id', sa.Integer, new sa.ForeignKey('other.team.id')),
      new sa.Column('boss_id', sa.Integer, new sa.ForeignKey('other.member.id')),
      { schema: 'other' },
    )
    table(
      'note',
      new sa.Column('id', sa.Integer, { primaryKey: true }),
      new sa.Column('team_id', sa.Integer, new sa.ForeignKey('other.team.id')),
    )
  }

eachDatabase((database) => {
  describe('tables in another schema', () => {
    const test = database.name === 'postgresql' ? it : it.skip
    test('are made, changed and taken away there', async () => {
      const workshop = await Workshop.open(database)
      try {
        await workshop.run('CREATE SCHEMA other', 'CREATE TABLE other.stray (id INTEGER)')
        await workshop.run('DROP TABLE other.stray')
        workshop.models(models(20))
        await workshop.migrate.revision({ autogenerate: true })
        await workshop.migrate.upgrade()
        expect(await workshop.differences()).toEqual([])
        workshop.models(models(40))
        await workshop.migrate.revision({ autogenerate: true })
        await workshop.migrate.upgrade()
        expect(await workshop.differences()).toEqual([])
        await workshop.migrate.downgrade('base')
        expect(
          await workshop.rows("SELECT tablename FROM pg_tables WHERE schemaname IN ('other')"),
        ).toEqual([])
      } finally {
        await workshop.close()
      }
    })
  })
})
