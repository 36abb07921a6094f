import { escapeText, hasHTML } from '../../http/escape.ts'
import { Markup } from '../../http/markup.ts'
import { TemplateNotFound, TemplateRuntimeError } from '../errors.ts'
import * as arithmetic from '../python/arithmetic.ts'
import { invoke, type Kwargs } from '../python/call.ts'
import { contains, equal, ordered } from '../python/compare.ts'
import { entriesOf, iterate, truth, unpack } from '../python/iterate.ts'
import { slice } from '../python/slice.ts'
import { repr, str } from '../python/text.ts'
import { typeName } from '../python/type-name.ts'
import { Undefined } from '../python/undefined.ts'
import { Dict, Float, MISSING, makeTuple } from '../python/values.ts'
import { superBlock, TemplateReference } from './blocks.ts'
import type { CompiledBlock, Context, ContextEnvironment, Variables } from './context.ts'
import { trace } from './errors.ts'
import { Loop } from './loop.ts'
import { createMacro, TemplateModule } from './macro.ts'
import { callMember as callMemberOf, getItem, getMember, type MakeUndefined } from './members.ts'
import { Namespace } from './namespace.ts'

/** The part of a template that other templates use. */
export interface RuntimeTemplate {
  readonly name: string | null
  readonly filename: string | null
  readonly blocks: ReadonlyMap<string, CompiledBlock>
  renderIn(context: Context): string
  streamIn(context: Context): Iterable<string>
  sharedContext(context: Context, locals: Variables): Context
  moduleIn(context: Context | null, locals: Variables | null): TemplateModule
}

/** The part of an environment that compiled templates use. */
export interface RuntimeEnvironment extends ContextEnvironment {
  readonly filters: Readonly<Record<string, unknown>>
  readonly tests: Readonly<Record<string, unknown>>
  readonly finalize: unknown
  getTemplate(name: unknown, parent?: string | null): RuntimeTemplate
  getOrSelectTemplate(name: unknown, parent?: string | null): RuntimeTemplate
}

const environmentOf = (context: Context): RuntimeEnvironment =>
  context.environment as RuntimeEnvironment

const undefinedMaker = (context: Context): MakeUndefined => {
  const Class = context.environment.undefined
  return (object, name) => new Class(null, object, name)
}

/** Escaped output: strings most of the time. */
function escaped(value: unknown): string {
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return hasHTML(value) ? String(value.__html__()) : escapeText(str(value))
}

const shown = (context: Context, value: unknown): string =>
  context.evalContext.autoescape ? escaped(value) : str(value)

/** The context a function gets that asks for one: with the variables of the loop and block. */
function stateFor(context: Context, loop: Variables | null, block: Variables | null): Context {
  const inLoop = loop === null ? context : context.derived(loop)
  return block === null ? inLoop : inLoop.derived(block)
}

function call(
  context: Context,
  fn: unknown,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  loop: Variables | null = null,
  block: Variables | null = null,
): unknown {
  return invoke(fn, undefined, args, kwargs, stateFor(context, loop ?? null, block ?? null))
}

function callMember(
  context: Context,
  value: unknown,
  name: string,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  loop: Variables | null = null,
  block: Variables | null = null,
): unknown {
  const state = stateFor(context, loop ?? null, block ?? null)
  return callMemberOf(value, name, args, kwargs, state, undefinedMaker(context))
}

function applyNamed(kind: 'filter' | 'test') {
  return (
    context: Context,
    name: string,
    args: readonly unknown[],
    kwargs: Kwargs | null,
  ): unknown => {
    const environment = environmentOf(context)
    const registry = kind === 'filter' ? environment.filters : environment.tests
    if (!Object.hasOwn(registry, name)) {
      throw new TemplateRuntimeError(`No ${kind} named ${repr(name)} found.`)
    }
    return invoke(registry[name], undefined, args, kwargs, context)
  }
}

/** Adds `**mapping` to the keyword arguments. */
function keywords(given: Kwargs | null, mapping: unknown): Kwargs {
  const entries = entriesOf(mapping)
  if (entries === null) {
    if (mapping instanceof Undefined) mapping.fail()
    throw new TypeError(`argument after ** must be a mapping, not ${typeName(mapping)}`)
  }
  const out: Kwargs = given ?? Object.create(null)
  for (const [key, value] of entries) {
    const name = String(key)
    if (name in out) throw new TypeError(`got multiple values for keyword argument '${name}'`)
    out[name] = value
  }
  return out
}

function joinText(parts: readonly unknown[]): string {
  let out = ''
  for (const part of parts) out += str(part)
  return out
}

/** `a ~ b` where output is escaped: Markup as soon as one part is. */
function joinMarkup(parts: readonly unknown[]): string | Markup {
  return parts.some(hasHTML) ? new Markup(parts.map(escaped).join('')) : joinText(parts)
}

function extend(context: Context, name: unknown, parent: string | null): RuntimeTemplate {
  const template = environmentOf(context).getTemplate(name, parent)
  for (const [key, block] of template.blocks) {
    const versions = context.blocks.get(key)
    if (versions === undefined) context.blocks.set(key, [block])
    else versions.push(block)
  }
  return template
}

function included(
  context: Context,
  name: unknown,
  parent: string | null,
  ignoreMissing: boolean,
): RuntimeTemplate | null {
  try {
    return environmentOf(context).getOrSelectTemplate(name, parent)
  } catch (error) {
    if (ignoreMissing && error instanceof TemplateNotFound) return null
    throw error
  }
}

function imported(
  context: Context,
  name: unknown,
  parent: string | null,
  locals: Variables | null,
): TemplateModule {
  const template = environmentOf(context).getTemplate(name, parent)
  return template.moduleIn(locals === null ? null : context, locals)
}

function exportedName(
  context: Context,
  module: TemplateModule,
  name: string,
  position: string,
): unknown {
  if (Object.hasOwn(module, name)) return (module as unknown as Record<string, unknown>)[name]
  const from = TemplateModule.nameOf(module)
  const label = from === null ? 'None' : repr(from)
  return context.undefined(
    name,
    `the template ${label} (imported on ${position}) does not export the requested name ${repr(name)}`,
  )
}

/** Everything that compiled templates call. */
export const RUNTIME: Readonly<Record<string, unknown>> = {
  ...arithmetic,
  Dict,
  Float,
  Loop,
  MISSING,
  Markup,
  TemplateReference,
  Undefined,
  call,
  callMember,
  createMacro,
  equal,
  escaped,
  exportedName,
  extend,
  filter: applyNamed('filter'),
  imported,
  included,
  iterate,
  joinMarkup,
  joinText,
  keywords,
  makeTuple: (items: Iterable<unknown>): unknown => makeTuple(Array.from(items)),
  ordered,
  shown,
  slice,
  str,
  superBlock,
  test: applyNamed('test'),
  trace,
  truth,
  unpack,
  isIn: (item: unknown, container: unknown): boolean => contains(container, item),
  member: (context: Context, value: unknown, name: string): unknown =>
    getMember(value, name, undefinedMaker(context)),
  item: (context: Context, value: unknown, key: unknown): unknown =>
    getItem(value, key, undefinedMaker(context)),
  captured: (context: Context, value: unknown): unknown =>
    context.evalContext.autoescape ? new Markup(hasHTML(value) ? value : str(value)) : value,
  finalize: (context: Context, value: unknown): unknown =>
    invoke(environmentOf(context).finalize, undefined, [value], null, context),
  moduleText: (template: RuntimeTemplate): string => template.moduleIn(null, null).toString(),
  checkNamespace: Namespace.check,
  setNamespace: Namespace.assign,
  requireBlock(context: Context, name: string): void {
    if ((context.blocks.get(name)?.length ?? 0) <= 1) {
      throw new TemplateRuntimeError(`Required block ${repr(name)} not found`)
    }
  },
  extendedTwice(): never {
    throw new TemplateRuntimeError('extended multiple times')
  },
}
