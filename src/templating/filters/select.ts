import { FilterArgumentError, TemplateRuntimeError } from '../errors.ts'
import {
  builtin,
  type CallState,
  invoke,
  type Kwargs,
  passContext,
  rawFunction,
} from '../python/call.ts'
import { iterate, truth } from '../python/iterate.ts'
import { repr, str } from '../python/text.ts'
import { Undefined } from '../python/undefined.ts'
import { Lazy } from '../python/values.ts'
import { getAttribute, type MakeUndefined } from '../runtime/members.ts'
import { attributeGetter, type Filter, type FilterEnvironment, passEnvironment } from './support.ts'

interface SelectContext extends CallState {
  readonly environment: FilterEnvironment
}

/** A filter or test by name, as `map('upper')` and `select('odd')` use it. */
function named(
  context: SelectContext,
  kind: 'filter' | 'test',
  name: unknown,
  args: readonly unknown[],
  kwargs: Kwargs | null,
): (item: unknown) => unknown {
  const registry = kind === 'filter' ? context.environment.filters : context.environment.tests
  const key = str(name)
  if (!Object.hasOwn(registry, key)) {
    const label =
      typeof name === 'string' ? repr(name) : name instanceof Undefined ? 'Undefined' : key
    const hint =
      name instanceof Undefined
        ? ` (${name.message}; did you forget to quote the callable name?)`
        : ''
    throw new TemplateRuntimeError(`No ${kind} named ${label}.${hint}`)
  }
  const fn = registry[key]
  return (item) => invoke(fn, undefined, [item, ...args], kwargs, context)
}

function mapper(
  context: SelectContext,
  args: readonly unknown[],
  kwargs: Kwargs | null,
): (item: unknown) => unknown {
  if (args.length > 0) return named(context, 'filter', args[0], args.slice(1), kwargs)
  if (kwargs === null || !('attribute' in kwargs)) {
    throw new FilterArgumentError('map requires a filter argument')
  }
  const { attribute, default: fallback = null, ...rest } = kwargs
  const [unexpected] = Object.keys(rest)
  if (unexpected !== undefined) {
    throw new FilterArgumentError(`Unexpected keyword argument ${repr(unexpected)}`)
  }
  return attributeGetter(context.environment, attribute, null, fallback)
}

function map(all: readonly unknown[], kwargs: Kwargs | null): Lazy {
  const [context, value, ...args] = all as [SelectContext, unknown, ...unknown[]]
  function* generate(): Generator<unknown, void> {
    if (!truth(value)) return
    const apply = mapper(context, args, kwargs)
    for (const item of iterate(value)) yield apply(item)
  }
  return new Lazy('generator', generate())
}

function selector(
  context: SelectContext,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  byAttribute: boolean,
): (item: unknown) => boolean {
  if (byAttribute && args.length === 0) {
    throw new FilterArgumentError('Missing parameter for attribute name')
  }
  const getter = byAttribute ? attributeGetter(context.environment, args[0]) : null
  const rest = byAttribute ? args.slice(1) : args
  const test = rest.length === 0 ? null : named(context, 'test', rest[0], rest.slice(1), kwargs)
  return (item) => {
    const value = getter === null ? item : getter(item)
    return truth(test === null ? value : test(value))
  }
}

function selection(name: string, byAttribute: boolean, keep: boolean): Filter {
  const filter = rawFunction(name, (all, kwargs) => {
    const [context, value, ...args] = all as [SelectContext, unknown, ...unknown[]]
    function* generate(): Generator<unknown, void> {
      if (!truth(value)) return
      const accepts = selector(context, args, kwargs, byAttribute)
      for (const item of iterate(value)) if (accepts(item) === keep) yield item
    }
    return new Lazy('generator', generate())
  })
  return passContext(filter)
}

function attr(environment: FilterEnvironment, value: unknown, name: unknown): unknown {
  const undef: MakeUndefined = (object, key) => new environment.undefined(null, object, key)
  return getAttribute(value, str(name), undef)
}

/** Jinja's filters that apply other filters, tests or attribute lookups to each item. */
export const SELECT_FILTERS: Readonly<Record<string, Filter>> = {
  map: passContext(rawFunction('do_map', map)),
  select: selection('do_select', false, true),
  reject: selection('do_reject', false, false),
  selectattr: selection('do_selectattr', true, true),
  rejectattr: selection('do_rejectattr', true, false),
  attr: passEnvironment(builtin('do_attr', 'obj name', attr)),
}
