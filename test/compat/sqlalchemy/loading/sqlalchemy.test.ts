import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isRelatedList, tryStateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import { eachDatabase } from '../databases.ts'
import { type Blog, openBlog } from './blog.ts'
import { CASES, type Case, type Tools } from './cases.ts'
import { type Answer, askOracle, oracleMissing } from './oracle.ts'

/** An entity with what is loaded of it, as oracle.py writes it; keys in order. */
function plain(value: unknown, above: readonly unknown[] = []): unknown {
  const state = tryStateOf(value)
  if (state) {
    const name = state.mapper.modelClass.name
    if (above.includes(value)) return `^${name}${state.mapper.primaryKeyOf(state.dict).join(',')}`
    const loaded: Record<string, unknown> = { ...state.dict }
    for (const [key, related] of Object.entries(state.related ?? {})) {
      if (!isRelatedList(related)) loaded[key] = related
      else if (related.loaded) loaded[key] = [...related]
    }
    const inside = [...above, value]
    const entries = Object.keys(loaded)
      .toSorted()
      .map((key) => [key, plain(loaded[key], inside)])
    return { class: name, ...Object.fromEntries(entries) }
  }
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map((item) => plain(item, above))
  return value instanceof Date ? value.toISOString() : value
}

const answers: readonly Answer[] = oracleMissing ? [] : askOracle(CASES.map(({ python }) => python))

function toolsOf(blog: Blog): Tools {
  // biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
  const session = blog.session as any
  return {
    blog,
    session,
    entities: (statement, options) => session.scalars(statement, undefined, options).unique().all(),
    rows: (statement) => session.execute(statement).all(),
    query: (...what) => session.query(...what),
  }
}

/** What a case gives here, as oracle.py tells it. */
async function answerOf(ours: Case['ours'], blog: Blog): Promise<Answer> {
  try {
    const value = await ours(toolsOf(blog))
    const statements = blog.statements.length
    return { value: plain(value), statements }
  } catch (error) {
    const { name, message } = error as Error
    return { error: name, message: message.split('\n')[0] as string }
  }
}

/** Databases do not agree on the order of NULLs, nor on any order that was not asked for. */
function unordered(answer: Answer | undefined): unknown {
  if (!Array.isArray(answer?.value)) return answer
  const value = answer.value.map((item) => JSON.stringify(item)).sort()
  return { ...answer, value }
}

describe.skipIf(oracleMissing)('loading gives what SQLAlchemy gives', () => {
  CASES.forEach(({ python, ours }, index) => {
    it(python, async () => {
      const blog = await openBlog()
      const given = await answerOf(ours, blog)
      await blog.close()
      expect(given).toEqual(answers[index])
    })
  })
})

describe.skipIf(oracleMissing)('loading gives the same on', () => {
  eachDatabase((database) => {
    if (database.name === 'sqlite') {
      it('(SQLite: above)', () => expect(answers).toHaveLength(CASES.length))
      return
    }
    let uri: string
    let blog: Blog
    beforeAll(async () => {
      uri = await database.create()
      blog = await openBlog(uri)
    })
    afterEach(async () => {
      // Changes are rolled back.
      await blog.session.close()
      blog.statements.length = 0
    })
    afterAll(async () => {
      await blog.close()
      await database.drop(uri)
    })

    CASES.forEach(({ python, ours }, index) => {
      it(python, async () => {
        expect(unordered(await answerOf(ours, blog))).toEqual(unordered(answers[index]))
      })
    })
  })
})
