import * as bustapi from 'bustapi'
import { HTTPException, KeyError, RuntimeError, ValueError } from 'bustapi'
import { Fields, UnknownVocabulary } from '../fields.ts'
import type { Json } from '../json.ts'
import type { ErrorClass } from '../world.ts'

class ZeroDivisionError extends Error {}

/** Python's built-in names, and the classes that stand for them. Declared here once. */
const BUILT_IN: ReadonlyMap<string, ErrorClass> = new Map<string, ErrorClass>([
  ['Exception', Error],
  ['ValueError', ValueError],
  ['KeyError', KeyError],
  ['TypeError', TypeError],
  ['RuntimeError', RuntimeError],
  ['ZeroDivisionError', ZeroDivisionError],
])

/** An HTTP exception class that the library exports, by Werkzeug's name. */
function httpException(name: string): ErrorClass | undefined {
  const found: unknown = Reflect.get(bustapi, name)
  if (typeof found !== 'function') return undefined
  const isHttp = found === HTTPException || found.prototype instanceof HTTPException
  return isHttp ? (found as ErrorClass) : undefined
}

/**
 * The class that a name of the corpus means: one of the scenario's own, an HTTP exception, or the
 * counterpart of a Python built-in.
 * @throws {UnknownVocabulary} when it is none of them.
 */
export function errorClass(name: string, own: ReadonlyMap<string, ErrorClass>): ErrorClass {
  const found = own.get(name) ?? BUILT_IN.get(name) ?? httpException(name)
  if (!found) throw new UnknownVocabulary(`unknown exception ${name}`)
  return found
}

function derive(name: string, Base: ErrorClass, code?: number, description?: string): ErrorClass {
  const Derived = class extends Base {}
  Object.defineProperty(Derived, 'name', { value: name })
  if (code !== undefined) Object.defineProperty(Derived, 'code', { value: code })
  if (description !== undefined) {
    Object.defineProperty(Derived, 'description', { value: description })
  }
  return Derived
}

/** Makes the scenario's own exception classes; each may derive from those before it. */
export function buildExceptions(source: readonly Json[], own: Map<string, ErrorClass>): void {
  for (const [at, entry] of source.entries()) {
    const fields = new Fields(entry, `exceptions[${at}]`)
    const name = fields.text('name') ?? fields.fail('no name')
    const base = fields.text('base') ?? 'Exception'
    const code = fields.number('code')
    const description = fields.text('description')
    fields.done()
    own.set(name, derive(name, errorClass(base, own), code, description))
  }
}
