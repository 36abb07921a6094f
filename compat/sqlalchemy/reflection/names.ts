const RESERVED = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export ' +
    'extends false finally for function if implements import in instanceof interface let new null package ' +
    'private protected public return static super switch this throw true try typeof var void while with yield ' +
    'undefined NaN Infinity db'
  ).split(' '),
)

/** Whether a name can stand in TypeScript as it is, as a property's. */
export const isIdentifier = (name: string): boolean => /^[A-Za-z_$][\w$]*$/.test(name)

/** A property's name in an object: in quotes where it must be. */
export const normalKey = (name: string): string =>
  isIdentifier(name) ? name : `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** A name that may be given to a class or a variable. */
export function safeName(name: string): string {
  const plain = name.replace(/[^\w$]+/g, '_').replace(/^(?=\d)/, '_')
  if (plain === '' || plain === '_') return 'unnamed'
  return RESERVED.has(plain) ? `${plain}_` : plain
}

const upperFirst = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** `order_items` → `OrderItems`. */
export function className(table: string): string {
  const words = table.split(/[^A-Za-z0-9$]+/).filter(Boolean)
  const joined = words.map(upperFirst).join('')
  return safeName(joined === '' ? 'Table' : /^\d/.test(joined) ? `T${joined}` : joined)
}

/** The singular of an English table name, as far as a rule goes: `categories` → `category`. */
export function singular(word: string): string {
  if (/(?:ss|us|is)$/i.test(word)) return word
  if (/ies$/i.test(word)) return word.replace(/ies$/i, 'y')
  if (/(?:ch|sh|x|z|ss)es$/i.test(word)) return word.slice(0, -2)
  return /s$/i.test(word) && word.length > 2 ? word.slice(0, -1) : word
}

/** The plural of an English word, as far as a rule goes. */
export function plural(word: string): string {
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`
  if (/(?:s|x|z|ch|sh)$/i.test(word)) return `${word}es`
  return `${word}s`
}

/** The first name of the row that is not taken yet; it is taken then. */
export function freeName(wanted: readonly string[], taken: Set<string>): string {
  const last = wanted.at(-1) as string
  const numbered = (function* () {
    yield* wanted
    for (let count = 2; ; count++) yield `${last}_${count}`
  })()
  for (const name of numbered) {
    if (taken.has(name)) continue
    taken.add(name)
    return name
  }
  return last
}
