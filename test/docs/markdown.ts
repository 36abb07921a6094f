import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../../scripts/paths.ts'

/** A row of a table: its cells as text. */
export type Cells = readonly string[]

/** The text of a page at the root of the repository. */
export const page = (name: string): string => readFileSync(join(ROOT, name), 'utf8')

/** The texts in backticks. */
export const codeSpans = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code as string)

/** The rows of all tables of a page whose header has these cells. */
export function tableRows(text: string, header: string): Cells[] {
  const rows: Cells[] = []
  let inside = false
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) inside = false
    else if (line === header) inside = true
    else if (inside && !line.startsWith('|---')) {
      rows.push(
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      )
    }
  }
  return rows
}

/** The section under a heading, up to the next one of the same or a higher level. */
export function section(text: string, heading: string): string {
  const lines = text.split('\n')
  const start = lines.indexOf(heading)
  const level = heading.indexOf(' ')
  const rest = lines.slice(start + 1)
  const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= level)
  return start === -1 ? '' : rest.slice(0, end === -1 ? undefined : end).join('\n')
}

/** The anchors that GitHub makes of a page's headings. */
export function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/\s/g, '-'),
    ),
  )
}
