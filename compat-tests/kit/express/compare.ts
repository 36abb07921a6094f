import { runCase } from './run.ts'
import {
  type ExpressCase,
  type ExpressTarget,
  type Reply,
  type Transcript,
  WAYS,
  type Way,
} from './types.ts'

/** A transcript as flat facts: `#1 header 3 ETag` → `W/"…"`. */
export type Facts = ReadonlyMap<string, string>

/** One fact in which two runs differ; undefined where a run does not have it. */
export interface Difference {
  readonly field: string
  readonly expected: string | undefined
  readonly got: string | undefined
}

// The frames of a stack name files of the implementation, in pages with their spaces escaped.
const FRAMES = /(?:(?:<br>|\n)\s*(?:&nbsp; ?|\s)+at [^<\n]*)+/g
// The page of an error holds its stack, whose length shows even where no body comes.
const ERROR_PAGE = /default-src 'none'/
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

function scrubbed(text: string, test: ExpressCase): string {
  return (test.scrub ?? []).reduce(
    (result, [pattern, instead]) => result.replaceAll(pattern, instead),
    text,
  )
}

/** A head that no whole answer followed, without what is never alike in it. */
function unfinished(text: string): string {
  const dated = text.replaceAll(/^Date: .*$/gm, 'Date: (varies)')
  return ERROR_PAGE.test(dated)
    ? dated.replaceAll(/^Content-Length: .*$/gm, 'Content-Length: (varies)')
    : dated
}

function replyFacts(facts: Map<string, string>, at: string, reply: Reply, test: ExpressCase): void {
  const body = scrubbed(reply.body.replaceAll(FRAMES, ' (stack)'), test)
  const errorPage = reply.headers.some(([, value]) => ERROR_PAGE.test(value))
  const reshaped = body !== reply.body || (reply.framing === 'none' && errorPage)
  facts.set(`${at} status`, reply.statusLine)
  const names = reply.headers.map(([name]) => name)
  facts.set(`${at} header names`, names.join(', '))
  const seen = new Map<string, number>()
  for (const [name, value] of reply.headers) {
    const lower = name.toLowerCase()
    const count = (seen.get(lower) ?? 0) + 1
    seen.set(lower, count)
    const varies =
      (lower === 'date' && DATE.test(value)) ||
      (reshaped && (lower === 'content-length' || lower === 'etag')) ||
      test.varying?.includes(lower) === true
    facts.set(`${at} ${name} ${count}`, varies ? '(varies)' : scrubbed(value, test))
  }
  facts.set(`${at} body`, reply.failure === undefined ? body : unfinished(body))
  facts.set(`${at} framing`, reply.framing)
  facts.set(`${at} trailers`, JSON.stringify(reply.trailers))
  facts.set(`${at} interim`, JSON.stringify(reply.interim))
  facts.set(`${at} connection`, reply.reusable ? 'kept' : 'closed')
  facts.set(`${at} failure`, reply.failure ?? 'none')
}

/** All that counts of a transcript. */
export function factsOf(transcript: Transcript, test: ExpressCase): Facts {
  const facts = new Map<string, string>()
  facts.set('thrown', scrubbed((transcript.thrown ?? 'nothing').replaceAll(FRAMES, ''), test))
  for (const [index, reply] of transcript.replies.entries()) {
    replyFacts(facts, `#${index + 1}`, reply, test)
  }
  for (const [index, event] of transcript.events.entries()) {
    facts.set(`event ${index + 1}`, scrubbed(event.replaceAll(FRAMES, ' (stack)'), test))
  }
  return facts
}

/** The facts in which two runs differ. */
export function differences(expected: Facts, got: Facts): Difference[] {
  const fields = new Set([...expected.keys(), ...got.keys()])
  return [...fields]
    .filter((field) => expected.get(field) !== got.get(field))
    .map((field) => ({ field, expected: expected.get(field), got: got.get(field) }))
}

/**
 * Runs a program on a reference and on a subject.
 *
 * @param way How an application is served; a program that makes its own server is not asked.
 * @returns What differs. A fact on which two runs of the reference disagree as well does not count.
 */
export async function compareCase(
  test: ExpressCase,
  reference: ExpressTarget,
  subject: ExpressTarget,
  way: Way = 'around',
): Promise<Difference[]> {
  const model = await runCase(test, reference, way)
  const expected = factsOf(model, test)
  // An event that comes late on a busy machine is not one that never comes.
  const run = await runCase(test, subject, way, model.marks)
  const got = factsOf(run, test)
  const found = differences(expected, got)
  if (found.length === 0) return found
  const again = factsOf(await runCase(test, reference, way, run.marks), test)
  return found.filter(({ field }) => again.get(field) === expected.get(field))
}

/** {@link compareCase} in both ways of serving, as text for people. */
export async function compareBothWays(
  test: ExpressCase,
  reference: ExpressTarget,
  subject: ExpressTarget,
): Promise<string[]> {
  const texts: string[] = []
  for (const way of WAYS) {
    for (const difference of await compareCase(test, reference, subject, way)) {
      texts.push(`${way}: ${describeDifference(difference)}`)
    }
  }
  return texts
}

/** A difference for people. */
export function describeDifference({ field, expected, got }: Difference): string {
  const text = (value: string | undefined): string =>
    value === undefined ? '(absent)' : JSON.stringify(value)
  return `${field}\n    expected ${text(expected)}\n    got      ${text(got)}`
}
