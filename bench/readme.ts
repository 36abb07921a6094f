import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const README = join(import.meta.dirname, '..', 'README.md')

/** A text with what stands between `<!-- name:start -->` and `<!-- name:end -->` replaced. Throws without these lines. */
export function withSection(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->\n`, `<!-- ${name}:end -->`]
  const from = text.indexOf(start)
  const to = text.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`No lines ${start.trim()} and ${end} here`)
  return `${text.slice(0, from + start.length)}${content}\n${text.slice(to)}`
}

/** Writes a section of README anew. */
export function writeReadme(name: string, content: string): void {
  writeFileSync(README, withSection(readFileSync(README, 'utf8'), name, content))
}
