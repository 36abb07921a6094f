/** One published subpath: a line here is all that a new entry needs. */
export interface Entry {
  /** The key in package.json's `exports`, for example `.` or `./core`. */
  readonly subpath: string
  /** The source file, from the repository's root. */
  readonly source: string
  /** True where importing the module is itself the effect (a preload). */
  readonly sideEffects?: true
  /** True where `require` must give the default export itself, a function. */
  readonly callable?: true
}

export const ENTRIES: readonly Entry[] = [
  { subpath: '.', source: 'src/index.ts' },
  { subpath: './core', source: 'src/core.ts' },
  { subpath: './testing', source: 'src/testing/index.ts' },
  { subpath: './connect', source: 'compat/connect/index.ts' },
  { subpath: './cors', source: 'compat/cors/index.ts' },
  { subpath: './jwt', source: 'compat/jwt/index.ts' },
  { subpath: './login', source: 'compat/login/index.ts' },
  { subpath: './sqlalchemy', source: 'compat/sqlalchemy/index.ts' },
  { subpath: './express', source: 'compat/express/index.ts', callable: true },
  { subpath: './express4', source: 'compat/express/v4/index.ts', callable: true },
  { subpath: './express/register', source: 'compat/express/register.ts', sideEffects: true },
  { subpath: './compat-tests', source: 'compat-tests/index.ts' },
]

/** What the command `bustapi` runs; it exports `main(argv)`, resolving to the exit code. */
export const CLI: string = 'src/cli/main.ts'

/** `.` → `index`, `./express/register` → `express/register`: the file's name in `dist`. */
export const distName = (entry: Entry): string =>
  entry.subpath === '.' ? 'index' : entry.subpath.slice(2)

/** `.` → `bustapi`, `./core` → `bustapi/core`: what a user imports. */
export const specifier = (entry: Entry): string => `bustapi${entry.subpath.slice(1)}`
