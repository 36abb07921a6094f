import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Workshop } from './support.ts'

const REVISION = `
export const revision = 'only'
export const downRevision = null
export async function upgrade(op) {
  const { sa } = op
  await op.createTable('person', new sa.Column('id', sa.Integer, { primaryKey: true }))
  await op.execute('INSERT INTO person (id) VALUES (1)')
}
export async function downgrade(op) { await op.dropTable('person') }
`

eachDatabase((database) => {
  describe('upgrades at the same time', () => {
    it('are done once, and nobody fails', async () => {
      const workshop = await Workshop.open(database)
      try {
        await writeFile(join(workshop.folder, 'migrations', 'versions', 'only.js'), REVISION)
        const done = await Promise.all([
          workshop.migrate.upgrade(),
          workshop.migrate.upgrade(),
          workshop.migrate.upgrade(),
        ])
        expect(done.flat()).toEqual(['only'])
        expect(await workshop.rows('SELECT id FROM person')).toEqual([{ id: 1 }])
      } finally {
        await workshop.close()
      }
    })

    it('leave the connection usable after a revision that fails', async () => {
      const workshop = await Workshop.open(database)
      try {
        const file = join(workshop.folder, 'migrations', 'versions', 'bad.js')
        await writeFile(
          file,
          REVISION.replace('VALUES (1)', 'VALUES (1), (1)').replace("'only'", "'bad'"),
        )
        await expect(workshop.migrate.upgrade()).rejects.toThrow(/unique|duplicate/i)
        expect(await workshop.rows('SELECT 1 AS one')).toEqual([{ one: 1 }])
        await workshop.migrate.current()
        expect(workshop.printed().filter((line) => line === 'bad')).toEqual([])
      } finally {
        await workshop.close()
      }
    })
  })
})
