import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { Workshop } from './support.ts'

const WORKER = join(import.meta.dirname, 'upgrade-worker.ts')

const FIRST = `
export const revision = 'first'
export const downRevision = null
export async function upgrade(op) {
  const { sa } = op
  const person = await op.createTable('person',
    new sa.Column('id', sa.Integer, { primaryKey: true }),
    new sa.Column('name', new sa.String(50)),
    new sa.Column('age', sa.Integer))
  await op.bulkInsert(person, [{ id: 1, name: 'ada', age: 36 }, { id: 2, name: 'bob', age: 40 }])
}
export async function downgrade(op) { await op.dropTable('person') }
`

/** Behind the step of STAY_AT it tells so and waits, so that the process can be killed just there. */
const SECOND = `
async function done(step) {
  if (process.env.STAY_AT !== String(step)) return
  process.stdout.write('there')
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}
export const revision = 'second'
export const downRevision = 'first'
export async function upgrade(op) {
  const { sa } = op
  const steps = [
    () => op.createTable('team', new sa.Column('id', sa.Integer, { primaryKey: true }), new sa.Column('title', new sa.String(20))),
    () => op.addColumn('person', new sa.Column('team_id', sa.Integer)),
    () => op.execute("INSERT INTO team (id, title) VALUES (1, 'red')"),
    () => op.execute('UPDATE person SET team_id = 1, age = age + 1'),
    () => op.createForeignKey('fk_team', 'person', 'team', ['team_id'], ['id']),
    () => op.alterColumn('person', 'name', { type: new sa.String(80), nullable: false }),
    () => op.createIndex('ix_age', 'person', ['age']),
    () => op.createUniqueConstraint('uq_name', 'person', ['name']),
    () => op.alterColumn('person', 'age', { newColumnName: 'years' }),
    () => op.createTable('log', new sa.Column('id', sa.Integer, { primaryKey: true })),
    () => op.dropTable('log'),
  ]
  for (const [at, step] of steps.entries()) {
    await step()
    await done(at + 1)
  }
}
export async function downgrade(op) {}
`

/** Runs an upgrade in a process of its own and kills it behind a step. */
function upgradeUntil(uri: string, directory: string, step: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', WORKER, uri, directory], {
      env: { ...process.env, STAY_AT: String(step) },
    })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk
    })
    child.stdout.once('data', () => child.kill('SIGKILL'))
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve()
      else reject(new Error(`ended by itself with ${code}: ${errors}`))
    })
  })
}

async function workshopWith(database: Parameters<typeof Workshop.open>[0]): Promise<Workshop> {
  const workshop = await Workshop.open(database)
  const versions = join(workshop.folder, 'migrations', 'versions')
  await writeFile(join(versions, 'first.js'), FIRST)
  await workshop.migrate.upgrade()
  await writeFile(join(versions, 'second.js'), SECOND)
  return workshop
}

const PEOPLE = [
  { name: 'ada', years: 37, team_id: 1 },
  { name: 'bob', years: 41, team_id: 1 },
]

eachDatabase((database) => {
  describe('an upgrade that is killed in the middle', () => {
    for (const step of [1, 2, 4, 5, 6, 8, 9, 11]) {
      it(`behind step ${step} is whole or not there, and goes through the next time`, async () => {
        const clean = await workshopWith(database)
        const workshop = await workshopWith(database)
        try {
          const before = await workshop.schema()
          await clean.migrate.upgrade()
          const after = await clean.schema()
          await workshop.engine.dispose()
          await upgradeUntil(workshop.uri, join(workshop.folder, 'migrations'), step)
          const found = await workshop.schema()
          if (database.name === 'mariadb') {
            // Each CREATE and ALTER is a transaction of its own there: the schema is in between,
            // and the revision is not recorded as applied.
            await workshop.migrate.current()
            expect(workshop.printed().at(-1)).toBe('first')
          } else {
            expect(found).toEqual(before)
          }
          await workshop.migrate.upgrade()
          expect(await workshop.schema()).toEqual(after)
          const people = await workshop.rows('SELECT name, years, team_id FROM person ORDER BY id')
          expect(people).toEqual(PEOPLE)
          await workshop.migrate.current()
          expect(workshop.printed().at(-1)).toBe('second (head)')
        } finally {
          await workshop.close()
          await clean.close()
        }
      })
    }

    if (database.name !== 'mariadb') return
    for (const step of [1, 2, 5, 6, 7, 8, 9, 10, 11]) {
      it(`goes on when step ${step} was done and there was no time to note it`, async () => {
        const clean = await workshopWith(database)
        const workshop = await workshopWith(database)
        try {
          await clean.migrate.upgrade()
          await workshop.engine.dispose()
          await upgradeUntil(workshop.uri, join(workshop.folder, 'migrations'), step)
          await workshop.run(`UPDATE bustapi_migration_step SET done = ${step - 1}`)
          await workshop.migrate.upgrade()
          expect(await workshop.schema()).toEqual(await clean.schema())
        } finally {
          await workshop.close()
          await clean.close()
        }
      })
    }
  })
})
