/**
 * Types of converters' values by the name that rules use. Add yours, so that rules with them are
 * typed; a converter that is not listed gives `unknown`:
 *
 * ```ts
 * declare module 'bustapi' {
 *   interface RuleConverters { list: string[] }
 * }
 * ```
 */
export interface RuleConverters {
  default: string
  string: string
  path: string
  uuid: string
  int: number
  float: number
}

/**
 * The variables of a rule by its text: `RuleArgs<'/users/<int:user_id>'>` is `{ user_id: number }`.
 * A text that is not known when compiling gives `Record<string, unknown>`.
 */
export type RuleArgs<R extends string> =
  IsPattern<R> extends true ? Record<string, unknown> : Flat<Variables<R>>

// Keys that are not known one by one make an index signature, which an object without keys has.
type IsPattern<R extends string> = Record<never, never> extends Record<R, 1> ? true : false

/** Shows an intersection as one object. */
type Flat<T> = { [K in keyof T]: T[K] }

type Variables<R extends string, Found = unknown> = R extends `${string}<${infer Rest}`
  ? FromVariable<Rest, Found>
  : Found

/** Reads up to the `>` that ends a variable; converter arguments may hold others. */
type FromVariable<
  R extends string,
  Found,
  Before extends string = '',
> = R extends `${infer Text}>${infer Rest}`
  ? `${Before}${Text}` extends `${string}(${string}`
    ? `${Before}${Text}` extends `${infer Name}(${infer Args}):${infer Variable}`
      ? Variables<Rest, Found & { [K in Variable]: ArgumentValue<Name, Args> }>
      : FromVariable<Rest, Found, `${Before}${Text}>`>
    : Variables<Rest, Found & Plain<`${Before}${Text}`>>
  : Found

type Plain<Text extends string> = Text extends `${infer Name}:${infer Variable}`
  ? { [K in Variable]: Value<Name> }
  : { [K in Text]: RuleConverters['default'] }

type ArgumentValue<Name extends string, Args extends string> = Name extends keyof RuleConverters
  ? RuleConverters[Name]
  : Name extends 'any'
    ? Item<Args>
    : unknown

type Value<Name extends string> = Name extends keyof RuleConverters ? RuleConverters[Name] : unknown

/** The items of `any(…)`: bare words or quoted texts. */
type Item<Args extends string> =
  Trim<Args> extends ''
    ? never
    : Trim<Args> extends `"${infer Text}"${infer Rest}`
      ? Text | Next<Rest>
      : Trim<Args> extends `'${infer Text}'${infer Rest}`
        ? Text | Next<Rest>
        : Args extends `${infer Word},${infer Rest}`
          ? Trim<Word> | Item<Rest>
          : Trim<Args>

type Next<Rest extends string> = Trim<Rest> extends `,${infer More}` ? Item<More> : never

type Trim<Text extends string> = Text extends ` ${infer Rest}` | `${infer Rest} `
  ? Trim<Rest>
  : Text
