import { ArgumentError, InvalidRequestError } from '../../errors.ts'
import type { ColumnElement } from '../../expression/element.ts'
import { defineRelationship } from './attributes.ts'
import { BackrefDeclaration, RelationshipDeclaration, type RelationshipOptions } from './declare.ts'
import type { Mapper } from './mapper.ts'
import type { Registry } from './registry.ts'
import type { Relationship } from './relationship.ts'
import {
  type PendingRelationship,
  resolveColumns,
  resolveRelationship,
} from './resolve-relationship.ts'

/**
 * Resolves relationships until none is left, then joins the two sides of each.
 *
 * @returns what is left when `take` gives nothing more: always empty.
 */
export function configureRelationships(
  registry: Registry,
  take: () => PendingRelationship[],
): PendingRelationship[] {
  const done: [PendingRelationship, Relationship][] = []
  for (let batch = take(); batch.length > 0; batch = take()) {
    try {
      for (const pending of batch) done.push([pending, resolveRelationship(pending)])
    } catch (error) {
      registry.postpone([
        ...done.map(([pending]) => pending).filter((it) => !batch.includes(it)),
        ...batch,
      ])
      throw error
    }
  }
  try {
    for (const [pending, relationship] of [...done]) {
      const backref = makeBackref(pending, relationship)
      if (backref) done.push(backref)
    }
    const byOwner = new Map<Mapper, Map<string, Relationship>>()
    for (const [, relationship] of done) {
      const own = byOwner.get(relationship.parent) ?? new Map<string, Relationship>()
      byOwner.set(relationship.parent, own.set(relationship.key, relationship))
    }
    for (const [, relationship] of done) link(relationship, byOwner)
    for (const [, relationship] of done) relationship.parent.addRelationship(relationship)
    for (const [pending, relationship] of done) {
      relationship.orderBy = orderOf(pending)
      if (!pending.declaration.options.backPopulates) continue
      defineRelationship(
        (relationship.parent.modelClass as { prototype: object }).prototype,
        relationship.key,
      )
    }
  } catch (error) {
    registry.postpone(done.map(([pending]) => pending).filter((pending) => !generated.has(pending)))
    throw error
  }
  return []
}

const generated = new WeakSet<PendingRelationship>()

function makeBackref(
  pending: PendingRelationship,
  forward: Relationship,
): [PendingRelationship, Relationship] | null {
  const { backref } = pending.declaration.options
  if (backref === undefined) return null
  const { name, options } =
    backref instanceof BackrefDeclaration ? backref : new BackrefDeclaration(backref, {})
  const { target, parent } = forward
  if (target.construction.mapped.has(name) && !target.relationships.has(name)) {
    throw new ArgumentError(
      `Error creating backref '${name}' on relationship '${forward}': property of that name exists on ` +
        `mapper '${target}'`,
    )
  }
  const given = pending.declaration.options
  const inherited: Record<string, unknown> = {}
  for (const key of ['viewonly', 'postUpdate', 'passiveUpdates', 'syncBackref'] as const) {
    if (given[key] !== undefined) inherited[key] = given[key]
  }
  const joins: RelationshipOptions = forward.secondary
    ? {
        secondary: forward.secondary,
        ...(forward.secondaryjoin ? { primaryjoin: forward.secondaryjoin } : {}),
        secondaryjoin: forward.primaryjoin,
      }
    : {
        primaryjoin: forward.primaryjoin,
        // What is remote on one side is local on the other.
        remoteSide: forward.pairs.map((pair) => pair.local),
      }
  const foreignKeys = forward.options.foreignKeys
  const reverse: PendingRelationship = {
    key: name,
    parent: target,
    ownColumns: pending.ownColumns,
    declaration: new RelationshipDeclaration(parent.modelClass, {
      ...inherited,
      ...joins,
      ...(foreignKeys === undefined ? {} : { foreignKeys: foreignKeysOf(forward) }),
      ...options,
      backPopulates: forward.key,
    }),
  }
  generated.add(reverse)
  const relationship = resolveRelationship(reverse)
  backrefNames.set(forward, name)
  return [reverse, relationship]
}

const backrefNames = new WeakMap<Relationship, string>()

function foreignKeysOf(forward: Relationship): object[] {
  return forward.pairs
    .flatMap(({ local, remote }) =>
      forward.secondary ? [remote] : forward.direction === 'MANYTOONE' ? [local] : [remote],
    )
    .concat(forward.secondaryPairs.map((pair) => pair.remote))
}

function link(relationship: Relationship, byOwner: Map<Mapper, Map<string, Relationship>>): void {
  const name = relationship.options.backPopulates ?? backrefNames.get(relationship)
  if (name === undefined) return
  const { target, parent } = relationship
  let reverse: unknown
  for (let mapper: Mapper | null = target; mapper && !reverse; mapper = mapper.inherits) {
    reverse = byOwner.get(mapper)?.get(name) ?? mapper.relationships.get(name)
  }
  if (!reverse) throw new InvalidRequestError(`Mapper '${target}' has no property '${name}'`)
  const other = reverse as Relationship
  if (!other.target.isA(parent) && !parent.isA(other.target)) {
    throw new ArgumentError(
      `reverse_property '${name}' on relationship ${relationship} references relationship ${other}, ` +
        `which does not reference mapper ${parent}`,
    )
  }
  if (relationship.direction !== 'MANYTOMANY' && relationship.direction === other.direction) {
    throw new ArgumentError(
      `${relationship} and back-reference ${other} are both of the same direction ` +
        `symbol('${relationship.direction}').  Did you mean to set remoteSide on the many-to-one side ?`,
    )
  }
  // A side that only reads is not to be told of changes, and tells of none.
  if (relationship.viewonly || other.viewonly || relationship.options.syncBackref === false) return
  relationship.backPopulates = other
}

function orderOf(pending: PendingRelationship): readonly ColumnElement[] {
  const { orderBy } = pending.declaration.options
  if (orderBy === undefined || orderBy === false || orderBy === null) return []
  return resolveColumns(orderBy, pending).map(
    (item) => pending.ownColumns.get(item as never) ?? (item as ColumnElement),
  )
}
