import type { Engine } from '../../dialects/engine.ts'
import { UnboundExecutionError } from '../../errors.ts'
import type { Table } from '../../schema/table.ts'
import type { Mapper, ModelClass } from '../mapping/mapper.ts'

/** Which engine a session uses for what. */
export interface BindOptions {
  /** The engine for everything without one of its own. */
  readonly bind?: Engine | null
  /** Engines by model class; a class also stands for those that inherit from it. */
  readonly binds?: ReadonlyMap<ModelClass, Engine>
  /** Decides by itself; `undefined` leaves it to `binds` and `bind`. Both are null for plain SQL. */
  readonly getBind?: (mapper: Mapper | null, table: Table | null) => Engine | undefined
}

/**
 * The engine for a mapper, or for plain SQL.
 *
 * @throws UnboundExecutionError when there is none.
 */
export function bindFor(
  options: BindOptions,
  mapper: Mapper | null,
  table: Table | null = mapper?.table ?? null,
): Engine {
  const chosen = options.getBind?.(mapper, table)
  if (chosen) return chosen
  if (options.binds) {
    for (let own = mapper; own; own = own.inherits) {
      const engine = options.binds.get(own.modelClass)
      if (engine) return engine
    }
    // A bind for an abstract base is one for all models under it.
    for (const [modelClass, engine] of options.binds) {
      if (mapper && Object.prototype.isPrototypeOf.call(modelClass, mapper.modelClass))
        return engine
    }
  }
  if (options.bind) return options.bind
  throw new UnboundExecutionError(
    `Could not locate a bind configured on ${mapper ? `mapper ${mapper}` : 'SQL expression'} or this ` +
      'Session.',
  )
}
