import { BaseConverter, ValidationError } from '../../src/routing/converters.ts'
import type { ConverterClass } from '../../src/routing/types.ts'

/** `a+b` as a list. */
class ListConverter extends BaseConverter {
  override toPython(value: string): string[] {
    return value.split('+')
  }
  override toUrl(value: unknown): string {
    return Array.from(value as Iterable<unknown>, (item) => super.toUrl(item)).join('+')
  }
}

/** Any segment but `b` and `me`. */
class RejectConverter extends BaseConverter {
  override toPython(value: string): string {
    if (value === 'b' || value === 'me') throw new ValidationError()
    return value
  }
  override toUrl(value: unknown): string {
    if (value === 'b' || value === 'me') throw new ValidationError()
    return super.toUrl(value)
  }
}

/** One or two segments. */
class MultiConverter extends BaseConverter {
  override regex = '[ab]+(?:/[ab]+)?'
}

class HexConverter extends BaseConverter {
  override regex = '[0-9a-f]+'
}

/** Is tried before numbers. */
class LightConverter extends BaseConverter {
  override regex = '[a-z]+'
  override weight = 10
}

/** Has groups of its own. */
class GroupConverter extends BaseConverter {
  override regex = '(a|b)(c?)'
}

/** The converters that the facts of `corpus/werkzeug.json` were recorded with. */
export const sampleConverters: Readonly<Record<string, ConverterClass>> = {
  list: ListConverter,
  rej: RejectConverter,
  multi: MultiConverter,
  hex: HexConverter,
  light: LightConverter,
  grp: GroupConverter,
}
