import type { BustAPI } from '../../index.ts'
import type { OptionSpecs } from '../parse-words.ts'

const SORTS = ['endpoint', 'methods', 'domain', 'rule', 'match']

/** Options of `bustapi routes`. */
export const ROUTES_OPTIONS: OptionSpecs = {
  sort: {
    kind: 'text',
    short: 's',
    choices: SORTS,
    value: `[${SORTS.join('|')}]`,
    help: "Method to sort routes by; 'match' is the order in which they are matched.",
  },
  'all-methods': { kind: 'flag', help: 'Show HEAD and OPTIONS methods.' },
}

/** How to list. */
export interface RoutesOptions {
  readonly sort?: string
  readonly allMethods?: boolean
}

/** One line a rule, under a head (`flask routes`). */
export function routesTable(app: BustAPI, options: RoutesOptions = {}): string[] {
  const { urlMap } = app
  const rules = [...urlMap.iterRules()]
  if (rules.length === 0) return ['No routes were registered.']
  const { sort = 'endpoint', allMethods = false } = options
  const domainOf = (rule: (typeof rules)[number]): string =>
    (urlMap.hostMatching ? rule.host : rule.subdomain) || ''
  const hasDomain = rules.some((rule) => domainOf(rule) !== '')
  const sorts = ['endpoint', 'methods', ...(hasDomain ? ['domain'] : []), 'rule']
  const rows = rules.map((rule) => {
    const methods = [...(rule.methods ?? [])].filter(
      (method) => allMethods || (method !== 'HEAD' && method !== 'OPTIONS'),
    )
    return [
      rule.endpoint ?? '',
      methods.sort().join(', '),
      ...(hasDomain ? [domainOf(rule)] : []),
      rule.rule,
    ]
  })
  const column = sorts.indexOf(sort)
  if (column !== -1) rows.sort((a, b) => compare(a[column] ?? '', b[column] ?? ''))
  const head = [
    'Endpoint',
    'Methods',
    ...(hasDomain ? [urlMap.hostMatching ? 'Host' : 'Subdomain'] : []),
    'Rule',
  ]
  return layOut(head, rows)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function layOut(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => (row[at] ?? '').length)),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  return [head, widths.map((width) => '-'.repeat(width)), ...rows].map(line)
}
