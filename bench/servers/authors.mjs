// The bench's tables in an SQLite file of this process's own.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { rows, tables } from '../database/shape.ts'

const folder = mkdtempSync(join(tmpdir(), 'bustapi-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** The file's path. */
export const path = join(folder, 'bench.db')

const database = new DatabaseSync(path)
for (const sql of [...tables('sqlite'), ...rows('sqlite')]) database.exec(sql)
database.close()
