import type { RuleArgs } from '../../src/routing/rule-args.ts'
import type { Equal, Expect } from './assert.ts'

declare module '../../src/routing/rule-args.ts' {
  interface RuleConverters {
    testList: string[]
  }
}

export type Assertions = [
  Expect<Equal<RuleArgs<'/users/<int:user_id>'>, { user_id: number }>>,
  Expect<
    Equal<RuleArgs<'/users/<int:user_id>/<path:p>/<x>'>, { user_id: number; p: string; x: string }>
  >,
  Expect<Equal<RuleArgs<'/'>, Record<never, never>>>,
  Expect<Equal<RuleArgs<'/about/us'>, Record<never, never>>>,
  Expect<Equal<RuleArgs<'/<string:a>-<b>.html'>, { a: string; b: string }>>,
  Expect<Equal<RuleArgs<'/<string(length=2):lang>'>, { lang: string }>>,
  Expect<Equal<RuleArgs<'/<int(min=1, max=9):n>/<int(signed=True):m>'>, { n: number; m: number }>>,
  Expect<Equal<RuleArgs<'/<float:f>/<uuid:u>'>, { f: number; u: string }>>,
  Expect<Equal<RuleArgs<'/<any(a,b):k>'>, { k: 'a' | 'b' }>>,
  Expect<Equal<RuleArgs<'/<any(about, help):page>/x'>, { page: 'about' | 'help' }>>,
  Expect<Equal<RuleArgs<'/<any("foo,bar", \'b c\', d):k>'>, { k: 'foo,bar' | 'b c' | 'd' }>>,
  Expect<Equal<RuleArgs<'/<any(one):k>'>, { k: 'one' }>>,
  Expect<Equal<RuleArgs<'/<any("a>b"):k>/<int:n>'>, { k: 'a>b'; n: number }>>,
  Expect<Equal<RuleArgs<'/<hex:v>'>, { v: unknown }>>,
  Expect<Equal<RuleArgs<"/<rx('[0-9]{3}'):v>">, { v: unknown }>>,
  Expect<Equal<RuleArgs<'/<testList:tags>'>, { tags: string[] }>>,
  Expect<Equal<RuleArgs<'/<testList(sep="+"):tags>'>, { tags: string[] }>>,
  Expect<Equal<RuleArgs<string>, Record<string, unknown>>>,
  Expect<Equal<RuleArgs<`/prefix/${string}`>, Record<string, unknown>>>,
]
