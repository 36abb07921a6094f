import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Oracle, oracleMissing } from './oracle.ts'
import { programs } from './program.ts'
import { Comparison } from './run.ts'

const RUNS = Number(process.env.BUSTAPI_DIFFERENTIAL_RUNS ?? 300)
const SEED = Number(process.env.BUSTAPI_DIFFERENTIAL_SEED ?? 20_261_123)
/** Operations that programs are made of by default: all but merge, mergeNew and makeTransient. */
const AGREED =
  'quiet,new,add,addAll,set,relate,delete,flush,commit,rollback,close,expireAll,expungeAll,expunge,' +
  'beginNested,nestedCommit,nestedRollback,expire,refresh,get,query,count,update,deleteRows,read,' +
  'history,isModified,contains'
const OPERATIONS = new Set((process.env.BUSTAPI_DIFFERENTIAL_OPS ?? AGREED).split(','))
const LENGTH = Number(process.env.BUSTAPI_DIFFERENTIAL_LENGTH ?? 25)

if (oracleMissing) console.log(`session/differential: skipped, ${oracleMissing}`)

describe.skipIf(oracleMissing)('a session beside the one of SQLAlchemy', () => {
  let comparison: Comparison
  beforeAll(async () => {
    comparison = await Comparison.open(new Oracle())
  })
  afterAll(() => comparison.close())

  it(`does the same with ${RUNS} random programs`, async () => {
    const result = await fc.check(
      fc.asyncProperty(programs(OPERATIONS, LENGTH), async (program) => {
        const found = await comparison.differs(program)
        if (found !== null) throw new Error(found)
      }),
      { numRuns: RUNS, seed: SEED },
    )
    if (process.env.BUSTAPI_DIFFERENTIAL_RUNS)
      console.log(`${comparison.programs} programs, ${comparison.operations} operations`)
    if (result.failed && result.errorInstance) expect.fail(String(result.errorInstance))
  }, 600_000)
})
