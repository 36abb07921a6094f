/**
 * Small counterparts of the Python exceptions that Flask and Werkzeug raise to users, under
 * Python's names, so that ported `except ValueError` code has a class to test for.
 */

// On the prototype, not on each instance: `name` must not show up when an error is logged or
// compared.
function named(errorClass: { readonly prototype: Error }, name: string): void {
  Object.defineProperty(errorClass.prototype, 'name', {
    value: name,
    writable: true,
    configurable: true,
  })
}

/** Python's `ValueError`: an argument of the right type with an unacceptable value. */
export class ValueError extends Error {}
named(ValueError, 'ValueError')

/** Python's `LookupError`: the base of errors about a missing key or index. */
export class LookupError extends Error {}
named(LookupError, 'LookupError')

/** Python's `KeyError`: a mapping has no such key. */
export class KeyError extends LookupError {
  /** The key that was looked up. */
  readonly key: unknown

  /** @param key The missing key; the message is its Python `repr`. */
  constructor(key: unknown) {
    super(typeof key === 'string' ? pyRepr(key) : String(key))
    this.key = key
  }
}
named(KeyError, 'KeyError')

/** Python's `IndexError`: a sequence has no such position. */
export class IndexError extends LookupError {}
named(IndexError, 'IndexError')

/** Python's `AttributeError`: an object has no such attribute, or it cannot be set. */
export class AttributeError extends Error {}
named(AttributeError, 'AttributeError')

/** Python's `RuntimeError`: an operation at the wrong time, such as outside a context. */
export class RuntimeError extends Error {}
named(RuntimeError, 'RuntimeError')

/** Python's `AssertionError`: Flask raises it for an overwritten endpoint or late setup. */
export class AssertionError extends Error {}
named(AssertionError, 'AssertionError')

/**
 * Python's `repr(str)`: the text in quotes with control characters escaped, as Flask's error
 * messages show keys and host names. Printable non-ASCII characters are kept.
 */
export function pyRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let out = ''
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (char === quote || char === '\\') out += `\\${char}`
    else if (code === 9) out += '\\t'
    else if (code === 10) out += '\\n'
    else if (code === 13) out += '\\r'
    else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code === 0xad) {
      out += `\\x${code.toString(16).padStart(2, '0')}`
    } else out += char
  }
  return quote + out + quote
}
