import type { Figures } from '../measure.ts'
import { budget, type Report, table } from '../report.ts'
import { median } from '../stats.ts'

const ratio = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : value.toFixed(2)

/** The budgets of the drop-in that this run can judge. */
export function expressBudgets({ results }: Report): string[][] {
  const figures = (scenario: string, peer = 'bustapi/express'): Figures | undefined =>
    results.find((one) => one.scenario === scenario)?.figures.find((one) => one.peer === peer)
  const most = (name: string, value: number | null | undefined, limit: number): string[] =>
    budget(name, value, limit, true)
  const againstExpress = (name: string, scenario: string, limit: number): string[] =>
    most(`${name}, × Express 5`, figures(scenario)?.overOriginal, limit)
  const worst = (peer: string, of: (one: Figures) => number | null): number | undefined => {
    const all = results.flatMap(({ figures }) => figures.filter((one) => one.peer === peer))
    const values = all.map(of).filter((value) => value !== null)
    return values.length > 0 ? Math.max(...values) : undefined
  }
  const memory = results.flatMap(({ scenario }) => {
    const [own, other] = [figures(scenario), figures(scenario, 'Express 5')]
    return own === undefined || other === undefined ? [] : [own.peak / other.peak]
  })
  return [
    most('text, × node:http with the same headers', figures('text')?.overNode, 1.1),
    most('JSON, × node:http with the same headers', figures('json')?.overNode, 1.1),
    againstExpress('text', 'text', 0.6),
    againstExpress('JSON', 'json', 0.6),
    ...['first', 'last', 'missing'].map((which) =>
      most(`1,000 routes, ${which}, × one route`, figures(`routes-${which}`)?.overOther, 1.05),
    ),
    againstExpress('1,000 routes, last', 'routes-last', 0.12),
    againstExpress('1,000 routes, missing', 'routes-missing', 0.12),
    againstExpress('100 middleware functions', 'middleware-100', 0.5),
    againstExpress('helmet, cors, cookie-parser, json, morgan', 'stack', 0.6),
    againstExpress('static file of 4 kB', 'static-4', 0.5),
    most(
      'slowest scenario, × Express 5',
      worst('bustapi/express', (one) => one.overOriginal),
      1,
    ),
    most(
      'slowest scenario, × Express 4',
      worst('bustapi/express4', (one) => one.overOriginal),
      1,
    ),
    most('peak memory, × Express 5 (median)', memory.length > 0 ? median(memory) : undefined, 1),
  ].filter((row) => row.length > 0)
}

/** The table of README: CPU per request, each version beside what it stands in for. */
export function expressSummary({ results }: Report): string {
  const rows = results.map(({ title, figures }) => {
    const of = (peer: string): Figures | undefined => figures.find((one) => one.peer === peer)
    const cpu = (peer: string): string => of(peer)?.cpu.toFixed(1) ?? '–'
    return [
      title,
      cpu('Express 5'),
      cpu('bustapi/express'),
      ratio(of('bustapi/express')?.overOriginal),
      cpu('Express 4'),
      cpu('bustapi/express4'),
      ratio(of('bustapi/express4')?.overOriginal),
    ]
  })
  return table(
    [
      'CPU µs/request',
      'Express 5',
      '`bustapi/express`',
      '×',
      'Express 4',
      '`bustapi/express4`',
      '×',
    ],
    rows,
  )
}
