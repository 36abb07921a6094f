import type { TypeEngine } from './type-engine.ts'

/** A JavaScript value on its way into a statement together with the type that must prepare it. */
export class BoundValue {
  readonly value: unknown
  readonly type: TypeEngine
  /** The column it was compared with or is stored in, for messages. */
  readonly columnName: string | null

  constructor(value: unknown, type: TypeEngine, columnName: string | null = null) {
    this.value = value
    this.type = type
    this.columnName = columnName
  }
}
