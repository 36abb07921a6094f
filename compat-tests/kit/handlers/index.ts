import type { World } from '../world.ts'
import type { Makers, StepMaker } from './compiler.ts'
import { Compiler } from './compiler.ts'
import { echo } from './echo.ts'
import { errors } from './errors.ts'
import { files } from './files.ts'
import { flow } from './flow.ts'
import { jwt } from './jwt.ts'
import { login } from './login.ts'
import { lookups } from './lookups.ts'
import { responses } from './responses.ts'
import { returns } from './returns.ts'
import { sessions } from './session.ts'
import { sqlalchemy } from './sqlalchemy.ts'

const ALL: readonly Makers[] = [
  returns,
  responses,
  errors,
  echo,
  lookups,
  sessions,
  flow,
  files,
  login,
  jwt,
  sqlalchemy,
]

const MAKERS: ReadonlyMap<string, StepMaker> = new Map(
  ALL.flatMap((makers) => Object.entries(makers)),
)

/** A compiler that knows every handler of the corpus. */
export function createCompiler(world: World): Compiler {
  return new Compiler(world, MAKERS)
}
