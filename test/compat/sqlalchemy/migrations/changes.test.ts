import { afterEach, describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { CHANGES, rowsOf } from './changes.ts'
import { quoteFor, Workshop } from './support.ts'

eachDatabase((database) => {
  let workshop: Workshop
  afterEach(() => workshop?.close())

  describe('autogenerate finds, does and takes back', () => {
    for (const change of CHANGES) {
      const test = change.not?.includes(database.name) ? it.skip : it
      test(change.title, async () => {
        workshop = await Workshop.open(database)
        workshop.models(change.before)
        await workshop.migrate.revision({ autogenerate: true, message: 'old' })
        await workshop.migrate.upgrade()
        expect(await workshop.differences()).toEqual([])
        await workshop.run(...rowsOf(change))
        const oldSchema = await workshop.schema()
        const count = async (): Promise<unknown[]> => {
          const kept = change.kept ?? ['person']
          const counts = kept.map((name) =>
            workshop.rows(`SELECT count(*) AS n FROM ${quoteFor(database, name)}`),
          )
          return (await Promise.all(counts)).map(([row]) => Number(row?.n))
        }
        const rows = await count()

        workshop.models(change.after)
        const file = await workshop.migrate.revision({ autogenerate: true, message: 'new' })
        expect(file === null).toBe(change.nothingOn?.includes(database.name) ?? false)
        if (file === null) return
        await workshop.migrate.upgrade()
        expect(await workshop.differences()).toEqual([])
        await workshop.migrate.check()
        expect(await count()).toEqual(rows)
        const newSchema = await workshop.schema()
        expect(newSchema).not.toEqual(oldSchema)

        await workshop.migrate.downgrade()
        expect(await workshop.schema()).toEqual(oldSchema)
        expect(await count()).toEqual(rows)

        await workshop.migrate.upgrade()
        expect(await workshop.schema()).toEqual(newSchema)
        expect(await workshop.differences()).toEqual([])

        await workshop.migrate.downgrade('base')
        expect(await workshop.schema()).toEqual({ tables: [], enums: [] })
      })
    }
  })
})
