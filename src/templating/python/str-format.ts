import { IndexError, KeyError, ValueError } from '../../errors/builtins.ts'
import { hasHTML } from '../../http/escape.ts'
import { Markup } from '../../http/markup.ts'
import { formatValue } from './format-spec.ts'
import { reprValue, str } from './text.ts'

/** Looks a member or item up for `{value.name}` and `{value[key]}`; refuses what templates may not see. */
export type MemberLookup = (value: unknown, key: string | number, item: boolean) => unknown

/** Where the values of a format string come from. */
export interface FormatValues {
  args: readonly unknown[]
  /** Undefined for a name that does not exist. */
  named: (name: string) => unknown
  member: MemberLookup
  /** Escape each value (a Markup template). */
  safe: boolean
}

/** Python's `template.format(...)`. Throws ValueError, IndexError or KeyError as Python does. */
export function formatBraces(template: string, values: FormatValues): string {
  return new Formatter(values).format(template, 2)
}

class Formatter {
  readonly #values: FormatValues
  #auto = 0
  #manual = false

  constructor(values: FormatValues) {
    this.#values = values
  }

  format(template: string, depth: number): string {
    if (depth < 0) throw new ValueError('Max string recursion exceeded')
    let out = ''
    let at = 0
    while (at < template.length) {
      const char = template.charAt(at)
      if (char !== '{' && char !== '}') {
        out += char
        at += 1
      } else if (template.charAt(at + 1) === char) {
        out += char
        at += 2
      } else if (char === '}') {
        throw new ValueError("Single '}' encountered in format string")
      } else {
        const end = closing(template, at)
        out += this.#field(template.slice(at + 1, end), depth)
        at = end + 1
      }
    }
    return out
  }

  #field(field: string, depth: number): string {
    const parts = /^([^!:[]*(?:\[[^\]]*\][^!:[]*)*)(?:!([^:]?))?(?::([\s\S]*))?$/.exec(field)
    if (parts === null) throw new ValueError("expected ':' after conversion specifier")
    const [, path = '', conversion, spec = ''] = parts
    let value = this.#lookup(path)
    if (conversion === 'r' || conversion === 'a') value = reprValue(value)
    else if (conversion === 's') value = str(value)
    else if (conversion !== undefined) {
      throw new ValueError(`Unknown conversion specifier ${conversion}`)
    }
    return this.#show(value, this.format(spec, depth - 1))
  }

  #show(value: unknown, spec: string): string {
    if (!this.#values.safe)
      return formatValue(value instanceof Markup ? value.toString() : value, spec)
    if (!hasHTML(value)) return Markup.escape(formatValue(value, spec)).toString()
    if (spec !== '') throw new ValueError('Unsupported format specification for Markup.')
    return String(value.__html__())
  }

  #lookup(path: string): unknown {
    const head = /^[^.[]*/.exec(path)?.[0] ?? ''
    let value = this.#first(head)
    for (const [, name, key] of path.slice(head.length).matchAll(/\.([^.[]+)|\[([^\]]+)\]/g)) {
      value =
        name !== undefined
          ? this.#values.member(value, name, false)
          : this.#values.member(value, /^\d+$/.test(key ?? '') ? Number(key) : (key ?? ''), true)
    }
    return value
  }

  #first(head: string): unknown {
    if (head !== '' && !/^\d+$/.test(head)) {
      const value = this.#values.named(head)
      if (value === undefined) throw new KeyError(head)
      return value
    }
    const automatic = head === ''
    if (automatic ? this.#manual : this.#auto > 0) {
      throw new ValueError(
        automatic
          ? 'cannot switch from manual field specification to automatic field numbering'
          : 'cannot switch from automatic field numbering to manual field specification',
      )
    }
    if (!automatic) this.#manual = true
    const index = automatic ? this.#auto++ : Number(head)
    if (index >= this.#values.args.length) {
      throw new IndexError(`Replacement index ${index} out of range for positional args tuple`)
    }
    return this.#values.args[index]
  }
}

function closing(template: string, start: number): number {
  let depth = 0
  for (let at = start; at < template.length; at++) {
    const char = template.charAt(at)
    if (char === '{') depth += 1
    else if (char === '}' && --depth === 0) return at
  }
  throw new ValueError(
    start === template.length - 1
      ? "Single '{' encountered in format string"
      : "expected '}' before end of string",
  )
}
