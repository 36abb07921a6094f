import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import { ColumnElement } from '../../expression/element.ts'
import { baseOf } from '../../expression/from-clause.ts'
import { Column } from '../../schema/column.ts'
import { Table } from '../../schema/table.ts'
import type { ColumnsOption, JoinOption, RelationshipDeclaration } from './declare.ts'
import { type JoinPath, joinByCondition, joinByForeignKeys, type KeyPair } from './join-paths.ts'
import type { Mapper, ModelClass } from './mapper.ts'
import { Relationship } from './relationship.ts'
import type { ColumnPair, RelationshipDirection } from './relationship-property.ts'

/** A relationship as its class declares it. */
export interface PendingRelationship {
  readonly key: string
  readonly parent: Mapper
  readonly declaration: RelationshipDeclaration
  /** Columns of the declaring class by the objects its fields gave: `remoteSide: [this.id]`. */
  readonly ownColumns: ReadonlyMap<Column, Column>
}

/**
 * Makes a relationship of a declaration.
 *
 * @throws ArgumentError, NoForeignKeysError, AmbiguousForeignKeysError, InvalidRequestError as SQLAlchemy.
 */
export function resolveRelationship(pending: PendingRelationship): Relationship {
  const { key, parent, declaration } = pending
  const { options } = declaration
  const target = resolveTarget(pending)
  const owner = `${parent.modelClass.name}.${key}`
  const secondary = resolveSecondary(pending)
  const columns = (option: ColumnsOption | undefined): readonly Column[] | null =>
    option === undefined ? null : resolveColumns(option, pending).map((it) => columnOf(it, pending))
  const foreignKeys = columns(options.foreignKeys)
  const common = { owner, foreignKeys, secondary }
  if (options.backPopulates !== undefined && options.backref !== undefined) {
    throw new ArgumentError('backref and backPopulates keyword arguments are mutually exclusive')
  }
  if (secondary !== null) {
    const question = { ...common, left: parent.table, right: secondary }
    const primary = path(options.primaryjoin, question, options.viewonly ?? false)
    const other = { ...common, left: target.table, right: secondary }
    const second = path(options.secondaryjoin, other, options.viewonly ?? false)
    return new Relationship({
      key,
      parent,
      target,
      direction: 'MANYTOMANY',
      pairs: primary.pairs.map((pair) => pairTo(pair, secondary)),
      secondary,
      secondaryPairs: second.pairs.map((pair) => pairTo(pair, secondary)),
      primaryjoin: primary.condition,
      secondaryjoin: second.condition,
      customJoin: primary.custom || second.custom,
      options,
    })
  }
  const question = { ...common, left: parent.table, right: target.table }
  const join = path(options.primaryjoin, question, options.viewonly ?? false)
  const remoteSide = columns(options.remoteSide)
  const direction = directionOf(owner, parent.table, target.table, join.pairs, remoteSide)
  return new Relationship({
    key,
    parent,
    target,
    direction,
    pairs: join.pairs.map(({ foreign, referred }) =>
      direction === 'MANYTOONE'
        ? { local: foreign, remote: referred }
        : { local: referred, remote: foreign },
    ),
    secondary: null,
    secondaryPairs: [],
    primaryjoin: join.condition,
    secondaryjoin: null,
    customJoin: join.custom,
    options,
  })
}

function path(
  option: JoinOption | undefined,
  question: Parameters<typeof joinByForeignKeys>[0],
  viewonly: boolean,
): JoinPath {
  if (option === undefined) return joinByForeignKeys(question)
  const condition = typeof option === 'function' ? (option as () => unknown)() : option
  if (!(condition instanceof ColumnElement)) {
    throw new ArgumentError(
      `The join condition of relationship ${question.owner} must be an expression, or a function that ` +
        `gives one, got ${String(condition)}`,
    )
  }
  return joinByCondition(condition, question, viewonly)
}

function pairTo({ foreign, referred }: KeyPair, secondary: Table): ColumnPair {
  return foreign.table === secondary
    ? { local: referred, remote: foreign }
    : { local: foreign, remote: referred }
}

function directionOf(
  owner: string,
  parent: Table,
  target: Table,
  pairs: readonly KeyPair[],
  remoteSide: readonly Column[] | null,
): RelationshipDirection {
  if (remoteSide !== null) {
    if (pairs.every(({ referred }) => remoteSide.includes(referred))) return 'MANYTOONE'
    if (pairs.every(({ foreign }) => remoteSide.includes(foreign))) return 'ONETOMANY'
    throw new ArgumentError(
      `Relationship ${owner} could not determine any unambiguous local/remote column pairs based on ` +
        'join condition and remoteSide arguments.  Consider using the remoteSide option to name the ' +
        'columns of the other side.',
    )
  }
  if (parent === target) return 'ONETOMANY'
  const inTarget = pairs.every(({ foreign }) => foreign.table === target)
  if (inTarget) return 'ONETOMANY'
  const inParent = pairs.every(({ foreign }) => foreign.table === parent)
  if (inParent) return 'MANYTOONE'
  throw new ArgumentError(
    `Can't determine relationship direction for relationship '${owner}' - foreign key columns within ` +
      "the join condition are present in both the parent and the child's mapped tables.  Ensure that " +
      "only those columns referring to a parent column are marked as foreign, via the 'foreignKeys' " +
      'argument.',
  )
}

function resolveTarget(pending: PendingRelationship): Mapper {
  const { parent, declaration, key } = pending
  const { registry } = parent
  let { target } = declaration
  if (typeof target === 'function' && !registry.isModel(target)) {
    target = (target as () => unknown)() as object
  }
  if (typeof target === 'string') return registry.byName(target, parent)
  if (registry.isModel(target)) return registry.map(target as ModelClass)
  throw new ArgumentError(
    `relationship '${key}' expects a class or a mapper argument (received: ${describe(target)})`,
  )
}

function describe(value: unknown): string {
  if (typeof value === 'function') return `class ${value.name}`
  return value === undefined
    ? 'undefined; a class that is defined later needs a function: () => Name'
    : String(value)
}

function resolveSecondary({ parent, declaration, key }: PendingRelationship): Table | null {
  let { secondary } = declaration.options
  if (secondary === undefined || secondary === null) return null
  const { registry } = parent
  if (typeof secondary === 'function' && !registry.isModel(secondary)) {
    secondary = (secondary as () => unknown)() as Table | string | object
  }
  if (secondary instanceof Table) return secondary
  if (registry.isModel(secondary)) return registry.map(secondary as ModelClass).table
  if (typeof secondary === 'string') {
    const table =
      parent.table.metadata.find(secondary) ?? registry.metadataFor(null).find(secondary)
    if (table) return table
    throw new InvalidRequestError(
      `When initializing mapper ${parent}, expression '${secondary}' failed to locate a name ` +
        `('${secondary}'): no table of that name is known.`,
    )
  }
  throw new ArgumentError(
    `secondary argument of relationship '${parent.modelClass.name}.${key}' must be a Table`,
  )
}

/** The items of an option that names attributes. */
export function resolveColumns(option: ColumnsOption, pending: PendingRelationship): unknown[] {
  const value = typeof option === 'function' ? (option as () => unknown)() : option
  const list = Array.isArray(value) ? value : [value]
  return list.flatMap((item) =>
    typeof item === 'string' ? namesIn(item).map((name) => attributeNamed(name, pending)) : [item],
  )
}

// `'[Node.id, Node.kind]'` is how SQLAlchemy writes a list within a string.
function namesIn(text: string): string[] {
  return text
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

const ORDERED = /^(.+?)\.(asc|desc)\(\)$/

function attributeNamed(text: string, pending: PendingRelationship): unknown {
  const { parent } = pending
  const ordered = ORDERED.exec(text)
  if (ordered) {
    const element = attributeNamed(ordered[1] as string, pending) as ColumnElement
    return ordered[2] === 'desc' ? element.desc() : element.asc()
  }
  const dot = text.lastIndexOf('.')
  if (dot < 0) return parent.attribute(text)
  const name = text.slice(0, dot)
  const key = text.slice(dot + 1)
  const table = parent.table.metadata.known(name)
  const mapper = parent.registry.tryByName(name)
  if (mapper) return mapper.attribute(key)
  const column = table?.c[key]
  if (column) return column
  return parent.registry.byName(name, parent).attribute(key)
}

function columnOf(item: unknown, pending: PendingRelationship): Column {
  if (item instanceof ColumnElement) {
    const base = baseOf(item)
    if (base instanceof Column) return pending.ownColumns.get(base) ?? base
  }
  throw new ArgumentError(
    `Column expression expected for an option of relationship ` +
      `'${pending.parent.modelClass.name}.${pending.key}', got ${String(item)}`,
  )
}
