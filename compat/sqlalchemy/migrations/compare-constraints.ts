import type {
  ReflectedForeignKey,
  ReflectedIndex,
  ReflectedKey,
  ReflectedTable,
  SourceDialect,
} from '../reflection/reflected.ts'
import type { Operation } from './operations.ts'
import { normalSql } from './sql-text.ts'

/** What goes before the columns change, and what comes after. */
export interface ConstraintChanges {
  readonly drops: Operation[]
  readonly adds: Operation[]
}

interface Named {
  readonly name: string | null
}

/**
 * Pairs what is wanted with what is there: by name where the models give one, else by what it
 * says. A same name with another meaning is a change: dropped and made anew.
 */
function pair<T extends Named>(
  wanted: readonly T[],
  live: readonly T[],
  meaning: (item: T) => string,
): { added: T[]; removed: T[] } {
  const left = [...live]
  const added: T[] = []
  const take = (fits: (item: T) => boolean): boolean => {
    const at = left.findIndex(fits)
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  }
  // Names first, so that an unnamed twin does not take the place of a named one.
  const named = wanted.filter(({ name }) => name !== null)
  for (const item of named) {
    const same = meaning(item)
    if (!take((other) => other.name === item.name && meaning(other) === same)) added.push(item)
  }
  for (const item of wanted) {
    if (item.name !== null) continue
    const same = meaning(item)
    if (!take((other) => meaning(other) === same)) added.push(item)
  }
  return { added, removed: left }
}

const list = (names: readonly string[], dialect: SourceDialect): string =>
  JSON.stringify(dialect.name === 'postgresql' ? names : names.map((name) => name.toLowerCase()))

const action = (text: string | null): string | null =>
  text === null || text === 'NO ACTION' ? null : text

function foreignKeyMeaning(key: ReflectedForeignKey, dialect: SourceDialect): string {
  const rule = (text: string | null): string | null =>
    dialect.name === 'mysql' && text === 'RESTRICT' ? null : action(text)
  return JSON.stringify([
    list(key.columns, dialect),
    key.referredSchema,
    key.referredTable,
    list(key.referredColumns, dialect),
    rule(key.onDelete),
    rule(key.onUpdate),
    ...(dialect.name === 'mysql' ? [] : [key.deferrable, key.initiallyDeferred]),
  ])
}

function indexMeaning(index: ReflectedIndex, dialect: SourceDialect): string {
  const sql = (text: string | null): string | null =>
    text === null ? null : normalSql(text, dialect.name)
  return JSON.stringify([
    index.terms.map(({ column, expression, descending }) => [
      column?.toLowerCase() ?? null,
      sql(expression),
      descending,
    ]),
    index.unique,
    sql(index.where),
    index.using,
  ])
}

const asIndex = ({ name, columns }: ReflectedKey): ReflectedIndex => ({
  name: name as string,
  unique: true,
  where: null,
  using: null,
  terms: columns.map((column) => ({ column, expression: null, descending: false })),
})

/** Constraints and indexes to drop and to add. */
export function compareConstraints(
  wanted: ReflectedTable,
  live: ReflectedTable,
  dialect: SourceDialect,
): ConstraintChanges {
  const drops: Operation[] = []
  const adds: Operation[] = []
  const table = wanted

  const foreignKeys = pair(wanted.foreignKeys, live.foreignKeys, (key) =>
    foreignKeyMeaning(key, dialect),
  )
  const checks = pair(wanted.checks, live.checks, ({ sqltext }) => normalSql(sqltext, dialect.name))
  const { uniques, indexes } = compareKeys(wanted, live, dialect)

  for (const constraint of foreignKeys.removed) {
    drops.push({ kind: 'dropConstraint', type: 'foreignkey', table, constraint })
  }
  for (const index of indexes.removed) drops.push({ kind: 'dropIndex', table, index })
  for (const constraint of uniques.removed) {
    drops.push({ kind: 'dropConstraint', type: 'unique', table, constraint })
  }
  for (const constraint of checks.removed) {
    drops.push({ kind: 'dropConstraint', type: 'check', table, constraint })
  }
  if (list(wanted.primaryKey.columns, dialect) !== list(live.primaryKey.columns, dialect)) {
    if (live.primaryKey.columns.length > 0) {
      const constraint = live.primaryKey
      drops.push({ kind: 'dropConstraint', type: 'primary', table, constraint })
    }
    if (wanted.primaryKey.columns.length > 0) {
      const constraint = wanted.primaryKey
      adds.push({ kind: 'addConstraint', type: 'primary', table, constraint })
    }
  }
  for (const constraint of checks.added) {
    adds.push({ kind: 'addConstraint', type: 'check', table, constraint })
  }
  for (const constraint of uniques.added) {
    adds.push({ kind: 'addConstraint', type: 'unique', table, constraint })
  }
  for (const index of indexes.added) adds.push({ kind: 'createIndex', table, index })
  for (const constraint of foreignKeys.added) {
    adds.push({ kind: 'addConstraint', type: 'foreignkey', table, constraint })
  }
  return { drops, adds }
}

interface KeyChanges {
  readonly uniques: { readonly added: ReflectedKey[]; readonly removed: ReflectedKey[] }
  readonly indexes: { readonly added: ReflectedIndex[]; readonly removed: ReflectedIndex[] }
}

function compareKeys(
  wanted: ReflectedTable,
  live: ReflectedTable,
  dialect: SourceDialect,
): KeyChanges {
  const meaning = (index: ReflectedIndex): string => indexMeaning(index, dialect)
  if (dialect.name !== 'mysql') {
    return {
      uniques: pair(wanted.uniques, live.uniques, ({ columns }) => list(columns, dialect)),
      indexes: pair(wanted.indexes, live.indexes, meaning),
    }
  }
  // MySQL has no unique constraints apart from unique indexes, and keeps an index for each
  // foreign key by itself: both are compared as what they are there.
  const isUnique = (index: ReflectedIndex): boolean => index.unique
  const uniques = pair(
    [...wanted.uniques.map(asIndex), ...wanted.indexes.filter(isUnique)],
    [...live.uniques.map(asIndex), ...live.indexes.filter(isUnique)],
    meaning,
  )
  const plain = pair(
    wanted.indexes.filter((index) => !isUnique(index)),
    live.indexes.filter((index) => !isUnique(index)),
    meaning,
  )
  const declared = new Set(wanted.indexes.map(({ name }) => name))
  const removed = plain.removed.filter(
    (index) => declared.has(index.name) || !servesForeignKey(index, live),
  )
  const wasConstraint = new Set(
    [...wanted.uniques, ...live.uniques].map(
      ({ name, columns }) => `${name} ${list(columns, dialect)}`,
    ),
  )
  const isConstraint = (index: ReflectedIndex): boolean => {
    const columns = index.terms.map(({ column }) => column)
    if (columns.some((column) => column === null)) return false
    return wasConstraint.has(`${index.name} ${list(columns as string[], dialect)}`)
  }
  const asKey = ({ name, terms }: ReflectedIndex): ReflectedKey => ({
    name,
    columns: terms.map(({ column }) => column as string),
  })
  return {
    uniques: {
      added: uniques.added.filter(isConstraint).map(asKey),
      removed: uniques.removed.filter(isConstraint).map(asKey),
    },
    indexes: {
      added: [...plain.added, ...uniques.added.filter((index) => !isConstraint(index))],
      removed: [...removed, ...uniques.removed.filter((index) => !isConstraint(index))],
    },
  }
}

/** Whether MySQL keeps the index for a foreign key: it begins with the key's columns. */
function servesForeignKey(index: ReflectedIndex, table: ReflectedTable): boolean {
  return table.foreignKeys.some(
    ({ name, columns }) =>
      index.terms.length === columns.length &&
      (index.name === name || index.name === columns[0]) &&
      columns.every((column, at) => index.terms[at]?.column === column),
  )
}
