import type { OperationNode, WithNode } from 'kysely'
import type { Dialect } from '../dialects/dialect.ts'
import type { FromSource } from './element.ts'
import { deepParts, type FromClause } from './from-base.ts'

/** FROM lists of a SELECT under way, for its subqueries' correlation. */
export class Enclosing {
  readonly #froms: readonly FromClause[]
  readonly #outer: Enclosing | null
  #near: ReadonlySet<FromSource> | undefined

  constructor(froms: readonly FromClause[], outer: Enclosing | null) {
    this.#froms = froms
    this.#outer = outer
  }

  /** Those of the SELECT right around. Most statements have no subquery that asks. */
  get near(): ReadonlySet<FromSource> {
    if (!this.#near) {
      const near = new Set<FromSource>()
      for (const from of this.#froms) deepParts(from, near)
      this.#near = near
    }
    return this.#near
  }

  /** Those of all SELECTs around. */
  get all(): ReadonlySet<FromSource> {
    return this.#outer ? new Set([...this.near, ...this.#outer.all]) : this.near
  }
}

/** A common table expression that has been met. */
export interface CollectedCte {
  readonly owner: object
  node: OperationNode | null
  /** Whether its SELECT is being rendered right now. */
  open: boolean
  readonly recursive: boolean
}

/**
 * What is known while one statement becomes operation nodes. Building is synchronous, so a module
 * variable holds it and expressions keep Kysely's argument-free `toOperationNode()`.
 */
export class RenderContext {
  readonly dialect: Dialect | null
  #names: Map<object, string> | undefined
  #ctes: Map<object, CollectedCte> | undefined
  readonly #met: FromClause[] = []
  enclosing: Enclosing | null = null
  /** Whether values are left open: parameters then are the expressions that hold them. */
  readonly open: boolean
  /** Whether a `bindparam()` was met; its value arrives with the execution. */
  hasParameters = false
  /** Whether the statement may do more than read rows: call an unknown function, take locks, run a user's SQL. */
  mayAct = false

  constructor(dialect: Dialect | null, open = false) {
    this.dialect = dialect
    this.open = open
  }

  /** The database's name; 'default' for generic SQL. */
  get name(): string {
    return this.dialect?.name ?? 'default'
  }

  /** The common table expressions met so far, in the order they have to stand. */
  get ctes(): Map<object, CollectedCte> {
    this.#ctes ??= new Map()
    return this.#ctes
  }

  get hasCtes(): boolean {
    return this.#ctes !== undefined && this.#ctes.size > 0
  }

  /** The name of something anonymous: `anon_1`, the same each time it is asked for. */
  nameOf(owner: object, hint: string): string {
    this.#names ??= new Map()
    let name = this.#names.get(owner)
    if (name === undefined) {
      const taken = new Set(this.#names.values())
      for (const from of this.#met) addNames(from, taken)
      let index = 1
      do name = `${hint}_${index++}`
      while (taken.has(name))
      this.#names.set(owner, name)
    }
    return name
  }

  /** Keeps the names of FROMs from being given to something anonymous. */
  reserve(froms: readonly FromClause[]): void {
    for (const from of froms) this.#met.push(from)
  }
}

function addNames(from: FromClause, into: Set<string>): void {
  if (from.name) into.add(from.name)
  for (const part of from.parts) addNames(part, into)
}

const GENERIC = new RenderContext(null)
let active: RenderContext = GENERIC

/** The statement under way; outside one, a context for generic SQL. */
export function context(): RenderContext {
  return active
}

/** Runs `work` with `next` as the statement under way. */
export function withContext<T>(next: RenderContext, work: () => T): T {
  const outer = active
  active = next
  try {
    return work()
  } finally {
    active = outer
  }
}

/** Runs `work` inside another SELECT's FROMs, or inside none. */
export function withEnclosing<T>(ctx: RenderContext, next: Enclosing | null, work: () => T): T {
  const outer = ctx.enclosing
  ctx.enclosing = next
  try {
    return work()
  } finally {
    ctx.enclosing = outer
  }
}

/** The WITH clause of what was met so far, and none for the statement: it stands somewhere else. */
export function takeCtes(ctx: RenderContext): WithNode | undefined {
  if (!ctx.hasCtes) return undefined
  const found = [...ctx.ctes.values()]
  ctx.ctes.clear()
  return {
    kind: 'WithNode',
    expressions: found.map((cte) => cte.node) as never,
    recursive: found.some((cte) => cte.recursive),
  }
}
