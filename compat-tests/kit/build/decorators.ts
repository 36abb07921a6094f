import { Fields } from '../fields.ts'
import type { Json } from '../json.ts'
import { camelKeys } from '../names.ts'
import { compileOptions } from '../typed-values.ts'
import type { World } from '../world.ts'
import { NO_RUN } from '../world.ts'
import { partOf } from './extension-parts.ts'
import type { ViewFunction } from './views.ts'

type Wrapper = (view: ViewFunction) => ViewFunction
type Options = Record<string, unknown>

/** Decorators by name: where each comes from, and how it takes its arguments. */
const DECORATORS: Readonly<Record<string, (world: World, options: Options) => Wrapper>> = {
  login_required: (world) => partOf<{ loginRequired: Wrapper }>(world, 'login').loginRequired,
  fresh_login_required: (world) =>
    partOf<{ freshLoginRequired: Wrapper }>(world, 'login').freshLoginRequired,
  jwt_required: (world, options) =>
    partOf<{ jwtRequired(options: Options): Wrapper }>(world, 'jwt').jwtRequired(options),
  cross_origin: (world, options) =>
    partOf<{ crossOrigin(options: Options): Wrapper }>(world, 'cors').crossOrigin(options),
}

/** Wraps a view in its decorators, of which the first is the outermost. */
export function decorate(
  view: ViewFunction,
  source: readonly Json[],
  world: World,
  where: string,
): ViewFunction {
  return source.reduceRight<ViewFunction>((inner, entry, at) => {
    const fields = new Fields(entry, `${where}.decorators[${at}]`)
    const name = fields.text('name') ?? fields.fail('no name')
    const options = camelKeys(compileOptions(fields.entries('args'), fields.where)(NO_RUN))
    fields.done()
    const make = Object.hasOwn(DECORATORS, name) ? DECORATORS[name] : undefined
    if (!make) return fields.fail(`unknown decorator ${name}`)
    return make(world, options)(inner)
  }, view)
}
