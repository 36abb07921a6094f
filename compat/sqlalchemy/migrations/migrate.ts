import type { MetaData } from '../schema/metadata.ts'
import { findChanges } from './autogenerate.ts'
import type { DescribedDialect } from './describe.ts'
import { describeOperation } from './describe-operation.ts'
import { CommandError } from './errors.ts'
import type { IncludeTable } from './live-schema.ts'
import { offlineSql } from './offline.ts'
import { reverse } from './operations.ts'
import { type MigrationConnection, pinnedKysely } from './pinned-kysely.ts'
import { CodeWriter } from './render.ts'
import { type DatabaseSteps, revisionText } from './revision-file.ts'
import type { RevisionMap } from './revision-map.ts'
import { MigrationRunner } from './runner.ts'
import { type Revision, ScriptDirectory, type ScriptSettings } from './script-directory.ts'

/** A connection that is given back. */
export interface ClosableConnection extends MigrationConnection {
  readonly dialect: DescribedDialect
  close(): Promise<void>
}

/** What migrations need to know of an application. */
export interface MigrateContext {
  /** Where the revisions are. Default: `migrations` in the working directory. */
  readonly directory: string
  readonly metadata: MetaData
  /** The database, where the app has several; null, the default one, otherwise. */
  readonly bindKey?: string | null
  connect(): Promise<ClosableConnection>
  readonly include?: IncludeTable
  /** Writes a line for people. */
  print(line: string): void
  /** Writes a warning for people. */
  warn(line: string): void
}

/** Options of {@link Migrate.revision}. */
export interface RevisionOptions {
  readonly message?: string
  readonly autogenerate?: boolean
  readonly revId?: string
  /** The revision it is to follow. Default: the only head. */
  readonly head?: string
  /** Allows a new branch off a revision that has a follower. */
  readonly splice?: boolean
}

/** What a revision is to do, as code, and what is dangerous about it. */
export interface RevisionBody {
  readonly upgrade: readonly string[]
  readonly downgrade: readonly string[]
  readonly databases?: readonly DatabaseSteps[]
  readonly warnings: readonly string[]
}

const NOTHING: RevisionBody = { upgrade: [], downgrade: [], warnings: [] }

/** The commands of alembic and Flask-Migrate, as methods. */
export class Migrate {
  readonly #context: MigrateContext
  readonly #scripts: ScriptDirectory

  constructor(context: MigrateContext) {
    this.#context = context
    this.#scripts = new ScriptDirectory(context.directory)
  }

  get #print(): (line: string) => void {
    return this.#context.print
  }

  async #connected<T>(work: (connection: ClosableConnection) => Promise<T>): Promise<T> {
    const connection = await this.#context.connect()
    try {
      return await work(connection)
    } finally {
      await connection.close()
    }
  }

  #running<T>(work: (runner: MigrationRunner, map: RevisionMap) => Promise<T>): Promise<T> {
    return this.#connected(async (connection) => {
      const map = await this.#scripts.load()
      return work(new MigrationRunner(connection, map, this.#context.bindKey), map)
    })
  }

  /** Makes the folder. */
  async init(settings: ScriptSettings = { language: 'ts' }): Promise<void> {
    for (const file of await this.#scripts.init(settings))
      this.#print(`Generating ${file} ...  done`)
  }

  /** Writes a new revision. @returns its file; null when there is nothing to write */
  async revision(options: RevisionOptions = {}): Promise<string | null> {
    if (!options.autogenerate) return this.write(options, this.emptyBody())
    const body = await this.changes()
    if (body !== null) return this.write(options, body)
    this.#print('No changes in schema detected.')
    return null
  }

  /** The body of a revision that is to be filled in. */
  protected emptyBody(): RevisionBody {
    return NOTHING
  }

  /** What makes the database what the models say; null when it is that. */
  async changes(): Promise<RevisionBody | null> {
    return this.#connected(async (connection) => {
      await this.#requireUpToDate(connection, await this.#scripts.load())
      const source = { dialect: connection.dialect, kysely: pinnedKysely(connection) }
      const { metadata, include } = this.#context
      const found = await findChanges(source, metadata, include)
      if (found.operations.length === 0) return null
      for (const operation of found.operations) {
        for (const line of describeOperation(operation)) this.#print(`Detected ${line}`)
      }
      for (const warning of found.warnings) this.#context.warn(`WARNING: ${warning}`)
      for (const hint of found.hints) this.#context.warn(`HINT: ${hint}`)
      const writer = new CodeWriter(connection.dialect)
      return {
        upgrade: writer.body(found.operations),
        downgrade: writer.body(found.operations.map(reverse).reverse()),
        warnings: [...found.warnings, ...found.hints],
      }
    })
  }

  /** Writes a revision's file after the ones that the options name. */
  protected async write(options: RevisionOptions, body: RevisionBody): Promise<string> {
    const parents = this.#parents(await this.#scripts.load(), options)
    return this.#writeFile(parents, options.message ?? '', body, options.revId)
  }

  #parents(map: RevisionMap, { head, splice = false }: RevisionOptions): string[] {
    if (head === 'base') return []
    if (head !== undefined && head !== 'head') {
      const parent = map.find(head)
      if (!splice && map.childrenOf(parent.id).length > 0) {
        throw new CommandError(
          `Revision ${parent.id} is not a head revision; please specify --splice to create a new branch from this revision`,
        )
      }
      return [parent.id]
    }
    if (map.heads.length > 1) {
      throw new CommandError(
        'Multiple heads are present; please specify the head revision on which the new revision' +
          ` should be based, or perform a merge. (${map.heads.join(', ')})`,
      )
    }
    return map.heads
  }

  async #writeFile(
    downRevisions: readonly string[],
    message: string,
    body: RevisionBody,
    revId?: string,
  ): Promise<string> {
    const { language } = await this.#scripts.settings()
    const created = new Date().toISOString()
    const file = await this.#scripts.write(
      message,
      (id) => revisionText({ id, downRevisions, message, created, language, ...body }),
      revId,
    )
    this.#print(`Generating ${file} ...  done`)
    return file
  }

  /** Joins several heads by a revision that does nothing itself. */
  async merge(
    revisions: readonly string[],
    message: string = 'merge',
    revId?: string,
  ): Promise<string> {
    const map = await this.#scripts.load()
    const parents =
      revisions.length === 0 || revisions[0] === 'heads'
        ? map.heads
        : revisions.map((text) => map.find(text).id)
    if (parents.length < 2) throw new CommandError('Nothing to merge: give at least two revisions')
    return this.#writeFile(parents, message, NOTHING, revId)
  }

  async #requireUpToDate(connection: ClosableConnection, map: RevisionMap): Promise<void> {
    const applied = await new MigrationRunner(connection, map).applied()
    for (const id of applied) map.get(id)
    if (map.order.some((id) => !applied.has(id))) {
      throw new CommandError('Target database is not up to date.')
    }
  }

  upgrade(target: string = 'head'): Promise<string[]> {
    return this.#running((runner) => runner.upgrade(target, this.#print))
  }

  downgrade(target: string = '-1'): Promise<string[]> {
    return this.#running((runner) => runner.downgrade(target, this.#print))
  }

  /** Prints what an upgrade or downgrade would send. @param range `target`, or `from:to` */
  async sql(direction: 'upgrade' | 'downgrade', range: string): Promise<void> {
    const map = await this.#scripts.load()
    const [first = '', second] = range.split(':')
    if (direction === 'downgrade' && second === undefined) {
      throw new CommandError('downgrade with --sql requires <fromrev>:<torev>')
    }
    const [from, to] = second === undefined ? ['base', first] : [first || 'base', second || 'head']
    const one = (text: string): string | null => map.resolve(text, new Set())[0] ?? null
    const dialect = await this.#connected(async (connection) => connection.dialect)
    const lines = await offlineSql({
      map,
      dialect,
      direction,
      from: one(from),
      to: one(to),
      bindKey: this.#context.bindKey ?? null,
    })
    for (const line of lines) this.#print(line)
  }

  /** Prints the revisions that the database is at. */
  current(verbose: boolean = false): Promise<void> {
    return this.#running(async (runner, map) => {
      const applied = await runner.applied()
      for (const id of map.headsOf(applied)) this.#print(this.#line(map, id, verbose))
      for (const id of applied) map.get(id)
    })
  }

  #line(map: RevisionMap, id: string, verbose: boolean): string {
    if (verbose) return this.#long(map, map.get(id))
    return map.heads.includes(id) ? `${id} (head)` : id
  }

  #long(map: RevisionMap, revision: Revision): string {
    const marks = [
      map.heads.includes(revision.id) ? ' (head)' : '',
      revision.downRevisions.length > 1 ? ' (mergepoint)' : '',
      map.childrenOf(revision.id).length > 1 ? ' (branchpoint)' : '',
    ].join('')
    const parents = revision.downRevisions.length > 0 ? revision.downRevisions.join(', ') : '<base>'
    return [
      `Rev: ${revision.id}${marks}`,
      `Parent: ${parents}`,
      `Path: ${revision.file}`,
      '',
      `    ${revision.message}`,
      '    ',
      `    Revision ID: ${revision.id}`,
      `    Revises: ${revision.downRevisions.join(', ')}`,
      `    Create Date: ${revision.created}`,
      '',
    ].join('\n')
  }

  /** Prints the revisions that nothing follows. */
  async heads(verbose: boolean = false): Promise<void> {
    const map = await this.#scripts.load()
    for (const id of map.heads) this.#print(this.#line(map, id, verbose))
  }

  /** Prints the revisions that several follow. */
  async branches(): Promise<void> {
    const map = await this.#scripts.load()
    for (const id of map.order) {
      const children = map.childrenOf(id)
      if (children.length < 2) continue
      this.#print(`${id} (branchpoint), ${map.get(id).message}`)
      for (const child of children)
        this.#print(`${' '.repeat(id.length)} -> ${child}, ${map.get(child).message}`)
    }
  }

  /** Prints one revision, or the applied ones. */
  async show(text: string = 'head'): Promise<void> {
    const map = await this.#scripts.load()
    const applied =
      text === 'current' ? await this.#running((runner) => runner.applied()) : new Set<string>()
    for (const id of map.resolve(text, applied)) this.#print(this.#long(map, map.get(id)))
  }

  /** Prints the revisions, the newest first. @param range `from:to`, either may be left out */
  async history(
    options: { range?: string; verbose?: boolean; current?: boolean } = {},
  ): Promise<void> {
    const map = await this.#scripts.load()
    const asks = options.current === true || /current|^[+-]|:[+-]/.test(options.range ?? '')
    const applied = asks ? await this.#running((runner) => runner.applied()) : new Set<string>()
    const now = new Set(map.headsOf(applied))
    for (const id of this.#range(map, options.range, applied)) {
      const revision = map.get(id)
      if (options.verbose) {
        this.#print(this.#long(map, revision))
        continue
      }
      const parents =
        revision.downRevisions.length > 0 ? revision.downRevisions.join(', ') : '<base>'
      const marks = [
        map.heads.includes(id) ? ' (head)' : '',
        options.current && now.has(id) ? ' (current)' : '',
        revision.downRevisions.length > 1 ? ' (mergepoint)' : '',
        map.childrenOf(id).length > 1 ? ' (branchpoint)' : '',
      ].join('')
      this.#print(`${parents} -> ${id}${marks}, ${revision.message}`)
    }
  }

  #range(map: RevisionMap, range: string | undefined, applied: ReadonlySet<string>): string[] {
    const order = [...map.order].reverse()
    if (range === undefined) return order
    const [first = '', second] = range.split(':')
    if (second === undefined)
      throw new CommandError('History range requires [start]:[end], [start]:, or :[end]')
    const from = first === '' ? [] : map.resolve(first, applied)
    const to = second === '' ? map.heads : map.resolve(second, applied)
    const inside = new Set(to.flatMap((id) => [...map.ancestors(id)]))
    const before = new Set(
      from.flatMap((id) =>
        map.get(id).downRevisions.flatMap((parent) => [...map.ancestors(parent)]),
      ),
    )
    return order.filter((id) => inside.has(id) && !before.has(id))
  }

  /** Records a revision as applied without running anything. */
  async stamp(target: string = 'head'): Promise<void> {
    const ids = await this.#running((runner) => runner.stamp(target))
    this.#print(`Stamped ${ids.length > 0 ? ids.join(', ') : 'base'}`)
  }

  /** Errors: `CommandError` when models and database differ. */
  check(): Promise<void> {
    return this.#connected(async (connection) => {
      await this.#requireUpToDate(connection, await this.#scripts.load())
      const source = { dialect: connection.dialect, kysely: pinnedKysely(connection) }
      const { metadata, include } = this.#context
      const { operations } = await findChanges(source, metadata, include)
      if (operations.length > 0) {
        const lines = operations.flatMap(describeOperation)
        throw new CommandError(`New upgrade operations detected: ${lines.join('; ')}`)
      }
      this.#print('No new upgrade operations detected.')
    })
  }
}
