import { UndefinedError } from '../errors.ts'
import { repr } from './repr-string.ts'
import { typeRepr } from './type-name.ts'
import { MISSING } from './values.ts'

/**
 * What a template gets for a name or member that does not exist (Jinja's `Undefined`): it prints as
 * nothing, is false and empty, and raises UndefinedError for any other use. The subclasses are the
 * other behaviours an environment may choose.
 */
export class Undefined {
  readonly hint: string | null
  readonly object: unknown
  readonly attribute: unknown

  /**
   * @param hint The whole error message, or null to make one of the other two.
   * @param object What was asked for the member; left out for a variable.
   * @param attribute Name of the variable or member.
   */
  constructor(hint: string | null = null, object: unknown = MISSING, attribute: unknown = null) {
    this.hint = hint
    this.object = object
    this.attribute = attribute
  }

  /** What the error says. */
  get message(): string {
    if (this.hint) return this.hint
    const { object, attribute } = this
    if (object === MISSING) {
      return `${typeof attribute === 'string' ? repr(attribute) : String(attribute)} is undefined`
    }
    if (typeof attribute !== 'string')
      return `${typeRepr(object)} has no element ${String(attribute)}`
    return `${repr(typeRepr(object))} has no attribute ${repr(attribute)}`
  }

  /** Raises the UndefinedError. */
  fail(): never {
    throw new UndefinedError(this.message)
  }

  /** A member of the undefined value. */
  member(_name: unknown): unknown {
    return this.fail()
  }

  /** Its text in the output. */
  toString(): string {
    return ''
  }

  /** Called before it is used as a boolean, an iterable or a length, or compared for equality. */
  touch(): void {}
}

/** Members of an undefined value are undefined again (Jinja's `ChainableUndefined`). */
export class ChainableUndefined extends Undefined {
  override member(_name: unknown): unknown {
    return this
  }

  __html__(): string {
    return this.toString()
  }
}

/** Prints what is missing (Jinja's `DebugUndefined`). */
export class DebugUndefined extends Undefined {
  override toString(): string {
    const { hint, object, attribute } = this
    if (hint) return `{{ undefined value printed: ${hint} }}`
    if (object === MISSING) return `{{ ${String(attribute)} }}`
    const name = typeof attribute === 'string' ? repr(attribute) : String(attribute)
    return `{{ no such element: ${typeRepr(object)}[${name}] }}`
  }
}

/** Raises for everything but `is defined` (Jinja's `StrictUndefined`). */
export class StrictUndefined extends Undefined {
  override toString(): string {
    return this.fail()
  }

  override touch(): void {
    this.fail()
  }
}
