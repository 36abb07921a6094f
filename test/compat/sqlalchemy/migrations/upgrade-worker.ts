import { createEngine } from '../../../../compat/sqlalchemy/dialects/index.ts'
import { Migrate } from '../../../../compat/sqlalchemy/migrations/migrate.ts'
import { MetaData } from '../../../../compat/sqlalchemy/schema/metadata.ts'

// A process that upgrades a database, to be killed in the middle of it.
const [uri = '', directory = ''] = process.argv.slice(2)
const engine = createEngine(uri)
const migrate = new Migrate({
  directory,
  metadata: new MetaData(),
  connect: () => engine.connect(),
  print: () => undefined,
  warn: () => undefined,
})
await migrate.upgrade()
await engine.dispose()
