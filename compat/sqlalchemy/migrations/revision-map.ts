import { CommandError } from './errors.ts'
import type { Revision } from './script-directory.ts'

const RELATIVE = /^(?<base>[^+-]*)(?<steps>[+-]\d+)$/

/** The graph of revisions: who comes after whom, and what the words on the command line mean. */
export class RevisionMap {
  readonly #revisions: ReadonlyMap<string, Revision>
  readonly #children = new Map<string, string[]>()

  /** Errors: `CommandError` for a missing predecessor, a double or a cycle. */
  constructor(revisions: readonly Revision[]) {
    const known = new Map<string, Revision>()
    for (const revision of revisions) {
      const twin = known.get(revision.id)
      if (twin) {
        throw new CommandError(
          `Revision ${revision.id} is present more than once: ${twin.file}, ${revision.file}`,
        )
      }
      known.set(revision.id, revision)
    }
    this.#revisions = known
    for (const { id, downRevisions, file } of revisions) {
      for (const parent of downRevisions) {
        if (!known.has(parent)) {
          throw new CommandError(`Revision ${parent} referenced from ${file} is not present`)
        }
        this.#children.set(parent, [...(this.#children.get(parent) ?? []), id])
      }
    }
    this.#order = this.#sort()
  }

  /** All ids, each after its predecessors. */
  readonly #order: readonly string[]

  get order(): readonly string[] {
    return this.#order
  }

  /** Revisions that nothing follows. */
  get heads(): string[] {
    return this.#order.filter((id) => !this.#children.has(id))
  }

  /** The revisions that come right after one. */
  childrenOf(id: string): readonly string[] {
    return this.#children.get(id) ?? []
  }

  /** Errors: `CommandError` when there is none of that id. */
  get(id: string): Revision {
    const revision = this.#revisions.get(id)
    if (!revision) throw new CommandError(`Can't locate revision identified by '${id}'`)
    return revision
  }

  has(id: string): boolean {
    return this.#revisions.has(id)
  }

  /** A revision by its id or the beginning of it. */
  find(text: string): Revision {
    if (this.#revisions.has(text)) return this.get(text)
    const found = this.#order.filter((id) => text.length >= 2 && id.startsWith(text))
    if (found.length > 1) {
      const names = found.map((id) => `'${id}'`).join(', ')
      throw new CommandError(`Multiple revisions start with '${text}': ${names}`)
    }
    return this.get(found[0] ?? text)
  }

  /** A revision and all it builds upon. */
  ancestors(id: string): Set<string> {
    const seen = new Set<string>()
    const visit = (at: string): void => {
      if (seen.has(at)) return
      seen.add(at)
      for (const parent of this.get(at).downRevisions) visit(parent)
    }
    visit(id)
    return seen
  }

  /** All that builds upon a revision, without itself. */
  descendants(id: string): Set<string> {
    const seen = new Set<string>()
    const visit = (at: string): void => {
      for (const child of this.childrenOf(at)) {
        if (seen.has(child)) continue
        seen.add(child)
        visit(child)
      }
    }
    visit(id)
    return seen
  }

  /** Of those applied, the ones nothing applied follows: alembic's "current". */
  headsOf(applied: ReadonlySet<string>): string[] {
    return this.#order.filter(
      (id) => applied.has(id) && !this.childrenOf(id).some((child) => applied.has(child)),
    )
  }

  /** The only head. Errors: `CommandError` when there are several. */
  singleHead(): string | null {
    const { heads } = this
    if (heads.length > 1) {
      throw new CommandError(
        "Multiple head revisions are present for given argument 'head'; please specify a" +
          " specific target revision, or 'heads' for all heads, or join them with 'merge'" +
          ` (${heads.join(', ')})`,
      )
    }
    return heads[0] ?? null
  }

  /**
   * The revisions that a word names: `head`, `heads`, `base` (none), an id or its beginning, each
   * with `+1` or `-1`; a bare `+1` counts from what is applied.
   */
  resolve(text: string, applied: ReadonlySet<string>): string[] {
    if (text === 'base') return []
    if (text === 'heads') return this.heads
    if (text === 'current') return this.headsOf(applied)
    const relative = RELATIVE.exec(text)?.groups
    if (relative && !this.#revisions.has(text)) {
      const from =
        relative.base === ''
          ? this.headsOf(applied)
          : this.resolve(relative.base as string, applied)
      return this.#walk(from, Number(relative.steps), text)
    }
    if (text === 'head') {
      const head = this.singleHead()
      return head === null ? [] : [head]
    }
    return [this.find(text).id]
  }

  #walk(from: readonly string[], steps: number, text: string): string[] {
    if (from.length > 1) {
      throw new CommandError(
        `Ambiguous walk: ${text} counts from several revisions: ${from.join(', ')}`,
      )
    }
    let at: string | null = from[0] ?? null
    for (let left = Math.abs(steps); left > 0; left--) {
      const next: readonly string[] = steps > 0 ? this.#after(at) : this.#before(at)
      if (next.length > 1) {
        throw new CommandError(`Ambiguous walk: ${text} may be any of ${next.join(', ')}`)
      }
      if (next.length === 0 && (steps > 0 || at === null)) {
        throw new CommandError(
          `Relative revision ${text} didn't produce ${Math.abs(steps)} migrations`,
        )
      }
      at = next[0] ?? null
    }
    return at === null ? [] : [at]
  }

  #after(id: string | null): readonly string[] {
    if (id !== null) return this.childrenOf(id)
    return this.#order.filter((other) => this.get(other).downRevisions.length === 0)
  }

  #before(id: string | null): readonly string[] {
    return id === null ? [] : this.get(id).downRevisions
  }

  #sort(): string[] {
    const order: string[] = []
    const done = new Set<string>()
    const open = new Set<string>()
    const visit = (id: string): void => {
      if (done.has(id)) return
      if (open.has(id))
        throw new CommandError(`Cycle is detected in revisions (${[...open].join(', ')})`)
      open.add(id)
      for (const parent of this.get(id).downRevisions) visit(parent)
      open.delete(id)
      done.add(id)
      order.push(id)
    }
    const byDate = [...this.#revisions.values()].sort((a, b) =>
      a.created === b.created ? (a.id < b.id ? -1 : 1) : a.created < b.created ? -1 : 1,
    )
    for (const { id } of byDate) visit(id)
    return order
  }
}
