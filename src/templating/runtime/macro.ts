import { Markup } from '../../http/markup.ts'
import { type Kwargs, rawFunction } from '../python/call.ts'
import { Dict, EngineObject, MISSING, makeTuple, setOwn } from '../python/values.ts'
import type { Context } from './context.ts'

/** What the compiler knows about a macro. */
export interface MacroInfo {
  /** Null for the body of a call block. */
  readonly name: string | null
  readonly arguments: readonly string[]
  readonly catchKwargs: boolean
  readonly catchVarargs: boolean
  /** The body uses `caller`. */
  readonly caller: boolean
}

/**
 * Makes the function that a macro is (Jinja's `Macro`). Templates call it with Python's argument
 * rules; JavaScript may call it with positional arguments. The result is safe where output is
 * escaped.
 *
 * @throws TypeError for arguments that the macro does not take.
 */
export function createMacro(
  info: MacroInfo,
  context: Context,
  body: (...args: unknown[]) => string,
): (...args: unknown[]) => unknown {
  const defaultAutoescape = context.evalContext.autoescape
  const label = info.name === null ? 'None' : `'${info.name}'`
  const macro = rawFunction(info.name ?? 'anonymous', (args, kwargs, state) => {
    const text = body(...bind(info, context, label, args, kwargs))
    const evalContext = state?.evalContext as { autoescape: boolean } | undefined
    return (evalContext?.autoescape ?? defaultAutoescape) ? new Markup(text) : text
  })
  const members: Record<string, unknown> = {
    name: info.name,
    arguments: makeTuple(info.arguments),
    catch_kwargs: info.catchKwargs,
    catch_varargs: info.catchVarargs,
    caller: info.caller,
  }
  for (const [key, value] of Object.entries(members)) {
    Object.defineProperty(macro, key, { value, enumerable: true, configurable: true })
  }
  const text = `<Macro ${info.name === null ? 'anonymous' : label}>`
  Object.defineProperty(macro, 'toString', { value: () => text })
  return macro
}

function bind(
  info: MacroInfo,
  context: Context,
  label: string,
  args: readonly unknown[],
  given: Kwargs | null,
): unknown[] {
  const kwargs: Kwargs = given === null ? {} : { ...given }
  const take = (name: string): unknown => {
    if (!Object.hasOwn(kwargs, name)) return MISSING
    const value = kwargs[name]
    delete kwargs[name]
    return value
  }
  const wanted = info.arguments.length
  const bound = args.slice(0, wanted)
  let foundCaller = bound.length === wanted && info.arguments.includes('caller')
  for (const name of info.arguments.slice(bound.length)) {
    if (name === 'caller') foundCaller = true
    bound.push(take(name))
  }
  if (info.caller && !foundCaller) {
    const caller = take('caller')
    bound.push(
      caller === MISSING || caller === null
        ? context.undefined('caller', 'No caller defined')
        : caller,
    )
  }
  const rest = Object.keys(kwargs)
  if (info.catchKwargs) bound.push(new Dict(rest.map((key) => [key, kwargs[key]])))
  else if (rest.includes('caller')) {
    throw new TypeError(
      `macro ${label} was invoked with two values for the special caller argument. This is most likely a bug.`,
    )
  } else if (rest.length > 0) {
    throw new TypeError(`macro ${label} takes no keyword argument '${rest[0]}'`)
  }
  if (info.catchVarargs) bound.push(makeTuple(args.slice(wanted)))
  else if (args.length > wanted) {
    throw new TypeError(`macro ${label} takes not more than ${wanted} argument(s)`)
  }
  return bound
}

/** What `{% import %}` binds: the exported names of a template, and its text (`TemplateModule`). */
export class TemplateModule extends EngineObject {
  readonly #text: string
  readonly #name: string | null

  constructor(name: string | null, text: string, exported: Readonly<Record<string, unknown>>) {
    super('jinja2.environment.TemplateModule')
    this.#name = name
    this.#text = text
    for (const key of Object.keys(exported)) setOwn(this, key, exported[key])
  }

  /** Name of the template, for messages. */
  static nameOf(module: TemplateModule): string | null {
    return module.#name
  }

  __html__(): string {
    return this.#text
  }

  override toString(): string {
    return this.#text
  }
}
