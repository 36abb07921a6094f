import { ArgumentError } from '../../errors.ts'
import type { Cascade, LazyKind } from './relationship-property.ts'

const ALL: readonly Cascade[] = ['save-update', 'merge', 'delete', 'refresh-expire', 'expunge']
const NAMES: ReadonlySet<string> = new Set([...ALL, 'delete-orphan', 'all', 'none'])

/** What a relationship does where nothing is said. */
export const DEFAULT_CASCADE: ReadonlySet<Cascade> = new Set<Cascade>(['save-update', 'merge'])

/**
 * Reads `'all, delete-orphan'` and its kin.
 *
 * @throws ArgumentError for a word that is no cascade.
 */
export function parseCascade(text: string | false): ReadonlySet<Cascade> {
  if (text === false) return new Set()
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
  const wrong = words.filter((word) => !NAMES.has(word)).sort()
  if (wrong.length) {
    const list = wrong.map((word) => `'${word}'`).join(', ')
    throw new ArgumentError(`Invalid cascade option(s): ${list}`)
  }
  const cascade = new Set<Cascade>()
  for (const word of words) {
    if (word === 'all') for (const each of ALL) cascade.add(each)
    else if (word !== 'none') cascade.add(word as Cascade)
  }
  // As SQLAlchemy: 'none' takes everything back.
  if (words.includes('none')) cascade.clear()
  return cascade
}

const LAZY: ReadonlySet<string> = new Set<LazyKind>([
  'select',
  'joined',
  'selectin',
  'subquery',
  'immediate',
  'raise',
  'raise_on_sql',
  'noload',
  'dynamic',
  'write_only',
])

/**
 * The kind meant by the `lazy` option; `true` is 'select', `false` 'joined', `null` 'noload'.
 *
 * @throws ArgumentError for a kind that is none.
 */
export function parseLazy(lazy: LazyKind | boolean | null | undefined, owner: string): LazyKind {
  if (lazy === undefined || lazy === true) return 'select'
  if (lazy === false) return 'joined'
  if (lazy === null) return 'noload'
  if (!LAZY.has(lazy)) {
    throw new ArgumentError(`Can't find strategy (('lazy', '${lazy}'),) for ${owner}`)
  }
  return lazy
}
