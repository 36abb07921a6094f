import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Random } from '../../../support/random.ts'
import { eachDatabase, type TestDatabase } from '../databases.ts'
import { ACCOUNTS, bankApp, db, openBank, START } from './bank.ts'

const KILLS = 8

/** Lets a process write for a while, kills it, and gives the moves whose commit it knew of. */
async function writeUntilKilled(uri: string, first: number, pause: number): Promise<number[]> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'writer.ts'), uri, String(first)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  await once(child.stdout, 'data')
  await sleep(pause)
  child.kill('SIGKILL')
  await once(child, 'close')
  // A server may be at work on the last COMMIT it was sent.
  await sleep(100)
  // A last line without its end was cut off with the process.
  return said.split('\n').slice(0, -1).map(Number)
}

const numbers = async (database: TestDatabase, uri: string, sql: string): Promise<number[][]> =>
  (await database.raw(uri, sql)).map((row) => Object.values(row).map(Number))

describe('a process that is killed while it commits', () => {
  eachDatabase((database) => {
    it('leaves whole transactions, all that were acknowledged, and no others', async () => {
      const uri = await database.create()
      const app = bankApp(uri)
      await app.appContext().run(openBank)
      await app.appContext().run(() => db.engine.dispose())
      const random = new Random(7)
      const acknowledged: number[] = []
      let first = 1
      for (let kill = 0; kill < KILLS; kill++) {
        const known = await writeUntilKilled(uri, first, random.int(1, 120))
        acknowledged.push(...known)
        const moves = (await numbers(database, uri, 'SELECT id FROM move ORDER BY id')).flat()
        // At most the one commit whose answer had not come back is there besides.
        const unacknowledged = moves.filter((id) => !acknowledged.includes(id))
        expect(unacknowledged.length).toBeLessThanOrEqual(1)
        expect(moves.filter((id) => acknowledged.includes(id))).toEqual(acknowledged)
        acknowledged.push(...unacknowledged)
        first = (moves.at(-1) ?? 0) + 1
        const halves =
          'SELECT move_id FROM entry GROUP BY move_id HAVING count(*) <> 2 OR sum(amount) <> 0'
        expect(await numbers(database, uri, halves)).toEqual([])
        expect(
          (await numbers(database, uri, 'SELECT count(DISTINCT move_id) FROM entry')).flat(),
        ).toEqual([moves.length])
        const booked = `SELECT a.balance - coalesce((SELECT sum(amount) FROM entry e WHERE e.account_id = a.id), 0) AS start FROM account a`
        expect((await numbers(database, uri, booked)).flat()).toEqual(Array(ACCOUNTS).fill(START))
      }
      expect(acknowledged.length).toBeGreaterThan(KILLS)
      await database.drop(uri)
    }, 120_000)
  })
})
