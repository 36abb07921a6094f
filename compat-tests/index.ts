/**
 * `bustapi/compat-tests`: the conformance kit. It proves against recordings of the originals that
 * this library behaves as they do, and gives authors of middleware and extensions the same means.
 *
 * @module
 */

export { defaultCorpus } from './kit/corpus.ts'
export { reportLines, resultLine, resultsJson, summaryLine } from './kit/report.ts'
export type { Result, Totals } from './kit/result.ts'
export { countResults, isWaived } from './kit/result.ts'
export type { ConformanceOptions } from './suites/flask.ts'
export { corpusAreas, runFlaskConformance } from './suites/flask.ts'
