import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError } from './errors.ts'
import type { Operations } from './op.ts'
import { RevisionMap } from './revision-map.ts'

/** One migration. */
export interface Revision {
  readonly id: string
  /** What it comes after: none for the first, several for a merge. */
  readonly downRevisions: readonly string[]
  readonly message: string
  readonly created: string
  readonly file: string
  /** @param bindKey the database, where there are several; null is the default one */
  upgrade(op: Operations, bindKey: string | null): unknown
  downgrade(op: Operations, bindKey: string | null): unknown
}

/** How revisions are written. */
export interface ScriptSettings {
  readonly language: 'ts' | 'js'
  /** Whether each revision is about all databases of the app. Default false: about the default one. */
  readonly multidb?: boolean
}

const SETTINGS = 'settings.json'
const README = `Database migrations, one file each in versions/.

  bustapi db revision --autogenerate -m "what changes"   compare models and database, write a file
  bustapi db upgrade                                     apply what is not applied yet
  bustapi db downgrade                                   take back the last one

settings.json: "language" of new files, "ts" or "js"; "multidb": true when revisions are for all databases of the app.
`

interface Loaded {
  readonly revision?: unknown
  readonly downRevision?: unknown
  readonly upgrade?: unknown
  readonly downgrade?: unknown
}

/** The folder with the revisions. */
export class ScriptDirectory {
  readonly folder: string

  constructor(folder: string) {
    this.folder = folder
  }

  get versions(): string {
    return join(this.folder, 'versions')
  }

  /** Makes the folder. Errors: `CommandError` when there is something in it. */
  async init(settings: ScriptSettings): Promise<string[]> {
    if (existsSync(this.folder) && (await readdir(this.folder)).length > 0) {
      throw new CommandError(`Directory ${this.folder} already exists and is not empty`)
    }
    await mkdir(this.versions, { recursive: true })
    const files = [join(this.folder, 'README.md'), join(this.folder, SETTINGS)]
    await writeFile(files[0] as string, README)
    await writeFile(files[1] as string, `${JSON.stringify(settings, null, 2)}\n`)
    return files
  }

  async settings(): Promise<ScriptSettings> {
    const file = join(this.folder, SETTINGS)
    if (!existsSync(file)) return { language: 'ts' }
    const { language, multidb } = JSON.parse(
      await readFile(file, 'utf8'),
    ) as Partial<ScriptSettings>
    if (language !== undefined && language !== 'ts' && language !== 'js') {
      throw new CommandError(`${file}: "language" is "ts" or "js", not "${language}"`)
    }
    return { language: language ?? 'ts', ...(multidb === true ? { multidb } : {}) }
  }

  /** Reads all revisions. Errors: `CommandError` for a missing folder or a file that is none. */
  async load(): Promise<RevisionMap> {
    if (!existsSync(this.versions)) {
      throw new CommandError(
        `Path doesn't exist: ${this.folder}. Please use the 'db init' command to create a new` +
          ' migrations folder.',
      )
    }
    const names = (await readdir(this.versions)).filter(
      (name) => /\.[cm]?[jt]s$/.test(name) && !/\.d\.[cm]?ts$/.test(name),
    )
    const revisions: Revision[] = []
    for (const name of names.sort()) revisions.push(await this.#read(join(this.versions, name)))
    return new RevisionMap(revisions)
  }

  async #read(file: string): Promise<Revision> {
    const loaded = (await import(pathToFileURL(file).href)) as Loaded & { default?: Loaded }
    // A CommonJS file has its names in `default`.
    const { revision, downRevision, upgrade, downgrade } = loaded.revision
      ? loaded
      : (loaded.default ?? loaded)
    if (typeof revision !== 'string' || typeof upgrade !== 'function') {
      throw new CommandError(
        `Could not determine the revision of ${file}: it must export 'revision' and 'upgrade'.`,
      )
    }
    const text = await readFile(file, 'utf8')
    const [, comment = ''] = /^\s*\/\*\*?([\s\S]*?)\*\//.exec(text) ?? []
    const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim())
    return {
      id: revision,
      downRevisions: [downRevision ?? []].flat() as string[],
      message: lines.find((line) => line !== '') ?? '',
      created: /Create Date: (.*)/.exec(comment)?.[1]?.trim() ?? '',
      file,
      upgrade: upgrade as Revision['upgrade'],
      downgrade: (downgrade ?? (() => undefined)) as Revision['downgrade'],
    }
  }

  /** Writes a new revision's file; the text is made with its id. */
  async write(message: string, text: (id: string) => string, revId?: string): Promise<string> {
    const id = revId ?? randomBytes(6).toString('hex')
    if (!/^[\w-]+$/.test(id))
      throw new CommandError(`'${id}' is not a revision id: letters, digits, _`)
    const { language } = await this.settings()
    const slug = slugOf(message)
    const file = join(this.versions, `${id}${slug === '' ? '' : `_${slug}`}.${language}`)
    await mkdir(this.versions, { recursive: true })
    await writeFile(file, text(id), { flag: 'wx' })
    return file
  }
}

/** alembic's: words joined with `_`, at most 40 characters. */
function slugOf(message: string): string {
  const words = message.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const slug = words.join('_')
  return slug.length <= 40 ? slug : `${slug.slice(0, 40).replace(/_[^_]*$/, '')}_`
}
