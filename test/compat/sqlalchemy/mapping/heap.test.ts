import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createContext, runInContext } from 'node:vm'
import { Worker } from 'node:worker_threads'
import { transformSync } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { classesExtending } from '../../../../compat/sqlalchemy/orm/mapping/heap.ts'
import { mapperOf } from '../../../../compat/sqlalchemy/orm/mapping/mapper.ts'
import { type MappingDb, mappingDb } from './mapping-db.ts'

const PROGRAM = fileURLToPath(new URL('./heap-program.ts', import.meta.url))

const SEARCH = fileURLToPath(
  new URL('../../../../compat/sqlalchemy/orm/mapping/heap.ts', import.meta.url),
)

// biome-ignore lint/suspicious/noExplicitAny: a class without a type
type AnyClass = any

function thing(db: MappingDb, name: string): AnyClass {
  return {
    [name]: class extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
    },
  }[name]
}

describe('classes nobody touched', () => {
  it('are found, bases first, then by name', () => {
    const db = mappingDb()
    const Zebra = thing(db, 'Zebra')
    const Ant = thing(db, 'Ant')
    class Queen extends Ant {}
    db.metadata.complete()
    expect(db.registry.mappers.map((mapper) => mapper.modelClass)).toEqual([Ant, Zebra, Queen])
    expect(Object.keys(db.metadata.tables)).toEqual(['ant', 'zebra'])
  })

  it('belong to their own db', () => {
    const [one, two] = [mappingDb(), mappingDb()]
    const models = [thing(one, 'One'), thing(two, 'Two'), class Below extends thing(two, 'Base') {}]
    one.metadata.complete()
    two.metadata.complete()
    expect([Object.keys(one.metadata.tables), Object.keys(two.metadata.tables)]).toEqual([
      ['one'],
      ['base', 'two'],
    ])
    expect(models.length).toBe(3)
  })

  it('are found later when they are made later', () => {
    const db = mappingDb()
    const First = thing(db, 'First')
    db.metadata.complete()
    const Second = thing(db, 'Second')
    expect(db.metadata.known('second')).toBeUndefined()
    expect(Object.keys(db.metadata.tables)).toEqual(['first', 'second'])
    expect([First.table.name, Second.table.name]).toEqual(['first', 'second'])
  })

  it('are mapped once however often they are looked for', () => {
    const db = mappingDb()
    const User = thing(db, 'User')
    const mapper = mapperOf(User)
    db.metadata.complete()
    db.registry.register(User)
    expect([mapperOf(User), db.registry.mappers.length]).toEqual([mapper, 1])
  })

  it('have the targets of foreign keys', () => {
    const db = mappingDb()
    const User = thing(db, 'User')
    class Post extends db.Model {
      id = db.Column(db.Integer, { primaryKey: true })
      userId = db.Column(db.ForeignKey('user.id'))
    }
    expect(Post.table.c.userId?.foreignKeys[0]?.column).toBe(User.table.c.id)
  })

  it('are found within a context of its own, as Jest makes them', () => {
    const { code } = transformSync(readFileSync(SEARCH, 'utf8'), { loader: 'ts', format: 'cjs' })
    const context = createContext({ process, module: { exports: {} }, found: [] })
    runInContext(code, context)
    runInContext(
      `function Base() {}
      const kept = [class Mine extends Base {}]
      found = module.exports.classesExtending(Base).map((model) => model === kept[0])`,
      context,
    )
    expect([...(context.found as boolean[])]).toEqual([true])
  })

  it('are left alone when they are mixins, and missed when they have no key', () => {
    const db = mappingDb()
    class Stamped extends db.Model {
      created = db.Column(db.DateTime)
    }
    class Note extends Stamped {
      id = db.Column(db.Integer, { primaryKey: true })
    }
    db.metadata.complete()
    expect(Object.keys(db.metadata.tables)).toEqual(['note'])
    class Keyless extends db.Model {
      name = db.Column(db.String(9))
    }
    expect(() => db.metadata.complete()).toThrow("Class 'Keyless' has no primary key")
    void [Note, Keyless]
  })

  it('are found in a worker', async () => {
    const worker = new Worker(PROGRAM)
    const [found] = await once(worker, 'message')
    await worker.terminate()
    expect(found).toEqual({ first: ['a', 'b'], gone: 0 })
  })

  it('are not kept alive by the search', () => {
    const { stdout } = spawnSync(process.execPath, ['--no-warnings', PROGRAM], { encoding: 'utf8' })
    expect(JSON.parse(stdout)).toEqual({ first: ['a', 'b'], gone: 0 })
  })

  it('need db.register where the inspector is refused', () => {
    const { stdout } = spawnSync(
      process.execPath,
      ['--no-warnings', '--permission', '--allow-fs-read=*', PROGRAM],
      { encoding: 'utf8' },
    )
    expect(JSON.parse(stdout)).toEqual({ first: [], gone: 0 })
  })
})

describe('the search', () => {
  it('leaves nothing behind', () => {
    const before = Reflect.ownKeys(globalThis).length
    classesExtending(mappingDb().Model)
    expect(Reflect.ownKeys(globalThis).length).toBe(before)
  })
})
