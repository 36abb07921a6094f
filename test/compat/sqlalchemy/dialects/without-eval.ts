// A program that row-factory.test.ts runs with and without --disallow-code-generation-from-strings.
import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { select } from '../../../../compat/sqlalchemy/expression/select.ts'
import { text } from '../../../../compat/sqlalchemy/expression/text.ts'
import { Session } from '../../../../compat/sqlalchemy/orm/session/session.ts'
import { mappingDb } from '../mapping/mapping-db.ts'

function evaluates(): boolean {
  try {
    return new Function('return true')() as boolean
  } catch {
    return false
  }
}

const db = mappingDb()
class User extends db.Model {
  id = db.Column(db.Integer, { primaryKey: true })
  name = db.Column(db.String(50))
}
const engine = createEngine('sqlite://')
await db.metadata.createAll(engine)
const session = new Session({ bind: engine })
session.addAll([new User({ name: 'ada' }), new User({ name: 'bob' })])
await session.commit()
// biome-ignore lint/suspicious/noExplicitAny: the models of this program are untyped
const users: any[] = await session.scalars(select(User).orderBy((User as any).c.id)).all()
const raw = await session.execute(text('select id, name from user where id = 1')).mappings().all()
const connection = await session.connection()
const proto = await connection.execute(text('select 1 as "__proto__"'))
console.log(
  JSON.stringify({
    evaluates: evaluates(),
    names: users.map((user) => user.name),
    raw,
    proto: Object.keys(proto.rows[0] as object),
  }),
)
await session.close()
await engine.dispose()
