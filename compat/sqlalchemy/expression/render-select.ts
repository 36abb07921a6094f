import type { OperationNode, SelectQueryNode } from 'kysely'
import { context, Enclosing, withEnclosing } from './context.ts'
import { type ColumnElement, conjunction } from './element.ts'
import type { FromClause } from './from-clause.ts'
import { alias, sqlNode } from './nodes.ts'
import { AND } from './operators.ts'
import type { OutputColumn, Position } from './query-source.ts'
import { correlated, entityCriteria, resolveFroms } from './render-froms.ts'
import type { LockOptions, SelectParts } from './select-parts.ts'
import { finishNode, groupNodes } from './sort-nodes.ts'

type Draft<T> = { -readonly [K in keyof T]: T[K] }

/** The node of a SELECT with these results. */
export function renderSelect(
  parts: SelectParts,
  outputs: readonly OutputColumn[],
  position: Position,
): SelectQueryNode {
  const ctx = context()
  const all = resolveFroms(parts)
  ctx.reserve(all)
  const froms = correlated(all, parts, position, ctx)
  const enclosing = new Enclosing(froms, ctx.enclosing)
  return withEnclosing(ctx, enclosing, () => build(parts, outputs, froms))
}

function build(
  parts: SelectParts,
  outputs: readonly OutputColumn[],
  froms: readonly FromClause[],
): SelectQueryNode {
  const selections: OperationNode[] = []
  for (const { element, key } of outputs) selections.push(selection(element, key))
  const node = { kind: 'SelectQueryNode', selections } as unknown as Draft<SelectQueryNode>
  if (froms.length) {
    node.from = { kind: 'FromNode', froms: froms.map((from) => from.toFromNode()) }
  }
  const criteria = entityCriteria(parts)
  const where = criteria.length ? [...parts.where, ...criteria] : parts.where
  if (where.length) node.where = { kind: 'WhereNode', where: all(where) }
  const scope = { outputs, froms, compound: false }
  if (parts.groupBy.length) {
    const items = groupNodes(parts.groupBy, scope)
    node.groupBy = {
      kind: 'GroupByNode',
      items: items.map((groupBy) => ({ kind: 'GroupByItemNode', groupBy })),
    }
  }
  if (parts.having.length) node.having = { kind: 'HavingNode', having: all(parts.having) }
  modifiers(node, parts)
  return finishNode(node, parts, scope)
}

function all(conditions: readonly ColumnElement[]): OperationNode {
  return conditions.length === 1
    ? (conditions[0] as ColumnElement).toOperationNode()
    : conjunction(AND, conditions).toOperationNode()
}

/** An expression as a result, under its name. */
export function selection(element: ColumnElement, key: string): OperationNode {
  const node = element.toOperationNode() as OperationNode & {
    column?: { column?: { name?: string } }
  }
  const bare = node.kind === 'ReferenceNode' && node.column?.column?.name === key
  return { kind: 'SelectionNode', selection: bare ? node : alias(node, key) } as OperationNode
}

function modifiers(node: Draft<SelectQueryNode>, parts: SelectParts): void {
  if (parts.distinctOn.length) node.distinctOn = parts.distinctOn.map((it) => it.toOperationNode())
  const front: OperationNode[] = parts.prefixes.map(
    (words) =>
      ({
        kind: 'SelectModifierNode',
        rawModifier: sqlNode(words),
      }) as never,
  )
  if (parts.distinct && !parts.distinctOn.length) {
    front.push({ kind: 'SelectModifierNode', modifier: 'Distinct' } as never)
  }
  if (front.length) node.frontModifiers = front as never
  if (parts.lock && context().dialect?.features.forUpdate !== false) {
    node.endModifiers = lockModifiers(parts.lock) as never
  }
}

function lockModifiers(lock: LockOptions): OperationNode[] {
  context().mayAct = true
  const postgres = context().name === 'postgresql'
  let modifier = lock.read ? 'ForShare' : 'ForUpdate'
  if (lock.keyShare && postgres) modifier = lock.read ? 'ForKeyShare' : 'ForNoKeyUpdate'
  const of = lock.of?.length ? lock.of.map((from) => from.toOperationNode()) : undefined
  // MariaDB spells a shared lock in its own way and has no OF.
  const mariadb = context().dialect?.flavour === 'mariadb'
  const first =
    mariadb && lock.read
      ? { kind: 'SelectModifierNode', rawModifier: sqlNode('lock in share mode') }
      : { kind: 'SelectModifierNode', modifier, ...(of && !mariadb ? { of } : null) }
  const nodes = [first]
  if (lock.nowait) nodes.push({ kind: 'SelectModifierNode', modifier: 'NoWait' })
  if (lock.skipLocked) nodes.push({ kind: 'SelectModifierNode', modifier: 'SkipLocked' })
  return nodes as unknown as OperationNode[]
}
