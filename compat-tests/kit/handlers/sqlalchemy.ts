import { jsonify, request } from 'bustapi'
import { partOf } from '../build/extension-parts.ts'
import type { DatabaseWorld, Row } from '../build/sqlalchemy.ts'
import type { Fields } from '../fields.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import type { Run, Step } from '../world.ts'
import type { Compiler, Makers } from './compiler.ts'

interface Pagination {
  readonly items: readonly Row[]
  readonly page: number
  readonly perPage: number
  readonly total: number | null
  readonly pages: number
  readonly first: number
  readonly last: number
  readonly hasPrev: boolean
  readonly hasNext: boolean
  readonly prevNum: number | null
  readonly nextNum: number | null
  iterPages(): Iterable<number | null>
}

/** Reads `model` and gives what works on it when the step runs. */
function modelOf(fields: Fields, { world }: Compiler) {
  partOf<unknown>(world, 'sqlalchemy')
  const name = fields.text('model') ?? fields.fail('no model')
  return () => {
    const database = world.extensions.get('sqlalchemy') as DatabaseWorld
    const model = database.models.get(name)
    if (!model) throw new TypeError(`There is no model ${name}`)
    const toJson = (row: Row): Row =>
      Object.fromEntries(model.columns.map((column) => [column, row[column] ?? null]))
    return { db: database.db, Class: model.Class, toJson }
  }
}

async function all(rows: unknown): Promise<Row[]> {
  const result = (await rows) as { all(): unknown }
  return (await result.all()) as Row[]
}

/** Flask-SQLAlchemy's session and queries. */
export const sqlalchemy: Makers = {
  db_get(fields, compiler): Step {
    const model = modelOf(fields, compiler)
    const arg = fields.text('arg') ?? 'id'
    const description = fields.text('description')
    return async ({ args }: Run) => {
      const { db, Class, toJson } = model()
      const options = description === undefined ? {} : { description }
      return jsonify(toJson((await db.getOr404(Class, args[arg], options)) as Row))
    }
  },

  db_first(fields, compiler): Step {
    const model = modelOf(fields, compiler)
    const column = fields.text('column') ?? fields.fail('no column')
    const arg = fields.text('arg') ?? column
    const how = fields.text('how') ?? 'first_or_404'
    if (how !== 'first_or_404' && how !== 'one_or_404') fields.fail(`unknown how ${how}`)
    return async ({ args }) => {
      const { db, Class, toJson } = model()
      const query = db.select(Class).filterBy({ [column]: args[arg] })
      const found = how === 'one_or_404' ? db.oneOr404(query) : db.firstOr404(query)
      return jsonify(toJson((await found) as Row))
    }
  },

  db_paginate(fields, compiler): Step {
    const model = modelOf(fields, compiler)
    const args = compileOptions(fields.entries('args'), fields.where)
    return async (run) => {
      const { db, Class, toJson } = model()
      const found = (await db.paginate(db.select(Class), camelKeys(args(run)))) as Pagination
      return jsonify({
        items: found.items.map(toJson),
        page: found.page,
        per_page: found.perPage,
        total: found.total,
        pages: found.pages,
        first: found.first,
        last: found.last,
        has_prev: found.hasPrev,
        has_next: found.hasNext,
        prev_num: found.prevNum,
        next_num: found.nextNum,
        iter_pages: [...found.iterPages()],
      })
    }
  },

  db_list(fields, compiler): Step {
    const model = modelOf(fields, compiler)
    return async () => {
      const { db, Class, toJson } = model()
      return jsonify((await all(db.session.scalars(db.select(Class)))).map(toJson))
    }
  },

  db_insert(fields, compiler): Step {
    const model = modelOf(fields, compiler)
    const columns = fields.texts('columns') ?? []
    const commit = fields.flag('commit') ?? true
    return async () => {
      const { db, Class, toJson } = model()
      const given = request.getJson() as Row
      const values = columns.filter((column) => column in given)
      const row = new Class(Object.fromEntries(values.map((column) => [column, given[column]])))
      db.session.add(row)
      await (commit ? db.session.commit() : db.session.flush())
      return [toJson(row), 201]
    }
  },

  db_delete(fields, compiler): Step {
    const model = modelOf(fields, compiler)
    const arg = fields.text('arg') ?? 'id'
    return async ({ args }) => {
      const { db, Class } = model()
      await db.session.delete((await db.getOr404(Class, args[arg])) as Row)
      await db.session.commit()
      return ['', 204]
    }
  },

  db_tables(_fields, { world }): Step {
    partOf<unknown>(world, 'sqlalchemy')
    return () => {
      const { tables } = (world.extensions.get('sqlalchemy') as DatabaseWorld).db.metadata
      return jsonify(Object.keys(tables).sort())
    }
  },
}
