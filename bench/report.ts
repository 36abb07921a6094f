import { cpus, totalmem } from 'node:os'
import type { Footprint } from './footprint.ts'
import type { Result } from './measure.ts'
import { median } from './stats.ts'

/** Everything one run found. */
export interface Report {
  /** ISO time of the run's start. */
  readonly date: string
  readonly machine: string
  readonly node: string
  readonly results: readonly Result[]
  readonly footprints: readonly Footprint[]
  /** One line for each thing that was left out. */
  readonly skipped: readonly string[]
}

/** The machine in a few words. */
export function machineName(): string {
  const all = cpus()
  const model = all[0]?.model.trim() ?? 'unknown processor'
  return `${all.length} cores of ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`
}

const MB = (bytes: number): string => (bytes / 2 ** 20).toFixed(0)
const ratio = (value: number | null): string => (value === null ? '–' : value.toFixed(2))

/** A Markdown table whose first column is text and all others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** One scenario as a Markdown section. */
export function scenarioTable({ title, figures, beside: other }: Result): string {
  const beside = figures.some((one) => one.overOther !== null)
  const original = figures.some((one) => one.overOriginal !== null)
  const rows = figures.map((one) => [
    one.peer,
    one.cpu.toFixed(1),
    ratio(one.overFastify),
    ratio(one.overNode),
    ...(original ? [ratio(one.overOriginal)] : []),
    ...(beside ? [ratio(one.overOther)] : []),
    Math.round(one.perSecond).toLocaleString('en'),
    one.p50.toFixed(2),
    one.p99.toFixed(2),
    MB(one.peak),
  ])
  const head = [
    '',
    'CPU µs/request',
    '× Fastify',
    '× node:http',
    ...(original ? ['× its Express'] : []),
    ...(beside ? [`× ${other}`] : []),
  ]
  return `### ${title}\n\n${table([...head, 'requests/s', 'p50 ms', 'p99 ms', 'peak RSS MB'], rows)}`
}

/** Base memory and cold start as a Markdown section. */
export function footprintTable(footprints: readonly Footprint[]): string {
  const bare = footprints.find((one) => one.server === 'node:http')
  const rows = footprints.map((one) => [
    one.server,
    one.coldStart.toFixed(0),
    bare === undefined ? '–' : `+${(one.coldStart - bare.coldStart).toFixed(0)}`,
    MB(one.baseRss),
    bare === undefined ? '–' : `+${MB(one.baseRss - bare.baseRss)}`,
    MB(one.usedRss),
  ])
  const head = ['', 'cold start ms', 'over node:http', 'base RSS MB', 'over node:http']
  return `### Start and base memory\n\n${table([...head, 'after one request'], rows)}`
}

/** One row of the budgets: what is promised, and what this run says; empty when it says nothing. */
export function budget(
  name: string,
  value: number | undefined | null,
  limit: number,
  most: boolean,
): string[] {
  if (value === undefined || value === null || Number.isNaN(value)) return []
  const kept = most ? value <= limit : value >= limit
  return [name, `${most ? '≤' : '≥'} ${limit}`, value.toFixed(2), kept ? 'kept' : 'missed']
}

/** Budgets as a Markdown section. */
export function budgetTable(rows: readonly (readonly string[])[]): string {
  const lines = rows.map((row) => `| ${row.join(' | ')} |`)
  const head = '| Budget | limit | this run | |\n| --- | ---: | ---: | --- |'
  return `### Budgets\n\n${[head, ...lines].join('\n')}`
}

/** The facade's budgets that this run can judge. */
export function facadeBudgets({ results, footprints }: Report): string[][] {
  const figure = (scenario: string, peer: string) =>
    results.find((one) => one.scenario === scenario)?.figures.find((one) => one.peer === peer)
  const own = footprints.find((one) => one.server === 'BustAPI')
  const flask = ['text', 'json', 'hooks', 'post'].flatMap((name) => {
    const [slow, fast] = [figure(name, 'Flask + gunicorn'), figure(name, 'BustAPI')]
    if (slow === undefined || fast === undefined) return []
    return [median(slow.rounds.map((cpu, round) => cpu / (fast.rounds[round] ?? Number.NaN)))]
  })
  return [
    budget('JSON with full context, × Fastify', figure('json', 'BustAPI')?.overFastify, 1.15, true),
    budget('hooks and `<int:id>`, × Fastify', figure('hooks', 'BustAPI')?.overFastify, 1.25, true),
    budget('1,000 routes, × one route', figure('routes-1000', 'BustAPI')?.overOther, 1.05, true),
    budget('`jwtRequired`, × Fastify', figure('jwt', 'BustAPI')?.overFastify, 1.1, true),
    budget(
      'row of SQLite, × Fastify with raw Kysely',
      figure('sqlite', 'BustAPI')?.overFastify,
      1.25,
      true,
    ),
    budget('`CORS(app)`, × without', figure('cors', 'BustAPI')?.overOther, 1.05, true),
    budget(
      'Flask + gunicorn, × BustAPI (least)',
      flask.length > 0 ? Math.min(...flask) : null,
      10,
      false,
    ),
    budget('base RSS, MB', own && own.baseRss / 2 ** 20, 50, true),
    budget('cold start, ms', own?.coldStart, 100, true),
  ].filter((row) => row.length > 0)
}

/** The whole report as Markdown. */
export function markdown(report: Report, budgets: readonly (readonly string[])[]): string {
  return [
    `# Bench of ${report.date.slice(0, 10)}`,
    `${report.machine}; Node ${report.node}. CPU is the server's, per request, all threads; medians of interleaved rounds.`,
    ...report.skipped,
    ...report.results.map(scenarioTable),
    ...(report.footprints.length > 0 ? [footprintTable(report.footprints)] : []),
    budgetTable(budgets),
  ].join('\n\n')
}
