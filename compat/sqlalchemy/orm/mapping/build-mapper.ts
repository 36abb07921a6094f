import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import { ColumnElement } from '../../expression/element.ts'
import { baseOf } from '../../expression/from-clause.ts'
import { Column } from '../../schema/column.ts'
import { PrimaryKeyConstraint } from '../../schema/constraints.ts'
import { Table, type TableItem, type TableOptions } from '../../schema/table.ts'
import { defineColumn, defineExpression, defineRelationship, defineSynonym } from './attributes.ts'
import {
  classChain,
  inheritedStatic,
  type MapperArgs,
  ownMetadata,
  ownStatic,
  ownTable,
} from './class-options.ts'
import {
  ExpressionDeclaration,
  type FieldDeclaration,
  RelationshipDeclaration,
  SynonymDeclaration,
} from './declare.ts'
import type { Discovered } from './discovery.ts'
import {
  type ColumnProperty,
  type ConstructionPlan,
  type ExpressionProperty,
  Mapper,
  type ModelClass,
} from './mapper.ts'
import { mapperEventsOf } from './mapper-events.ts'
import type { Registry } from './registry.ts'
import type { PendingRelationship } from './resolve-relationship.ts'
import { camelToSnakeCase } from './table-name.ts'
import { validatorsOf } from './validates.ts'

/** What is known of a class before it has a mapper. */
export interface ClassFacts {
  readonly modelClass: ModelClass
  readonly discovered: Discovered
  readonly inherits: Mapper | null
  readonly inheritedFrom: Discovered | null
  /** Whether a base class is mapped. */
  readonly mapped: (modelClass: ModelClass) => boolean
}

/** A mapper and what has to wait until all classes are there. */
export interface BuiltMapper {
  readonly mapper: Mapper
  readonly relationships: readonly PendingRelationship[]
  /** Fills in expressions given as functions. */
  readonly later: readonly (() => void)[]
}

/** The attributes that the class itself declares: those of its mapped base are the base's. */
function ownDeclarations({ discovered, inheritedFrom }: ClassFacts): Map<string, FieldDeclaration> {
  const own = new Map<string, FieldDeclaration>()
  for (const [key, declaration] of discovered.declared) {
    const times = discovered.definitions.get(key) ?? 0
    const inherited = inheritedFrom?.definitions.get(key) ?? 0
    if (times > inherited) own.set(key, declaration)
  }
  return own
}

/** Whether the class has, or inherits, what a table needs. */
export function declaresPrimaryKey(
  facts: Pick<ClassFacts, 'discovered' | 'inheritedFrom' | 'modelClass'>,
): boolean {
  for (const declaration of ownDeclarations(facts as ClassFacts).values()) {
    const column = columnIn(declaration)
    if (column?.primaryKey) return true
  }
  const args = ownStatic(facts.modelClass, 'tableArgs')
  return Array.isArray(args) && args.some((item) => item instanceof PrimaryKeyConstraint)
}

function columnIn(declaration: FieldDeclaration): Column | null {
  if (declaration instanceof Column) return declaration
  if (declaration instanceof ExpressionDeclaration && declaration.expression instanceof Column) {
    return declaration.expression
  }
  return null
}

/**
 * Makes table, attributes and mapper of a class.
 *
 * @throws ArgumentError, InvalidRequestError as SQLAlchemy's declarative mapping.
 */
export function buildMapper(registry: Registry, facts: ClassFacts): BuiltMapper {
  const { modelClass, discovered, inherits, mapped } = facts
  const chain = classChain(modelClass, registry.modelBase)
  const declared = ownDeclarations(facts)
  const ownColumns = new Map<Column, Column>()
  const columns: { key: string; column: Column; deferred: boolean; group: string | null }[] = []
  for (const [key, declaration] of declared) {
    const given = columnIn(declaration)
    if (given === null) continue
    const column = given.name === '' ? (given.copy({ name: key }) as Column) : given
    ownColumns.set(given, column)
    const { deferred = false, group = null } =
      declaration instanceof ExpressionDeclaration ? declaration : {}
    columns.push({ key, column, deferred, group })
  }
  const bindKey = (modelClass as { bindKey?: string | null }).bindKey ?? null
  const table = inherits
    ? inheritTable(
        facts,
        columns.map((it) => it.column),
      )
    : makeTable(
        registry,
        facts,
        chain,
        columns.map((it) => it.column),
        bindKey,
      )
  const args = mapperArgs(modelClass, inheritedStatic(chain, 'mapperArgs', mapped))
  const properties = [...(inherits?.columns ?? [])]
  const keyOf = new Map<Column, string>()
  for (const { key, column } of columns) keyOf.set(column, key)
  const details = new Map(columns.map((it) => [it.column, it]))
  // A given table has columns the class does not mention; an inherited one those of other subclasses.
  const candidates = inherits ? columns.map((it) => it.column) : table.columns
  for (const column of candidates) {
    const key = keyOf.get(column) ?? column.key
    if (!included(key, args)) continue
    const index = properties.length
    const { deferred = false, group = null } = details.get(column) ?? {}
    properties.push({ key, column, index, deferred, group })
  }
  const property = (name: string | object | undefined): ColumnProperty | null =>
    name === undefined ? null : findProperty(name, properties, ownColumns, modelClass)
  const expressions = new Map<string, ExpressionProperty>(inherits?.expressions)
  const synonyms = new Map<string, string>(inherits?.synonyms)
  const primaryKey = inherits
    ? inherits.primaryKey
    : primaryKeyOf(table, properties, args, property)
  if (primaryKey.length === 0) {
    throw new ArgumentError(
      `Mapper mapped class ${modelClass.name}->${table.name} could not assemble any primary key columns ` +
        `for mapped table '${table.name}'`,
    )
  }
  const mapper = new Mapper({
    modelClass,
    table,
    columns: properties,
    expressions,
    synonyms,
    primaryKey,
    inherits,
    polymorphicOn: property(args.polymorphicOn) ?? inherits?.polymorphicOn ?? null,
    polymorphicIdentity: args.polymorphicIdentity ?? null,
    versionIdCol: property(args.versionIdCol) ?? inherits?.versionIdCol ?? null,
    versionIdGenerator: args.versionIdGenerator ?? inherits?.versionIdGenerator ?? null,
    eagerDefaults: args.eagerDefaults ?? inherits?.eagerDefaults ?? 'auto',
    registry,
    events: mapperEventsOf(modelClass),
    bindKey,
    validators: validatorsOf(modelClass),
    construction: constructionPlan(discovered, inherits),
  })
  const relationships: PendingRelationship[] = []
  const later: (() => void)[] = []
  const { prototype } = modelClass as { prototype: object }
  const { mapped: mappedKeys } = mapper.construction
  for (const { key } of properties) mappedKeys.add(key)
  for (const { key } of properties.slice(inherits?.columns.length ?? 0))
    defineColumn(prototype, key)
  for (const [key, declaration] of declared) {
    mappedKeys.add(key)
    if (declaration instanceof RelationshipDeclaration) {
      relationships.push({ key, parent: mapper, declaration, ownColumns })
      defineRelationship(prototype, key)
    } else if (declaration instanceof SynonymDeclaration) {
      synonyms.set(key, declaration.name)
      defineSynonym(prototype, key, declaration.name)
    } else if (declaration instanceof ExpressionDeclaration && !columnIn(declaration)) {
      const expression = expressionProperty(key, declaration, ownColumns)
      expressions.set(key, expression)
      defineExpression(prototype, key)
    }
  }
  for (const [key, value] of discovered.plain) definePlain(prototype, key, value)
  return { mapper, relationships, later }
}

function expressionProperty(
  key: string,
  declaration: ExpressionDeclaration,
  ownColumns: ReadonlyMap<Column, Column>,
): ExpressionProperty {
  let resolved: ColumnElement | undefined
  return {
    key,
    deferred: declaration.deferred,
    // A function may name classes and columns that are there only later.
    get expression(): ColumnElement {
      if (resolved === undefined) {
        const { expression } = declaration
        const element = typeof expression === 'function' ? expression() : expression
        resolved = replaceOwn(element, ownColumns)
      }
      return resolved
    },
  }
}

function replaceOwn(element: ColumnElement, own: ReadonlyMap<Column, Column>): ColumnElement {
  const column = own.get(element as Column)
  if (column) return column
  const { children } = element
  if (children.length === 0) return element
  const replaced = children.map((child) => replaceOwn(child, own))
  return replaced.some((child, index) => child !== children[index])
    ? element.withChildren(replaced)
    : element
}

function included(key: string, args: MapperArgs): boolean {
  if (args.includeProperties && !args.includeProperties.includes(key)) return false
  return !args.excludeProperties?.includes(key)
}

function mapperArgs(
  modelClass: ModelClass,
  given: MapperArgs | ((modelClass: ModelClass) => MapperArgs) | undefined,
): MapperArgs {
  return (typeof given === 'function' ? given.call(modelClass, modelClass) : given) ?? {}
}

function findProperty(
  name: string | object,
  properties: readonly ColumnProperty[],
  ownColumns: ReadonlyMap<Column, Column>,
  modelClass: ModelClass,
): ColumnProperty {
  const base = name instanceof ColumnElement ? baseOf(name) : null
  const column = base ? (ownColumns.get(base as Column) ?? base) : null
  const found = properties.find((property) =>
    column ? property.column === column : property.key === name || property.column.name === name,
  )
  if (found) return found
  throw new ArgumentError(
    `Can't determine the column '${String(name)}' named in mapperArgs of class '${modelClass.name}'`,
  )
}

function primaryKeyOf(
  table: Table,
  properties: readonly ColumnProperty[],
  args: MapperArgs,
  property: (name: string | object) => ColumnProperty | null,
): readonly ColumnProperty[] {
  if (args.primaryKey) return args.primaryKey.map((name) => property(name) as ColumnProperty)
  return table.primaryKey.columns.map((column) => {
    const found = properties.find((it) => it.column === column)
    if (!found) throw new ArgumentError(`Primary key column '${column}' is not mapped`)
    return found
  })
}

function constructionPlan(discovered: Discovered, inherits: Mapper | null): ConstructionPlan {
  const mapped = new Set<string>(inherits?.construction.mapped)
  return {
    declarations: discovered.declarations,
    mapped,
    handler: {
      defineProperty(target, key, descriptor): boolean {
        return typeof key === 'string' && mapped.has(key)
          ? true
          : Reflect.defineProperty(target, key, descriptor)
      },
    },
  }
}

// Python's class attributes are seen on instances that came from the database as well.
function definePlain(prototype: object, key: string, value: unknown): void {
  if (key in prototype) return
  Object.defineProperty(prototype, key, { value, configurable: true, writable: true })
}

function inheritTable({ inherits, modelClass }: ClassFacts, columns: readonly Column[]): Table {
  const { table } = inherits as Mapper
  for (const column of columns) {
    if (column.primaryKey) {
      throw new ArgumentError(
        `Class '${modelClass.name}' inherits from '${inherits?.modelClass.name}' and declares a primary ` +
          'key: joined-table inheritance is not supported. Leave the key out to share the table of ' +
          `'${inherits?.modelClass.name}' (single-table inheritance), or make the base 'static abstract = true'.`,
      )
    }
    const existing = table.c[column.key]
    if (existing && existing !== column) {
      throw new ArgumentError(
        `Column '${column.key}' on class '${modelClass.name}' conflicts with existing column '${existing}'`,
      )
    }
    if (!existing) table.appendColumn(column)
  }
  return table
}

function makeTable(
  registry: Registry,
  { modelClass, mapped }: ClassFacts,
  chain: readonly ModelClass[],
  columns: readonly Column[],
  bindKey: string | null,
): Table {
  const given = chain.map((current) => ownTable(current)).find((table) => table !== null)
  if (given) {
    for (const column of columns) {
      if (column.table !== given) {
        throw new ArgumentError(
          `Can't add additional column '${column.name}' when specifying a table`,
        )
      }
    }
    return given
  }
  const name = tableName(registry, modelClass, chain, mapped)
  const metadata =
    chain.map(ownMetadata).find((own) => own !== null) ?? registry.metadataFor(bindKey)
  const [items, options] = tableArgs(modelClass, inheritedStatic(chain, 'tableArgs', mapped))
  const schema = options.schema ?? metadata.schema
  const existing = metadata.known(schema ? `${schema}.${name}` : name)
  // A reflected table is taken by a class of its name that adds nothing.
  if (existing && columns.length === 0 && items.length === 0) return existing
  return new Table(name, metadata, ...columns, ...items, options)
}

/** The class's `tablename`, that of a mixin or abstract base, or a name made from the class's. */
function tableName(
  registry: Registry,
  modelClass: ModelClass,
  chain: readonly ModelClass[],
  mapped: (modelClass: ModelClass) => boolean,
): string {
  for (const current of chain) {
    const name = ownStatic(current, 'tablename')
    if (name === undefined) continue
    if (current === modelClass || !mapped(current)) return name
    break
  }
  if (modelClass.name === '') {
    throw new InvalidRequestError(
      'A model class without a name needs a static tablename: there is nothing to make one from',
    )
  }
  if (registry.options.autonaming === false) {
    throw new InvalidRequestError(
      `Class '${modelClass.name}' does not have a static table or tablename specified and does not inherit ` +
        'from an existing table-mapped class.',
    )
  }
  return camelToSnakeCase(modelClass.name)
}

type Args = readonly (TableItem | TableOptions)[] | TableOptions

function tableArgs(
  modelClass: ModelClass,
  given: Args | ((modelClass: ModelClass) => Args) | undefined,
): [TableItem[], TableOptions] {
  const args = typeof given === 'function' ? given.call(modelClass, modelClass) : given
  if (args === undefined || args === null) return [[], {}]
  if (!Array.isArray(args)) {
    if (typeof args !== 'object') {
      throw new ArgumentError('tableArgs must be an array, an object of options or a function')
    }
    return [[], args as TableOptions]
  }
  const last = args.at(-1) as unknown
  const plain =
    typeof last === 'object' && last !== null && Object.getPrototypeOf(last) === Object.prototype
  return plain
    ? [args.slice(0, -1) as TableItem[], last as TableOptions]
    : [args as TableItem[], {}]
}
