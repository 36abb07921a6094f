/** What a rule and its matcher use of a converter; `BaseConverter` is the usual way to be one. */
export interface Converter {
  /** A regular expression's source for the text the variable stands for, without anchors. */
  regex: string
  /** False when the text may span `/`; undefined: true unless `regex` contains a `/`. */
  partIsolating?: boolean | undefined
  /** Rules are tried in ascending weight: 50 for numbers, 100 for text, 200 for paths. */
  weight: number
  /** The value a view gets (Werkzeug's `to_python`). */
  toPython(value: string): unknown
  /** The text for a URL, already percent-encoded (Werkzeug's `to_url`). */
  toUrl(value: unknown): string
}

/** A converter's class: made with the map and the arguments that the rule's text gives. */
export type ConverterClass = new (map: RuleMap, ...args: never[]) => Converter

/** The part of a `UrlMap` that rules and converters look at. */
export interface RuleMap {
  /** Converter classes by the name that rules use. */
  readonly converters: Readonly<Record<string, ConverterClass>>
  /** Subdomain of rules that name none. */
  readonly defaultSubdomain: string
  /** Whether rules are bound to hosts rather than to subdomains. */
  readonly hostMatching: boolean
  /** `strictSlashes` of rules that set none. */
  readonly strictSlashes: boolean
  /** `mergeSlashes` of rules that set none. */
  readonly mergeSlashes: boolean
  /** Whether query values of built URLs are sorted. */
  readonly sortParameters: boolean
  /** What they are sorted by; the pair itself when null. */
  readonly sortKey: SortKey | null
}

/** Gives what a query value of a built URL is sorted by (Werkzeug's `sort_key`). */
export type SortKey = (item: readonly [key: string, value: unknown]) => string | number

/** The variables of a matched URL, or the values to build one from. */
export type RuleValues = Record<string, unknown>

/** What a rule's `redirectTo` function may use of the adapter that matched. */
export interface RedirectAdapter {
  readonly serverName: string
  /** Ends with a slash. */
  readonly scriptName: string
  readonly subdomain: string | null
  readonly urlScheme: string
  build(endpoint: string, values?: Readonly<RuleValues> | null): string
}
