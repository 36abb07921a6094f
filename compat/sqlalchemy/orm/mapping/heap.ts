import type { ModelClass } from './mapper.ts'

/** The slice of `node:inspector` that is used. */
interface InspectorModule {
  Session: new () => InspectorSession
}
interface InspectorSession {
  connect(): void
  disconnect(): void
  on(event: string, listener: (message: { params: ContextCreated }) => void): void
  post(method: string, params: object, done: (error: Error | null, result: Answer) => void): void
}
interface ContextCreated {
  readonly context: { readonly id: number }
}
interface Answer {
  readonly result?: { readonly objectId?: string }
  readonly objects?: { readonly objectId?: string }
  readonly exceptionDetails?: unknown
}

const SLOT = '__bustapiModels'
const GROUP = 'bustapi'

/**
 * The classes that extend `base`, wherever they are: JavaScript tells nobody that a class was made, but the
 * engine knows its objects. Costs a garbage collection (10 ms and more). Empty where the inspector is refused;
 * then classes are found when they are first used, or by `db.register`.
 */
export function classesExtending(base: object): ModelClass[] {
  const session = connect()
  if (!session) return []
  // The protocol speaks of objects by id; a property of the global object passes them.
  const slot: { base: object; found: ArrayLike<unknown> } = { base, found: [] }
  const holder = globalThis as { [SLOT]?: typeof slot }
  try {
    Object.defineProperty(holder, SLOT, { value: slot, configurable: true, enumerable: false })
    const prototype = findBase(session)
    if (prototype === undefined) return []
    const parameters = { prototypeObjectId: prototype, objectGroup: GROUP }
    const objectId = send(session, 'Runtime.queryObjects', parameters).objects?.objectId
    if (objectId === undefined) return []
    send(session, 'Runtime.callFunctionOn', {
      objectId,
      functionDeclaration: `function () { globalThis.${SLOT}.found = this }`,
      objectGroup: GROUP,
    })
    return Array.from(slot.found).filter(isClass)
  } catch {
    return []
  } finally {
    Reflect.deleteProperty(holder, SLOT)
    // The inspector keeps what it gave an id to alive.
    session.post('Runtime.releaseObjectGroup', { objectGroup: GROUP }, () => {})
    session.disconnect()
  }
}

function connect(): InspectorSession | null {
  try {
    const inspector = process.getBuiltinModule('node:inspector') as unknown as InspectorModule
    const session = new inspector.Session()
    session.connect()
    return session
  } catch {
    return null
  }
}

/** The id of the base class, in the context this code runs in: Jest gives each test file one of its own. */
function findBase(session: InspectorSession): string | undefined {
  const expression = `globalThis.${SLOT}?.base`
  const evaluate = (contextId?: number): string | undefined =>
    send(session, 'Runtime.evaluate', { expression, contextId, objectGroup: GROUP }).result
      ?.objectId
  const inMain = evaluate()
  if (inMain !== undefined) return inMain
  const contexts: number[] = []
  session.on('Runtime.executionContextCreated', ({ params }) => contexts.push(params.context.id))
  send(session, 'Runtime.enable', {})
  for (const id of contexts) {
    const found = evaluate(id)
    if (found !== undefined) return found
  }
  return undefined
}

// In-process sessions answer before `post` returns.
function send(session: InspectorSession, method: string, params: object): Answer {
  let answer: Answer = {}
  let failure: Error | null = null
  session.post(method, params, (error, result) => {
    failure = error
    answer = result ?? {}
  })
  if (failure) throw failure
  if (answer.exceptionDetails) throw new Error(`${method} failed`)
  return answer
}

function isClass(value: unknown): value is ModelClass {
  return (
    typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null
  )
}
