import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { BustAPI } from 'bustapi'
import type { SQLAlchemy } from 'bustapi/sqlalchemy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eachDatabase } from '../databases.ts'
import { createCalendar } from './calendar.ts'
import { CALENDAR } from './calendar-requests.ts'
import { createMicroblog } from './microblog.ts'
import { MICROBLOG } from './microblog-requests.ts'
import { createOrganisation } from './organisation.ts'
import { ORGANISATION } from './organisation-requests.ts'
import type { Step } from './requests.ts'
import { createShop } from './shop.ts'
import { SHOP } from './shop-requests.ts'

interface App {
  readonly name: string
  readonly requests: readonly Step[]
  create(uri: string): { readonly app: BustAPI; readonly db: SQLAlchemy }
}

const APPS: readonly App[] = [
  { name: 'microblog', requests: MICROBLOG, create: createMicroblog },
  { name: 'calendar_app', requests: CALENDAR, create: createCalendar },
  { name: 'organisation', requests: ORGANISATION, create: createOrganisation },
  { name: 'shop', requests: SHOP, create: createShop },
]

const PYTHON = '/usr/bin/python3'

type Reply = readonly [status: number, body: unknown]

function whatIsMissing(): string | null {
  if (!existsSync(PYTHON)) return `${PYTHON} is not installed`
  const found = spawnSync(PYTHON, ['-c', 'import flask_sqlalchemy'], { timeout: 20_000 })
  return found.status === 0 ? null : `${PYTHON} has no Flask-SQLAlchemy`
}

const missing = whatIsMissing()
if (missing) console.log(`apps: skipped, ${missing}`)

/** What the app in Python answers, on SQLite. */
function original(name: string, requests: readonly Step[]): Reply[] {
  const { stdout, stderr, status } = spawnSync(PYTHON, [join(import.meta.dirname, 'oracle.py')], {
    input: JSON.stringify({ app: name, requests }),
    encoding: 'utf8',
    maxBuffer: 64_000_000,
    timeout: 60_000,
  })
  if (status !== 0) throw new Error(`oracle.py failed: ${stderr}`)
  return JSON.parse(stdout) as Reply[]
}

describe.skipIf(missing)('an app of Flask-SQLAlchemy, ported line by line', () => {
  for (const { name, requests, create } of APPS) {
    describe(name, () => {
      let answers: Reply[] = []
      beforeAll(() => {
        answers = original(name, requests)
      }, 60_000)

      eachDatabase((database) => {
        let uri = ''
        let dispose = async (): Promise<void> => undefined
        afterAll(async () => {
          await dispose()
          await database.drop(uri)
        })

        it('answers each request as the original does', async () => {
          uri = await database.create()
          const { app, db } = create(uri)
          dispose = () => app.appContext().run(() => db.engine.dispose())
          await app.appContext().run(() => db.createAll())
          const client = app.testClient()
          const differences: string[] = []
          for (const [index, { method, path, json }] of requests.entries()) {
            const reply = await client.open(path, { method, json })
            const ours: Reply = [reply.statusCode, reply.json]
            if (isDeepStrictEqual(ours, answers[index])) continue
            const step = `${index} ${method} ${path} ${JSON.stringify(json) ?? ''}`
            differences.push(`${step}\n${JSON.stringify(ours)}\n${JSON.stringify(answers[index])}`)
          }
          expect(differences).toEqual([])
          // Nobody keeps a connection after its request.
          await app.appContext().run(() => expect(db.engine.pool.checkedOut).toBe(0))
        }, 60_000)
      })
    })
  }
})
