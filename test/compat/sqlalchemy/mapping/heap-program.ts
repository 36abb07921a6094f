// Run by heap.test.ts as a process and as a worker: tells which classes are found before and after they are let go.
import { parentPort } from 'node:worker_threads'
import { classesExtending } from '../../../../compat/sqlalchemy/orm/mapping/heap.ts'
import { mappingDb } from './mapping-db.ts'

const db = mappingDb()
let models: object[] = [
  class A extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
  },
  class B extends db.Model {
    id = db.Column(db.Integer, { primaryKey: true })
  },
]
const first = classesExtending(db.Model).map((model) => model.name.toLowerCase())
const made = models.length
models = []
// A value read last may still be on the stack.
await new Promise((resolve) => setImmediate(resolve))
const gone = classesExtending(db.Model).length
const answer = { first: first.sort(), gone }
if (made !== 2) throw new Error('two classes were made')
if (parentPort) parentPort.postMessage(answer)
else console.log(JSON.stringify(answer))
