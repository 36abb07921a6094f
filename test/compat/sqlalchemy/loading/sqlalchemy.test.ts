import { describe, expect, it } from 'vitest'
import { isRelatedList, tryStateOf } from '../../../../compat/sqlalchemy/orm/mapping/state.ts'
import { openBlog } from './blog.ts'
import { CASES, type Tools } from './cases.ts'
import { askOracle, oracleMissing } from './oracle.ts'

/** An entity with what is loaded of it, as oracle.py writes it. */
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
    const entries = Object.keys(loaded).map((key) => [key, plain(loaded[key], inside)])
    return { class: name, ...Object.fromEntries(entries) }
  }
  if (value === undefined) return null
  if (Array.isArray(value)) return value.map((item) => plain(item, above))
  return value instanceof Date ? value.toISOString() : value
}

describe.skipIf(oracleMissing)('loading gives what SQLAlchemy gives', () => {
  const answers = oracleMissing ? [] : askOracle(CASES.map(({ python }) => python))

  CASES.forEach(({ python, ours }, index) => {
    it(python, async () => {
      const answer = answers[index]
      const blog = await openBlog()
      // biome-ignore lint/suspicious/noExplicitAny: the models of this suite are untyped
      const session = blog.session as any
      const tools: Tools = {
        blog,
        session,
        entities: (statement, options) =>
          session.scalars(statement, undefined, options).unique().all(),
        rows: (statement) => session.execute(statement).all(),
        query: (...what) => session.query(...what),
      }
      let given: object
      try {
        const value = await ours(tools)
        const statements = blog.statements.length
        given = { value: plain(value), statements }
      } catch (error) {
        const { name, message } = error as Error
        given = { error: name, message: message.split('\n')[0] }
      }
      await blog.close()
      expect(given).toEqual(answer)
    })
  })
})
