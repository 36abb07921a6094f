import { CommandError } from './errors.ts'
import { Migrate, type MigrateContext, type RevisionBody } from './migrate.ts'
import type { DatabaseSteps } from './revision-file.ts'

const nameOf = ({ bindKey }: MigrateContext): string => bindKey ?? '<default>'

/**
 * The commands over all databases of an app, as Flask-Migrate's `--multidb`: one folder of revisions, each of
 * which has steps for every database; each database knows by itself which of them it has had.
 */
export class MigrateAll extends Migrate {
  readonly #contexts: readonly MigrateContext[]

  /** @param contexts one for each database, in one folder */
  constructor(contexts: readonly MigrateContext[]) {
    const [first] = contexts
    if (first === undefined) throw new CommandError('The app has no database')
    super(first)
    this.#contexts = contexts
  }

  async #each<T>(run: (migrate: Migrate) => Promise<T>): Promise<T[]> {
    const results: T[] = []
    for (const context of this.#contexts) {
      context.print(`Database ${nameOf(context)}`)
      results.push(await run(new Migrate(context)))
    }
    return results
  }

  protected override emptyBody(): RevisionBody {
    return this.#divided(this.#contexts.map(() => null))
  }

  #divided(bodies: readonly (RevisionBody | null)[]): RevisionBody {
    const databases = this.#contexts.map(
      ({ bindKey = null }, index): DatabaseSteps => ({
        bindKey,
        upgrade: bodies[index]?.upgrade ?? [],
        downgrade: bodies[index]?.downgrade ?? [],
      }),
    )
    const warnings = bodies.flatMap((body) => body?.warnings ?? [])
    return { upgrade: [], downgrade: [], databases, warnings }
  }

  override async changes(): Promise<RevisionBody | null> {
    const bodies = await this.#each((migrate) => migrate.changes())
    return bodies.every((body) => body === null) ? null : this.#divided(bodies)
  }

  override async upgrade(target?: string): Promise<string[]> {
    return (await this.#each((migrate) => migrate.upgrade(target))).flat()
  }

  override async downgrade(target?: string): Promise<string[]> {
    return (await this.#each((migrate) => migrate.downgrade(target))).flat()
  }

  override async sql(direction: 'upgrade' | 'downgrade', range: string): Promise<void> {
    for (const context of this.#contexts) {
      context.print(`-- Database ${nameOf(context)}`)
      await new Migrate(context).sql(direction, range)
    }
  }

  override async current(verbose?: boolean): Promise<void> {
    await this.#each((migrate) => migrate.current(verbose))
  }

  override async stamp(target?: string): Promise<void> {
    await this.#each((migrate) => migrate.stamp(target))
  }

  override async check(): Promise<void> {
    await this.#each((migrate) => migrate.check())
  }
}
