import type { Fields } from '../fields.ts'
import { Fields as Reader } from '../fields.ts'
import type { Compiler } from '../handlers/compiler.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import { NO_RUN } from '../world.ts'
import { partOf } from './extension-parts.ts'
import { buildJwt } from './jwt.ts'
import { buildLogin } from './login.ts'
import { buildSqlalchemy } from './sqlalchemy.ts'

/** What the driver uses of `bustapi/cors`. */
interface CorsPart {
  CORS(app: unknown, options: Record<string, unknown>): unknown
}

/** Options per resource are keyword arguments as well: their names change like the outer ones. */
function corsOptions(source: Json, where: string): Record<string, unknown> {
  const fields = new Reader(source, where)
  const options = camelKeys(compileOptions(fields.rest(), where)(NO_RUN))
  const { resources } = options
  if (typeof resources === 'object' && resources !== null && !Array.isArray(resources)) {
    options.resources = Object.fromEntries(
      Object.entries(resources).map(([pattern, inner]) => [
        pattern,
        camelKeys(inner as Record<string, unknown>),
      ]),
    )
  }
  return options
}

function buildCors(source: Json, { world }: Compiler): void {
  const { CORS } = partOf<CorsPart>(world, 'cors')
  const all = Array.isArray(source) ? source : [source]
  for (const [at, options] of all.entries()) {
    CORS(world.app, corsOptions(options, `extensions.cors[${at}]`))
  }
}

/** `extensions`: each is set up on the app before its routes are. */
export async function buildExtensions(compiler: Compiler, fields?: Fields): Promise<void> {
  if (!fields) return
  const cors = fields.take('cors')
  if (cors !== undefined) buildCors(cors, compiler)
  const login = fields.fields('login')
  if (login) buildLogin(login, compiler)
  const jwt = fields.fields('jwt')
  if (jwt) buildJwt(jwt, compiler)
  const sqlalchemy = fields.fields('sqlalchemy')
  if (sqlalchemy) await buildSqlalchemy(sqlalchemy, compiler)
  fields.done()
}
