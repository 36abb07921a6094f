import type { Connection } from '../../../../../compat/sqlalchemy/dialects/engine.ts'
import { difference } from './differences.ts'
import { Run } from './interpreter.ts'
import { type Models, makeModels } from './models.ts'
import type { Oracle } from './oracle.ts'
import type { Program, StepRecord } from './program.ts'
import { SCHEMAS } from './schemas.ts'

type Schemas = Map<string, { readonly models: Models; readonly reader: Connection }>

/** Runs programs in both interpreters. */
export class Comparison {
  readonly #models: Schemas
  readonly #oracle: Oracle
  programs = 0
  operations = 0

  private constructor(models: Schemas, oracle: Oracle) {
    this.#models = models
    this.#oracle = oracle
  }

  static async open(oracle: Oracle): Promise<Comparison> {
    const models: Schemas = new Map()
    for (const schema of SCHEMAS) {
      const made = await makeModels(schema)
      models.set(schema.name, { models: made, reader: await made.engine.connect() })
    }
    return new Comparison(models, oracle)
  }

  async close(): Promise<void> {
    for (const { models, reader } of this.#models.values()) {
      await reader.close()
      await models.engine.dispose()
    }
    this.#oracle.close()
  }

  /** What this package's session does. */
  async transcript(program: Program): Promise<{ ours: StepRecord[] }> {
    const { models, reader } = this.#models.get(program.schema) as {
      models: Models
      reader: Connection
    }
    const run = new Run(models, reader, program)
    const ours: StepRecord[] = []
    try {
      for (const op of program.ops) ours.push(await run.step(op))
    } finally {
      await run.close()
    }
    return { ours }
  }

  /** The first difference, as text; null where both do the same. */
  async differs(program: Program): Promise<string | null> {
    const asked = this.#oracle.run(program)
    const { ours } = await this.transcript(program)
    const found = difference(ours, await asked)
    this.programs += 1
    this.operations += program.ops.length
    if (found === null) return null
    return [
      `${program.schema}, expireOnCommit ${program.expire}`,
      ...program.ops.slice(0, found.step + 1).map((op) => `  ${JSON.stringify(op)}`),
      `${found.field}:`,
      `  ours   ${JSON.stringify(found.ours)}`,
      `  theirs ${JSON.stringify(found.theirs)}`,
    ].join('\n')
  }
}
