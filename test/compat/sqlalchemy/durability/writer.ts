// node writer.ts URI FIRST: moves money until it is killed; says each move whose commit came back.
import { writeSync } from 'node:fs'
import { bankApp, transfer } from './bank.ts'

const [uri = '', first = '1'] = process.argv.slice(2)
const app = bankApp(uri)
for (let id = Number(first); ; id++) {
  await app.appContext().run(() => transfer(id))
  writeSync(1, `${id}\n`)
}
