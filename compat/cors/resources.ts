import { ValueError } from '../../src/index.ts'
import {
  type CorsAppOptions,
  type CorsOptions,
  type CorsPattern,
  type CorsResources,
  mergeOptions,
  resolveOptions,
} from './options.ts'
import { always, compilePattern, type Test, withoutStar } from './pattern.ts'
import { CorsPolicy } from './policy.ts'
import { probablyRegex } from './python-regex.ts'

/** Paths and the policy for them. */
interface Resource {
  readonly matches: Test
  readonly policy: CorsPolicy
}

type Entry = readonly [pattern: CorsPattern, options: CorsOptions]

const isPattern = (value: unknown): value is CorsPattern =>
  typeof value === 'string' || value instanceof RegExp

/** Where a pattern stands among others: plain paths first, then RegExps, then text as a pattern. */
function rank(pattern: CorsPattern): readonly number[] {
  const source = typeof pattern === 'string' ? pattern : pattern.source
  const kind = typeof pattern !== 'string' ? 1 : probablyRegex(pattern) ? 2 : 0
  return [kind, -(source.split('/').length - 1), -source.length]
}

function bySpecificity([a]: Entry, [b]: Entry): number {
  const left = rank(a)
  const right = rank(b)
  for (const [at, value] of left.entries()) {
    const difference = value - (right[at] as number)
    if (difference !== 0) return difference
  }
  return 0
}

/** The patterns with their own options; a map's in order of specificity, a list's as they are. */
function entriesOf(resources: CorsResources): Entry[] {
  if (isPattern(resources)) return [[withoutStar(resources), {}]]
  if (resources instanceof Map || (typeof resources === 'object' && resources !== null)) {
    if (!(resources instanceof Map) && Symbol.iterator in resources) {
      return [...(resources as Iterable<CorsPattern>)].map((pattern) => [withoutStar(pattern), {}])
    }
    const entries = resources instanceof Map ? [...resources] : Object.entries(resources)
    return (entries as Entry[])
      .map(([pattern, options]): Entry => [withoutStar(pattern), options])
      .sort(bySpecificity)
  }
  throw new ValueError('Unexpected value for resources argument.')
}

/** Decodes what is still percent-encoded in a path, as Flask-CORS does; a `+` stays what it is. */
function unquote(path: string): string {
  if (!path.includes('%')) return path
  return path.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString(),
  )
}

/** Finds the policy for a request's path. */
export type PolicyLookup = (request: { readonly path: string }) => CorsPolicy | null

/** Compiles resources, each with the options of all over which its own are laid. */
export function compileResources(
  config: Readonly<Record<string, unknown>> | undefined,
  options: Required<CorsAppOptions>,
): PolicyLookup {
  const all = entriesOf(options.resources).map(
    ([pattern, own]): Resource => ({
      matches: compilePattern(pattern, false),
      policy: new CorsPolicy(resolveOptions(mergeOptions(config, options, own))),
    }),
  )
  const [first] = all
  // Any path: decoding it is left to those who need it.
  if (first?.matches === always) return () => first.policy
  return (request) => {
    const path = unquote(request.path)
    return all.find((resource) => resource.matches(path))?.policy ?? null
  }
}
