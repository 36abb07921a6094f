import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, normalize, sep } from 'node:path'
import { TemplateNotFound } from './errors.ts'
import { repr } from './python/text.ts'

/** The source of a template and where it came from. */
export interface TemplateSource {
  readonly source: string
  /** Path of the file for error messages, or null. */
  readonly filename: string | null
  /** Whether the source is still current; left out when it never changes. */
  readonly uptodate?: () => boolean
}

/** Finds templates by name (Jinja's `BaseLoader`). */
export interface TemplateLoader {
  /** The source, or null when there is no such template; may throw TemplateNotFound instead. */
  getSource(name: string): TemplateSource | null
  /** What the error says when there is no such template; the name alone when left out. */
  missingMessage?(name: string): string
  /** The names of all templates, sorted. */
  listTemplates?(): string[]
}

/** The parts of a template's path, or null when it leads out of the folder. */
function pathParts(name: string): string[] | null {
  const parts: string[] = []
  for (const part of name.split('/')) {
    if (part === '..' || part.includes('\\') || part.includes('\0') || part.includes(sep))
      return null
    if (part !== '' && part !== '.') parts.push(part)
  }
  return parts
}

/** Templates in one or more folders, the first folder that has one winning. */
export class FileSystemLoader implements TemplateLoader {
  readonly searchpath: readonly string[]

  /** @param searchpath Folder, or folders in order of precedence. */
  constructor(searchpath: string | readonly string[]) {
    this.searchpath = typeof searchpath === 'string' ? [searchpath] : searchpath
  }

  /** Reads a template; null also for names that lead out of the folders. */
  getSource(name: string): TemplateSource | null {
    const parts = pathParts(name)
    if (parts === null) return null
    for (const folder of this.searchpath) {
      const filename = normalize(join(folder, ...parts))
      const stats = statSync(filename, { throwIfNoEntry: false })
      if (!stats?.isFile()) continue
      const { mtimeMs } = stats
      return {
        source: readFileSync(filename, 'utf8'),
        filename,
        uptodate: () => statSync(filename, { throwIfNoEntry: false })?.mtimeMs === mtimeMs,
      }
    }
    return null
  }

  missingMessage(name: string): string {
    const folders = this.searchpath.map(repr).join(', ')
    const plural = this.searchpath.length === 1 ? 'path' : 'paths'
    return `${repr(name)} not found in search ${plural}: ${folders}`
  }

  listTemplates(): string[] {
    const found = new Set<string>()
    for (const folder of this.searchpath) {
      if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) continue
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue
        const path = join(entry.parentPath, entry.name).slice(join(folder, sep).length)
        found.add(path.split(sep).join('/'))
      }
    }
    return Array.from(found).sort()
  }
}

/** Templates in an object: name → source (Jinja's `DictLoader`). */
export class DictLoader implements TemplateLoader {
  readonly mapping: Readonly<Record<string, string>>

  constructor(mapping: Readonly<Record<string, string>>) {
    this.mapping = mapping
  }

  getSource(name: string): TemplateSource | null {
    if (!Object.hasOwn(this.mapping, name)) return null
    const source = this.mapping[name] as string
    return { source, filename: null, uptodate: () => this.mapping[name] === source }
  }

  listTemplates(): string[] {
    return Object.keys(this.mapping).sort()
  }
}

/** Asks several loaders in turn (Jinja's `ChoiceLoader`). */
export class ChoiceLoader implements TemplateLoader {
  readonly loaders: readonly TemplateLoader[]

  constructor(loaders: readonly TemplateLoader[]) {
    this.loaders = loaders
  }

  getSource(name: string): TemplateSource | null {
    for (const loader of this.loaders) {
      try {
        const source = loader.getSource(name)
        if (source !== null) return source
      } catch (error) {
        if (!(error instanceof TemplateNotFound)) throw error
      }
    }
    return null
  }

  listTemplates(): string[] {
    return Array.from(
      new Set(this.loaders.flatMap((loader) => loader.listTemplates?.() ?? [])),
    ).sort()
  }
}
