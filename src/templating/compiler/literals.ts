const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Python's `unicode-escape` decoding of a string literal's inside. Throws an Error with Python's reason. */
export function unescapeLiteral(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{0,2})|u([\da-fA-F]{0,4})|U([\da-fA-F]{0,8})|(N(?:\{[^}]*\})?)|([\s\S]))/g,
    (all, octal?: string, x?: string, u?: string, U?: string, named?: string, char?: string) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
      if (x !== undefined) return codePoint(x, 2, 'truncated \\xXX escape')
      if (u !== undefined) return codePoint(u, 4, 'truncated \\uXXXX escape')
      if (U !== undefined) return codePoint(U, 8, 'truncated \\UXXXXXXXX escape')
      if (named !== undefined) throw new Error('unknown Unicode character name')
      return SIMPLE_ESCAPES[char ?? ''] ?? all
    },
  )
}

function codePoint(digits: string, length: number, complaint: string): string {
  if (digits.length !== length) throw new Error(complaint)
  const code = Number.parseInt(digits, 16)
  if (code > 0x10ffff) throw new Error('illegal Unicode character')
  return String.fromCodePoint(code)
}

/** An integer literal: a number while that is exact, else a bigint. */
export function parseInteger(text: string): number | bigint {
  const digits = text.replaceAll('_', '')
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value : BigInt(digits)
}
