import type { Serving } from '../targets/bustapi.ts'
import { serve } from '../targets/bustapi.ts'
import type { BuiltApp } from './build/app.ts'
import { buildApp } from './build/app.ts'
import { exchange } from './client/exchange.ts'
import { Jar } from './client/jar.ts'
import { freezeClock, releaseClock } from './clock.ts'
import { replyDifference } from './compare/reply.ts'
import { Fields, MissingPart, UnknownVocabulary } from './fields.ts'
import { runInContext, runRaising } from './in-process.ts'
import type { Json, JsonObject } from './json.ts'
import { isObject, show } from './json.ts'
import type { Captured, HttpStep } from './request.ts'
import { captureAll, jarPath, readHttpStep, toRawRequest } from './request.ts'
import type { Result } from './result.ts'
import { mergeSession, verifySession } from './sessions.ts'

/** When the clock of a scenario stands, in seconds, unless it says otherwise. */
const DEFAULT_CLOCK = 1_700_000_000

/** All that a scenario's requests share. */
interface Session {
  readonly built: BuiltApp
  readonly serving: Serving
  readonly jar: Jar
  readonly captured: Captured
  now: number
}

const message = (error: unknown): string =>
  error instanceof UnknownVocabulary || error instanceof MissingPart
    ? `${error.name}: ${error.message}`
    : `${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`

/** Either of the two recordings will do where Flask's next version answers otherwise. */
function differenceFrom(
  expected: Json,
  next: Json | undefined,
  compare: (expected: Json) => string | null,
): string | null {
  const difference = compare(expected)
  if (difference === null || !isObject(next)) return difference
  const other = compare({ ...(expected as JsonObject), ...next })
  return other === null ? null : difference
}

async function runHttp(step: HttpStep, expected: Json, next: Json | undefined, session: Session) {
  const { serving, jar, captured, built } = session
  const { app, trace } = built.world
  serving.environ = {
    ...(step.scheme === 'https' ? { scheme: 'https' } : {}),
    ...(step.scriptName === '' ? {} : { scriptName: step.scriptName }),
    ...(step.remoteAddr === null ? {} : { remoteAddr: step.remoteAddr }),
  }
  const reply = await exchange(serving.port, toRawRequest(step, jar))
  await serving.idle()
  if (step.useJar) {
    for (const [name, value] of reply.headers) {
      if (name === 'set-cookie') jar.store(value, jarPath(step), session.now)
    }
  }
  captureAll(step, reply, captured)
  const outcome = {
    method: step.method,
    reply,
    trace: [...trace],
    mask: step.mask,
    verifySession: (cookie: string) => verifySession(app, cookie),
  }
  return differenceFrom(expected, next, (wanted) => replyDifference(wanted, outcome))
}

async function runRequest(fields: Fields, session: Session): Promise<string | null> {
  const { built, jar, captured } = session
  const { world, compiler } = built
  const expected = fields.take('expect') ?? fields.fail('no expect')
  const next = fields.take('expect_next')
  const at = fields.number('at')
  const kind = fields.text('kind')
  // Said of the recording, not of the request.
  for (const key of ['body_match', 'mask_etag', 'quirk']) fields.take(key)
  if (at !== undefined) {
    session.now = at
    freezeClock(at)
  }
  world.trace.length = 0
  if (kind !== undefined) {
    if (kind !== 'app_context' && kind !== 'test_request_context') {
      fields.fail(`unknown kind ${kind}`)
    }
    fields.take('method')
    const difference = await runInContext(kind, fields, compiler, expected)
    fields.done()
    return difference
  }
  const step = readHttpStep(fields, captured)
  fields.done()
  if (step.sessionTransaction) mergeSession(world.app, jar, step.sessionTransaction)
  const raised = isObject(expected) ? expected.raised : undefined
  if (typeof raised === 'string') return runRaising(step, jar, compiler, raised)
  return runHttp(step, expected, next, session)
}

function readTags(fields: Fields): string[] {
  return fields.texts('tags') ?? []
}

/** Results for requests that could not be sent because the app could not be built. */
function allFailed(
  area: string,
  scenario: string,
  requests: readonly Json[],
  why: string,
): Result[] {
  return requests.map((request, index) => ({
    area,
    scenario,
    request: isObject(request) ? String(request.id) : `${scenario}#${index + 1}`,
    ok: false,
    tags: isObject(request) && Array.isArray(request.tags) ? request.tags.map(String) : [],
    difference: why,
  }))
}

interface ScenarioHead {
  readonly id: string
  readonly area: string
  readonly tags: readonly string[]
  readonly app: Json
  readonly requests: readonly Json[]
  readonly clock: number
  readonly setupError: Json | undefined
}

function readScenario(source: Json): ScenarioHead {
  const fields = new Fields(source, 'scenario')
  const head: ScenarioHead = {
    id: fields.text('id') ?? fields.fail('no id'),
    area: fields.text('area') ?? fields.fail('no area'),
    tags: readTags(fields),
    app: fields.take('app') ?? fields.fail('no app'),
    requests: fields.list('requests'),
    clock: fields.number('clock') ?? DEFAULT_CLOCK,
    setupError: fields.take('setup_error'),
  }
  for (const key of ['title', 'setup_error_next', 'expect_setup_error']) fields.take(key)
  fields.done()
  return head
}

/** Builds an app that must not build: what it throws is the pass. */
async function runSetup(head: ScenarioHead): Promise<Result[]> {
  const { id, area, tags, app } = head
  let difference: string | null = null
  try {
    const built = await buildApp(app)
    await built.dispose()
    difference = `building the app must throw ${show(head.setupError)}`
  } catch (error) {
    if (error instanceof UnknownVocabulary || error instanceof MissingPart) {
      difference = message(error)
    }
  }
  return [{ area, scenario: id, request: id, ok: difference === null, tags, difference }]
}

async function runRequests(head: ScenarioHead, session: Session): Promise<Result[]> {
  const { id, area } = head
  const results: Result[] = []
  for (const [index, source] of head.requests.entries()) {
    const fields = new Fields(source, `${id}#${index + 1}`)
    const request = fields.text('id') ?? `${id}#${index + 1}`
    const tags = readTags(fields)
    const difference = await runRequest(fields, session).catch(message)
    results.push({ area, scenario: id, request, ok: difference === null, tags, difference })
  }
  return results
}

/** Runs one scenario: builds its app, serves it, and replays its requests in order. */
export async function runScenario(source: Json): Promise<Result[]> {
  const head = readScenario(source)
  freezeClock(head.clock)
  let built: BuiltApp | undefined
  let serving: Serving | undefined
  try {
    if (head.setupError !== undefined) return await runSetup(head)
    try {
      built = await buildApp(head.app)
      serving = await serve(built.world.app)
    } catch (error) {
      return allFailed(
        head.area,
        head.id,
        head.requests,
        `the app cannot be built: ${message(error)}`,
      )
    }
    const session = { built, serving, jar: new Jar(), captured: new Map(), now: head.clock }
    return await runRequests(head, session)
  } finally {
    await serving?.close()
    await built?.dispose()
    releaseClock()
  }
}
